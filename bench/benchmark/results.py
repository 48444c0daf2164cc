"""What was measured: series of numbers, the goals they are held against, and their table."""

from __future__ import annotations

import contextlib
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .process import Failure


@dataclass(frozen=True)
class Goal:
    """The median of one series over that of another, or alone, is at most `limit`.

    divisor: "series", or "row/series" of another row; empty means that the limit is in the row's own unit.
    """

    series: str
    divisor: str
    limit: float


@dataclass(frozen=True)
class Row:
    """What is measured.

    unit: "s" or "MB" (1,000,000 bytes). growth: what the number at the end of each series' name counts; empty for bars.
    """

    name: str
    title: str
    unit: str
    goals: Sequence[Goal] = ()
    growth: str = ""


@dataclass
class Results:
    """The numbers of one call of bench. A row that failed has a message and no numbers."""

    rows: Sequence[Row]
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, row: str, series: str, value: float) -> None:
        self.values.setdefault(row, {}).setdefault(series, []).append(value)
        print(f"  {row}: {series} {value:.3f}", file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def measuring(self, row: str) -> Iterator[None]:
        """Notes the row that a failure belongs to, and takes back its numbers."""
        try:
            yield
        except Failure as failure:
            if row not in self.failures:
                self.fail(row, str(failure))
            raise

    def fail(self, row: str, message: str) -> None:
        self.failures[row] = message
        self.values.pop(row, None)
        print(f"  {row}: FAILED: {message}", file=sys.stderr, flush=True)

    def median(self, name: str, row: str) -> float | None:
        """The median of a series of `row`, or of "row/series"; none if that was not measured."""
        if "/" in name:
            row, name = name.split("/", 1)
        values = self.values.get(row, {}).get(name)
        return statistics.median(values) if values else None

    def ratio(self, row: Row, goal: Goal) -> float | None:
        """What a goal's limit is compared with; none if a part of it was not measured."""
        upper = self.median(goal.series, row.name)
        lower = self.median(goal.divisor, row.name) if goal.divisor else 1.0
        return None if upper is None or not lower else upper / lower

    def document(self, about: Mapping[str, object]) -> dict[str, object]:
        """All of it as JSON takes it."""
        return {
            **about,
            "rows": [
                {
                    "name": row.name,
                    "title": row.title,
                    "unit": row.unit,
                    "series": {
                        name: {**summary(values), "values": [round(value, 4) for value in values]}
                        for name, values in self.values.get(row.name, {}).items()
                    },
                    "goals": [
                        {
                            "series": goal.series,
                            "divisor": goal.divisor or None,
                            "limit": goal.limit,
                            "measured": None if (ratio := self.ratio(row, goal)) is None else round(ratio, 4),
                            "met": None if ratio is None else ratio <= goal.limit,
                        }
                        for goal in row.goals
                    ],
                    "failure": self.failures.get(row.name),
                }
                for row in self.rows
            ],
        }

    def table(self) -> str:
        """Two Markdown tables: medians held against the goals, and all series."""
        numbers = [["row", "series", "unit", "min", "median", "max", "n"]]
        goals = [["row", "measured", "held against", "ratio", "goal", ""]]
        for row in self.rows:
            for name, values in self.values.get(row.name, {}).items():
                low, middle, high = (number(value) for value in list(summary(values).values())[:3])
                numbers.append([row.title, name, row.unit, low, f"**{middle}**", high, str(len(values))])
            if row.name in self.failures:
                reason = self.failures[row.name].splitlines()[0].replace("|", "\\|")
                numbers.append([row.title, f"failed: {reason}", "", "", "", "", ""])
            for goal in row.goals:
                ratio = self.ratio(row, goal)
                verdict = "not measured" if ratio is None else "met" if ratio <= goal.limit else "**missed**"
                goals.append(
                    [
                        row.title,
                        self._named(row, goal.series),
                        self._named(row, goal.divisor) if goal.divisor else "",
                        f"{ratio:.2f}" if goal.divisor and ratio is not None else "",
                        f"≤ {goal.limit:g}" + ("" if goal.divisor else f" {row.unit}"),
                        verdict,
                    ]
                )
        return markdown(goals, "lllrrl") + "\n" + markdown(numbers, "lllrrrr")

    def _named(self, row: Row, name: str) -> str:
        """A series with its median, as far as that was measured."""
        median = self.median(name, row.name)
        label = name.replace("/", ", ")
        return label if median is None else f"{label} {number(median)} {row.unit}"


def summary(values: Sequence[float]) -> dict[str, float]:
    """min, median and max, in this order."""
    return {
        "min": round(min(values), 4),
        "median": round(statistics.median(values), 4),
        "max": round(max(values), 4),
    }


def number(value: float) -> str:
    """With two or three significant digits, and no exponent."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:.{decimals}f}"


def markdown(lines: Sequence[Sequence[str]], alignment: str) -> str:
    """A table with padded columns; alignment: l or r for each."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(alignment))]

    def padded(line: Sequence[str]) -> str:
        cells = [
            text.rjust(width) if side == "r" else text.ljust(width)
            for text, width, side in zip(line, widths, alignment, strict=True)
        ]
        return "| " + " | ".join(cells) + " |\n"

    rule = (
        "|"
        + "|".join("-" * (width + 1) + (":" if side == "r" else "-") for width, side in zip(widths, alignment))
        + "|\n"
    )
    return padded(lines[0]) + rule + "".join(padded(line) for line in lines[1:])
