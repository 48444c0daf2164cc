"""The commands ``run`` and ``check``: register a pipeline's definitions, run them, tell what happens."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, Sequence

from sparkling_client import events, polling
from sparkling_client.definitions import MATERIALIZED_VIEW, Dataset, Definitions
from sparkling_client.errors import CANCELED, COMPLETED, FAILED, Canceled, ClientError
from sparkling_client.failures import Failure, from_exception, from_text
from sparkling_client.imports import import_pyspark
from sparkling_client.session import connect, describe_server, local_path, report_server, say_hello

if TYPE_CHECKING:
    from pyspark.pipelines.cli import PipelineSpec
    from pyspark.sql import SparkSession

    from sparkling_client.protocol import Protocol
    from sparkling_client.session import Server


@dataclass(frozen=True)
class RunOptions:
    """What the command line asks for.

    ``configuration`` yields to the spec's own; ``last_seconds`` is what the pipeline's last run took on the server.
    """

    spec: Path
    dry: bool = False
    refresh: Sequence[str] = ()
    full_refresh: Sequence[str] = ()
    full_refresh_all: bool = False
    configuration: Mapping[str, str] = field(default_factory=dict)
    last_seconds: float | None = None
    mapped_paths: Mapping[str, str] = field(default_factory=dict)
    verbose: bool = False


class PipelineRun:
    """One run or dry run, from its imports to its verdict."""

    def __init__(self, options: RunOptions, protocol: Protocol) -> None:
        self._options = options
        self._protocol = protocol
        self._root = options.spec.resolve().parent
        self._seconds: dict[str, float] = {}
        self._states: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._started: dict[str, datetime] = {}
        self._reported = 0
        self._spark: SparkSession | None = None
        self._registry: Any = None
        self._definitions: Definitions | None = None

    def run(self) -> int:
        """Does everything and emits the verdict.

        :returns: the process's exit code.
        """
        begin = time.monotonic()
        state, exit_code = "FAILED", FAILED
        try:
            if self._run():
                state, exit_code = "COMPLETED", COMPLETED
        except Canceled:
            state, exit_code = "CANCELED", CANCELED
        except ClientError as error:
            exit_code = error.exit_code
            self._protocol.emit(
                "error",
                message=error.message,
                error_class=error.code,
                dataset=error.dataset,
                file=error.file,
                line=error.line,
            )
        except Exception as error:  # whatever the user's code or Spark raises ends here, as one error
            self._report_exception(error)
        finally:
            state, exit_code = self._end_session(state, exit_code)
        self._seconds["total"] = time.monotonic() - begin
        self._protocol.emit(
            "verdict",
            command="check" if self._options.dry else "run",
            spec=str(self._options.spec),
            state=state,
            exit_code=exit_code,
            seconds={phase: round(seconds, 3) for phase, seconds in self._seconds.items()},
            flows=dict(Counter(self._states.values())) if not self._options.dry else None,
        )
        return exit_code

    def _run(self) -> bool:
        with self._phase("imports"):
            say_hello(self._protocol, "check" if self._options.dry else "run")
            self._refuse_conflicts()
            import_pyspark()
            from sparkling_client import spec as specs

            spec = specs.load(self._options.spec, self._options.mapped_paths)
            paths = specs.matching_files(
                self._root, [library.include for library in spec.libraries], self._options.spec
            )
            configuration = {**self._options.configuration, **spec.configuration}
        with self._phase("connect"):
            self._spark = connect(configuration, self._options.verbose)
            server = describe_server(self._spark)
            report_server(self._protocol, server)
        with self._phase("register"):
            definitions, graph = self._register(self._spark, server, spec, configuration, paths)
            refresh = definitions.select(self._options.refresh, "--refresh")
            full_refresh = definitions.select(self._options.full_refresh, "--full-refresh")
        if not self._options.dry:
            with self._phase("reconcile"):
                self._reconcile(server, spec, definitions, refresh, full_refresh)
        with self._phase("run"), polling.chosen(
            self._spark, server, configuration, self._options.last_seconds
        ):
            completed = self._execute(self._spark, graph, spec, definitions, refresh, full_refresh)
        if not self._options.dry:
            with self._phase("summary"):
                from sparkling_client.summary import report_views

                report_views(self._protocol, self._spark, server, definitions.stored())
        return completed

    def _refuse_conflicts(self) -> None:
        if self._options.full_refresh_all and (self._options.refresh or self._options.full_refresh):
            raise ClientError(
                "--full-refresh-all refreshes everything: leave out --refresh and --full-refresh.",
                "CONFLICTING_PIPELINE_REFRESH_OPTIONS",
            )

    def _register(
        self,
        spark: SparkSession,
        server: Server,
        spec: PipelineSpec,
        configuration: Mapping[str, str],
        paths: list[Path],
    ) -> tuple[Definitions, str]:
        from pyspark.pipelines.spark_connect_pipeline import create_dataflow_graph

        from sparkling_client.registration import RecordingRegistry, register_files

        catalog = spec.catalog or spark.catalog.currentCatalog()
        database = spec.database or spark.catalog.currentDatabase()
        graph = create_dataflow_graph(spark, catalog, database, configuration)
        definitions = self._definitions = Definitions(catalog, database, server.default_format)
        self._registry = RecordingRegistry(spark, graph, definitions)
        register_files(paths, self._root, self._registry, spark, graph)
        for dataset in definitions.datasets:
            self._protocol.emit(
                "dataset",
                name=dataset.name,
                kind=dataset.kind,
                format=dataset.format if dataset.stored else None,
                file=dataset.file,
                line=dataset.line,
                flows=[flow.name for flow in definitions.flows_into(dataset)] if dataset.kind != "temporary_view" else None,
            )
        definitions.check()
        return definitions, graph

    def _reconcile(
        self,
        server: Server,
        spec: PipelineSpec,
        definitions: Definitions,
        refresh: list[Dataset],
        full_refresh: list[Dataset],
    ) -> None:
        """Mends catalog, warehouse and checkpoints, as far as the selection goes."""
        from sparkling_client.reconcile import Reconciler

        assert self._spark is not None
        reconciler = Reconciler(self._spark, server, local_path(spec.storage), definitions, self._protocol)
        reasons = reconciler.reconcile()
        reconciler.empty_partitioned(definitions.stored() if self._options.full_refresh_all else full_refresh)
        if self._options.full_refresh_all:
            return
        selected = {dataset.key for dataset in (*refresh, *full_refresh)}
        chosen = {dataset.key for dataset in full_refresh}
        reasons = {
            key: reason for key, reason in reasons.items() if key not in chosen and (not selected or key in selected)
        }
        reconciler.refresh_in_full(reasons)

    def _execute(
        self,
        spark: SparkSession,
        graph: str,
        spec: PipelineSpec,
        definitions: Definitions,
        refresh: list[Dataset],
        full_refresh: list[Dataset],
    ) -> bool:
        from pyspark.pipelines.spark_connect_pipeline import start_run

        from sparkling_client.session import quoted

        results = start_run(
            spark,
            graph,
            full_refresh=[quoted(dataset.parts) for dataset in full_refresh],
            full_refresh_all=self._options.full_refresh_all,
            refresh=[quoted(dataset.parts) for dataset in refresh],
            dry=self._options.dry,
            storage=spec.storage,
        )
        completed = True
        try:
            for result in results:
                event = result.get("pipeline_event_result")
                if event is not None:
                    completed = self._follow(event.event, definitions) and completed
        except Exception as error:
            self._report_flows(definitions)
            # The exception that ends a failed run repeats what its flows have said.
            if self._reported == 0:
                self._report_exception(error)
            return False
        if completed:
            self._complete_flows(definitions)
        self._report_flows(definitions)
        return completed and self._reported == 0

    def _complete_flows(self, definitions: Definitions) -> None:
        """Tells the end of flows whose own event did not come.

        A run ends when it sees that all flows have ended; a flow's last event is written by another thread, now and
        then too late for the run's stream.
        """
        for flow, state in tuple(self._states.items()):
            if state == "RUNNING":
                self._emit_flow(flow, "COMPLETED", datetime.now(timezone.utc), f"Flow {flow} has COMPLETED.", definitions)

    def _follow(self, event: Any, definitions: Definitions) -> bool:
        """Emits the event of a flow.

        :returns: False if the event says that the run as a whole did not complete.
        """
        progress = events.parse(event.message)
        if isinstance(progress, events.RunProgress):
            return progress.state not in ("FAILED", "CANCELED")
        if progress is None:
            return True
        moment = event.timestamp.ToDatetime().replace(tzinfo=timezone.utc)
        if progress.state in ("PLANNING", "STARTING"):
            self._started.setdefault(progress.flow, moment)
        message = progress.message
        if progress.error:
            self._errors[progress.flow] = progress.error
            message = from_text(progress.error, definitions.flow(progress.flow), self._root).message
        self._emit_flow(progress.flow, progress.state, moment, message, definitions)
        return True

    def _emit_flow(self, flow: str, state: str, moment: datetime, message: str, definitions: Definitions) -> None:
        definition = definitions.flow(flow)
        started = self._started.get(flow)
        ended = state in events.TERMINAL and started is not None
        self._states[flow] = state
        self._protocol.emit(
            "flow",
            time=moment,
            flow=flow,
            dataset=definition.dataset if definition else flow,
            state=state,
            seconds=round((moment - started).total_seconds(), 3) if ended else None,
            message=message,
        )

    def _report_flows(self, definitions: Definitions) -> None:
        """Emits one error for every flow that ended in failure; a retry that helped is none."""
        for name, state in self._states.items():
            if state == "FAILED":
                definition = definitions.flow(name)
                failure = from_text(self._errors.get(name, "The flow failed."), definition, self._root)
                self._report(failure, name, definition.dataset if definition else None)

    def _report_exception(self, error: Exception) -> None:
        definition = self._registry.failing if self._registry is not None else None
        failure = from_exception(error, self._root, definition)
        named = definition is not None and definition.target
        self._report(failure, definition.name if named else None, definition.dataset if named else None)

    def _report(self, failure: Failure, flow: str | None, dataset: str | None) -> None:
        self._reported += 1
        self._protocol.emit(
            "error",
            message=failure.message,
            error_class=failure.error_class,
            flow=flow,
            dataset=dataset,
            file=failure.file,
            line=failure.line,
            source=source_line(failure.file, failure.line),
            detail=failure.detail,
        )

    def _end_session(self, state: str, exit_code: int) -> tuple[str, int]:
        """Ends the session, and with it whatever of the run is still at work on the server."""
        if self._spark is None:
            return state, exit_code
        try:
            self._release(interrupt=state == "CANCELED")
        except Canceled:
            # The signal came while a run that had ended was being put away.
            self._release(interrupt=True)
            return "CANCELED", CANCELED
        return state, exit_code

    def _release(self, interrupt: bool) -> None:
        client: Any = self._spark.client  # type: ignore[union-attr]
        if not interrupt:
            _quietly(client.release_session)
            return
        from sparkling_client.cancel import driver_ui

        running = self._running_batches()
        ui = _quietly(lambda: driver_ui(client)) if running else None
        # The server answers a release that stops a run with an error, and to the second with success.
        for call in (client.interrupt_all, client.release_session, client.release_session):
            _quietly(call)
        if running and not (ui is not None and ui.stop(running)):
            names = ", ".join(dataset.parts[-1] for dataset in running)
            self._protocol.notice(
                "warning",
                "STOP_NOT_CONFIRMED",
                f"The run was told to stop, but whether the jobs of {names} have ended could not be seen: the driver's "
                "UI does not answer. They may go on until they are done.",
            )

    def _running_batches(self) -> list[Dataset]:
        """The views whose flows were at work; they need stopping one by one."""
        if self._definitions is None:
            return []
        at_work = {
            definition.dataset.lower()
            for name, state in self._states.items()
            if state not in events.TERMINAL and state != "QUEUED" and (definition := self._definitions.flow(name))
        }
        return [
            dataset
            for dataset in self._definitions.stored()
            if dataset.kind == MATERIALIZED_VIEW and dataset.key in at_work
        ]

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        begin = time.monotonic()
        try:
            yield
        finally:
            self._seconds[name] = time.monotonic() - begin


def _quietly(call: Callable[[], Any]) -> Any:
    """Calls a server that may be gone; one that is gone has nothing left to stop."""
    try:
        return call()
    except Exception:
        return None


def source_line(file: str | None, line: int | None) -> str | None:
    """The text of one line of the user's code, without its indentation."""
    if file is None or line is None:
        return None
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return lines[line - 1].strip() if 0 < line <= len(lines) else None


def run(options: RunOptions, protocol: Protocol) -> int:
    """Runs the pipeline, or only checks it."""
    return PipelineRun(options, protocol).run()
