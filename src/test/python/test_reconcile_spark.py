"""Tables outlive whatever happens to catalog, warehouse and checkpoints, with the rows of the first run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable, Iterator

import pytest
from conftest import SPEC
from connect_server import ConnectServer, Result

pytestmark = pytest.mark.spark

PIPELINE = """from pyspark import pipelines as dp
from pyspark.sql import SparkSession
spark = SparkSession.active()

@dp.materialized_view
def numbers():
    return spark.range(10)

@dp.materialized_view(partition_cols=["part"])
def parts():
    return spark.read.table("numbers").selectExpr("id", "concat('p', id % 3) AS part")

@dp.table
def arrived():
    return spark.readStream.schema("a int, b string").json("in")

@dp.table(partition_cols=["day"])
def derived():
    return spark.readStream.table("arrived").selectExpr("a", "struct(a, array(b) AS `odd name`) AS s", "DATE'2024-01-01' + a AS day")

@dp.materialized_view
def totals():
    return spark.read.table("derived").groupBy("day").count()
"""
ROWS = {"numbers": 10, "parts": 10, "arrived": 2, "derived": 2, "totals": 2}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ConnectServer]:
    """A server of the test's own, whose pipeline has run once."""
    folder = tmp_path / "shop"
    (folder / "pipelines").mkdir(parents=True)
    (folder / "in").mkdir()
    (folder / "pipelines" / "a.py").write_text(PIPELINE)
    (folder / "spark-pipeline.yml").write_text(SPEC.format(project=folder))
    (folder / "in" / "1.json").write_text('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n')
    server = ConnectServer(folder)
    server.start()
    try:
        expect(server.run(), ROWS)
        yield server
    finally:
        server.stop()


def expect(result: Result, rows: dict) -> None:
    assert result.exit_code == 0, result.events
    assert result.rows == rows


def expect_same(server: ConnectServer) -> Result:
    """Runs twice: the first must mend, the second must find nothing to mend; another client must agree."""
    first = server.run()
    expect(first, ROWS)
    second = server.run()
    expect(second, ROWS)
    assert second.notices == set()
    assert server.counts(*ROWS) == ROWS
    return first


def empty(folder: Path) -> None:
    """``rm -rf folder/*``: what begins with a dot stays."""
    for entry in folder.iterdir():
        if not entry.name.startswith("."):
            shutil.rmtree(entry)


def test_new_data_is_read_once_whatever_happened_before(project: ConnectServer) -> None:
    assert expect_same(project).notices == set()
    project.restart()
    assert expect_same(project).notices == set()
    (project.project / "in" / "2.json").write_text('{"a":3,"b":"z"}\n')
    expect(project.run(), {**ROWS, "arrived": 3, "derived": 3, "totals": 3})


def test_an_emptied_warehouse(project: ConnectServer) -> None:
    refreshed = {("STREAMING_TABLE_REFRESHED_IN_FULL", "arrived"), ("STREAMING_TABLE_REFRESHED_IN_FULL", "derived")}
    empty(project.warehouse)
    assert expect_same(project).notices == refreshed
    project.stop()
    empty(project.warehouse)
    project.start()
    assert expect_same(project).notices == refreshed


def test_everything_deleted(project: ConnectServer) -> None:
    project.stop()
    shutil.rmtree(project.warehouse)
    shutil.rmtree(project.project / "checkpoints")
    project.start()
    assert expect_same(project).notices == set()


def test_a_lost_catalog_with_the_data_kept(project: ConnectServer) -> None:
    project.stop()
    shutil.rmtree(project.warehouse / ".catalog")
    files = sorted((project.warehouse / "arrived").glob("*.parquet"))
    project.start()
    assert expect_same(project).notices == {("TABLE_ADOPTED", table) for table in ROWS}
    assert sorted((project.warehouse / "arrived").glob("*.parquet")) == files
    assert not (project.warehouse / ".sparkling").exists()
    (project.project / "in" / "2.json").write_text('{"a":3,"b":"z"}\n')
    expect(project.run(), {**ROWS, "arrived": 3, "derived": 3, "totals": 3})


def test_an_interrupted_adoption_is_finished(project: ConnectServer) -> None:
    project.stop()
    shutil.rmtree(project.warehouse / ".catalog")
    project.start()
    staging = project.warehouse / ".sparkling" / "adopting"
    staging.mkdir(parents=True)
    (project.warehouse / "arrived").rename(staging / "default.arrived")
    (project.warehouse / "derived").rename(staging / "default.derived")
    spark = project.spark()
    spark.sql("CREATE TABLE arrived (a INT, b STRING) USING parquet")
    assert expect_same(project).notices == {("TABLE_ADOPTED", table) for table in ROWS if table != "arrived"}


