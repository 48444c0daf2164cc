"""What is measured: Sparkling, the compose project that people write, and Spark's own scripts without Docker."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from . import docker
from .connect import answers
from .process import Failure, Finished, Readiness, end_marked, run, run_until, tail

BASE = "apache/spark:4.1.1"
PEER_IMAGE = "sparkling-bench-peer:4.1.1"
COMPLETED = "Run is COMPLETED"
# The views of bench/pipeline.
TABLES = ("best_customers", "customer_totals", "orders")
_BENCH = Path(__file__).resolve().parent.parent
ROOT = _BENCH.parent


class Cluster(Protocol):
    """A cluster in a folder of its own, under a project name and ports of its own.

    port: of Connect. master: of the master's UI.
    """

    name: str
    project: str
    folder: Path
    port: int
    master: int

    def fresh(self) -> None:
        """Removes the cluster and its data, so that the next start is the first."""

    def up(self, workers: int = 1) -> Readiness:
        """Starts the cluster; ready is when its Connect answers and, beyond one, so many workers are at the master."""

    def pipeline(self, tables: Sequence[str] = TABLES) -> Finished:
        """Runs the pipeline, whose tables these are."""

    def remove(self) -> None: ...


class Contender(Cluster, Protocol):
    """A cluster of containers."""

    # Where the pipeline's spec and its definitions lie.
    sources: Path

    def program(self, path: str) -> Finished:
        """Runs a Python program of the project as a client of Connect."""

    def stop(self) -> Finished: ...

    def start(self) -> Readiness: ...

    def ps(self) -> Finished: ...


class Sparkling:
    """This repository's program, through its launcher.

    settings: flags of `up`.
    """

    name = "sparkling"

    def __init__(self, work: Path, project: str, ports: Ports, settings: Sequence[str] = ()) -> None:
        self.project = project
        self.folder = work / project
        self.sources = self.folder
        self.settings = settings
        shutil.copytree(_BENCH / "pipeline", self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.port, application, self.master = ports.take(3)
        worker = ports.take(16)[0]
        self.environment = clean_environment(
            SPARKLING_CONNECT_PORT=self.port,
            SPARKLING_APPLICATION_UI_PORT=application,
            SPARKLING_MASTER_UI_PORT=self.master,
            SPARKLING_WORKER_UI_PORT=worker,
        )

    def command(self, *arguments: str) -> list[str]:
        return [str(ROOT / "sparkling"), *arguments]

    def call(self, *arguments: str, output: Path | None = None) -> Finished:
        return run(self.command("-p", self.project, *arguments), self.environment, self.folder, output)

    def fresh(self) -> None:
        self.remove()
        for name in ("spark-warehouse", "checkpoints", ".sparkling"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def up(self, workers: int = 1) -> Readiness:
        command = self.command("-p", self.project, "up", *self.settings)
        return run_until(command, ready(self, workers), self.environment, self.folder)

    def pipeline(self, tables: Sequence[str] = TABLES) -> Finished:
        finished = self.call("run")
        expect_tables([path.parent.name for path in self.folder.glob("spark-warehouse/*/_SUCCESS")], tables)
        return finished

    def program(self, path: str) -> Finished:
        return self.call("run", path)

    def stop(self) -> Finished:
        return self.call("stop")

    def start(self) -> Readiness:
        return run_until(self.command("-p", self.project, "start"), ready(self), self.environment, self.folder)

    def ps(self) -> Finished:
        return self.call("ps")

    def remove(self) -> None:
        docker.remove_project(self.project)

    def image(self) -> str:
        """The image of the cluster that is up."""
        return docker.image_of(docker.container(self.project, "spark-master"))


class LocalSparkling(Sparkling):
    """The same without Docker: its cluster is processes of this machine."""

    def __init__(self, work: Path, project: str, ports: Ports) -> None:
        super().__init__(work, project, ports)
        self.environment["SPARKLING_ENGINE"] = "local"

    def train(self) -> dict[str, str]:
        """Installs Spark where the cache has none, and has its JVMs archive their classes.

        Returns what the cluster's processes have as JAVA_HOME, SPARK_HOME and PYSPARK_PYTHON.
        """
        self.call("up")
        printed = self.call("exec", "spark-connect", "--", "env").output
        self.call("stop")
        found = dict(re.findall(r"^(JAVA_HOME|SPARK_HOME|PYSPARK_PYTHON)=(.+)$", printed, re.MULTILINE))
        if len(found) < 3:
            raise Failure(f"the cluster does not tell its Java, Spark and Python, only {', '.join(found) or 'nothing'}")
        return found

    def remove(self) -> None:
        try:
            self.call("down")
        finally:
            end_marked("SPARKLING_PROJECT", self.folder)


class ByHand:
    """bench/hand/up, and Spark's own command line.

    spark: where Java, Spark and Python are, as LocalSparkling.train returns it.
    """

    name = "by hand"

    def __init__(self, work: Path, project: str, ports: Ports, spark: Mapping[str, str]) -> None:
        self.project = project
        self.folder = work / project
        shutil.copytree(_BENCH / "pipeline", self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        spec = self.folder / "spark-pipeline.yml"
        # Only a container has the project's folder at /app.
        spec.write_text(spec.read_text().replace("file:///app/", f"{self.folder.as_uri()}/"))
        self.port, self.master, master, worker, application = ports.take(5)
        environment = clean_environment(
            BENCH_PROJECT=self.folder,
            BENCH_CONNECT_PORT=self.port,
            BENCH_APPLICATION_UI_PORT=application,
            BENCH_MASTER_PORT=master,
            BENCH_MASTER_UI_PORT=self.master,
            BENCH_WORKER_UI_PORT=worker,
            BENCH_WORKER_CORES=2,
            BENCH_WORKER_MEMORY="1g",
            BENCH_DRIVER_MEMORY="1g",
        )
        own = ("SPARK_", "PYSPARK_", "PYTHON")
        self.environment = {key: value for key, value in environment.items() if not key.startswith(own)} | {
            "JAVA_HOME": spark["JAVA_HOME"],
            # Saves the scripts the search for it.
            "SPARK_HOME": spark["SPARK_HOME"],
            "PATH": f"{Path(spark['PYSPARK_PYTHON']).parent}:{os.environ.get('PATH', os.defpath)}",
            # Otherwise inside Spark's own folder, and in /tmp, where the Connect server leaves folders behind.
            "SPARK_WORKER_DIR": str(self.folder / "work"),
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            "SPARK_SUBMIT_OPTS": f"-Djava.io.tmpdir={self.folder / 'scratch'}",
        }

    def fresh(self) -> None:
        self.remove()
        for name in ("spark-warehouse", "checkpoints", "work", "scratch"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def up(self, workers: int = 1) -> Readiness:
        if workers != 1:
            raise ValueError("bench/hand/up starts one worker")
        (self.folder / "scratch").mkdir(exist_ok=True)
        return run_until([_BENCH / "hand" / "up"], ready(self), self.environment, self.folder)

    def pipeline(self, tables: Sequence[str] = TABLES) -> Finished:
        """By the quickest of Spark's own ways: its command line's Python module, without a JVM of its own."""
        environment = {**self.environment, "SPARK_REMOTE": f"sc://localhost:{self.port}"}
        return self._completed(["python3", "-m", "pyspark.pipelines.cli", "run"], environment, tables)

    def script(self, tables: Sequence[str] = TABLES) -> Finished:
        """By the script that Spark's documentation names."""
        command = ["spark-pipelines", "run", "--remote", f"sc://localhost:{self.port}"]
        return self._completed(command, self.environment, tables)

    def _completed(self, command: Sequence[str], environment: Mapping[str, str], tables: Sequence[str]) -> Finished:
        finished = run(command, environment, self.folder)
        expect_completed(finished.output, tables)
        return finished

    def remove(self) -> None:
        end_marked("BENCH_PROJECT", self.folder)


