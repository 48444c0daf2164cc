"""The run loop's pauses, seen by the processor time and by the time that a run takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Callable, NamedTuple

import pytest
from connect_server import CLIENT, ConnectServer

pytestmark = pytest.mark.spark

# Five seconds and no work in one flow, and three that wait for each other behind it.
DEFINITIONS = """CREATE MATERIALIZED VIEW p_slept AS
SELECT id FROM range(0, 5, 1, 1) WHERE reflect('java.lang.Thread', 'sleep', id * 0 + 1000) IS NOT NULL;
CREATE MATERIALIZED VIEW p_first AS SELECT * FROM p_slept;
CREATE MATERIALIZED VIEW p_second AS SELECT * FROM p_first;
CREATE MATERIALIZED VIEW p_third AS SELECT * FROM p_second;
"""
# The client as it is towards a server that it does not know, and as one to which every run is a long one.
STRANGE = "from sparkling_client import __main__, polling; polling.WRAPPING = frozenset()"
IMPATIENT = "from sparkling_client import __main__, polling; polling.SHORT_SECONDS = 0.1"


class Cost(NamedTuple):
    processor: float
    run: float


def processor_seconds(server: ConnectServer) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's processor times")
def test_short_pauses_cost_neither_a_core_nor_seconds(define: Callable[..., ConnectServer]) -> None:
    server = define(a_sql=DEFINITIONS)

    def cost(*arguments: str, before: str = "from sparkling_client import __main__") -> Cost:
        processor = processor_seconds(server)
        client = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import sys; {before}; sys.exit(__main__.main(sys.argv[1:]))",
                "run",
                "--spec",
                "spark-pipeline.yml",
                *arguments,
            ],
            cwd=server.project,
            env={**os.environ, "SPARK_REMOTE": server.remote, "PYTHONPATH": str(CLIENT)},
            stdout=subprocess.PIPE,
            check=True,
        )
        verdict = json.loads(client.stdout.splitlines()[-1])
        return Cost(processor_seconds(server) - processor, verdict["seconds"]["run"])

    cost()  # the server's own warming up
    chosen = cost()
    busy = cost("--conf", "spark.sql.pipelines.execution.streamstate.pollingInterval=0")
    seconds = cost("--conf", "spark.sql.pipelines.execution.streamstate.pollingInterval=1")
    assert busy.processor - chosen.processor > 2.5
    assert seconds.run - chosen.run > 0.7

    known_as_long = cost("--last-seconds", "31")
    assert busy.processor - known_as_long.processor > 2.5
    assert seconds.run - known_as_long.run > 0.3

    assert cost(before=STRANGE).processor - chosen.processor > 2.5
    strange_and_long = cost("--last-seconds", "31", before=STRANGE)
    assert strange_and_long.run - chosen.run > 0.7
    turned_out_long = cost(before=f"{STRANGE}; {IMPATIENT}")
    assert busy.processor - turned_out_long.processor > 2.5
