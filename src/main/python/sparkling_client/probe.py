"""Asks whether the server answers, as soon as it does."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from sparkling_client.errors import COMPLETED, UNAVAILABLE, ClientError
from sparkling_client.imports import import_pyspark
from sparkling_client.session import Server, remote, report_server, say_hello

if TYPE_CHECKING:
    from sparkling_client.protocol import Protocol


def probe(timeout: float, protocol: Protocol) -> int:
    """Waits until one gRPC call is answered, and reports the server.

    :param timeout: seconds to wait at most.
    :returns: 0 if it answered in time.
    :raises ClientError: it did not.
    """
    deadline = time.monotonic() + timeout
    say_hello(protocol, "probe")
    address = remote()
    import_pyspark()
    import grpc
    import pyspark.sql.connect.proto as proto
    from pyspark.sql.connect.client.core import DefaultChannelBuilder

    # gRPC's own pauses between attempts grow to minutes.
    builder = DefaultChannelBuilder(
        address, [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 200)]
    )
    request = proto.ConfigRequest(session_id=str(uuid.uuid4()), client_type="sparkling-probe")
    request.user_context.user_id = builder.userId or "sparkling"
    for key in ("spark.sql.warehouse.dir", "spark.sparkling.executor.python"):
        pair = request.operation.get_with_default.pairs.add()
        pair.key, pair.value = key, ""
    version = proto.AnalyzePlanRequest(session_id=request.session_id, user_context=request.user_context)
    version.spark_version.SetInParent()
    channel = builder.toChannel()
    stub = proto.SparkConnectServiceStub(channel)  # type: ignore[attr-defined]
    reason = "nothing answered"
    try:
        while (left := deadline - time.monotonic()) > 0:
            try:
                spark = stub.AnalyzePlan(version, timeout=left, wait_for_ready=True, metadata=builder.metadata())
                settings = {pair.key: pair.value for pair in stub.Config(
                    request, timeout=max(left, 1), metadata=builder.metadata()).pairs}
                stub.ReleaseSession(
                    proto.ReleaseSessionRequest(
                        session_id=request.session_id, user_context=request.user_context
                    ),
                    timeout=max(left, 1), metadata=builder.metadata(),
                )
                report_server(
                    protocol,
                    Server(
                        spark.spark_version.version,
                        settings["spark.sparkling.executor.python"] or None,
                        settings["spark.sql.warehouse.dir"],
                        "",
                    ),
                )
                return COMPLETED
            except grpc.RpcError as error:
                reason = error.details() or str(error.code())
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    break
                time.sleep(0.1)
    finally:
        channel.close()
    raise ClientError(
        f"No Spark Connect server answered at {builder.endpoint} within {timeout:g} s: {reason}.",
        "SERVER_UNAVAILABLE",
        UNAVAILABLE,
    )
