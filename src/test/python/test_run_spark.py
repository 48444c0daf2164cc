"""Runs on a real server: events, failures, selection, cancel."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from typing import Callable

import pytest
from connect_server import ConnectServer, wait_until

pytestmark = pytest.mark.spark

Define = Callable[..., ConnectServer]

HEAD = """from pyspark import pipelines as dp
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.active()
"""


def test_a_run_tells_datasets_flows_views_and_verdict(define: Define) -> None:
    server = define(
        a_py=HEAD + "print('a print')\n@dp.materialized_view\ndef run_one():\n    return spark.range(10)\n",
        b_sql="CREATE TEMPORARY VIEW step AS SELECT id FROM run_one;\nCREATE MATERIALIZED VIEW run_two AS\nSELECT * FROM step WHERE id < 4;\n",
    )
    result = server.run()
    assert result.exit_code == 0, result.events
    assert [event["type"] for event in result.events][:2] == ["hello", "server"]
    assert {(each["name"], each["kind"], each["line"]) for each in result.of("dataset")} == {
        ("spark_catalog.default.run_one", "materialized_view", 5),
        ("step", "temporary_view", 1),
        ("spark_catalog.default.run_two", "materialized_view", 2),
    }
    states = [each["state"] for each in result.of("flow") if each["dataset"] == "spark_catalog.default.run_one"]
    assert states == ["QUEUED", "PLANNING", "STARTING", "RUNNING", "COMPLETED"]
    assert result.rows == {"run_one": 10, "run_two": 4}
    assert all(each["location"] == str(server.warehouse / each["name"].split(".")[-1]) for each in result.of("view"))
    verdict = result.events[-1]
    assert (verdict["type"], verdict["state"], verdict["flows"]) == ("verdict", "COMPLETED", {"COMPLETED": 2})
    assert set(verdict["seconds"]) == {"imports", "connect", "register", "reconcile", "run", "summary", "total"}
    assert "a print\n" in result.stderr
    assert server.counts("run_one", "run_two") == result.rows


@pytest.mark.parametrize(
    ("file", "text", "error_class", "line"),
    [
        ("a_py", HEAD + "@dp.materialized_view\ndef f_a():\n    df = spark.range(3)\n    return df.select(F.col('no'))\n", "UNRESOLVED_COLUMN.WITH_SUGGESTION", 7),
        ("a_py", HEAD + "@dp.materialized_view\ndef f_b():\n    return spark.range(3).select(\n        1 / F.col('id'))\n", "DIVIDE_BY_ZERO", 7),
        ("a_py", HEAD + "@F.udf('int')\ndef bad(x):\n    return 1 // x\n@dp.materialized_view\ndef f_c():\n    return spark.range(3).select(bad('id'))\n", None, 6),
        ("a_py", HEAD + "import no_such_module\n", "ModuleNotFoundError", 4),
        ("a_py", HEAD + "@dp.materialized_view\ndef f_d():\n    return no_such_name\n", "NameError", 6),
        ("a_sql", "CREATE MATERIALIZED VIEW f_e AS\nSELECT 1 AS a;\n\nCREATE MATERIALIZED VIEW f_f AS\nSELECT\n  b FROM f_e;\n", "UNRESOLVED_COLUMN.WITH_SUGGESTION", 6),
        ("a_sql", "CREATE MATERIALIZED VIEW f_g AS\nSELECT 1 AS a;\n\nCREATE MATERIALIZED VIEW f_h AS\nSELECT a,\n  1 / (a - 1) FROM f_g;\n", "DIVIDE_BY_ZERO", 6),
        ("a_sql", "CREATE MATERIALIZED VIEW f_i AS\nSELECT 1 AS a;\n\nCREATE MATERIALIZED VIEW f_j AS\nSELEC a;\n", "PARSE_SYNTAX_ERROR", 5),
    ],
)  # fmt: skip
def test_a_failure_is_one_error_at_the_user_s_line(
    define: Define, file: str, text: str, error_class: "str | None", line: int
) -> None:
    result = define(**{file: text}).run("--conf", "spark.sql.pipelines.maxFlowRetryAttempts=0")
    assert result.exit_code == 1
    error = result.error
    assert (error.get("error_class"), error.get("line")) == (error_class, line)
    assert error["file"].endswith(file.replace("_", "."))
    assert error["source"] == text.splitlines()[line - 1].strip()
    assert "\tat " not in error["message"] and len(error["message"].splitlines()) == 1
    assert result.events[-1]["state"] == "FAILED"


def test_retries_come_from_the_command_line(define: Define) -> None:
    text = HEAD + "@dp.materialized_view\ndef retried():\n    return spark.range(3).select(1 / F.col('id'))\n"
    result = define(a_py=text).run("--conf", "spark.sql.pipelines.maxFlowRetryAttempts=0")
    assert [each["state"] for each in result.of("flow")].count("FAILED") == 1
    assert result.events[-1]["seconds"]["run"] < 5


def test_the_spec_s_configuration_wins(define: Define) -> None:
    text = HEAD + "@dp.materialized_view\ndef configured():\n    return spark.sql('SELECT 1 AS a')\n"
    server = define(a_py=text)
    spec = server.project / "spark-pipeline.yml"
    spec.write_text(spec.read_text().replace("configuration:", "configuration:\n  spark.sql.session.timeZone: No/Where"))
    result = server.run("--conf", "spark.sql.session.timeZone=UTC")
    assert result.exit_code == 1
    assert "No/Where" in result.error["message"]


def test_a_later_run_reads_what_it_has_written_itself(define: Define) -> None:
    """Spark alone binds `withColumn` to last run's table, which is empty by then, and loses the rows."""
    view = "@dp.materialized_view\ndef {}():\n    return spark.read.table('{}').withColumn('x', F.col('k') + 1)\n"
    text = (
        HEAD
        + "@dp.materialized_view\ndef l_base():\n"
        + "    return spark.range(3000000).groupBy((F.col('id') % 10).alias('k')).count()\n"
        + view.format("l_short", "l_base")
        + view.format("l_long", "spark_catalog.default.l_base")
    )
    for _ in range(2):
        result = define(a_py=text).run()
        assert result.exit_code == 0, result.events
        assert result.rows == {"l_base": 10, "l_short": 10, "l_long": 10}


