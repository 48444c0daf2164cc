"""One session on the Spark Connect server, with as few imports and calls as a short-lived client can do with."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping
from urllib.parse import unquote

from sparkling_client import PROTOCOL_VERSION, __version__
from sparkling_client.errors import UNAVAILABLE, ClientError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from sparkling_client.protocol import Protocol

# Set on the server by whoever starts it, where the executors' Python is known.
EXECUTOR_PYTHON = "spark.sparkling.executor.python"

# Seconds that a run waits for the server to take its first call.
CONNECT_TIMEOUT = 20

_SERVER_SETTINGS = ("spark.sql.warehouse.dir", "spark.sql.sources.default", EXECUTOR_PYTHON)


@dataclass(frozen=True)
class Server:
    """What the server says of itself; ``python`` is None where it does not know."""

    spark: str
    python: str | None
    warehouse: str
    default_format: str

    @property
    def warehouse_path(self) -> Path | None:
        """The warehouse as a folder of this machine; None if it is not on a local file system."""
        return local_path(self.warehouse)


def local_path(uri: str) -> Path | None:
    """The path of a location on the local file system; None for other file systems.

    Spark writes locations as Hadoop paths: ``file:/my shop``, with nothing encoded.
    """
    if uri.startswith("file:/"):
        uri = re.sub(r"^file:/+", "/", uri)
    return Path(os.path.normpath(uri)) if uri.startswith("/") else None


def is_at(location: str, path: Path) -> bool:
    """Whether a location of the catalog is that folder; a database's is encoded, a table's is not."""
    return path in (local_path(location), local_path(unquote(location)))


def remote() -> str:
    """The server's address, from SPARK_REMOTE.

    :raises ClientError: it is not set.
    """
    address = os.environ.get("SPARK_REMOTE")
    if not address:
        raise ClientError(
            "SPARK_REMOTE is not set. It names the Spark Connect server, such as sc://localhost:15002.",
            "REMOTE_NOT_SET",
        )
    return address


def pyspark_version() -> str | None:
    """PySpark's version, read without importing it; None if it is not installed."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        return None
    text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    match = re.search(r"""__version__(?:\s*:\s*\w+)?\s*=\s*["']([^"']+)""", text)
    return match[1] if match else None


def say_hello(protocol: Protocol, command: str) -> None:
    """Emits ``hello``.

    :raises ClientError: PySpark is not installed.
    """
    version = pyspark_version()
    protocol.emit(
        "hello",
        client=__version__,
        protocol=PROTOCOL_VERSION,
        command=command,
        python=platform.python_version(),
        pyspark=version,
    )
    if version is None:
        raise ClientError(
            f"{sys.executable} has no PySpark. The client needs pyspark with its connect dependencies.",
            "PYSPARK_MISSING",
            UNAVAILABLE,
        )


def connect(configuration: Mapping[str, str], stack_traces: bool) -> SparkSession:
    """Opens a session and makes it the active one, as ``SparkSession.builder.getOrCreate()`` would.

    :raises ClientError: nothing answers at the address.
    """
    import grpc
    from pyspark.sql.connect.client.core import DefaultChannelBuilder
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    address = remote()
    try:
        builder = DefaultChannelBuilder(address)
    except Exception as error:
        raise ClientError(f"SPARK_REMOTE is not a Spark Connect address: {error}", "REMOTE_INVALID") from error
    # Without this, a server that is not there costs more than ten minutes of retries. Spark does not
    # implement the call: that it says so is the answer.
    channel = builder.toChannel()
    try:
        health = channel.unary_unary("/grpc.health.v1.Health/Check")
        health(b"", timeout=CONNECT_TIMEOUT, wait_for_ready=True, metadata=builder.metadata())
    except grpc.RpcError as error:
        if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
            raise ClientError(
                f"No Spark Connect server answers at {builder.endpoint} ({error.details()}).",
                "SERVER_UNAVAILABLE",
                UNAVAILABLE,
            ) from None
    finally:
        channel.close()
    session = ConnectSession.builder.remote(address).config(
        map={
            "spark.sql.connect.serverStacktrace.enabled": str(stack_traces).lower(),
            **configuration,
        }
    )
    return session.getOrCreate()  # type: ignore[return-value]


def describe_server(spark: SparkSession) -> Server:
    """Asks the server for its version and the settings that a run depends on."""
    client: Any = spark.client  # type: ignore[attr-defined]
    warehouse, default_format, python = client.get_config_with_defaults(
        (_SERVER_SETTINGS[0], ""), (_SERVER_SETTINGS[1], "parquet"), (_SERVER_SETTINGS[2], "")
    )
    return Server(spark.version, python or None, warehouse or "", default_format or "parquet")


def report_server(protocol: Protocol, server: Server) -> None:
    """Emits ``server``, and a warning for every version that differs from the client's."""
    protocol.emit(
        "server", spark=server.spark, python=server.python, remote=_without_secrets(remote()), warehouse=server.warehouse
    )
    ours = pyspark_version() or ""
    if _release(ours) != _release(server.spark):
        protocol.notice(
            "warning",
            "SPARK_VERSION_MISMATCH",
            f"The client's PySpark is {ours}, the server's Spark is {server.spark}. "
            "What works between the two is not promised; install the same version.",
        )
    python = platform.python_version()
    if server.python and server.python.split(".")[:2] != python.split(".")[:2]:
        protocol.notice(
            "warning",
            "PYTHON_VERSION_MISMATCH",
            f"The client's Python is {python}, the executors' is {server.python}. "
            "Python UDFs fail unless both have the same minor version.",
        )


def _release(version: str) -> list[str]:
    return re.findall(r"\d+", version)[:3]


def _without_secrets(address: str) -> str:
    return address.split(";")[0]


def command_rows(spark: SparkSession, sql: str) -> list[dict[str, Any]]:
    """Runs a SQL command such as SHOW or DESCRIBE and returns its rows, in one call to the server.

    ``spark.sql(...).collect()`` needs two: the command's rows come back with the first already.
    """
    import pyarrow
    import pyspark.sql.connect.proto as proto

    command = proto.Command()
    command.sql_command.input.sql.query = sql
    client: Any = spark.client  # type: ignore[attr-defined]
    _, properties, _ = client.execute_command(command)
    relation = properties["sql_command_result"]
    if relation.WhichOneof("rel_type") != "local_relation":
        return [row.asDict() for row in spark.sql(sql).collect()]
    with pyarrow.ipc.open_stream(relation.local_relation.data) as reader:
        return reader.read_all().to_pylist()


def quoted(parts: tuple[str, ...]) -> str:
    """A name for SQL, every part in backticks."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)
