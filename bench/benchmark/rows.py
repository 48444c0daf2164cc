"""The rows, in the order of their importance."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from . import docker
from .contenders import BASE, PEER_IMAGE, ROOT, ByHand, Cluster, Contender, LocalSparkling, Peer, Sparkling
from .context import Context
from .process import Failure, Finished, run
from .results import Goal, Row

_SMALL_REPEATS = 5
One = TypeVar("One", bound=Cluster)
Other = TypeVar("Other", bound=Cluster)


class Life:
    """A cluster from its start to its end."""

    rows = (
        Row("up", "`up` to a Connect that answers", "s", (Goal("sparkling", "peer", 0.30),)),
        Row("first-run", "first `run` after `up`", "s", (Goal("sparkling", "peer", 0.30),)),
        Row("second-run", "second `run`, three small views", "s", (Goal("sparkling", "peer", 0.20),)),
        Row("stop-start", "`stop`, then `start` to ready", "s", (Goal("sparkling", "up/sparkling", 1.0),)),
        Row(
            "ps",
            "`ps`",
            "s",
            (Goal("sparkling", "sparkling without its archive", 0.40), Goal("sparkling", "", 0.30)),
        ),
    )

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("life")
        self._peer = context.peer("life")
        build_peer(self._peer)
        for contender in (self._sparkling, self._peer):
            contender.up()
            contender.ps()
            contender.remove()

    def repeat(self, context: Context, index: int) -> None:
        for contender in in_turn(self._sparkling, self._peer, index):
            contender.fresh()
            try:
                self._live(context, contender)
            finally:
                contender.remove()

    def _live(self, context: Context, contender: Contender) -> None:
        results, name = context.results, contender.name
        with results.measuring("up"):
            up = contender.up()
        if context.wants("up"):
            results.add("up", name, up.ready)
            if contender is self._sparkling:
                results.add("up", "sparkling, until `up` ends", up.ended)
        for row in ("first-run", "second-run"):
            if context.wants("first-run") or context.wants("second-run"):
                with results.measuring(row):
                    seconds = contender.pipeline().seconds
                if context.wants(row):
                    results.add(row, name, seconds)
        if context.wants("ps"):
            with results.measuring("ps"):
                self._list(context, contender)
        if context.wants("stop-start"):
            with results.measuring("stop-start"):
                stop = contender.stop().seconds
                start = contender.start()
            results.add("stop-start", name, stop + start.ready)
            results.add("stop-start", f"{name}, `start` alone", start.ready)

    def _list(self, context: Context, contender: Contender) -> None:
        contender.ps()
        for _ in range(_SMALL_REPEATS):
            context.results.add("ps", contender.name, contender.ps().seconds)
        if isinstance(contender, Sparkling):
            plain = without_archive(contender)
            for _ in range(_SMALL_REPEATS):
                seconds = run([*plain, "-p", contender.project, "ps"], contender.environment, contender.folder).seconds
                context.results.add("ps", "sparkling without its archive", seconds)


class Scratch:
    """From nothing running to the pipeline's verdict: one command of Sparkling, two of the peer."""

    rows = (Row("up-run", "`up` and `run` from nothing running", "s", (Goal("sparkling", "peer", 0.30),)),)

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("scratch")
        self._peer = context.peer("scratch")
        build_peer(self._peer)
        self._sparkling.up()
        self._sparkling.remove()

    def repeat(self, context: Context, index: int) -> None:
        with context.results.measuring("up-run"):
            for contender in in_turn(self._sparkling, self._peer, index):
                contender.fresh()
                try:
                    start = time.perf_counter()
                    if contender is self._peer:
                        contender.up()
                    contender.pipeline()
                    seconds = time.perf_counter() - start
                finally:
                    contender.remove()
                context.results.add("up-run", contender.name, seconds)


