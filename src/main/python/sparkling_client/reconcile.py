"""Makes the catalog agree with the warehouse before a run, and never by deleting data.

The catalog holds absolute locations, the warehouse holds the data, the checkpoints hold how far each flow
has read. Any of the three can be lost, emptied or moved without the others. The client works on the files
itself, so it must see the warehouse under the same path as the server does.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable

from sparkling_client import warehouse as files
from sparkling_client.definitions import FILE_FORMATS, STREAMING_TABLE, Dataset, Definitions
from sparkling_client.errors import FAILED, ClientError
from sparkling_client.session import Server, command_rows, is_at, local_path, quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import DataType

    from sparkling_client.protocol import Protocol

# Only Spark's own catalog keeps its tables in the warehouse folder.
SESSION_CATALOG = "spark_catalog"


@dataclass(frozen=True)
class CatalogEntry:
    """A table as the catalog knows it."""

    location: str
    managed: bool
    partitioned: bool


class Reconciler:
    """Mends what a run of these definitions would fail on, or get wrong.

    :param storage: the spec's storage as a local folder; None if it lies elsewhere.
    """

    def __init__(
        self, spark: SparkSession, server: Server, storage: Path | None, definitions: Definitions, protocol: Protocol
    ) -> None:
        self._spark = spark
        self._server = server
        self._storage = storage
        self._definitions = definitions
        self._protocol = protocol
        self._tables = [table for table in definitions.stored() if table.parts[0].lower() == SESSION_CATALOG]

    def reconcile(self) -> dict[str, str]:
        """Mends the catalog.

        :returns: streaming tables that must be refreshed in full, by their keys, each with the reason.
        """
        if not self._tables:
            return {}
        warehouse = self._server.warehouse_path
        if warehouse is None or not (warehouse.is_dir() or warehouse.parent.is_dir()):
            self._protocol.notice(
                "warning",
                "WAREHOUSE_OUT_OF_REACH",
                f"The server's warehouse is {self._server.warehouse}, which this client does not see. "
                "Tables whose catalog entry or data was lost are not mended. "
                "Mount the same folder under the same path for server and client.",
            )
            return {}
        self._finish_interrupted(warehouse)
        self._follow_moved_logs(warehouse)
        catalog = self._read_catalog(warehouse)
        self._refuse_foreign_databases(warehouse, [table for table in self._tables if table.key not in catalog])
        for table in self._tables:
            folder = files.table_folder(warehouse, table.parts)
            entry = catalog.get(table.key)
            if entry is None:
                if not files.is_empty(folder):
                    self._adopt(table, folder, warehouse)
            elif entry.managed and not is_at(entry.location, folder) and _is_elsewhere(entry, folder):
                self._repoint(table, entry, folder)
        return self._inconsistent(warehouse)

    def _read_catalog(self, warehouse: Path) -> dict[str, CatalogEntry]:
        entries: dict[str, CatalogEntry] = {}
        for database in sorted({table.parts[1] for table in self._tables}):
            tables = [table for table in self._tables if table.parts[1] == database]
            pattern = "|".join(table.parts[2].replace("'", "\\'") for table in tables)
            statement = f"SHOW TABLE EXTENDED IN {quoted((SESSION_CATALOG, database))} LIKE '{pattern}'"
            try:
                rows = command_rows(self._spark, statement)
            except Exception as error:
                if not _is_missing_database(error) or not (warehouse / f"{database.lower()}.db").is_dir():
                    if _is_missing_database(error):
                        continue
                    raise
                self._spark.sql(f"CREATE DATABASE IF NOT EXISTS {quoted((SESSION_CATALOG, database))}")
                self._protocol.notice(
                    "info",
                    "DATABASE_ADOPTED",
                    f"The catalog did not know database '{database}', whose folder is in the warehouse. "
                    "It was entered again.",
                )
                continue
            for row in rows:
                information = row["information"]
                key = f"{SESSION_CATALOG}.{database}.{row['tableName']}".lower()
                entries[key] = CatalogEntry(
                    _property(information, "Location"),
                    _property(information, "Type") == "MANAGED",
                    bool(_property(information, "Partition Columns").strip("[]")),
                )
        return entries

    def _refuse_foreign_databases(self, warehouse: Path, missing: list[Dataset]) -> None:
        """A database keeps the location that it was made with, and new tables are made below that.

        Hive's metastore 2.3, the one that Spark embeds, cannot change it while it runs.
        """
        for database in sorted({table.parts[1] for table in missing}):
            name = quoted((SESSION_CATALOG, database))
            try:
                rows = command_rows(self._spark, f"DESCRIBE DATABASE {name}")
            except Exception as error:
                if _is_missing_database(error):
                    continue
                raise
            location = next((row["info_value"] for row in rows if row["info_name"] == "Location"), "")
            place = local_path(location)
            expected = files.table_folder(warehouse, (SESSION_CATALOG, database, "any")).parent
            if place is None or is_at(location, expected):
                continue
            # A database of the user's own may lie anywhere.
            if database.lower() == "default" or place.name == expected.name:
                raise ClientError(
                    f"The catalog has database '{database}' at {place}, and the warehouse is {warehouse}: new tables would be written to the old place. Stop the cluster, move "
                    "the catalog's own folder away and start it again; the tables are then entered anew from their data.",
                    "CATALOG_MADE_ELSEWHERE",
                    FAILED,
                )

    # Data without a catalog entry

    def _adopt(self, table: Dataset, folder: Path, warehouse: Path) -> None:
        """Enters a table whose data is there already; Spark creates managed tables in empty folders only.

        The folder steps aside by a rename, the table is created, the folder steps back. What an
        interruption leaves behind, `_finish_interrupted` puts right at the next run.
        """
        if table.format != "parquet":
            raise ClientError(
                f"The catalog does not know '{table.name}', but {folder} has data. Only Parquet tables can be "
                f"adopted, and this one is {table.format}. Move the folder away, or enter the table yourself.",
                "LOCATION_ALREADY_EXISTS",
                FAILED,
                table.file,
                table.line,
                table.name,
            )
        if next(files.data_files(folder), None) is None:
            # Only leftovers: a log, an empty partition. Nothing to take a schema from, nothing to keep in place.
            kept = self._put_aside(table, folder, warehouse)
            self._protocol.notice(
                "info",
                "LEFTOVERS_PUT_ASIDE",
                f"{folder} held no data of '{table.name}', only what a table left behind. It was moved to {kept}.",
                dataset=table.name,
            )
            return
        try:
            schema = self._spark.read.parquet(files.location(folder)).schema
        except Exception as error:
            raise ClientError(
                f"The catalog does not know '{table.name}', and what lies in {folder} cannot be read as "
                f"Parquet: {str(error).strip().splitlines()[0]} Move the folder away and run again.",
                "LOCATION_ALREADY_EXISTS",
                FAILED,
                table.file,
                table.line,
                table.name,
            ) from error
        columns = ", ".join(f"{quoted((field.name,))} {ddl(field.dataType)}" for field in schema.fields)
        # As declared: a streaming table has its partition columns in the catalog only, its files lie flat.
        known = {field.name.lower() for field in schema.fields}
        declared = [column for column in table.partitions if column.lower() in known]
        clause = f" PARTITIONED BY ({', '.join(quoted((column,)) for column in declared)})" if declared else ""
        partitions = bool(declared) and bool(files.partition_columns(folder))
        staging = self._staging(warehouse) / ".".join(table.parts[1:]).lower()
        staging.parent.mkdir(parents=True, exist_ok=True)
        repair = staging.with_suffix(staging.suffix + ".repair")
        if partitions:
            repair.touch()
        os.rename(folder, staging)
        try:
            self._spark.sql(f"CREATE TABLE {quoted(table.parts)} ({columns}) USING parquet{clause}")
        finally:
            _step_back(staging, folder)
        if partitions:
            self._recover_partitions(table)
            repair.unlink()
        self._tidy(warehouse)
        self._protocol.notice(
            "info",
            "TABLE_ADOPTED",
            f"The catalog did not know '{table.name}', whose data is in {folder}. It was entered again, its rows kept.",
            dataset=table.name,
        )

    def _finish_interrupted(self, warehouse: Path) -> None:
        """Puts back folders that an adoption had moved aside when it was killed."""
        staging = self._staging(warehouse)
        if not staging.is_dir():
            return
        by_name = {".".join(table.parts[1:]).lower(): table for table in self._tables}
        for entry in sorted(staging.iterdir()):
            table = by_name.get(entry.name.removesuffix(".repair"))
            if table is None:
                continue
            if entry.name.endswith(".repair"):
                if table.key in self._read_catalog(warehouse):
                    self._recover_partitions(table)
                entry.unlink()
                continue
            folder = files.table_folder(warehouse, table.parts)
            try:
                _step_back(entry, folder)
            except OSError as error:
                raise ClientError(
                    f"An interrupted adoption of '{table.name}' left its data in {entry}, and {folder} has other "
                    "data by now. Keep one of the two and move the other away.",
                    "ADOPTION_CONFLICT",
                    FAILED,
                    dataset=table.name,
                ) from error
        self._tidy(warehouse)

    def _recover_partitions(self, table: Dataset) -> None:
        self._spark.sql(f"ALTER TABLE {quoted(table.parts)} RECOVER PARTITIONS")

    # A catalog that was made elsewhere

    def _repoint(self, table: Dataset, entry: CatalogEntry, folder: Path) -> None:
        """Changes the location only. Until then a refresh would empty the old folder, whoever owns it now."""
        name = quoted(table.parts)
        self._spark.sql(f"ALTER TABLE {name} SET LOCATION '{_literal(files.location(folder))}'")
        if entry.partitioned:
            for row in command_rows(self._spark, f"SHOW PARTITIONS {name}"):
                path = str(row["partition"])
                specification = ", ".join(
                    f"{quoted((_unescape(column),))}='{_literal(_unescape(value))}'"
                    for column, _, value in (part.partition("=") for part in path.split("/"))
                )
                location = _literal(f"{files.location(folder)}/{path}")
                self._spark.sql(f"ALTER TABLE {name} PARTITION ({specification}) SET LOCATION '{location}'")
        self._protocol.notice(
            "info",
            "TABLE_RELOCATED",
            f"The catalog had '{table.name}' at {entry.location}. It now points to {folder}.",
            dataset=table.name,
        )

    def _follow_moved_logs(self, warehouse: Path) -> None:
        """Streaming logs name every file by its absolute path, so a moved folder is moved in them as well."""
        for table in self._streaming_file_tables():
            folder = files.table_folder(warehouse, table.parts)
            moves = [(old, warehouse.parent) for old in files.former_projects(folder) if old != warehouse.parent]
            sink = files.read_sink_log(folder)
            recorded = files.recorded_root(sink, folder) if sink else None
            if recorded is not None:
                moves.append(files.moved(recorded, folder))
            for old, new in moves:
                changed = files.rewrite_logs(files.log_folders(folder, self._checkpoint(table)), old, new)
                self._protocol.notice(
                    "info",
                    "STREAM_RELOCATED",
                    f"'{table.name}' was written below {old}, which is {new} now. "
                    f"{changed} of its log files were brought up to date.",
                    dataset=table.name,
                )
            files.forget_former_projects(folder)

    # Streaming tables whose data and checkpoint disagree

    def _inconsistent(self, warehouse: Path) -> dict[str, str]:
        if self._storage is None:
            return {}
        reasons: dict[str, str] = {}
        tables = self._streaming_file_tables()
        for table in tables:
            folder = files.table_folder(warehouse, table.parts)
            if not self._definitions.flows_into(table):
                continue
            reason = files.inconsistency(files.read_sink_log(folder), self._checkpoint(table), folder)
            if reason:
                reasons[table.key] = reason
        spreading = bool(reasons)
        while spreading:
            spreading = False
            for table in tables:
                source = None if table.key in reasons else self._refreshed_source(table, tables, reasons, warehouse)
                if source is not None:
                    reasons[table.key] = f"it reads '{source.parts[-1]}', which is refreshed in full"
                    spreading = True
        return reasons

    def _refreshed_source(
        self, table: Dataset, tables: Iterable[Dataset], reasons: dict[str, str], warehouse: Path
    ) -> Dataset | None:
        checkpoint = self._checkpoint(table)
        if checkpoint is None:
            return None
        return next(
            (
                source
                for source in tables
                if source.key in reasons
                and files.reads_from(checkpoint, files.table_folder(warehouse, source.parts))
            ),
            None,
        )

    def refresh_in_full(self, reasons: dict[str, str]) -> None:
        """Lets streaming tables start anew, and puts the rows that are still there aside instead of losing them.

        This is not left to Spark's own full refresh: it is asked for by naming tables, and then runs no sinks.
        """
        warehouse = self._server.warehouse_path
        assert warehouse is not None
        for table in self._tables:
            if table.key not in reasons:
                continue
            folder = files.table_folder(warehouse, table.parts)
            kept = None
            # Without data too: Spark empties a partitioned table by its partitions, and would leave the log.
            if not files.is_empty(folder):
                kept = self._put_aside(table, folder, warehouse)
            checkpoint = self._checkpoint(table)
            if checkpoint is not None:
                files.start_anew(checkpoint)
            self._protocol.notice(
                "warning",
                "STREAMING_TABLE_REFRESHED_IN_FULL",
                f"'{table.name}' is refreshed in full: {reasons[table.key]}."
                + (f" Its old files were kept in {kept}; delete them when you do not miss anything." if kept else ""),
                dataset=table.name,
            )

    def empty_partitioned(self, tables: Iterable[Dataset]) -> None:
        """Puts the files of partitioned streaming tables aside before a full refresh that the user asked for.

        Spark empties such a table partition by partition. A streaming table has none in the catalog, so its rows and
        its log would stay, and the first batches of the refresh would count as written.
        """
        warehouse = self._server.warehouse_path
        if warehouse is None:
            return
        for table in tables:
            folder = files.table_folder(warehouse, table.parts)
            if table in self._streaming_file_tables() and table.partitions and not files.is_empty(folder):
                kept = self._put_aside(table, folder, warehouse)
                self._protocol.notice(
                    "info",
                    "STREAMING_TABLE_REFRESHED_IN_FULL",
                    f"'{table.name}' is refreshed in full, as asked. Its old files were kept in {kept}; delete them when "
                    "you do not miss anything.",
                    dataset=table.name,
                )

    def _put_aside(self, table: Dataset, folder: Path, warehouse: Path) -> Path:
        moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")
        kept = warehouse / files.OWN_FOLDER / "kept" / f"{'.'.join(table.parts[1:]).lower()}-{moment}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.rename(folder, kept)
        return kept

    def _streaming_file_tables(self) -> list[Dataset]:
        return [table for table in self._tables if table.kind == STREAMING_TABLE and table.format in FILE_FORMATS]

    def _checkpoint(self, table: Dataset) -> files.Checkpoint | None:
        flows = self._definitions.flows_into(table)
        return files.read_checkpoint(self._storage, flows[0], table) if self._storage and flows else None

    @staticmethod
    def _staging(warehouse: Path) -> Path:
        return warehouse / files.OWN_FOLDER / "adopting"

    def _tidy(self, warehouse: Path) -> None:
        """Removes our folders where they are empty."""
        for folder in (self._staging(warehouse), warehouse / files.OWN_FOLDER):
            try:
                folder.rmdir()
            except OSError:
                return


def ddl(data_type: DataType) -> str:
    """A type as CREATE TABLE takes it; field names of structures in backticks."""
    from pyspark.sql.types import ArrayType, MapType, StructType

    if isinstance(data_type, StructType):
        return "STRUCT<" + ", ".join(f"{quoted((each.name,))}: {ddl(each.dataType)}" for each in data_type.fields) + ">"
    if isinstance(data_type, ArrayType):
        return f"ARRAY<{ddl(data_type.elementType)}>"
    if isinstance(data_type, MapType):
        return f"MAP<{ddl(data_type.keyType)}, {ddl(data_type.valueType)}>"
    return data_type.simpleString().upper()


def _step_back(staging: Path, folder: Path) -> None:
    """Puts a folder back where it was; what stands there must be empty, as Spark has just made it."""
    if folder.is_dir():
        folder.rmdir()
    os.rename(staging, folder)


def _is_elsewhere(entry: CatalogEntry, folder: Path) -> bool:
    """Whether the entry means this folder under a path of another place.

    A database with a location of its own is no such case: its tables lie elsewhere on purpose.
    """
    location = local_path(entry.location)
    if location is None or location.name != folder.name:
        return False
    return location.parent.name == folder.parent.name


def _property(information: str, name: str) -> str:
    match = re.search(rf"^{re.escape(name)}: (.*)$", information, re.MULTILINE)
    return match[1].strip() if match else ""


def _is_missing_database(error: Any) -> bool:
    return "SCHEMA_NOT_FOUND" in str(getattr(error, "getCondition", lambda: "")() or str(error))


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _unescape(text: str) -> str:
    """Partition names escape special characters as %XX."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text)
