"""Keeps the server from looking up tables while a flow is being defined.

Spark 4.1 analyses some operations as soon as a flow is defined. A few of them (``withColumn``) do so only if they can,
and wait otherwise. In the first run they wait, since the pipeline's tables are not there yet. In every later run the
names would resolve to the tables of the run before: the flow would lose its dependencies, start too soon, and read what
its inputs are about to replace. Others (``drop``, ``dropDuplicates``) cannot wait, so they work on tables from outside
the pipeline only. (``SparkConnectPlanner``, ``transformWithColumns`` and its neighbours.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyspark.sql.connect.proto import ConfigRequest, KeyValue

from sparkling_client.errors import ClientError
from sparkling_client.sql_definitions import name_parts

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from pyspark.sql.connect.proto import Command

    from sparkling_client.definitions import Definitions, FlowDefinition

# No catalog has this name: what asks for the default one fails.
_NO_CATALOG = "not_while_flows_are_defined"
_SETTING = "spark.sql.defaultCatalog"


class DefinitionClient:
    """A session's client that defines flows without knowledge of the catalog; all else goes through as it is."""

    def __init__(self, client: Any, definitions: Definitions) -> None:
        self._client = client
        self._definitions = definitions
        self._eager: list[tuple[FlowDefinition, list[tuple[str, ...]]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def execute_command(self, command: Command, *arguments: Any, **options: Any) -> Any:
        if not command.pipeline_command.HasField("define_flow"):
            return self._client.execute_command(command, *arguments, **options)
        names = read_tables(command.pipeline_command.define_flow, self._definitions.catalog)
        try:
            with self._no_catalog():
                return self._client.execute_command(command, *arguments, **options)
        except Exception as error:
            if _NO_CATALOG not in str(error):
                raise
        # Something cannot wait: right for tables from outside, which must be there already.
        flow = self._definitions.flows[-1]
        self._eager.append((flow, names))
        try:
            return self._client.execute_command(command, *arguments, **options)
        except Exception as error:
            if "TABLE_OR_VIEW_NOT_FOUND" in str(error):
                raise _too_early(flow) from error
            raise

    def check(self) -> None:
        """Finds flows that were analysed at once although they read a dataset of the pipeline.

        :raises ClientError: for the first one, with its place.
        """
        datasets = {self._definitions.qualify(dataset.parts) for dataset in self._definitions.datasets}
        for flow, names in self._eager:
            if any(self._definitions.qualify(name) in datasets for name in names):
                raise _too_early(flow)

    @contextmanager
    def _no_catalog(self) -> Iterator[None]:
        # By the client itself: a definition file may not change the session, so `spark.conf` is blocked meanwhile.
        setting = ConfigRequest.Set(pairs=[KeyValue(key=_SETTING, value=_NO_CATALOG)])
        self._client.config(ConfigRequest.Operation(set=setting))
        try:
            yield
        finally:
            self._client.config(ConfigRequest.Operation(unset=ConfigRequest.Unset(keys=[_SETTING])))


def read_tables(message: Message, catalog: str) -> list[tuple[str, ...]]:
    """The names of the tables that a relation reads, and the pipeline's own catalog taken out of them.

    A name with its catalog would be looked up there, whatever the default one is; without it the name means the same.
    """
    if message.DESCRIPTOR.full_name == "spark.connect.Read.NamedTable":
        parts = name_parts(message.unparsed_identifier)  # type: ignore[attr-defined]
        if len(parts) == 3 and parts[0] == catalog:
            parts = parts[1:]
            quoted = ("`" + part.replace("`", "``") + "`" for part in parts)
            message.unparsed_identifier = ".".join(quoted)  # type: ignore[attr-defined]
        return [parts]
    names = []
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for item in [value] if hasattr(value, "DESCRIPTOR") else value:
            names += read_tables(item, catalog)
    return names


def _too_early(flow: FlowDefinition) -> ClientError:
    return ClientError(
        f"'{flow.parts[-1]}' uses an operation for which Spark 4.1 must know a table's columns while the flow is being "
        "defined, such as drop or dropDuplicates; the pipeline's own tables are not there yet then. Choose columns by "
        "select, number rows by a window instead of dropDuplicates, or write the flow in SQL.",
        "EAGER_OPERATION",
        file=flow.file,
        line=flow.first_line,
        dataset=flow.name,
    )
