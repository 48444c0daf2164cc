"""Loads the user's definition files and registers them with the server, keeping a note of each."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterator

from pyspark.pipelines.add_pipeline_analysis_context import add_pipeline_analysis_context
from pyspark.pipelines.block_session_mutations import block_session_mutations
from pyspark.pipelines.graph_element_registry import graph_element_registration_context
from pyspark.pipelines.output import MaterializedView, Sink, StreamingTable, Table
from pyspark.pipelines.spark_connect_graph_element_registry import SparkConnectGraphElementRegistry

from sparkling_client import sql_definitions
from sparkling_client.definitions import (
    MATERIALIZED_VIEW,
    SINK,
    STREAMING_TABLE,
    TEMPORARY_VIEW,
    Dataset,
    Definitions,
    FlowDefinition,
)
from sparkling_client.errors import FAILED, ClientError

# The error of a read with a version and a time.
_HIDDEN = "INVALID_TIME_TRAVEL_SPEC"
# Fields of the protocol's relations, and what users know them by.
_EAGER = {
    "drop": "`drop`",
    "deduplicate": "`distinct` or `dropDuplicates`",
    "fill_na": "`fillna`",
    "drop_na": "`dropna`",
    "replace": "`replace`",
    "sample": "`sample`",
    "to_schema": "`to`",
    "with_watermark": "`withWatermark`",
    "map_partitions": "`mapInPandas`",
    "group_map": "`applyInPandas`",
}

if TYPE_CHECKING:
    from pyspark.pipelines.flow import Flow
    from pyspark.pipelines.output import Output
    from pyspark.sql import SparkSession


class RecordingRegistry(SparkConnectGraphElementRegistry):
    """Registers with the server as Spark's own client does, and records what was registered.

    ``failing`` is the flow or file that was being registered when an error was raised.
    """

    def __init__(self, spark: SparkSession, graph: str, definitions: Definitions) -> None:
        super().__init__(spark, graph)
        self._definitions = definitions
        self._held: list[tuple[FlowDefinition, Any]] = []
        self.failing: FlowDefinition | None = None

    def register_output(self, output: Output) -> None:
        location = output.source_code_location
        parts = sql_definitions.name_parts(output.name)
        kind = _kind(output)
        self._definitions.datasets.append(
            Dataset(
                self._definitions.qualify(parts) if kind in (MATERIALIZED_VIEW, STREAMING_TABLE) else parts,
                kind,
                location.filename,
                location.line_number,
                (getattr(output, "format", None) or self._definitions.default_format).lower(),
                tuple(getattr(output, "partition_cols", None) or ()),
            )
        )
        super().register_output(output)

    def register_flow(self, flow: Flow) -> None:
        definition = FlowDefinition(
            self._definitions.qualify(sql_definitions.name_parts(flow.name)),
            self._target(flow.target),
            flow.source_code_location.filename,
            flow.source_code_location.line_number,
            _last_line(flow.func),
        )
        self._definitions.flows.append(definition)
        self.failing = definition
        client = self._client
        commands: list[Any] = []
        self._client = _Holding(client, commands)
        try:
            super().register_flow(flow)
        finally:
            self._client = client
        self._held.extend((definition, command) for command in commands)
        self.failing = None

    def define_flows(self) -> None:
        """Sends the flows, which were held back until all datasets are known.

        `withColumn` and a few more look at their input's table as soon as the server hears of them, and only
        if it is not there do they wait for the run. From the second run on it is there: such a flow would
        read what the last run left, or the half-written table, instead of waiting for this run's.
        """
        own = {dataset.parts for dataset in self._definitions.datasets}
        for definition, command in self._held:
            self.failing = definition
            relation = command.pipeline_command.define_flow.relation_flow_details.relation
            hide_tables(relation, lambda name: self._is_own(name, own))
            try:
                self._client.execute_command(command)
            except Exception as error:
                if _HIDDEN not in str(error):
                    raise
                operations = ", ".join(sorted(_looking(relation)))
                raise ClientError(
                    f"{operations or 'An operation'} looks at its input before the run has computed it: Spark cannot "
                    "use it on a dataset of the same pipeline. Choose columns by `select`, and rows by a window or `groupBy`.",
                    "EAGER_OPERATION",
                    FAILED,
                    definition.file,
                    definition.first_line,
                    definition.dataset,
                ) from error
            self.failing = None
        self._held.clear()

    def _is_own(self, name: str, own: set[tuple[str, ...]]) -> bool:
        parts = sql_definitions.name_parts(name)
        return parts in own or self._definitions.qualify(parts) in own

    def register_sql(self, sql_text: str, file_path: Path) -> None:
        file = str(file_path.resolve())
        definitions = self._definitions
        found = sql_definitions.parse(sql_text, definitions.catalog, definitions.database)
        for dataset in found.datasets:
            stored = dataset.kind != TEMPORARY_VIEW
            definitions.datasets.append(
                Dataset(
                    definitions.qualify(dataset.parts) if stored else dataset.parts,
                    dataset.kind,
                    file,
                    dataset.line,
                    dataset.format or definitions.default_format,
                    dataset.partitions,
                )
            )
        for flow in found.flows:
            definitions.flows.append(
                FlowDefinition(
                    definitions.qualify(flow.parts),
                    self._target(".".join(f"`{part}`" for part in flow.target)),
                    file,
                    flow.line,
                    flow.end_line,
                    flow.statement_line,
                )
            )
        try:
            super().register_sql(sql_text, file_path)
        except Exception as error:
            quoted = re.search(r"== SQL ==\n(.*)", str(error), re.DOTALL)
            # The parser marks the place with a line of its own.
            statement = re.sub(r"(?m)^-*\^+ *\n?", "", quoted[1]) if quoted else ""
            start = sql_definitions.statement_line(sql_text, statement) or 1
            self.failing = FlowDefinition((str(file_path),), (), file, None, None, start)
            raise

    def _target(self, name: str) -> tuple[str, ...]:
        """A flow's target: a sink goes by its bare name, a table by its full one."""
        parts = sql_definitions.name_parts(name)
        sinks = {dataset.parts for dataset in self._definitions.datasets if dataset.kind == SINK}
        return parts if parts in sinks else self._definitions.qualify(parts)


