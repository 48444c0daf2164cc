"""Warms up the JVMs of the server and its executors, so that the first run is as quick as the second."""

from __future__ import annotations

import shutil
import signal
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparkling_client import polling
from sparkling_client import warehouse as files
from sparkling_client.errors import COMPLETED
from sparkling_client.imports import import_pyspark
from sparkling_client.session import (
    Server,
    command_rows,
    connect,
    describe_server,
    report_server,
    say_hello,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from sparkling_client.protocol import Protocol

LIMIT_SECONDS = 120


def warm_up(protocol: Protocol) -> int:
    """Runs a small pipeline that writes through the pipeline's and Parquet's code, but into no table.

    Its one flow streams into a file sink in a hidden folder of the warehouse, which executors and driver
    both see and which is removed afterwards. The catalog is only read.

    :returns: 0.
    :raises ClientError: no server answers.
    """
    # Nobody waits for it, so nobody would stop one whose server has gone.
    signal.alarm(LIMIT_SECONDS)
    say_hello(protocol, "warm-up")
    import_pyspark()
    spark = connect({"spark.sql.shuffle.partitions": "2"}, stack_traces=False)
    server = describe_server(spark)
    report_server(protocol, server)
    client: Any = spark.client  # type: ignore[attr-defined]
    scratch = _scratch(server)
    try:
        command_rows(spark, "SHOW TABLE EXTENDED IN spark_catalog.default LIKE '*'")
        spark.range(1000).selectExpr("id % 7 AS k", "id AS v").groupBy("k").sum("v").collect()
        if scratch is not None:
            _run_pipeline(spark, server, scratch)
    finally:
        client.release_session()
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
            for folder in (scratch.parent, scratch.parent.parent):
                if files.is_empty(folder) and folder.is_dir():
                    folder.rmdir()
    return COMPLETED


def _scratch(server: Server) -> Path | None:
    """A new folder that server and client both see; None if there is none."""
    warehouse = server.warehouse_path
    if warehouse is None or not warehouse.is_dir():
        return None
    scratch = warehouse / files.OWN_FOLDER / "warm-up" / uuid.uuid4().hex
    scratch.mkdir(parents=True)
    return scratch


def _run_pipeline(spark: SparkSession, server: Server, scratch: Path) -> None:
    from pyspark import pipelines
    from pyspark.pipelines.graph_element_registry import graph_element_registration_context
    from pyspark.pipelines.spark_connect_graph_element_registry import SparkConnectGraphElementRegistry
    from pyspark.pipelines.spark_connect_pipeline import create_dataflow_graph, start_run

    source = files.location(scratch / "source")
    spark.range(1000).selectExpr("id", "cast(id AS string) AS text").coalesce(1).write.parquet(source)
    graph = create_dataflow_graph(
        spark, "spark_catalog", "default", {polling.SETTING: polling.intervals(server).quick}
    )
    with graph_element_registration_context(SparkConnectGraphElementRegistry(spark, graph)):
        pipelines.create_sink(
            "sparkling_warm_up",
            "parquet",
            {"path": files.location(scratch / "sink"), "checkpointLocation": files.location(scratch / "sink-state")},
        )

        @pipelines.append_flow(target="sparkling_warm_up", name="sparkling_warm_up_flow")
        def copy():  # type: ignore[no-untyped-def]
            return spark.readStream.schema("id long, text string").parquet(source)

    for _ in start_run(spark, graph, [], False, [], False, files.location(scratch / "storage")):
        # Its events are nobody's business; the run is over when they end.
        pass
