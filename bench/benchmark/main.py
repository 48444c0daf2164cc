"""The command line of bench."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from .chart import draw
from .contenders import BASE, ROOT
from .context import Context, Group
from .growth import GrowthLogs, GrowthRun, GrowthUp, LongQuery
from .process import Failure, run
from .results import Results, Row
from .rows import Images, Life, Local, Logs, Scratch, Start, Workers

# The load average of the last minute, for each core, above which a machine is not quiet.
_QUIET = 0.25
# Lines over sizes take half of a full run's time, and show a shape rather than a number.
_MOST_OF_GROWTH = 3


def main(arguments: Sequence[str]) -> int:
    """Measures; returns 0, or 1 if a row failed, 2 for a wrong flag, 130 if interrupted."""
    every: Sequence[Group] = (
        *(Life(), Scratch(), Local(), Images(), Logs(), Start(), Workers()),
        *(LongQuery(), GrowthUp(), GrowthLogs(), GrowthRun()),
    )
    known = [row.name for group in every for row in group.rows]
    options = _parse(arguments, known)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rows = [row for group in every for row in group.rows if row.name in (options.rows or known)]
    if options.list:
        width = max(len(row.name) for row in rows)
        print("".join(f"{row.name:{width}}  {row.title.format(lines=options.lines)}\n" for row in rows), end="")
        return 0
    without_docker = all(row in Local.rows for row in rows)
    try:
        if not without_docker:
            _check_tools()
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    load = _settled_load(options.wait_quiet)
    quiet = load <= _QUIET * (os.cpu_count() or 1)
    print(_about_load(load, quiet), file=sys.stderr)
    if options.publish and not quiet:
        print("error: figures of a busy machine are not published; nothing was measured", file=sys.stderr)
        print("hint: end other work, or let bench wait for it: --wait-quiet SECONDS", file=sys.stderr)
        return 1

    work = Path(tempfile.mkdtemp(prefix="bench-", dir=_made(ROOT / "target")))
    results = Results([_titled(row, options.lines) for row in rows])
    context = Context(
        work, f"sparkling-bench-{os.getpid()}", results, options.repetitions, options.lines, options.pairs
    )
    interrupted = False
    try:
        for group in every:
            if any(context.wants(row.name) for row in group.rows):
                quiet = _is_quiet(options.wait_quiet) and quiet
                measure(group, context)
    except KeyboardInterrupt:
        interrupted = True
        print("\ninterrupted; removing what is there", file=sys.stderr)
    finally:
        # A second Ctrl-C must not leave a cluster behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        problems = context.problems + context.remove_all()
        shutil.rmtree(work, ignore_errors=True)
    for problem in problems:
        print(f"error: not removed: {problem}", file=sys.stderr)
    if interrupted and not results.values:
        return 130

    about = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {_memory()} GB, {platform.system()} {platform.machine()}",
        "engine": None if without_docker else _printed("docker", "version", "--format", "{{.Server.Version}}"),
        "compose": None if without_docker else _printed("docker", "compose", "version", "--short"),
        "commit": _printed("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "repetitions": options.repetitions,
        "load_before": round(load, 2),
        "quiet": quiet,
        "interrupted": interrupted,
    }
    whole = not interrupted and not results.failures and quiet
    _write(results, about, ROOT / "docs" if options.publish and whole else options.output)
    print(results.table())
    print(_about_load(load, quiet))
    if options.publish and not whole:
        print("hint: not published, since not every row was measured to the end on a quiet machine", file=sys.stderr)
    if interrupted:
        return 130
    return 1 if results.failures or problems else 0


def _parse(arguments: Sequence[str], known: Sequence[str]) -> argparse.Namespace:
    def names(text: str) -> list[str]:
        wanted = [name for name in text.replace(",", " ").split()]
        for name in wanted:
            if name not in known:
                raise argparse.ArgumentTypeError(f"'{name}' is no row; the rows are {', '.join(known)}")
        return wanted

    def count(text: str) -> int:
        if not text.isdecimal() or int(text) < 1:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
        return int(text)

    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures Sparkling and the usual compose project one after the other, and prints medians and ratios.",
    )
    parser.add_argument("--rows", type=names, metavar="NAME,…", help="only these rows; otherwise all")
    parser.add_argument("--list", action="store_true", help="list the rows and measure nothing")
    parser.add_argument(
        "--repetitions",
        type=count,
        default=5,
        metavar="N",
        help="how often each row is measured (5); a growth row at most 3 times",
    )
    parser.add_argument("--lines", type=count, default=1_000_000, metavar="N", help="lines of the log (1000000)")
    parser.add_argument("--pairs", type=count, default=10, metavar="N", help="runs of the long query on each (10)")
    parser.add_argument(
        "--output",
        type=Path,
        default=ROOT / "target" / "bench",
        metavar="FOLDER",
        help="for bench.json, .svg and .md (target/bench)",
    )
    parser.add_argument(
        "--publish", action="store_true", help="write to docs/ instead; only on a quiet machine, and if no row failed"
    )
    parser.add_argument(
        "--wait-quiet", type=count, default=0, metavar="SECONDS", help="how long to wait for other work to end"
    )
    return parser.parse_args(arguments)


def measure(group: Group, context: Context) -> None:
    """Measures a group. A row that fails is left out from then on; the group ends when its clusters do not work."""
    results = context.results
    mine = [row.name for row in group.rows if context.wants(row.name)]
    growth = any(row.growth for row in group.rows)
    repetitions = min(context.repetitions, _MOST_OF_GROWTH) if growth else context.repetitions
    start = time.monotonic()
    print(f"{', '.join(mine)}: preparing", file=sys.stderr, flush=True)
    try:
        group.prepare(context)
        for index in range(repetitions):
            wanted = [name for name in mine if context.wants(name)]
            print(f"{', '.join(wanted)}: {index + 1} of {repetitions}", file=sys.stderr, flush=True)
            failed = len(results.failures)
            try:
                group.repeat(context, index)
            except Failure:
                if len(results.failures) == failed or not any(context.wants(name) for name in mine):
                    raise
    except Failure as failure:
        for name in mine:
            if name not in results.failures:
                results.fail(name, f"not measured to the end: {failure}")
    except Exception as fault:  # of bench itself: it must not cost an hour's other numbers
        traceback.print_exc()
        for name in mine:
            if name not in results.failures:
                results.fail(name, f"a fault of bench: {fault!r}")
    finally:
        context.problems += context.remove_all()
    print(f"{', '.join(mine)}: took {(time.monotonic() - start) / 60:.1f} minutes", file=sys.stderr, flush=True)


def _write(results: Results, about: dict[str, object], folder: Path) -> None:
    _made(folder)
    engine = f"Docker {about['engine']}" if about["engine"] else "without Docker"
    caption = f"{str(about['date'])[:10]}; {about['machine']}; {engine}; medians of {about['repetitions']}; shorter is better"
    if not about["quiet"]:
        caption += "; on a busy machine, for trying only"
    if about["interrupted"]:
        caption += "; interrupted"
    (folder / "bench.json").write_text(json.dumps(results.document(about), indent=2, ensure_ascii=False) + "\n")
    (folder / "bench.svg").write_text(draw(results, caption))
    (folder / "bench.md").write_text(
        f"# What `make bench` printed\n{caption}. Commit {about['commit']}.\n\n{results.table()}"
    )
    print(f"wrote bench.json, bench.svg and bench.md in {folder}", file=sys.stderr)


def _check_tools() -> None:
    """Raises Failure, with a remedy, if the engine, docker compose or the base image is missing."""
    for command, remedy in (
        (["docker", "version"], "start a Docker engine; tools/engine/install does on Debian"),
        (
            ["docker", "compose", "version"],
            "install docker compose v2, the peer's driver; tools/engine/install does on Debian",
        ),
        (
            ["docker", "image", "inspect", BASE],
            f"docker pull {BASE}, or make it without a registry: sudo docker/base/build",
        ),
    ):
        try:
            run(command)
        except Failure as failure:
            raise Failure(f"{failure}\nhint: {remedy}") from failure


def _settled_load(patience: int) -> float:
    """The last minute's load average, once it is low or `patience` seconds are over."""
    until = time.monotonic() + patience
    while (load := os.getloadavg()[0]) > _QUIET * (os.cpu_count() or 1) and time.monotonic() < until:
        time.sleep(5)
    return load