def test_tables_outside_of_the_pipeline_are_found_by_any_name(define: Define) -> None:
    server = define(
        a_py=HEAD
        + "".join(
            f"@dp.materialized_view\ndef o_{number}():\n    return spark.read.table('{name}').distinct()\n"
            for number, name in enumerate(("outside", "default.outside", "other.outside", "spark_catalog.default.outside"))
        )
    )
    spark = server.spark()
    spark.sql("CREATE TABLE IF NOT EXISTS outside AS SELECT 1 AS a")
    spark.sql("CREATE DATABASE IF NOT EXISTS other")
    spark.sql("CREATE TABLE IF NOT EXISTS other.outside AS SELECT 1 AS a")
    result = server.run()
    assert result.exit_code == 0, result.events
    assert result.rows == {"o_0": 1, "o_1": 1, "o_2": 1, "o_3": 1}


def test_an_operation_that_spark_cannot_do_yet_says_what_to_use(define: Define) -> None:
    text = HEAD + "@dp.materialized_view\ndef e_base():\n    return spark.range(3)\n@dp.materialized_view\ndef e_next():\n    return spark.read.table('e_base').distinct()\n"
    result = define(a_py=text).run()
    assert (result.exit_code, result.error["error_class"], result.error["line"]) == (1, "EAGER_OPERATION", 7)
    assert "`distinct` or `dropDuplicates` looks at its input" in result.error["message"]


def test_the_trap_of_two_flows_is_found_before_anything_runs(define: Define) -> None:
    flow = "@dp.append_flow(target='trap')\ndef {}():\n    return spark.readStream.schema('a int').json('in')\n"
    text = HEAD + "dp.create_streaming_table('trap')\n" + flow.format("first") + flow.format("second")
    (define().project / "in").mkdir(exist_ok=True)
    for command in ("run", "check"):
        result = define(a_py=text).client(command, "--spec", "spark-pipeline.yml")
        assert (result.exit_code, result.error["error_class"], result.error["line"]) == (2, "MULTIPLE_APPEND_FLOWS", 8)
        assert not result.of("flow")


def test_an_unknown_name_runs_nothing(define: Define) -> None:
    result = define(a_sql="CREATE MATERIALIZED VIEW selected AS SELECT 1 AS a").run("--refresh", "selcted")
    assert (result.exit_code, result.error["error_class"]) == (2, "UNKNOWN_DATASET")
    assert "Did you mean 'selected'?" in result.error["message"]
    assert not result.of("flow")


def test_a_selection_runs_what_it_names(define: Define) -> None:
    server = define(a_sql="CREATE MATERIALIZED VIEW s_a AS SELECT 1 AS a; CREATE MATERIALIZED VIEW s_b AS SELECT 2 AS b")
    result = server.run("--refresh", "default.s_a")
    assert result.exit_code == 0
    states = {each["flow"].split(".")[-1]: each["state"] for each in result.of("flow")}
    assert states == {"s_a": "COMPLETED", "s_b": "EXCLUDED"}


def test_a_check_writes_nothing(define: Define) -> None:
    result = define(a_sql="CREATE MATERIALIZED VIEW checked AS SELECT 1 AS a").client("check", "--spec", "spark-pipeline.yml")
    assert result.exit_code == 0
    assert [each["name"] for each in result.of("dataset")] == ["spark_catalog.default.checked"]
    broken = define(a_sql="CREATE MATERIALIZED VIEW checked AS SELECT x AS a").client("check", "--spec", "spark-pipeline.yml")
    assert (broken.exit_code, broken.events[-1]["state"]) == (1, "FAILED")
    assert not (define().warehouse / "checked").exists()


