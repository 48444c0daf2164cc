"""The long query, and how the rows grow."""

from __future__ import annotations

import re

from .contenders import Contender, Peer, Sparkling
from .context import Context
from .process import Failure
from .results import Goal, Row
from .rows import Chatter, build_peer, in_turn


class LongQuery:
    """Speed must not cost long queries theirs."""

    rows = (
        Row(
            "long-query", "long query: join and aggregation of 6 million rows", "s", (Goal("sparkling", "peer", 1.05),)
        ),
    )

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("query")
        self._peer = context.peer("query")
        build_peer(self._peer)
        self._sparkling.up()
        self._peer.up()

    def repeat(self, context: Context, index: int) -> None:
        # So many pairs in all, dealt to the repetitions.
        pairs = range(index, context.pairs, context.repetitions)
        with context.results.measuring("long-query"):
            for pair in pairs:
                results = set()
                for contender in in_turn(self._sparkling, self._peer, pair):
                    result, seconds = self._query(contender)
                    results.add(result)
                    context.results.add("long-query", contender.name, seconds)
                if len(results) > 1:
                    raise Failure(f"the two clusters gave different results: {', '.join(sorted(results))}")

    def _query(self, contender: Contender) -> tuple[str, float]:
        output = contender.program("src/apps/query.py").output
        result = re.search(r"result (\d+ \d+)", output)
        seconds = re.search(r"seconds ([0-9.]+)", output)
        if not result or not seconds:
            raise Failure(f"the query of {contender.name} printed no result: {output[-500:]}")
        return result[1], float(seconds[1])


class GrowthUp:
    """A start with more and more workers."""

    rows = (Row("growth-up", "`up` by workers, until all have registered", "s", growth="workers"),)

    _sizes = (1, 2, 4, 8)

    def prepare(self, context: Context) -> None:
        self._clusters: dict[int, tuple[Sparkling, Peer]] = {}
        for size in self._sizes:
            settings = ("--workers", str(size), "--worker-cores", "1", "--worker-memory", "512m")
            peer = context.peer(f"growth-{size}")
            peer.environment |= {"BENCH_WORKER_CORES": "1", "BENCH_WORKER_MEMORY": "512m"}
            self._clusters[size] = (context.sparkling(f"growth-{size}", settings), peer)
        build_peer(self._clusters[1][1])
        self._clusters[1][0].up()
        self._clusters[1][0].remove()

    def repeat(self, context: Context, index: int) -> None:
        with context.results.measuring("growth-up"):
            for size, (sparkling, peer) in self._clusters.items():
                for contender in in_turn(sparkling, peer, index):
                    contender.fresh()
                    try:
                        seconds = contender.up(size).ready
                    finally:
                        contender.remove()
                    context.results.add("growth-up", f"{contender.name} {size}", seconds)


class GrowthLogs:
    """Longer and longer logs."""

    rows = (Row("growth-logs", "`logs` by lines, coloured, to a file", "s", growth="lines"),)

    def prepare(self, context: Context) -> None:
        sizes = (context.lines // 100, context.lines // 10, context.lines, context.lines * 10)
        self._services = {f"chatter-{size}": size for size in sizes}
        self._log = Chatter(context.sparkling("growth-logs"), self._services)

    def repeat(self, context: Context, index: int) -> None:
        with context.results.measuring("growth-logs"):
            for service, size in self._services.items():
                context.results.add("growth-logs", f"sparkling {size}", self._log.sparkling(service).seconds)
                context.results.add("growth-logs", f"docker compose {size}", self._log.compose(service).seconds)


class GrowthRun:
    """Pipelines of more and more views."""

    rows = (Row("growth-run", "second `run` by views", "s", growth="views"),)

    _sizes = (1, 10, 30, 100)

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("growth-run")
        self._peer = context.peer("growth-run")
        build_peer(self._peer)
        self._sparkling.up()
        # Its pipeline runs in a JVM of its own: the peer's cluster need not be up.

    def repeat(self, context: Context, index: int) -> None:
        with context.results.measuring("growth-run"):
            for size in self._sizes:
                for contender in in_turn(self._sparkling, self._peer, index):
                    tables = self._define(contender, size)
                    if contender is self._sparkling:
                        contender.pipeline(tables)
                    context.results.add("growth-run", f"{contender.name} {size}", contender.pipeline(tables).seconds)

    def _define(self, contender: Contender, size: int) -> list[str]:
        """Writes a pipeline of so many views; returns their names."""
        definitions = contender.sources / "src" / "pipelines"
        for file in definitions.iterdir():
            if file.is_file():
                file.unlink()
        names = [f"view_{index:03}" for index in range(size)]
        statements = [f"CREATE MATERIALIZED VIEW {name} AS SELECT id, id % 7 AS day FROM range(100);" for name in names]
        (definitions / "views.sql").write_text("\n".join(statements) + "\n")
        return names