def _is_quiet(patience: int) -> bool:
    """Whether other work leaves the processors alone just before a group; waits so many seconds for it, at least ten.

    The load average would not tell: it still counts the group before.
    """
    until = time.monotonic() + max(patience, 10)
    while (share := _busy_share()) > _QUIET:
        if time.monotonic() > until:
            print(f"other work takes {share:.0%} of the processors: figures for trying only", file=sys.stderr)
            return False
    return True


def _busy_share() -> float:
    """The share of all processors that was at work during a second (proc(5))."""

    def times() -> tuple[int, int]:
        with open("/proc/stat") as file:
            # user, nice, system, idle, iowait, irq, softirq, steal
            numbers = [int(word) for word in file.readline().split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    total, idle = times()
    time.sleep(1)
    later, later_idle = times()
    return 1 - (later_idle - idle) / max(later - total, 1)


def _about_load(load: float, quiet: bool) -> str:
    text = f"load average before the start: {load:.2f} on {os.cpu_count()} cores"
    return text if quiet else f"{text}; other work was on this machine: figures for trying only"


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)


def _printed(*command: str) -> str:
    """A command's one line, or "unknown": a version is no reason to lose what was measured."""
    try:
        return run(command).output.strip()
    except Failure:
        return "unknown"


def _titled(row: Row, lines: int) -> Row:
    return dataclasses.replace(row, title=row.title.format(lines=lines))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
