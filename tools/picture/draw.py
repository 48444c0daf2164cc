"""Runs a command in a terminal of its own and draws the screen that it leaves as SVG.

Usage: draw.py OUTPUT.svg COLUMNS COMMAND [ARGUMENT ...]. The exit code is the command's.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from itertools import groupby
from pathlib import Path

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
    """A row, words and gaps apart: some viewers drop the blanks at the beginning of a piece of text."""
    text = Text()
    cells = [screen.buffer[row][column] for column in range(screen.columns)]
    for (blank, fg, bold), group in groupby(cells, lambda cell: (not cell.data.strip(), cell.fg, cell.bold)):
        style = Style(italic=False) if blank else Style(color=color(fg), bold=bold or None)
        text.append("".join(cell.data or " " for cell in group), style)
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
    svg = console.export_svg(title="sparkling")
    # A picture that loads fonts from elsewhere is one that viewers refuse; monospace will do.
    Path(output).write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
