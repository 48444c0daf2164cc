"""The server tells a run's progress as sentences; this turns them into states."""

from __future__ import annotations

import re
from dataclasses import dataclass

TERMINAL = frozenset({"COMPLETED", "FAILED", "SKIPPED", "EXCLUDED", "STOPPED"})

# Sentences of FlowProgressEventLogger, TriggeredGraphExecution and PipelineExecution in Spark 4.1.
_PROGRESS = re.compile(
    r"Flow '?(?P<flow>.+?)'? (?:(?:is|has) )?"
    r"(?P<state>QUEUED|PLANNING|STARTING|RUNNING|COMPLETED|FAILED|SKIPPED|EXCLUDED|IDLE|STOPPED)\b"
)
_UNRESOLVED = re.compile(r"Failed to resolve flow(?P<upstream> due to upstream failure)?: '(?P<flow>.+?)'\.")
_RUN = re.compile(r"Run is (?P<state>[A-Z]+)\b")


@dataclass(frozen=True)
class FlowProgress:
    """A flow reached a state. ``error`` is Spark's own text, whole, when there is one."""

    flow: str
    state: str
    message: str
    error: str | None


@dataclass(frozen=True)
class RunProgress:
    """The run as a whole reached a state: COMPLETED, FAILED or CANCELED."""

    state: str
    message: str


def parse(text: str) -> FlowProgress | RunProgress | None:
    """Reads one sentence; None if it speaks of neither a flow's nor the run's state."""
    message, _, error = text.partition("\nError: ")
    message = message.strip()
    unresolved = _UNRESOLVED.match(message)
    if unresolved:
        state = "SKIPPED" if unresolved["upstream"] else "FAILED"
        return FlowProgress(unresolved["flow"], state, message, error or None)
    progress = _PROGRESS.match(message)
    if progress:
        return FlowProgress(progress["flow"], progress["state"], message, error or None)
    run = _RUN.match(message)
    if run:
        return RunProgress(run["state"], message)
    return None
