"""How long the server's run loop sleeps between looks at its flows: an interval chosen for each run.

Spark counts it in whole seconds. At 1, the default, a short run is mostly waiting: up to a second for each step of
the graph. At 0 the loop never sleeps, which takes a core of the driver for as long as the run lasts. The loop reads the
setting of its session each time, so a run may begin at 0 and be slowed down when it turns out to be a long one.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Mapping

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTING = "spark.sql.pipelines.execution.streamstate.pollingInterval"

# A run that takes longer gains less from quick looks than it loses by a busy core.
SHORT_SECONDS = 10.0

# What the last run must have taken for the next to begin slowly. A new server's first run takes two to three times as
# long as later ones, so it must not slow down a short pipeline's second.
LONG_SECONDS = 3 * SHORT_SECONDS


@contextmanager
def chosen(spark: SparkSession, configuration: Mapping[str, str], last_seconds: float | None) -> Iterator[None]:
    """Sets the interval for the run inside the block; does nothing where the user's configuration sets it.

    :param last_seconds: what this pipeline's last run took; None if it is not known.
    """
    if SETTING in configuration or (last_seconds is not None and last_seconds > LONG_SECONDS):
        yield
        return
    spark.conf.set(SETTING, "0")
    timer = threading.Timer(SHORT_SECONDS, _slow_down, [spark])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _slow_down(spark: SparkSession) -> None:
    try:
        spark.conf.set(SETTING, "1")
    except Exception:
        # The session has just ended, and its run with it; or the run itself is about to say what is wrong.
        return
