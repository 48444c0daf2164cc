"""The protocol's lines, and what keeps other output away from them."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from sparkling_client.errors import Canceled
from sparkling_client.protocol import Protocol, timestamp


def events(stream: io.StringIO) -> list:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_event_has_version_type_and_time() -> None:
    stream = io.StringIO()
    Protocol(stream).emit("view", name="a", rows=0, location=None)
    (event,) = events(stream)
    assert event["v"] == 1
    assert event["type"] == "view"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"])
    assert event["rows"] == 0
    assert "location" not in event


def test_an_event_is_one_line_whatever_its_text() -> None:
    stream = io.StringIO()
    Protocol(stream).emit("error", message="two\nlines\u2028and a separator")
    assert len(stream.getvalue().splitlines()) == 1
    assert events(stream)[0]["message"] == "two\nlines\u2028and a separator"


def test_timestamps_are_utc() -> None:
    moment = datetime(2026, 1, 31, 14, 0, 0, 7999, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp(moment) == "2026-01-31T12:00:00.007Z"


def test_prints_and_child_processes_do_not_reach_the_protocol() -> None:
    program = """
import os, subprocess, sys
import pytest

from sparkling_client.errors import Canceled
from sparkling_client.protocol import Protocol, claim_standard_output
protocol = Protocol(claim_standard_output())
print("a print")
os.write(1, b"a library\\n")
subprocess.run(["echo", "a child"])
protocol.emit("hello")
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=_environment())
    assert [json.loads(line)["type"] for line in result.stdout.splitlines()] == ["hello"]
    assert sorted(result.stderr.splitlines()) == ["a child", "a library", "a print"]


def test_log_records_have_the_cluster_s_pattern() -> None:
    program = """
import logging
from sparkling_client.records import configure_logging
configure_logging()
logging.getLogger("shop.orders").warning("low on %s", "tea")
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=_environment())
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN  shop\.orders: low on tea\n", result.stderr
    ), result.stderr


def test_a_reader_that_goes_away_cancels() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    protocol = Protocol(os.fdopen(writing, "w"))
    with pytest.raises(Canceled):
        protocol.emit("hello")
    protocol.emit("verdict")


def _environment() -> dict:
    return {**os.environ, "PYTHONPATH": next(path for path in sys.path if path.endswith("main/python")), "TZ": "Asia/Tokyo"}
