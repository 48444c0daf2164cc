"""The repository's sample: both Spark's own client and ours run it, with the rows that its data has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from connect_server import ConnectServer

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A copy of the sample with a server of its own."""
    repository = Path(__file__).resolve().parents[3]
    project = tmp_path_factory.mktemp("sample")
    for name in ("data", "src/pipelines", "src/apps"):
        shutil.copytree(repository / name, project / name)
    spec = (repository / "spark-pipeline.yml").read_text()
    assert "file:///app/checkpoints" in spec
    (project / "spark-pipeline.yml").write_text(spec)
    server = ConnectServer(project)
    server.start()
    yield server
    server.stop()


def orders(project: Path) -> "list[dict]":
    lines = [line for file in sorted((project / "data" / "orders").iterdir()) for line in file.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def expected_rejections(project: Path) -> "dict[str, int]":
    """The sample's rules, written a second time in plain Python."""
    products = {line.split(",")[0] for line in (project / "data" / "products.csv").read_text().splitlines()[1:]}
    reasons: "dict[str, int]" = {}
    for order in {order["order_id"]: order for order in orders(project)}.values():
        if order["customer_id"] is None:
            reason = "no customer"
        elif order["product_id"] not in products:
            reason = "unknown product"
        elif order["quantity"] <= 0:
            reason = "quantity not positive"
        elif not order["ordered_at"].startswith("2025-"):
            reason = "unreadable time"
        else:
            continue
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


def test_the_sample_runs_and_counts_right(sample: ConnectServer) -> None:
    mapped = ("--map-path", f"/app={sample.project}")
    for _ in range(2):
        result = sample.run(*mapped)
        assert result.exit_code == 0, result.events
        rejections = expected_rejections(sample.project)
        every = orders(sample.project)
        assert result.rows == {
            "orders_raw": len(every),
            "customers_raw": 60,
            "products_raw": 12,
            "orders": len({order["order_id"] for order in every}) - sum(rejections.values()),
            "customers": 60,
            "revenue_by_month": 4,
            "revenue_by_product": 12,
            "revenue_by_country": 7,
            "rejected_orders": len(rejections),
        }
    spark = sample.spark()
    found = {row.reason: row.orders for row in spark.table("rejected_orders").collect()}
    assert found == expected_rejections(sample.project)


def test_the_report_prints_the_gold_views(sample: ConnectServer) -> None:
    result = sample.client("script", "src/apps/report.py", "3")
    assert result.exit_code == 0, result.stderr
    assert [line for line in result.stdout.splitlines() if line and line[0] not in "+|o"] == [
        "Revenue by month", "Best-selling products", "Revenue by country", "Rejected orders"
    ]  # fmt: skip


def test_spark_s_own_client_takes_the_sample(sample: ConnectServer) -> None:
    spec = sample.project / "spark-pipeline.yml"
    spec.write_text(spec.read_text().replace("file:///app/", f"file://{sample.project}/"))
    before = sample.counts("orders", "customers", "rejected_orders", "revenue_by_month")
    for _ in range(2):
        result = subprocess.run(
            [sys.executable, "-m", "pyspark.pipelines.cli", "run"],
            cwd=sample.project, env={**os.environ, "SPARK_REMOTE": sample.remote}, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr[-2000:]
        assert "Run is COMPLETED." in result.stdout
        assert sample.counts(*before) == before
