"""Dependencies between flows hold in every run, not only in the first."""

from __future__ import annotations

from datetime import datetime
from typing import Callable

import pytest
from connect_server import ConnectServer

pytestmark = pytest.mark.spark

HEAD = """from pyspark import pipelines as dp
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.active()
"""


@pytest.mark.parametrize("name", ["e_source", "default.e_source", "spark_catalog.default.e_source"])
def test_a_later_run_waits_for_inputs_as_the_first_did(define: Callable[..., ConnectServer], name: str) -> None:
    server = define(
        a_py=HEAD
        + "@dp.materialized_view\ndef e_source():\n"
        + "    return spark.range(5).where(\"reflect('java.lang.Thread', 'sleep', id * 0 + 200) IS NOT NULL\")\n"
        + "@dp.materialized_view\ndef e_result():\n"
        + f"    return spark.read.table('{name}').withColumn('x', F.lit(1)).withColumnRenamed('id', 'y')\n"
    )
    for _ in range(2):
        result = server.run()
        assert result.exit_code == 0, result.events
        assert result.rows == {"e_source": 5, "e_result": 5}
        # Events of different flows may overtake each other by a little; the source takes 0.4 s or more.
        running = {
            each["dataset"].split(".")[-1]: datetime.fromisoformat(each["time"].replace("Z", "+00:00"))
            for each in result.of("flow")
            if each["state"] == "RUNNING"
        }
        assert (running["e_result"] - running["e_source"]).total_seconds() > 0.4


def test_an_operation_that_cannot_wait_is_refused_in_every_run(define: Callable[..., ConnectServer]) -> None:
    source = HEAD + "@dp.materialized_view\ndef e_kept():\n    return spark.range(5)\n"
    define(a_py=source).run()
    server = define(a_py=source + "@dp.materialized_view\ndef e_early():\n    return spark.read.table('e_kept').drop('id')\n")
    result = server.run()
    assert result.exit_code == 1
    assert result.error["error_class"] == "EAGER_OPERATION"
    assert result.error["line"] == 7
    assert "`drop`" in result.error["message"]


def test_an_operation_that_cannot_wait_works_on_a_table_from_outside(define: Callable[..., ConnectServer]) -> None:
    server = define(a_py=HEAD + "@dp.materialized_view\ndef e_outside():\n    return spark.range(5)\n")
    server.run()
    server = define(a_py=HEAD + "@dp.materialized_view\ndef e_copy():\n    return spark.read.table('e_outside').drop('no')\n")
    result = server.run()
    assert result.exit_code == 0, result.events
    assert result.rows == {"e_copy": 5}
