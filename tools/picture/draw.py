"""Runs a command in a terminal of its own and draws the screen that it leaves as SVG.

Usage: draw.py OUTPUT.svg COLUMNS COMMAND [ARGUMENT ...]. The exit code is the command's.
"""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

ROWS = 200


def record(columns: int, command: list[str]) -> tuple[pyte.Screen, int]:
    """The screen after the command, and its exit code."""
    screen = pyte.Screen(columns, ROWS)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the other end of the terminal was closed
            break
        if not data:
            break
        stream.feed(data)
    _, status = os.waitpid(child, 0)
    return screen, os.waitstatus_to_exitcode(status)


def color(name: str) -> str | None:
    """pyte's name of a colour as rich writes it; pyte gives 256 colours as six hexadecimal digits."""
    if name == "default":
        return None
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
        return "#" + name
    return {"brown": "yellow"}.get(name, name)


def line(screen: pyte.Screen, row: int) -> Text:
    text = Text()
    for column in range(screen.columns):
        cell = screen.buffer[row][column]
        style = Style(color=color(cell.fg), bold=cell.bold or None)
        text.append(cell.data or " ", style)
    text.rstrip()
    return text


def main() -> int:
    output, columns, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    screen, code = record(columns, command)
    last = max((row for row in range(ROWS) if screen.display[row].strip()), default=0)
    console = Console(record=True, width=columns, file=open(os.devnull, "w"), color_system="truecolor", force_terminal=True)
    console.print(Text("$ ", style="bold") + Text(" ".join(command)))
    for row in range(last + 1):
        console.print(line(screen, row), soft_wrap=True)
    console.save_svg(output, title="sparkling")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
