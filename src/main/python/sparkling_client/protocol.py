"""The protocol: one JSON object a line, on a descriptor that the user's own prints never reach."""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import datetime, timezone
from typing import Any, TextIO

from sparkling_client import PROTOCOL_VERSION
from sparkling_client.errors import Canceled


def claim_standard_output() -> TextIO:
    """Takes standard output for the protocol and sends everything else written to it to standard error.

    The swap is made on the descriptors, so it holds for libraries and child processes too.
    """
    sys.stdout.flush()
    descriptor = os.dup(1)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")


def timestamp(moment: datetime | None = None) -> str:
    """UTC, ISO 8601, milliseconds and a Z, like every other log line of the cluster."""
    moment = (moment or datetime.now(timezone.utc)).astimezone(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Protocol:
    """Writes events. Each is flushed at once, so that a reader sees progress as it happens.

    A reader that has gone away cancels the command: nobody would learn of its end.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._abandoned = False

    def emit(self, type: str, *, time: datetime | None = None, **fields: Any) -> None:
        """Writes one event. Fields that are None are left out."""
        event = {"v": PROTOCOL_VERSION, "type": type, "time": timestamp(time)}
        event.update((name, value) for name, value in fields.items() if value is not None)
        line = json.dumps(event, separators=(",", ":")) + "\n"
        with self._lock:
            if self._abandoned:
                return
            try:
                self._stream.write(line)
                self._stream.flush()
            except BrokenPipeError:
                self._abandoned = True
                raise Canceled() from None

    def notice(self, level: str, code: str, message: str, **fields: Any) -> None:
        """Writes a notice; level is ``info`` or ``warning``."""
        self.emit("notice", level=level, code=code, message=message, **fields)