def test_checkpoints_gone_with_the_data_kept(project: ConnectServer) -> None:
    shutil.rmtree(project.project / "checkpoints")
    result = expect_same(project)
    assert {code for code, _ in result.notices} == {"STREAMING_TABLE_REFRESHED_IN_FULL"}
    assert len(list((project.warehouse / ".sparkling" / "kept").glob("default.arrived-*/*.parquet"))) > 0


def test_one_streaming_table_lost_refreshes_those_that_read_it(project: ConnectServer) -> None:
    shutil.rmtree(project.warehouse / "arrived")
    assert expect_same(project).notices == {
        ("STREAMING_TABLE_REFRESHED_IN_FULL", "arrived"),
        ("STREAMING_TABLE_REFRESHED_IN_FULL", "derived"),
    }
    for file in (project.warehouse / "derived").glob("*.parquet"):
        file.unlink()
    assert expect_same(project).notices == {("STREAMING_TABLE_REFRESHED_IN_FULL", "derived")}


def test_full_refreshes_that_the_user_asks_for(project: ConnectServer) -> None:
    """Spark alone leaves a partitioned streaming table as it was."""
    expect(project.run("--full-refresh-all"), ROWS)
    (project.project / "in" / "2.json").write_text('{"a":3,"b":"z"}\n')
    more = {**ROWS, "arrived": 3, "derived": 3, "totals": 3}
    expect(project.run(), more)
    expect(project.run("--full-refresh", "arrived,derived", "--refresh", "numbers,parts,totals"), more)
    assert project.run().notices == set()
    assert project.counts(*more) == more


def test_a_sink_runs_beside_a_full_refresh(project: ConnectServer) -> None:
    """Naming tables to Spark leaves out what is not named, and a sink is no table."""
    folder = project.project
    (folder / "pipelines" / "sink.py").write_text(
        "from pyspark import pipelines as dp\nfrom pyspark.sql import SparkSession\nspark = SparkSession.active()\n"
        f"dp.create_sink('out', 'json', {{'path': '{folder}/out', 'checkpointLocation': '{folder}/out-state'}})\n"
        "@dp.append_flow(target='out', name='to_out')\ndef to_out():\n"
        "    return spark.readStream.schema('a int, b string').json('in')\n"
    )
    shutil.rmtree(project.warehouse / "arrived")
    result = project.run()
    assert ("STREAMING_TABLE_REFRESHED_IN_FULL", "arrived") in result.notices
    states = {event["flow"].split(".")[-1]: event["state"] for event in result.of("flow")}
    assert states["to_out"] == "COMPLETED"
    expect(result, ROWS)


def test_a_moved_folder_without_its_catalog(project: ConnectServer) -> None:
    move(project, catalog=False)
    notices = expect_same(project).notices
    assert ("STREAM_RELOCATED", "arrived") in notices and ("TABLE_ADOPTED", "derived") in notices
    (project.project / "in" / "2.json").write_text('{"a":3,"b":"z"}\n')
    expect(project.run(), {**ROWS, "arrived": 3, "derived": 3, "totals": 3})


def test_a_moved_folder_with_its_catalog(project: ConnectServer) -> None:
    old = project.project
    move(project, catalog=True)
    notices = expect_same(project).notices
    assert {("TABLE_RELOCATED", table) for table in ROWS} <= notices
    assert not old.exists()
    # New tables would be made in the old place.
    (project.project / "pipelines" / "b.sql").write_text("CREATE MATERIALIZED VIEW late AS SELECT 1 AS a")
    result = project.run()
    assert (result.exit_code, result.error["error_class"]) == (1, "CATALOG_MADE_ELSEWHERE")
    assert not old.exists()


def test_a_folder_that_is_no_table_is_not_touched(project: ConnectServer) -> None:
    (project.project / "pipelines" / "b.sql").write_text("CREATE MATERIALIZED VIEW notes AS SELECT 1 AS a")
    (project.warehouse / "notes").mkdir()
    (project.warehouse / "notes" / "notes.txt").write_text("mine")
    result = project.run()
    assert (result.exit_code, result.error["error_class"]) == (1, "LOCATION_ALREADY_EXISTS")
    assert (project.warehouse / "notes" / "notes.txt").read_text() == "mine"


def move(server: ConnectServer, catalog: bool) -> None:
    server.stop()
    new = server.project.with_name("other")
    server.project.rename(new)
    server.project = new
    (new / "spark-pipeline.yml").write_text(SPEC.format(project=new))
    if not catalog:
        shutil.rmtree(server.warehouse / ".catalog")
    server.start()
