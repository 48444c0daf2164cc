"""The two that are measured: Sparkling, and the compose project that people write by hand."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from . import docker
from .connect import answers
from .process import Failure, Finished, Readiness, run, run_until

BASE = "apache/spark:4.1.1"
PEER_IMAGE = "sparkling-bench-peer:4.1.1"
COMPLETED = "Run is COMPLETED"
_BENCH = Path(__file__).resolve().parent.parent
ROOT = _BENCH.parent


class Contender(Protocol):
    """A cluster in a folder of its own, under a project name and ports of its own."""

    name: str
    project: str
    folder: Path

    def fresh(self) -> None:
        """Removes the cluster and its data, so that the next start is the first."""

    def up(self) -> Readiness:
        """Starts the cluster and waits until its Connect answers."""

    def pipeline(self) -> Finished:
        """Runs the pipeline on the cluster."""

    def stop(self) -> Finished: ...

    def start(self) -> Readiness: ...

    def ps(self) -> Finished: ...

    def remove(self) -> None: ...


class Sparkling:
    """This repository's program, through its launcher.

    settings: flags of `up`.
    """

    name = "sparkling"

    def __init__(self, work: Path, project: str, ports: Ports, settings: Sequence[str] = ()) -> None:
        self.project = project
        self.folder = work / project
        self.settings = settings
        shutil.copytree(_BENCH / "pipeline", self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.port, application, master = ports.take(3)
        worker = ports.take(16)[0]
        self.environment = clean_environment(
            SPARKLING_CONNECT_PORT=self.port,
            SPARKLING_APPLICATION_UI_PORT=application,
            SPARKLING_MASTER_UI_PORT=master,
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

    def up(self) -> Readiness:
        command = self.command("-p", self.project, "up", *self.settings)
        return run_until(command, lambda: answers(self.port), self.environment, self.folder)

    def pipeline(self) -> Finished:
        finished = self.call("run")
        tables = sorted(path.parent.name for path in self.folder.glob("spark-warehouse/*/_SUCCESS"))
        expect_tables(tables)
        return finished

    def stop(self) -> Finished:
        return self.call("stop")

    def start(self) -> Readiness:
        command = self.command("-p", self.project, "start")
        return run_until(command, lambda: answers(self.port), self.environment, self.folder)

    def ps(self) -> Finished:
        return self.call("ps")

    def remove(self) -> None:
        docker.remove_project(self.project)

    def image(self) -> str:
        """The image of the cluster that is up."""
        return docker.image_of(docker.container(self.project, "spark-master"))


class Peer:
    """bench/peer/docker-compose.yml, through docker compose v2."""

    name = "peer"

    def __init__(self, work: Path, project: str, ports: Ports) -> None:
        self.project = project
        self.folder = work / project
        shutil.copytree(_BENCH / "peer", self.folder)
        pipeline = self.folder / "pipeline"
        shutil.copytree(_BENCH / "pipeline", pipeline, ignore=shutil.ignore_patterns("__pycache__"))
        # Where volumes are mounted in a folder that is mounted for reading.
        (pipeline / "spark-warehouse").mkdir()
        (pipeline / "checkpoints").mkdir()
        bundle = docker.certificate_authorities()
        if bundle:
            shutil.copyfile(bundle, self.folder / "ca.pem")
        self.port, master = ports.take(2)
        self.environment = clean_environment(
            BENCH_PROJECT=pipeline, BENCH_BASE=BASE, BENCH_CONNECT_PORT=self.port, BENCH_MASTER_UI_PORT=master
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

    def up(self, *arguments: str) -> Readiness:
        command = self.command("up", "--detach", *arguments)
        return run_until(command, lambda: answers(self.port), self.environment, self.folder)

    def pipeline(self) -> Finished:
        finished = self.call("run", "--rm", "-T", "pipeline")
        if COMPLETED not in finished.output:
            raise Failure(f"the peer's pipeline ended without `{COMPLETED}`")
        return finished

    def stop(self) -> Finished:
        return self.call("stop")

    def start(self) -> Readiness:
        return run_until(self.command("start"), lambda: answers(self.port), self.environment, self.folder)

    def ps(self) -> Finished:
        return self.call("ps")

    def remove(self) -> None:
        docker.remove_project(self.project)


def expect_tables(tables: Sequence[str]) -> None:
    """Raises Failure unless the pipeline's three views lie in the warehouse."""
    expected = ["best_customers", "customer_totals", "orders"]
    if list(tables) != expected:
        raise Failure(f"the pipeline wrote {list(tables)}, and not {expected}")


def clean_environment(**variables: object) -> Mapping[str, str]:
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
