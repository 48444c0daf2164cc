"""Python's logging in the cluster's one text pattern."""

from __future__ import annotations

import logging
import time


class RecordFormatter(logging.Formatter):
    """``2026-01-31T12:00:00.000Z INFO  name: message``, in UTC; levels are as wide as ERROR."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-5s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        # Log4j's word, so that one filter fits both.
        record.levelname = {"WARNING": "WARN", "CRITICAL": "FATAL"}.get(record.levelname, record.levelname)
        return super().format(record)


def configure_logging() -> None:
    """Sends records of level INFO and above to standard error, in the cluster's pattern."""
    handler = logging.StreamHandler()
    handler.setFormatter(RecordFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # PySpark repeats every failed query as a JSON document; the protocol's error events say the same.
    for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):
        logging.getLogger(name).disabled = True
    # They speak of retries and compression at INFO.
    for name in ("pyspark", "py4j", "grpc"):
        logging.getLogger(name).setLevel(logging.WARNING)