class Images:
    """The image: its bytes and its build, without the builder's cache, by the engine's own command."""

    rows = (
        Row("image-bytes", "image on top of the base, archives included", "MB", (Goal("sparkling", "peer", 0.30),)),
        Row("image-build", "image build, base present", "s", (Goal("sparkling", "peer", 1.0),)),
    )

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("image")
        self._peer = context.peer("image")
        build_peer(self._peer)
        with context.results.measuring("image-bytes"):
            self._sparkling.up()
            image = self._sparkling.image()
            self._sparkling.remove()
            if context.wants("image-bytes"):
                base = docker.image_bytes(BASE)
                context.results.add("image-bytes", "sparkling", (docker.image_bytes(image) - base) / 1e6)
                peer = docker.image_bytes(PEER_IMAGE) - base
                context.results.add("image-bytes", "peer", peer / 1e6)
                cache = docker.folder_bytes(PEER_IMAGE, "/root/.cache")
                context.results.add("image-bytes", "peer, less pip's cache", (peer - cache) / 1e6)

    def repeat(self, context: Context, index: int) -> None:
        if not context.wants("image-build"):
            return
        with context.results.measuring("image-build"):
            for contender in in_turn(self._sparkling, self._peer, index):
                build = self._build if contender is self._sparkling else self._build_peer
                context.results.add("image-build", contender.name, build(context))

    def _build_peer(self, context: Context) -> float:
        before = docker.image_identifier(PEER_IMAGE)
        seconds = self._peer.build("--no-cache").seconds
        docker.remove_untagged([before])
        return seconds

    def _build(self, context: Context) -> float:
        build = context.work / "build"
        if not build.exists():
            shutil.copytree(ROOT / "docker", build, ignore=shutil.ignore_patterns("base", "test"))
            bundle = docker.certificate_authorities()
            if bundle:
                shutil.copyfile(bundle, build / "ca.pem")
        tag = f"{context.prefix}-build:latest"
        command = ["docker", "build", "--no-cache", "--build-arg", f"BASE={BASE}", *docker.proxy_arguments()]
        # The builder that Sparkling itself uses through the engine's API.
        environment = {**self._sparkling.environment, "DOCKER_BUILDKIT": "0"}
        context.images.append(tag)
        finished = run([*command, "--tag", tag, str(build)], environment)
        docker.remove_image(tag)
        # The stages that the image copies from have no name.
        docker.remove_untagged(re.findall(r"---> ([0-9a-f]{12})$", finished.output, re.MULTILINE)[::-1])
        return finished.seconds


