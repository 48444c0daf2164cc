"""The client's own errors and its exit codes."""

from __future__ import annotations

from dataclasses import dataclass

COMPLETED = 0
FAILED = 1
USAGE = 2
UNAVAILABLE = 3
CANCELED = 130

#: The caller has seen the file before it started this client.
NOT_SEEN = "If it is there on your machine, the engine runs on another one, whose folder of this name is another."


@dataclass
class ClientError(Exception):
    """Something the user can mend. Shown as one ``error`` event, without a trace.

    :param message: what is wrong and how to mend it.
    :param code: a stable name, like Spark's error classes.
    :param exit_code: what the process returns.
    """

    message: str
    code: str
    exit_code: int = USAGE
    file: str | None = None
    line: int | None = None
    dataset: str | None = None

    def __str__(self) -> str:
        return self.message


class Canceled(BaseException):
    """SIGINT or SIGTERM arrived. A BaseException, so that no user code swallows it."""
