"""How long the server's run loop sleeps between looks at its flows: an interval chosen for each run.

Spark counts it in whole seconds. At 1, the default, a short run is mostly waiting: up to a second for each step of
the graph. At 0 the loop never sleeps, which takes a core of the driver for as long as the run lasts.

Spark 4.1.1 makes milliseconds of the seconds without a look at overflow (TriggeredGraphExecution.topologicalExecution),
so some huge numbers of seconds are short sleeps. Other versions get whole seconds.

The loop reads the setting of its session each time, so a run may begin with quick looks and be slowed down when it turns
out to be a long one.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Mapping, NamedTuple

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from sparkling_client.session import Server

SETTING = "spark.sql.pipelines.execution.streamstate.pollingInterval"

# Versions whose code was read.
WRAPPING = frozenset({"4.1.1"})

# A run that takes longer gains less from quick looks than it loses by them.
SHORT_SECONDS = 10.0

# What the last run must have taken for the next to begin slowly. A new server's first run takes two to three times as
# long as later ones, so it must not slow down a short pipeline's second.
LONG_SECONDS = 3 * SHORT_SECONDS


class Intervals(NamedTuple):
    """Values of the setting, for runs that are short and for those that are long."""

    quick: str
    slow: str


def wrapped(milliseconds: int) -> str:
    """The number of seconds that becomes so many milliseconds as a 64-bit product with 1000.

    :param milliseconds: a multiple of 8, which the product is.
    """
    steps, rest = divmod(milliseconds, 8)
    if rest:
        raise ValueError(f"{milliseconds} is no multiple of 8")
    return str(steps * pow(125, -1, 1 << 61) % (1 << 61))


def intervals(server: Server) -> Intervals:
    """What a server of this version takes."""
    return Intervals(wrapped(40), wrapped(200)) if server.spark in WRAPPING else Intervals("0", "1")


@contextmanager
def chosen(
    spark: SparkSession, server: Server, configuration: Mapping[str, str], last_seconds: float | None
) -> Iterator[None]:
    """Sets the interval for the run inside the block; does nothing where the user's configuration sets it.

    :param last_seconds: what this pipeline's last run took; None if it is not known.
    """
    if SETTING in configuration:
        yield
        return
    quick, slow = intervals(server)
    if last_seconds is not None and last_seconds > LONG_SECONDS:
        spark.conf.set(SETTING, slow)
        yield
        return
    spark.conf.set(SETTING, quick)
    timer = threading.Timer(SHORT_SECONDS, _slow_down, [spark, slow])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _slow_down(spark: SparkSession, interval: str) -> None:
    try:
        spark.conf.set(SETTING, interval)
    except Exception:
        # The session has just ended, and its run with it; or the run itself is about to say what is wrong.
        return
