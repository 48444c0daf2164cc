"""From Spark's long texts and Python's long traces to one message and the user's line."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import Path

from sparkling_client.definitions import FlowDefinition

_CLASS = re.compile(r"\[([A-Z][A-Z0-9_]*(?:\.[A-Z][A-Z0-9_]*)*)\]")
_DATAFRAME_CONTEXT = re.compile(r'== DataFrame ==\n"[^"\n]*" was called from\n(?P<file>.+?):(?P<line>\d+)')
_SQL_CONTEXT = re.compile(r"== SQL \((?:of .*?, )?line (?P<line>\d+), position \d+\)")
_SQL_POSITION = re.compile(r"\(?\bline (?P<line>\d+),? pos \d+\)?")
_PYTHON_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
# What the scheduler and the stream say around the failure of a task.
_WRAPPERS = (
    re.compile(r"^\[STREAM_FAILED\] Query \[.*?\] terminated with exception: ", re.DOTALL),
    re.compile(r"^Job aborted due to stage failure: .*?most recent failure: Lost task .*?\(TID \d+\) \(.*?\): ", re.DOTALL),
    re.compile(r"^(?:Caused by: )?(?:[a-z]\w*\.)+[A-Z]\w*(?:\$\w+)*: "),
    re.compile(r"^\((?:[a-z]\w*\.)+[A-Z]\w*(?:\$\w+)*\) "),
)


@dataclass(frozen=True)
class Failure:
    """A failure as the user should read it; ``detail`` is everything that was said."""

    message: str
    error_class: str | None
    file: str | None
    line: int | None
    detail: str


def from_text(text: str, flow: FlowDefinition | None, root: Path) -> Failure:
    """Reads what Spark says of a failed flow.

    :param root: the project's folder; a line of a traceback outside of it is not the user's.
    """
    text = text.strip()
    message = short_message(text)
    error_class = _CLASS.match(message) or _CLASS.search(message)
    file, line = _place(text, message, flow, root)
    return Failure(message, error_class[1] if error_class else None, file, line, text)


def from_exception(error: BaseException, root: Path, flow: FlowDefinition | None = None) -> Failure:
    """Reads an exception: one of Spark's, or the user's own."""
    detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    text = str(error).strip()
    file, line = _place(text, text, flow, root, user_frame(error, root))
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    if _is_spark_error(error):
        condition = getattr(error, "getCondition", lambda: None)()
        message = short_message(text)
        found = _CLASS.search(message)
        return Failure(message, condition or (found[1] if found else None), file, line, detail)
    message = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
    return Failure(message, type(error).__name__, file, line, detail)


def user_frame(error: BaseException, root: Path) -> tuple[str, int] | None:
    """The innermost frame of the traceback that lies in the user's project."""
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    return next((frame for frame in reversed(frames) if is_users(frame[0], root)), None)


def is_users(file: str, root: Path) -> bool:
    """Whether a file belongs to the project and not to something installed below it."""
    path = Path(file)
    if not path.is_absolute():
        return False
    try:
        inside = path.relative_to(root).parts
    except ValueError:
        return False
    return "site-packages" not in inside and "sparkling_client" not in inside


def short_message(text: str) -> str:
    """Spark's own message, without what wraps it, the query's plan and the JVM's frames."""
    text = text.strip()
    shorter = True
    while shorter:
        shorter = False
        for wrapper in _WRAPPERS:
            match = wrapper.match(text)
            if match and match.end() < len(text):
                text, shorter = text[match.end() :], True
    if text.startswith("Traceback (most recent call last)"):
        return _last_of_traceback(text)
    lines = []
    for line in text.splitlines():
        if re.match(r"\s+at |== (SQL|DataFrame)|JVM stacktrace:|'?[A-Z]\w+ \[|[+:]- |Driver stacktrace:|Caused by:", line):
            break
        lines.append(line.rstrip())
    short = "\n".join(lines).strip() or text.splitlines()[0]
    short = re.sub(r";? ?line \d+ pos \d+;?$", "", short).rstrip(";")
    return re.sub(r"\n{2,}", "\n", short)


def _last_of_traceback(text: str) -> str:
    """The exception that a Python worker raised: the last line that is no frame."""
    candidates = [
        line
        for line in text.splitlines()[1:]
        if re.match(r"[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Iteration|\w)?(?::|$)", line)
    ]
    python = [line for line in candidates if not re.match(r"(?:Caused by|Driver stacktrace|Traceback)", line)]
    return python[0].strip() if python else text.splitlines()[0]


def _place(
    text: str, message: str, flow: FlowDefinition | None, root: Path, frame: tuple[str, int] | None = None
) -> tuple[str | None, int | None]:
    """Where the user should look: the query's context first, then a frame of the user's, then the flow itself."""
    called = _DATAFRAME_CONTEXT.search(text)
    if called:
        return called["file"], int(called["line"])
    if flow is not None and flow.statement_line is not None:
        position = _SQL_CONTEXT.search(text) or _SQL_POSITION.search(text)
        if position:
            return flow.file, flow.statement_line + int(position["line"]) - 1
    frames = [each for each in _PYTHON_FRAME.finditer(text) if is_users(each["file"], root)]
    if frames:
        return frames[-1]["file"], int(frames[-1]["line"])
    if frame is not None:
        return frame
    if flow is None:
        return None, None
    return flow.file, _named_line(message, flow) or flow.first_line


def _named_line(message: str, flow: FlowDefinition) -> int | None:
    """The one line of the flow's code that holds the name which Spark does not know."""
    name = re.search(r"`([^`\n]+)`", message)
    if name is None or flow.first_line is None:
        return None
    try:
        lines = Path(flow.file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    last = flow.last_line or len(lines)
    word = re.compile(rf"(?<!\w){re.escape(name[1])}(?!\w)")
    found = [number for number in range(flow.first_line, last + 1) if word.search(lines[number - 1])]
    return found[0] if len(found) == 1 else None


def _is_spark_error(error: BaseException) -> bool:
    return any(base.__name__ == "PySparkException" for base in type(error).__mro__)
