"""The events of flows, from a server's events that come in an order of the test's choice."""

from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from sparkling_client.definitions import Definitions
from sparkling_client.protocol import Protocol
from sparkling_client.run import PipelineRun, RunOptions


class Moment:
    def ToDatetime(self) -> datetime:
        return datetime.now(timezone.utc).replace(tzinfo=None)


def told(monkeypatch: pytest.MonkeyPatch, *sentences: str) -> "tuple[bool, list[str]]":
    """Whether the run completed, and the states that were told of its one flow."""
    results = [
        {"pipeline_event_result": SimpleNamespace(event=SimpleNamespace(message=sentence, timestamp=Moment()))}
        for sentence in sentences
    ]
    monkeypatch.setattr("pyspark.pipelines.spark_connect_pipeline.start_run", lambda *_, **__: iter(results))
    stream = io.StringIO()
    run = PipelineRun(RunOptions(Path("spec.yml")), Protocol(stream))
    definitions = Definitions("spark_catalog", "default", "parquet")
    completed = run._execute(None, "graph", SimpleNamespace(storage="file:///x"), definitions, [], [])  # type: ignore[arg-type]
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    return completed, [event["state"] for event in events if event["type"] == "flow"]


def test_a_last_event_that_the_run_s_stream_left_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "Flow a is STARTING.", "Flow a is RUNNING.", "Run is COMPLETED.") == (
        True,
        ["STARTING", "RUNNING", "COMPLETED"],
    )


def test_a_last_event_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "Flow a is RUNNING.", "Run is COMPLETED.", "Flow a has COMPLETED.") == (
        True,
        ["RUNNING", "COMPLETED"],
    )


def test_a_run_that_failed_completes_no_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "Flow a is RUNNING.", "Run is FAILED.") == (False, ["RUNNING"])