class Logs:
    """A service that has written a million lines, coloured, to a file."""

    rows = (
        Row(
            "logs",
            "`logs` of {lines:,} lines, coloured, to a file",
            "s",
            (Goal("sparkling", "docker compose", 0.80), Goal("sparkling", "engine's raw stream", 1.15)),
        ),
        Row(
            "logs-memory",
            "most resident memory of that `logs`",
            "MB",
            (Goal("sparkling", "", 160), Goal("sparkling", "sparkling, a tenth of the lines", 1.1)),
        ),
    )

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("logs")
        self._log = Chatter(self._sparkling, {"chatter": context.lines, "chatter-tenth": context.lines // 10})

    def repeat(self, context: Context, index: int) -> None:
        results = context.results
        with results.measuring("logs"):
            turns = [self._of_sparkling, self._of_compose, self._of_engine]
            for turn in turns[index % 3 :] + turns[: index % 3]:
                turn(context)

    def _of_sparkling(self, context: Context) -> None:
        whole, tenth = self._log.sparkling("chatter"), self._log.sparkling("chatter-tenth")
        self._add(context, "logs", "sparkling", whole.seconds)
        self._add(context, "logs-memory", "sparkling", whole.peak_bytes / 1e6)
        self._add(context, "logs-memory", "sparkling, a tenth of the lines", tenth.peak_bytes / 1e6)

    def _of_compose(self, context: Context) -> None:
        finished = self._log.compose("chatter")
        self._add(context, "logs", "docker compose", finished.seconds)
        self._add(context, "logs-memory", "docker compose", finished.peak_bytes / 1e6)

    def _of_engine(self, context: Context) -> None:
        self._add(context, "logs", "engine's raw stream", self._log.raw("chatter"))

    def _add(self, context: Context, row: str, series: str, value: float) -> None:
        if context.wants(row):
            context.results.add(row, series, value)


class Chatter:
    """Services of a Sparkling project that write lines as Spark does, and end.

    services: the number of lines of each.
    """

    # Every tenth line is a warning and every thousandth an error with its trace, as in Spark's own log.
    _PROGRAM = """
import sys
trace = "java.lang.IllegalStateException: lost\\n\\tat org.apache.spark.rdd.RDD.iterator(RDD.scala:329)\\n"
lines = 0
while lines < COUNT:
    level = "WARN " if lines % 10 == 5 else "INFO "
    time = "2026-01-01T%02d:%02d:%02d.%03dZ" % (lines // 3600000 % 24, lines // 60000 % 60, lines // 1000 % 60, lines % 1000)
    if lines % 1000 == 7:
        sys.stderr.write(time + " ERROR TaskSetManager: Task %d in stage 3.0 failed\\n" % lines + trace)
        lines += 3
    else:
        sys.stderr.write(time + " " + level + " TaskSetManager: Finished task %d.0 in stage 3.0 (TID %d) in 12 ms\\n" % (lines, lines))
        lines += 1
"""

    def __init__(self, sparkling: Sparkling, services: dict[str, int]) -> None:
        self._sparkling = sparkling
        self._services = services
        sparkling.call("render")
        text = "services:\n"
        for name, lines in services.items():
            program = self._PROGRAM.replace("COUNT", str(lines)).strip().replace("\n", "\n        ")
            # A dollar sign would be a variable to Compose; the program has none.
            text += f"  {name}:\n    image: {BASE}\n    entrypoint:\n      - python3\n      - -c\n      - |\n        {program}\n"
        (sparkling.folder / "compose.override.yml").write_text(text)
        run(self._compose("up", "--detach", *services), sparkling.environment, sparkling.folder)
        for name in services:
            status = run(["docker", "wait", docker.container(sparkling.project, name)], timeout=600).output.strip()
            if status != "0":
                raise Failure(f"the service {name}, which writes the log, ended with exit code {status}")

    def sparkling(self, service: str) -> Finished:
        output = self._sparkling.folder / "sparkling.log"
        finished = self._sparkling.call("--color=always", "logs", service, output=output)
        self._check(output, service)
        return finished

    def compose(self, service: str) -> Finished:
        output = self._sparkling.folder / "compose.log"
        command = self._compose("logs", service)
        finished = run(command, self._sparkling.environment, self._sparkling.folder, output)
        self._check(output, service)
        return finished

    def raw(self, service: str) -> float:
        output = self._sparkling.folder / "raw.log"
        seconds = docker.raw_logs(docker.container(self._sparkling.project, service), output)
        self._check(output, service)
        return seconds

    def _compose(self, *arguments: str) -> list[str]:
        return ["docker", "compose", "--ansi", "always", "--project-name", self._sparkling.project, *arguments]

    def _check(self, output: Path, service: str) -> None:
        expected = self._services[service]
        with open(output, "rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        output.unlink()
        # The last record may be a trace, which goes two lines beyond.
        if not expected <= lines <= expected + 2:
            raise Failure(f"{output.name} has {lines} lines, and {expected} were written")


class Local:
    """A cluster without Docker: Sparkling's own engine, and Spark's scripts by hand."""

    rows = (
        Row("local-up", "without Docker: `up` to a Connect that answers", "s", (Goal("sparkling", "by hand", 0.5),)),
        Row("local-second-run", "without Docker: second `run`", "s", (Goal("sparkling", "by hand", 0.5),)),
    )

    def prepare(self, context: Context) -> None:
        self._sparkling = context.local_sparkling()
        self._hand = context.by_hand(self._sparkling.train())
        self._sparkling.remove()
        self._hand.up()
        self._hand.remove()

    def repeat(self, context: Context, index: int) -> None:
        for contender in in_turn(self._sparkling, self._hand, index):
            contender.fresh()
            try:
                self._live(context, contender)
            finally:
                contender.remove()

    def _live(self, context: Context, contender: LocalSparkling | ByHand) -> None:
        results, name = context.results, contender.name
        with results.measuring("local-up"):
            up = contender.up()
        if context.wants("local-up"):
            results.add("local-up", name, up.ready)
        if context.wants("local-second-run"):
            with results.measuring("local-second-run"):
                contender.pipeline()
                results.add("local-second-run", name, contender.pipeline().seconds)
                if isinstance(contender, ByHand):
                    results.add("local-second-run", "by hand, `spark-pipelines`", contender.script().seconds)


class Start:
    """The program itself, beside a JVM that starts and prints its version."""

    rows = (
        Row(
            "version",
            "`version` and `--help`",
            "s",
            (
                Goal("sparkling version", "bare JVM", 3.0),
                Goal("sparkling --help", "bare JVM", 3.0),
                Goal("sparkling version", "", 0.15),
            ),
        ),
    )

    def prepare(self, context: Context) -> None:
        self._sparkling = context.sparkling("version")
        # The first command that uses the engine writes the archive.
        self._sparkling.call("render")
        self._sparkling.call("ps")
        self._java = without_archive(self._sparkling)[0]

    def repeat(self, context: Context, index: int) -> None:
        bare = [self._java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-version"]
        with context.results.measuring("version"):
            for _ in range(_SMALL_REPEATS):
                for argument in ("version", "--help"):
                    seconds = run(self._sparkling.command(argument), self._sparkling.environment).seconds
                    context.results.add("version", f"sparkling {argument}", seconds)
                context.results.add("version", "bare JVM", run(bare).seconds)


class Workers:
    """How many seconds each worker beyond the first adds to `up`."""

    rows = (
        Row(
            "workers",
            "`up` with 8 workers less `up` with 1, for each worker",
            "s",
            (Goal("sparkling, for each worker", "", 0.6),),
        ),
    )

    _settings = ("--worker-cores", "1", "--worker-memory", "512m")

    def prepare(self, context: Context) -> None:
        self._clusters = {n: context.sparkling(f"workers-{n}", ("--workers", str(n), *self._settings)) for n in (1, 8)}
        self._clusters[1].up()
        self._clusters[1].remove()

    def repeat(self, context: Context, index: int) -> None:
        seconds = {}
        with context.results.measuring("workers"):
            for workers, cluster in self._clusters.items():
                cluster.fresh()
                try:
                    # Until the command ends: that is when every worker is there.
                    seconds[workers] = cluster.up().ended
                finally:
                    cluster.remove()
        for workers, value in seconds.items():
            context.results.add("workers", f"sparkling, {workers}", value)
        context.results.add("workers", "sparkling, for each worker", (seconds[8] - seconds[1]) / 7)


def in_turn(sparkling: One, peer: Other, index: int) -> Sequence[One | Other]:
    """Both, and every other time in the other order, so that a drift of the machine hits both alike."""
    return (sparkling, peer) if index % 2 == 0 else (peer, sparkling)


def build_peer(peer: Peer) -> None:
    """Builds the peer's image; the builder's cache makes it quick where nothing has changed."""
    before = docker.image_identifier(PEER_IMAGE) if docker.image_exists(PEER_IMAGE) else None
    peer.build()
    if before and before != docker.image_identifier(PEER_IMAGE):
        docker.remove_untagged([before])


def without_archive(sparkling: Sparkling) -> Sequence[str]:
    """The command by which the launcher starts Java, with the JDK's own archive in place of Sparkling's.

    It is read from the running process (Linux only), so that bench need not know how the launcher makes it.
    """
    process = subprocess.Popen(
        sparkling.command("version"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=sparkling.environment
    )
    try:
        while process.poll() is None:
            try:
                words = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode().split("\0")[:-1]
            except OSError as error:
                raise Failure(f"the launcher's command cannot be read: {error}") from error
            if words and Path(words[0]).name == "java":
                own = ("-XX:SharedArchiveFile=", "-XX:ArchiveClassesAtExit=", "-XX:AOTCache")
                return [word for word in words[:-1] if not word.startswith(own)]
    finally:
        process.wait()
    raise Failure("the launcher ended before it started Java")