def register_files(
    files: list[Path], root: Path, registry: RecordingRegistry, spark: SparkSession, graph: str
) -> None:
    """Imports the Python files and hands over the SQL files, with the spec's folder as working directory.

    A module is not put into ``sys.modules``, as with Spark's own client: its functions then travel to the
    executors by value.
    """
    previous = os.getcwd()
    os.chdir(root)
    try:
        with graph_element_registration_context(registry):
            for file in files:
                if file.suffix == ".sql":
                    registry.register_sql(file.read_text(encoding="utf-8"), Path(os.path.relpath(file, root)))
                    continue
                spec = importlib.util.spec_from_file_location(file.stem, file)
                assert spec is not None and spec.loader is not None
                module = importlib.util.module_from_spec(spec)
                with add_pipeline_analysis_context(spark, graph, None), block_session_mutations():
                    spec.loader.exec_module(module)
            registry.define_flows()
    finally:
        os.chdir(previous)


class _Holding:
    """A client that keeps commands instead of sending them."""

    def __init__(self, client: Any, commands: list[Any]) -> None:
        self._client = client
        self._commands = commands

    def execute_command(self, command: Any, *_: Any, **__: Any) -> None:
        self._commands.append(command)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def hide_tables(message: Any, hidden: Callable[[str], bool]) -> None:
    """Makes every read of a hidden table impossible to resolve outside of a pipeline's run.

    A version and a time at once are refused before the catalog is asked. The run resolves its own datasets
    by name and does not look at a read's options.
    """
    if message.DESCRIPTOR.name == "NamedTable":
        if hidden(message.unparsed_identifier):
            message.options.update({"versionAsOf": "0", "timestampAsOf": "1970-01-01"})
        return
    for inner in _inner(message):
        hide_tables(inner, hidden)


def _looking(message: Any) -> set[str]:
    """The operations of a relation that look at their input at once, as users call them."""
    found = {name for field, name in _EAGER.items() if field in {each.name for each, _ in message.ListFields()}}
    return found.union(*(_looking(inner) for inner in _inner(message)))


def _inner(message: Any) -> Iterator[Any]:
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                yield from value.values()
        elif hasattr(value, "DESCRIPTOR"):
            yield value
        else:
            yield from value


def _kind(output: Output) -> str:
    if isinstance(output, MaterializedView):
        return MATERIALIZED_VIEW
    if isinstance(output, StreamingTable):
        return STREAMING_TABLE
    if isinstance(output, Sink):
        return SINK
    assert not isinstance(output, Table)
    return TEMPORARY_VIEW


def _last_line(function: Any) -> int | None:
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return None
    return first + len(lines) - 1