def test_another_version_of_python_is_said(define: Define) -> None:
    from sparkling_client.protocol import Protocol
    from sparkling_client.session import Server, report_server
    import io, os

    os.environ.setdefault("SPARK_REMOTE", "sc://localhost")
    stream = io.StringIO()
    report_server(Protocol(stream), Server("4.0.0", "3.9.1", "file:/w", "parquet"))
    assert "SPARK_VERSION_MISMATCH" in stream.getvalue() and "PYTHON_VERSION_MISMATCH" in stream.getvalue()


@pytest.mark.parametrize("kind", ["batch", "stream"])
def test_a_signal_stops_the_run_on_the_server_too(define: Define, kind: str) -> None:
    """Each row sleeps and leaves a mark in a file: a run that goes on keeps leaving marks."""
    slow = (
        HEAD
        + """
@F.udf('int')
def slow(x):
    import time
    with open('{marks}', 'a') as marks:
        marks.write('x')
    time.sleep(0.2)
    return x
"""
    )
    body = {
        "batch": "@dp.materialized_view\ndef slow_batch():\n    return spark.range(100000).select(slow(F.col('id').cast('int')))\n",
        "stream": "@dp.table\ndef slow_stream():\n    return spark.readStream.schema('a int').json('slow').select(slow('a'))\n",
    }[kind]
    server = define()
    (server.project / "slow").mkdir(exist_ok=True)
    (server.project / "slow" / "1.json").write_text('{"a":1}\n' * 50000)
    marks = server.project / f"marks-{kind}"
    define(a_py=slow.format(marks=marks) + body)
    command, environment = server.command(
        "run", "--spec", "spark-pipeline.yml", "--conf", "spark.sql.execution.pythonUDF.arrow.enabled=false"
    )
    process = subprocess.Popen(command, cwd=server.project, env=environment, stdout=subprocess.PIPE, text=True)
    assert wait_until(lambda: marks.exists() and marks.stat().st_size > 3, 90)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert '"state":"CANCELED"' in output.splitlines()[-1]
    assert "STOP_NOT_CONFIRMED" not in output
    # Spark gives a Python worker of a killed task four seconds before it ends the process.
    time.sleep(8)
    size = marks.stat().st_size
    time.sleep(3)
    assert marks.stat().st_size == size
    following = define(a_sql="CREATE MATERIALIZED VIEW after_cancel AS SELECT 1 AS a").run()
    assert following.exit_code == 0


def test_a_program_reaches_the_server(server: ConnectServer) -> None:
    (server.project / "app.py").write_text(
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nprint(spark.range(5).count())\n"
        "spark.table('no_such_table').show()\n"
    )
    result = server.client("script", "app.py")
    assert (result.exit_code, result.stdout) == (1, "5\n")
    assert 'app.py", line 4, in <module>' in result.stderr
    assert "TABLE_OR_VIEW_NOT_FOUND" in result.stderr
    assert "site-packages" not in result.stderr


def test_warming_up_leaves_nothing_behind(server: ConnectServer) -> None:
    before = {path for path in server.warehouse.iterdir()}
    result = server.client("warm-up")
    assert result.exit_code == 0, result.events
    assert {path for path in server.warehouse.iterdir()} == before
    assert re.fullmatch(r"4\.1\.\d+", result.of("server")[0]["spark"])


def test_a_second_run_reads_what_it_computes_itself(define: Define) -> None:
    """`withColumn` makes Spark look at the first run's table; the order of the flows must not be lost by that."""
    text = (
        HEAD
        + "@dp.materialized_view\ndef z_source():\n    return spark.range({rows})\n"
        + "@dp.materialized_view\ndef a_reader():\n"
        + "    return spark.read.table('{name}').withColumn('twice', F.col('id') * 2).withColumnRenamed('id', 'key')\n"
    )
    for rows, name in ((3, "z_source"), (5, "z_source"), (7, "default.z_source"), (9, "spark_catalog.default.z_source")):
        result = define(a_py=text.format(rows=rows, name=name)).run()
        assert result.exit_code == 0, result.events
        assert result.rows == {"z_source": rows, "a_reader": rows}


def test_an_operation_that_cannot_wait_is_named(define: Define) -> None:
    text = (
        HEAD
        + "@dp.materialized_view\ndef w_source():\n    return spark.range(3)\n"
        + "@dp.materialized_view\ndef w_reader():\n    return spark.read.table('w_source').drop('id')\n"
    )
    assert define(a_py=text.split("@dp.materialized_view\ndef w_reader")[0]).run().exit_code == 0
    result = define(a_py=text).run()
    assert (result.exit_code, result.error["error_class"], result.error["line"]) == (1, "EAGER_OPERATION", 7)
    assert "`drop` looks at its input" in result.error["message"]
