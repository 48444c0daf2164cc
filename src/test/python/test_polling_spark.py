"""The run loop's pauses, seen by the processor time that it costs the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest
from connect_server import CLIENT, ConnectServer

pytestmark = pytest.mark.spark

# One flow that takes five seconds and no work.
SLEEPER = """CREATE MATERIALIZED VIEW p_slept AS
SELECT id FROM range(0, 5, 1, 1) WHERE reflect('java.lang.Thread', 'sleep', id * 0 + 1000) IS NOT NULL;
"""
# The client with a shorter notion of a short run.
IMPATIENT = "import sys; from sparkling_client import __main__, polling; polling.SHORT_SECONDS = 1.0; sys.exit(__main__.main(sys.argv[1:]))"


def processor_seconds(server: ConnectServer) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's processor times")
def test_a_short_run_is_polled_without_pause_and_a_long_one_once_a_second(define: Callable[..., ConnectServer]) -> None:
    server = define(a_sql=SLEEPER)

    def cost(*arguments: str, program: tuple[str, ...] = ("-m", "sparkling_client")) -> float:
        before = processor_seconds(server)
        subprocess.run(
            [sys.executable, *program, "run", "--spec", "spark-pipeline.yml", *arguments],
            cwd=server.project,
            env={**os.environ, "SPARK_REMOTE": server.remote, "PYTHONPATH": str(CLIENT)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return processor_seconds(server) - before

    cost()  # the server's own warming up
    unknown = cost()
    known_as_long = cost("--last-seconds", "31")
    cold_before = cost("--last-seconds", "29")
    turns_out_long = cost(program=("-c", IMPATIENT))
    configured = cost("--conf", "spark.sql.pipelines.execution.streamstate.pollingInterval=1")
    assert unknown - known_as_long > 2.5
    assert unknown - configured > 2.5
    assert cold_before - configured > 2.5
    assert unknown - turns_out_long > 1.5