class Peer:
    """bench/peer/docker-compose.yml, through docker compose v2."""

    name = "peer"

    def __init__(self, work: Path, project: str, ports: Ports) -> None:
        self.project = project
        self.folder = work / project
        shutil.copytree(_BENCH / "peer", self.folder)
        self.sources = self.folder / "pipeline"
        shutil.copytree(_BENCH / "pipeline", self.sources, ignore=shutil.ignore_patterns("__pycache__"))
        # Where volumes are mounted in a folder that is mounted for reading.
        (self.sources / "spark-warehouse").mkdir()
        (self.sources / "checkpoints").mkdir()
        bundle = docker.certificate_authorities()
        if bundle:
            shutil.copyfile(bundle, self.folder / "ca.pem")
        self.port, self.master = ports.take(2)
        self.environment = clean_environment(
            BENCH_PROJECT=self.sources, BENCH_BASE=BASE, BENCH_CONNECT_PORT=self.port, BENCH_MASTER_UI_PORT=self.master
        )

    def command(self, *arguments: str) -> list[str]:
        file = str(self.folder / "docker-compose.yml")
        return ["docker", "compose", "--project-name", self.project, "--file", file, *arguments]

    def call(self, *arguments: str, output: Path | None = None) -> Finished:
        return run(self.command(*arguments), self.environment, self.folder, output)

    def fresh(self) -> None:
        self.remove()

    def build(self, *arguments: str) -> Finished:
        return self.call("build", *arguments, *docker.proxy_arguments(), "spark-master")

    def up(self, workers: int = 1) -> Readiness:
        command = self.command("up", "--detach", "--scale", f"spark-worker={workers}")
        return run_until(command, ready(self, workers), self.environment, self.folder)

    def pipeline(self, tables: Sequence[str] = TABLES) -> Finished:
        finished = self.call("run", "--rm", "-T", "pipeline")
        expect_completed(finished.output, tables)
        return finished

    def program(self, path: str) -> Finished:
        return self.call("run", "--rm", "-T", "pipeline", "python3", path)

    def stop(self) -> Finished:
        return self.call("stop")

    def start(self) -> Readiness:
        return run_until(self.command("start"), ready(self), self.environment, self.folder)

    def ps(self) -> Finished:
        return self.call("ps")

    def remove(self) -> None:
        docker.remove_project(self.project)


