"""A Spark Connect server of this machine for the tests: one JVM, local[2], Hive's catalog in the warehouse."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).resolve().parents[2] / "main" / "python"

# What Spark's own launcher opens for Java 17.
_OPENS = (
    "java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent "
    "java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar"
).split()


class ConnectServer:
    """A server whose working directory is the project's folder, so that relative paths mean the same to both."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: list[Any] = []
        self.port = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def remote(self) -> str:
        return f"sc://localhost:{self.port}"

    @property
    def warehouse(self) -> Path:
        return self.project / "spark-warehouse"

    def start(self) -> None:
        """Starts the server and returns when it answers a call."""
        import importlib.util

        spec = importlib.util.find_spec("pyspark")
        assert spec is not None and spec.origin is not None
        home = Path(spec.origin).parent
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        catalog = self.warehouse / ".catalog"
        catalog.mkdir(parents=True, exist_ok=True)
        java = shutil.which("java", path=os.path.join(os.environ.get("JAVA_HOME", "/nonexistent"), "bin")) or "java"
        settings = {
            "spark.connect.grpc.binding.port": str(self.port),
            "spark.driver.host": "127.0.0.1",
            "spark.ui.port": str(self.port + 1),
            "spark.sql.warehouse.dir": str(self.warehouse),
            "spark.sql.catalogImplementation": "hive",
            "spark.sql.shuffle.partitions": "2",
            "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={catalog}/metastore_db;create=true",
        }
        command = [
            java, "-Xmx1g", "--add-modules=jdk.incubator.vector", "-XX:TieredStopAtLevel=1",
            *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS),
            "-Djdk.reflect.useDirectMethodHandle=false", f"-Dderby.system.home={catalog}/derby",
            "-cp", f"{home}/jars/*", "org.apache.spark.deploy.SparkSubmit", "--master", "local[2]",
            *(word for key, value in settings.items() for word in ("--conf", f"{key}={value}")),
            "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal",
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if name not in ("SPARK_REMOTE", "PYTHONPATH")}
        environment.update(SPARK_HOME=str(home), SPARK_CONF_DIR="/nonexistent", PYSPARK_PYTHON=sys.executable)
        log = (self.project / "connect.log").open("ab")
        self._process = subprocess.Popen(command, cwd=self.project, env=environment, stdout=log, stderr=log)
        log.close()
        answer = self.client("probe", "--timeout", "180", timeout=240)
        assert answer.exit_code == 0, (answer.events, (self.project / "connect.log").read_text()[-3000:])

    def stop(self) -> None:
        # Before the server: a client goes on for minutes with calls that nobody answers.
        while self._sessions:
            self._sessions.pop().stop()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """The client's command line and environment."""
        environment = {**os.environ, "SPARK_REMOTE": self.remote, "PYTHONPATH": str(CLIENT)}
        return [sys.executable, "-m", "sparkling_client", *arguments], environment

    def client(self, *arguments: str, timeout: float = 300) -> Result:
        """Runs the client in the project's folder."""
        command, environment = self.command(*arguments)
        done = subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, timeout=timeout
        )
        script = arguments[0] == "script"
        lines = [] if script else [json.loads(line) for line in done.stdout.splitlines()]
        return Result(done.returncode, lines, done.stdout, done.stderr)

    def run(self, *arguments: str) -> Result:
        return self.client("run", "--spec", "spark-pipeline.yml", *arguments)

    def spark(self) -> Any:
        """A session of a plain client on this host; it ends with the server."""
        from pyspark.sql.connect.session import SparkSession

        session = SparkSession.builder.remote(self.remote).create()
        self._sessions.append(session)
        return session

    def counts(self, *tables: str) -> dict[str, int]:
        """The tables' rows as another client sees them."""
        spark = self.spark()
        return {table: spark.table(table).count() for table in tables}


@dataclass
class Result:
    """A client's exit code, events and streams."""

    exit_code: int
    events: list[dict[str, Any]]
    stdout: str
    stderr: str
    rows: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {event["name"].split(".")[-1]: event.get("rows", -1) for event in self.of("view")}

    def of(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type]

    @property
    def error(self) -> dict[str, Any]:
        """The one error."""
        (error,) = self.of("error")
        return error

    @property
    def notices(self) -> set[tuple[str, str]]:
        """Each notice's code and table."""
        return {(notice["code"], notice.get("dataset", "").split(".")[-1]) for notice in self.of("notice")}


def wait_until(condition: Any, seconds: float = 30) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False
