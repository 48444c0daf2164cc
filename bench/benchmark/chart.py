"""Draws the results as SVG, in two columns: bars of each row's series, and lines of how a row grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from .results import Results, Row, number, summary

_WIDTH = 900
_COLUMN = 430
_MARGIN = 12
_LABEL = 178
# Room for a value beside the longest bar.
_VALUE = 66
_BAR = 16
# Characters of small text that a column holds.
_LINE_LENGTH = 72
_LINE_HEIGHT = 220
# Readable on white and on black, as the README is shown on both.
_TEXT, _RULE = "#7d8590", "#7d859055"
_COLORS = ("#e25a1c", "#6e8898", "#4c9f70", "#b08bbb")


def draw(results: Results, caption: str) -> str:
    """The whole chart. caption: one line below the title, such as machine and day."""
    blocks = [_block(results, row) for row in results.rows if results.values.get(row.name)]
    # Read down the left column and then down the right one; the columns end at about the same height.
    total = sum(height for height, _ in blocks)
    places = ([54.0, _MARGIN], [54.0, _WIDTH - _COLUMN])
    parts: list[str] = []
    filled = 0.0
    for height, drawing in blocks:
        place = places[0] if filled + height / 2 <= total / 2 else places[1]
        parts.append(f'<g transform="translate({place[1]} {place[0]:.0f})">\n{drawing}</g>\n')
        place[0] += height
        filled += height
    bottom = max(places[0][0], places[1][0])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom:.0f}" width="{_WIDTH}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_TEXT}">\n'
    )
    title = _text(_MARGIN, 22, "Sparkling beside the usual ways", size=15, bold=True) + _text(_MARGIN, 40, caption)
    return head + title + "".join(parts) + "</svg>\n"


def _block(results: Results, row: Row) -> tuple[float, str]:
    """The height and the drawing of a row, from its own left upper corner."""
    return _lines(results, row) if row.growth else _bars(results, row)


def _bars(results: Results, row: Row) -> tuple[float, str]:
    series = results.values[row.name]
    largest = max(max(values) for values in series.values()) or 1.0
    scale = (_COLUMN - _LABEL - _VALUE) / largest
    drawing = _text(0, 12, _plain(row.title), bold=True)
    y = 20.0
    for line in _ratios(results, row):
        drawing += _text(0, y + 7, line, size=11)
        y += 14
    for name, values in series.items():
        low, middle, high = (value * scale for value in list(summary(values).values())[:3])
        color = _COLORS[0] if name.startswith("sparkling") else _COLORS[1]
        drawing += _text(_LABEL - 8, y + 11, _plain(name), anchor="end", size=11)
        drawing += (
            f'<rect x="{_LABEL}" y="{y:.0f}" width="{max(middle, 1):.1f}" height="{_BAR - 3}" rx="2" fill="{color}"/>\n'
        )
        if high > low:
            drawing += _line([(_LABEL + low, y + 6.5), (_LABEL + high, y + 6.5)], _TEXT, 1)
        median = summary(values)["median"]
        drawing += _text(_LABEL + high + 6, y + 11, f"{number(median)} {row.unit}", size=11)
        y += _BAR + 2
    return y + 16, drawing


def _ratios(results: Results, row: Row) -> list[str]:
    """The ratios of a row's goals to other series, in words: on one line if that fits a column."""
    parts = []
    for goal in row.goals:
        ratio = results.ratio(row, goal)
        if goal.divisor and ratio is not None:
            parts.append(_plain(f"{ratio:.2f} of {goal.divisor.replace('/', ', ')} (goal ≤ {goal.limit:g})"))
    parts = parts[:2]
    line = "; ".join(parts)
    return [line] if parts and len(line) <= _LINE_LENGTH else parts


def _lines(results: Results, row: Row) -> tuple[float, str]:
    """Series named "NAME SIZE" as one line for each name.

    Both axes are logarithmic if sizes span a factor of ten: what grows in proportion is then a straight line, too.
    """
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, values in results.values[row.name].items():
        label, size = name.rsplit(" ", 1)
        lines.setdefault(label, []).append((float(size), summary(values)["median"]))
    points = [point for line in lines.values() for point in line]
    sizes, numbers = [size for size, _ in points], [value for _, value in points]
    logarithmic = max(sizes) / min(sizes) >= 10 and min(numbers) > 0
    left, right, bottom = 36.0, _COLUMN - 134.0, _LINE_HEIGHT - 54.0
    across = _Axis(sizes, left, right, logarithmic)
    up = _Axis(numbers if logarithmic else [0.0, *numbers], bottom, 30, logarithmic)
    scale = ", both axes logarithmic" if logarithmic else ""
    drawing = _text(0, 12, f"{_plain(row.title)} ({row.unit}{scale})", bold=True)
    for mark in sorted(set(sizes)):
        drawing += _text(across.place(mark), bottom + 16, _short(mark), anchor="middle", size=11)
    drawing += _text(right + 24, bottom + 16, row.growth, size=11)
    for tick in up.ticks():
        drawing += _line([(left, up.place(tick)), (right, up.place(tick))], _RULE, 1)
        drawing += _text(left - 6, up.place(tick) + 4, f"{tick:g}", anchor="end", size=11)
    labels = []
    for color, (label, line) in zip(_COLORS, lines.items()):
        line.sort()
        places = [(across.place(size), up.place(value)) for size, value in line]
        drawing += _line(places, color, 2)
        drawing += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>\n' for x, y in places)
        labels.append((places[-1][1] + 4, f"{label} {number(line[-1][1])}", color))
    y = 0.0
    for place, label, color in sorted(labels):
        # Lines may end close to each other.
        y = max(place, y + 13)
        drawing += _text(right + 8, y, label, size=11, color=color)
    return _LINE_HEIGHT, drawing


class _Axis:
    """Places values between two ends."""

    def __init__(self, values: Sequence[float], start: float, end: float, logarithmic: bool) -> None:
        self._low, self._high = min(values), max(values)
        self._scale = math.log if logarithmic else float
        self._logarithmic = logarithmic
        self._start, self._end = start, end

    def place(self, value: float) -> float:
        low, high = self._scale(self._low), self._scale(self._high)
        share = (self._scale(value) - low) / (high - low) if high > low else 0.5
        return self._start + share * (self._end - self._start)

    def ticks(self) -> list[float]:
        """Round values between the axis's lowest and highest: from zero in equal steps, or 1, 2, 5, 10 …"""
        if self._logarithmic:
            powers = range(math.floor(math.log10(self._low)), math.ceil(math.log10(self._high)) + 1)
            marks = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
            marks = [mark for mark in marks if self._low <= mark <= self._high]
            tens = [mark for mark in marks if f"{mark:e}".startswith("1.")]
            return tens if len(marks) > 8 else marks
        step = 10 ** math.floor(math.log10(self._high / 4)) if self._high > 0 else 1.0
        step *= next(factor for factor in (1, 2, 5, 10) if self._high / (step * factor) <= 8)
        return [step * index for index in range(int(self._high / step) + 1)]


def _short(size: float) -> str:
    """A size as a mark of an axis: 10 million is 10M."""
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if size >= unit and size % (unit / 10) == 0:
            return f"{size / unit:g}{letter}"
    return f"{size:,.0f}"


def _plain(markdown: str) -> str:
    return markdown.replace("`", "")


def _text(
    x: float, y: float, text: str, anchor: str = "start", size: int = 12, bold: bool = False, color: str = _TEXT
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{color}">'
        f"{escape(text)}</text>\n"
    )


def _line(points: Sequence[tuple[float, float]], color: str, width: int) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{color}" stroke-width="{width}"/>\n'