def ready(contender: Cluster, workers: int = 1) -> Callable[[], bool]:
    """Asks whether Connect answers and, beyond one, whether so many workers are at the master."""
    return lambda: answers(contender.port) and (workers == 1 or alive_workers(contender.master) >= workers)


def alive_workers(port: int) -> int:
    """The number of workers at the master whose UI is at `port`; 0 if it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/", timeout=2) as response:
            return int(json.load(response)["aliveworkers"])
    except (OSError, ValueError, KeyError):
        return 0


def expect_completed(output: str, tables: Sequence[str]) -> None:
    """Raises Failure unless Spark's own command line reports the run and every table as completed."""
    if COMPLETED not in output:
        raise Failure(f"the pipeline ended without `{COMPLETED}`{tail(output)}")
    expect_tables(re.findall(r"Flow spark_catalog\.default\.(\w+) has COMPLETED", output), tables)


def expect_tables(found: Sequence[str], expected: Sequence[str]) -> None:
    """Raises Failure unless every expected table is among those found."""
    missing = sorted(set(expected) - set(found))
    if missing:
        raise Failure(
            f"the pipeline did not write {', '.join(missing)}; it wrote {', '.join(sorted(found)) or 'nothing'}"
        )


def clean_environment(**variables: object) -> dict[str, str]:
    """This process's environment without settings of other projects, and with `variables`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SPARKLING_", "COMPOSE_", "BENCH_"))}
    return {**kept, **{key: str(value) for key, value in variables.items()}}


class Ports:
    """Hands out ports that nothing listens on, each once, below the range that the kernel gives to clients."""

    def __init__(self) -> None:
        self._next = 23000

    def take(self, count: int) -> list[int]:
        """Consecutive ports."""
        while self._next + count < 32000:
            ports = list(range(self._next, self._next + count))
            taken = [port for port in ports if not _is_free(port)]
            self._next = (taken or ports)[-1] + 1
            if not taken:
                return ports
        raise Failure("no free ports between 23000 and 32000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
