"""What a pipeline defines: its datasets and flows, with fully qualified names and their place in the sources."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Iterable

from sparkling_client.errors import ClientError

MATERIALIZED_VIEW = "materialized_view"
STREAMING_TABLE = "streaming_table"
TEMPORARY_VIEW = "temporary_view"
SINK = "sink"

# Formats that Spark streams into through its file sink, whose log knows one writer only.
FILE_FORMATS = frozenset({"parquet", "orc", "json", "csv", "text", "avro"})


@dataclass(frozen=True)
class Dataset:
    """A dataset. ``parts`` is (catalog, database, table) for stored ones, the bare name otherwise.

    ``partitions`` are the declared partition columns.
    """

    parts: tuple[str, ...]
    kind: str
    file: str
    line: int | None
    format: str
    partitions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return ".".join(self.parts)

    @property
    def stored(self) -> bool:
        return self.kind in (MATERIALIZED_VIEW, STREAMING_TABLE)

    @property
    def key(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class FlowDefinition:
    """A flow and the dataset that it writes to.

    ``first_line`` and ``last_line`` bound its code; ``statement_line`` is where Spark starts to count
    the lines of a flow that is written in SQL, and is None for one in Python.
    """

    parts: tuple[str, ...]
    target: tuple[str, ...]
    file: str
    first_line: int | None
    last_line: int | None = None
    statement_line: int | None = None

    @property
    def name(self) -> str:
        return ".".join(self.parts)

    @property
    def dataset(self) -> str:
        return ".".join(self.target)


@dataclass
class Definitions:
    """Everything registered so far. Names are compared as Spark does by default, without regard to case."""

    catalog: str
    database: str
    default_format: str
    datasets: list[Dataset] = field(default_factory=list)
    flows: list[FlowDefinition] = field(default_factory=list)

    def qualify(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """(table) and (database, table) completed with the pipeline's defaults."""
        return (self.catalog, self.database)[: max(0, 3 - len(parts))] + parts

    def stored(self) -> list[Dataset]:
        return [dataset for dataset in self.datasets if dataset.stored]

    def streaming_tables(self) -> list[Dataset]:
        return [dataset for dataset in self.datasets if dataset.kind == STREAMING_TABLE]

    def flow(self, name: str) -> FlowDefinition | None:
        """The flow that the server calls by this name."""
        return next((flow for flow in self.flows if flow.name.lower() == name.lower()), None)

    def flows_into(self, dataset: Dataset) -> list[FlowDefinition]:
        return [flow for flow in self.flows if flow.dataset.lower() == dataset.key]

    def select(self, names: Iterable[str], option: str) -> list[Dataset]:
        """The stored datasets that the user named, each by one, two or three parts.

        Spark itself runs nothing and reports success for a name that it does not know.

        :raises ClientError: a name is unknown, or names something that holds no data.
        """
        return [self._select(name, option) for name in names]

    def _select(self, name: str, option: str) -> Dataset:
        wanted = ".".join(self.qualify(tuple(part.strip("` ") for part in name.split(".")))).lower()
        for dataset in self.datasets:
            if dataset.stored and dataset.key == wanted:
                return dataset
            if not dataset.stored and dataset.key == name.lower():
                kind = dataset.kind.replace("_", " ")
                raise ClientError(
                    f"{option}: '{name}' is a {kind}, which keeps no data to refresh. "
                    "Name a materialized view or a streaming table.",
                    "NOT_REFRESHABLE",
                    file=dataset.file,
                    line=dataset.line,
                )
        candidates = {dataset.parts[-1]: dataset.parts[-1] for dataset in self.stored()}
        near = difflib.get_close_matches(name.split(".")[-1], candidates, n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'?" if near else f"It has: {', '.join(sorted(candidates)) or 'none'}."
        raise ClientError(f"{option}: the pipeline defines no dataset '{name}'. {hint}", "UNKNOWN_DATASET")

    def check(self) -> None:
        """Finds what Spark would run without a word and get wrong.

        :raises ClientError: two flows append to one streaming table in files. The file sink's log takes
            the second flow's batches for ones already written, and drops their rows.
        """
        if not self.datasets:
            raise ClientError(
                "The pipeline defines no dataset. Decorate a function with @dp.materialized_view, or write "
                "CREATE MATERIALIZED VIEW in a .sql file, in a folder that the spec's libraries name.",
                "RUN_EMPTY_PIPELINE",
            )
        for dataset in self.streaming_tables():
            flows = self.flows_into(dataset)
            if len(flows) > 1 and dataset.format in FILE_FORMATS:
                names = " and ".join(f"'{flow.parts[-1]}'" for flow in flows)
                raise ClientError(
                    f"Flows {names} append to one {dataset.format} streaming table '{dataset.parts[-1]}'. "
                    "Spark would report success and lose the rows of all but one of them. "
                    "Give each a table of its own and unite them in a view, or use a format "
                    "that takes several writers (delta, iceberg).",
                    "MULTIPLE_APPEND_FLOWS",
                    file=flows[1].file,
                    line=flows[1].first_line,
                    dataset=dataset.name,
                )
