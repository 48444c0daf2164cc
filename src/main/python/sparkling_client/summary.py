"""The closing table: each view's rows and where they lie, without a job on the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from sparkling_client import warehouse as files
from sparkling_client.definitions import Dataset
from sparkling_client.reconcile import SESSION_CATALOG
from sparkling_client.session import Server, quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from sparkling_client.protocol import Protocol


def report_views(protocol: Protocol, spark: SparkSession, server: Server, datasets: list[Dataset]) -> None:
    """Emits one ``view`` for every stored dataset.

    Rows of Parquet tables in the warehouse are added up from the files' own footers; those of other tables
    are counted by Spark.
    """
    for dataset in datasets:
        folder = _folder(server, dataset)
        rows = count_rows(folder) if folder else None
        location = str(folder) if folder else None
        if rows is None:
            rows = _count_by_spark(spark, dataset)
        protocol.emit("view", name=dataset.name, kind=dataset.kind, format=dataset.format, rows=rows, location=location)


def count_rows(folder: Path) -> int | None:
    """Rows of a Parquet table, from its files' footers; None if a file has none that can be read."""
    import pyarrow
    import pyarrow.parquet

    sink = files.read_sink_log(folder)
    if sink is None:
        paths = [str(path) for path in files.data_files(folder)]
    else:
        paths = [unquote(urlsplit(path).path) for path in sink.files]
    try:
        return sum(pyarrow.parquet.read_metadata(path).num_rows for path in paths)
    except (OSError, pyarrow.ArrowException):
        return None


def _folder(server: Server, dataset: Dataset) -> Path | None:
    warehouse = server.warehouse_path
    if warehouse is None or dataset.format != "parquet" or dataset.parts[0].lower() != SESSION_CATALOG:
        return None
    folder = files.table_folder(warehouse, dataset.parts)
    return folder if folder.is_dir() else None


def _count_by_spark(spark: SparkSession, dataset: Dataset) -> int | None:
    try:
        return spark.table(quoted(dataset.parts)).count()
    except Exception:
        # A view that this run did not make yet has no rows to count.
        return None
