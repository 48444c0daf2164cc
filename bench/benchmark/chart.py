"""Draws the results as SVG: bars of each row's series, and lines of how a row grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from .results import Results, Row, number, summary

_WIDTH = 860
_LABEL = 300
_BAR = 16
_LINE_HEIGHT = 210
# Readable on white and on black, as the README is shown on both.
_TEXT, _RULE = "#7d8590", "#7d859055"
_COLORS = ("#e25a1c", "#6e8898", "#4c9f70", "#b08bbb")


def draw(results: Results, caption: str) -> str:
    """The whole chart. caption: one line below the title, such as machine and day."""
    parts: list[str] = []
    y = 54.0
    for row in results.rows:
        if not results.values.get(row.name):
            continue
        height, drawing = _lines(results, row, y) if row.growth else _bars(results, row, y)
        parts.append(drawing)
        y += height + 18
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y:.0f}" width="{_WIDTH}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_TEXT}">\n'
    )
    title = _text(12, 22, "Sparkling and the usual compose project", size=15, bold=True) + _text(12, 40, caption)
    return head + title + "".join(parts) + "</svg>\n"


def _bars(results: Results, row: Row, top: float) -> tuple[float, str]:
    series = results.values[row.name]
    largest = max(max(values) for values in series.values()) or 1.0
    scale = (_WIDTH - _LABEL - 90) / largest
    drawing = _text(12, top + 12, row.title.replace("`", "") + _ratio(results, row), bold=True)
    y = top + 20
    for name, values in series.items():
        low, middle, high = (value * scale for value in list(summary(values).values())[:3])
        color = _COLORS[0] if name.startswith("sparkling") else _COLORS[1]
        drawing += _text(_LABEL - 8, y + 12, name, anchor="end")
        drawing += (
            f'<rect x="{_LABEL}" y="{y}" width="{max(middle, 1):.1f}" height="{_BAR - 3}" rx="2" fill="{color}"/>\n'
        )
        if high > low:
            drawing += _line([(_LABEL + low, y + 6.5), (_LABEL + high, y + 6.5)], _TEXT, 1)
        median = summary(values)["median"]
        drawing += _text(_LABEL + high + 6, y + 12, f"{number(median)} {row.unit}")
        y += _BAR + 2
    return y - top, drawing


def _ratio(results: Results, row: Row) -> str:
    """The first goal's ratio, as the end of a title."""
    for goal in row.goals:
        ratio = results.ratio(row, goal)
        if goal.divisor and ratio is not None:
            return f": {ratio:.2f} (goal {goal.limit:.2f})"
    return ""


def _lines(results: Results, row: Row, top: float) -> tuple[float, str]:
    """Series named "NAME SIZE" as one line for each name; both axes are logarithmic where sizes span a decade or more."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, values in results.values[row.name].items():
        label, size = name.rsplit(" ", 1)
        lines.setdefault(label, []).append((float(size), summary(values)["median"]))
    points = [point for line in lines.values() for point in line]
    left, right, bottom = 70.0, _WIDTH - 170.0, top + _LINE_HEIGHT - 30
    across = _Axis([size for size, _ in points], left, right)
    up = _Axis([0.0, *(value for _, value in points)], bottom, top + 26)
    drawing = _text(12, top + 12, f"{row.title.replace('`', '')} ({row.unit})", bold=True)
    for mark in sorted({size for size, _ in points}):
        drawing += _text(across.place(mark), bottom + 16, f"{mark:,.0f}", anchor="middle")
    drawing += _text(right + 24, bottom + 16, row.growth)
    for tick in up.ticks():
        drawing += _line([(left, up.place(tick)), (right, up.place(tick))], _RULE, 1)
        drawing += _text(left - 8, up.place(tick) + 4, f"{tick:g}", anchor="end")
    for color, (label, line) in zip(_COLORS, lines.items()):
        line.sort()
        places = [(across.place(size), up.place(value)) for size, value in line]
        drawing += _line(places, color, 2)
        drawing += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>\n' for x, y in places)
        drawing += _text(places[-1][0] + 8, places[-1][1] + 4, f"{label} {number(line[-1][1])}", color=color)
    return _LINE_HEIGHT, drawing


class _Axis:
    """Places values between two ends; logarithmic if they are all above zero and span a factor of ten."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low, self._high = min(values), max(values)
        self._logarithmic = self._low > 0 and self._high / self._low >= 10
        self._start, self._end = start, end

    def place(self, value: float) -> float:
        scale = math.log if self._logarithmic else float
        low, high = scale(self._low), scale(self._high)
        share = (scale(value) - low) / (high - low) if high > low else 0.5
        return self._start + share * (self._end - self._start)

    def ticks(self) -> list[float]:
        """Four to eight round values from zero."""
        step = 10 ** math.floor(math.log10(self._high / 4)) if self._high > 0 else 1.0
        step *= next(factor for factor in (1, 2, 5, 10) if self._high / (step * factor) <= 8)
        return [step * index for index in range(int(self._high / step) + 1)]


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
