"""Runs commands and measures them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAST_LINES = 25
# ru_maxrss counts KiB on Linux and bytes on macOS (getrusage(2) of each).
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


class Failure(Exception):
    """A command or a row failed; the message says which and shows the output's last lines."""


@dataclass(frozen=True)
class Finished:
    """A command that ended with exit code 0.

    seconds: from its start to its end.
    peak_bytes: the most resident memory it held; never less than bench's own, which the kernel counts before exec.
    output: standard output and standard error, or only the latter where the former went to a file.
    """

    seconds: float
    peak_bytes: int
    output: str


@dataclass(frozen=True)
class Readiness:
    """Seconds from a command's start until what it starts is ready, and until the command ended."""

    ready: float
    ended: float


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    output: Path | None = None,
    timeout: float = 900,
) -> Finished:
    """Runs a command to its end.

    output: a file for standard output. timeout: seconds, after which the command is ended.
    Raises Failure on an exit code other than 0, on a missing program and on a timeout.
    """
    with tempfile.TemporaryFile() as messages:
        with open(output, "wb") if output else os.fdopen(os.dup(messages.fileno()), "wb") as data:
            start = time.perf_counter()
            try:
                process = subprocess.Popen(
                    [str(word) for word in command],
                    stdin=subprocess.DEVNULL,
                    stdout=data,
                    stderr=messages,
                    env=environment,
                    cwd=folder,
                    # Ctrl-C is for bench, which ends its commands itself.
                    start_new_session=True,
                )
            except OSError as error:
                raise Failure(f"{command[0]} cannot be started: {error}") from error
            late = threading.Event()

            def end_late() -> None:
                late.set()
                end(process.pid)

            alarm = threading.Timer(timeout, end_late)
            alarm.start()
            try:
                # wait4 and not Popen.wait: only it tells the memory of this one process.
                _, status, usage = os.wait4(process.pid, 0)
                seconds = time.perf_counter() - start
                process.returncode = os.waitstatus_to_exitcode(status)
            except BaseException:
                end(process.pid)
                process.wait()
                raise
            finally:
                alarm.cancel()
        messages.seek(0)
        text = messages.read().decode(errors="replace")
    if late.is_set():
        raise Failure(f"{describe(command)} took more than {timeout:.0f} s{tail(text)}")
    if process.returncode != 0:
        raise Failure(f"{describe(command)} ended with exit code {process.returncode}{tail(text)}")
    return Finished(seconds, usage.ru_maxrss * _PEAK_UNIT, text)


def run_until(
    command: Sequence[str | Path],
    ready: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    timeout: float = 300,
) -> Readiness:
    """Runs a command while asking, every 20 ms, whether what it starts is ready; returns when both are done.

    Raises Failure if the command fails, or if nothing is ready in `timeout` seconds.
    """
    start = time.perf_counter()
    moment: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            if ready():
                moment.append(time.perf_counter() - start)
                return
            stop.wait(0.02)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        ended = run(command, environment, folder, timeout=timeout).seconds
        watcher.join(max(0.0, timeout - ended))
    finally:
        stop.set()
    if not moment:
        raise Failure(f"{describe(command)} ended, and Spark Connect did not answer within {timeout:.0f} s")
    return Readiness(moment[0], ended)


def end(process: int) -> None:
    """Ends a command and all that it started: asks first, forces after ten seconds."""
    for number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 0.0)):
        try:
            os.killpg(process, number)
            until = time.monotonic() + patience
            while time.monotonic() < until:
                time.sleep(0.1)
                os.killpg(process, 0)
                if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                    return
        except (ProcessLookupError, ChildProcessError):
            return


def end_marked(variable: str, value: object, patience: float = 10.0) -> None:
    """Ends the processes whose environment has this variable with this value.

    For what outlives the command that started it, in a process group of its own or not. Asks first, forces after
    `patience` seconds. Linux only.
    Raises Failure if one goes on.
    """
    mark = f"{variable}={value}".encode()
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in _marked(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
        until = time.monotonic() + patience
        while _marked(mark) and time.monotonic() < until:
            time.sleep(0.1)
    if left := _marked(mark):
        raise Failure(f"processes {', '.join(map(str, left))} do not end")


def _marked(mark: bytes) -> list[int]:
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        # Others' processes cannot be read, and some end meanwhile.
        with contextlib.suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
    return found


def describe(command: Sequence[str | Path]) -> str:
    """The command as a person would name it: without the folders of its program."""
    words = [str(word) for word in command]
    return "`" + " ".join([Path(words[0]).name, *words[1:]]) + "`"


def tail(text: str) -> str:
    """The output's last lines, as the end of a message."""
    lines = text.strip().splitlines()[-LAST_LINES:]
    return "".join("\n    " + line for line in lines)
