"""Finds what a pipeline's SQL file defines. Spark registers such files whole and does not say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterator

_PART = r"(?:`(?:[^`]|``)+`|\w+)"
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_CREATE = re.compile(
    r"CREATE\s+(?:OR\s+REFRESH\s+)?"
    r"(?P<kind>MATERIALIZED\s+VIEW|STREAMING\s+TABLE|TEMP(?:ORARY)?\s+VIEW|FLOW)\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})",
    re.IGNORECASE,
)
_INSERT = re.compile(rf"\bAS\s+INSERT\s+INTO\s+(?:ONCE\s+)?(?P<name>{_NAME})", re.IGNORECASE)
_USE = re.compile(
    rf"(?:USE|SET)\s+(?P<what>CATALOG|DATABASE|NAMESPACE|SCHEMA)?\s*(?P<name>{_NAME})\s*$", re.IGNORECASE
)
_QUERY = re.compile(r"\bAS\b", re.IGNORECASE)
_FORMAT = re.compile(rf"\bUSING\s+(?P<name>{_PART})", re.IGNORECASE)

_PARTITIONS = re.compile(rf"\bPARTITIONED\s+BY\s*\((?P<names>\s*{_PART}(?:\s*,\s*{_PART})*)\s*\)", re.IGNORECASE)

_KINDS = {
    "MATERIALIZED": "materialized_view",
    "STREAMING": "streaming_table",
    "TEMP": "temporary_view",
    "TEMPORARY": "temporary_view",
}


@dataclass(frozen=True)
class SqlDataset:
    """A dataset as written: its name's parts, not yet qualified."""

    parts: tuple[str, ...]
    kind: str
    line: int
    format: str | None = None
    partitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class SqlFlow:
    """A flow as written, and the dataset that it writes to."""

    parts: tuple[str, ...]
    target: tuple[str, ...]
    line: int
    end_line: int
    statement_line: int


@dataclass
class SqlDefinitions:
    """What one file defines. ``statement_line`` is where Spark starts counting a statement's lines."""

    datasets: list[SqlDataset] = field(default_factory=list)
    flows: list[SqlFlow] = field(default_factory=list)


@dataclass(frozen=True)
class _Statement:
    masked: str
    start: int
    end: int
    start_line: int
    line: int
    end_line: int


def parse(text: str, catalog: str, database: str) -> SqlDefinitions:
    """Reads one file's statements in order. ``USE`` changes the defaults of those that follow.

    Names come back qualified as far as the file itself says: one part stays one part unless a
    ``USE`` stood before it.
    """
    definitions = SqlDefinitions()
    current: tuple[str, str] | None = None

    def qualified(name: str) -> tuple[str, ...]:
        parts = name_parts(name)
        if current is None or len(parts) == 3:
            return parts
        return (*current, *parts) if len(parts) == 1 else (current[0], *parts)

    for statement in _statements(text):
        masked = statement.masked.strip()
        use = _USE.match(masked)
        if use:
            current = _after_use(use, current or (catalog, database))
            continue
        create = _CREATE.match(masked)
        if not create:
            continue
        parts = qualified(create["name"])
        clauses = masked[create.end() :]
        rest = _outside_brackets(clauses)
        kind = create["kind"].split()[0].upper()
        if kind == "FLOW":
            insert = _INSERT.search(rest)
            if insert:
                target = qualified(insert["name"])
                definitions.flows.append(
                    SqlFlow(parts, target, statement.line, statement.end_line, statement.start_line)
                )
            continue
        query = _QUERY.search(rest)
        if kind in ("TEMP", "TEMPORARY"):
            parts = name_parts(create["name"])
        # Brackets are blanked in place, so positions hold in both.
        clauses = clauses[: query.start()] if query else clauses
        table_format = _FORMAT.search(rest[: len(clauses)])
        partitions = _PARTITIONS.search(clauses)
        definitions.datasets.append(
            SqlDataset(
                parts,
                _KINDS[kind],
                statement.line,
                name_parts(table_format["name"])[0].lower() if table_format else None,
                name_parts(partitions["names"]) if partitions else (),
            )
        )
        if query:
            definitions.flows.append(
                SqlFlow(parts, parts, statement.line, statement.end_line, statement.start_line)
            )
    return definitions


def name_parts(name: str) -> tuple[str, ...]:
    """Splits a dotted name; backticks quote a part and are doubled inside it."""
    return tuple(
        part[1:-1].replace("``", "`") if part.startswith("`") else part for part in re.findall(_PART, name)
    )


def statement_line(text: str, statement: str) -> int | None:
    """The line of the file at which the statement starts that Spark quotes in a parser's error.

    Spark counts from the end of the statement before; None if the quoted text is not in the file.
    """
    wanted = statement.strip()
    for candidate in _statements(text):
        if text[candidate.start : candidate.end].strip() == wanted:
            return candidate.start_line
    return None


def _after_use(use: re.Match[str], current: tuple[str, str]) -> tuple[str, str]:
    parts = name_parts(use["name"])
    if (use["what"] or "").upper() == "CATALOG":
        return parts[0], current[1]
    return (parts[0], parts[1]) if len(parts) > 1 else (current[0], parts[0])


def _statements(text: str) -> Iterator[_Statement]:
    """Splits at semicolons outside of strings and comments."""
    masked = _mask(text)
    start = 0
    while start < len(masked):
        end = masked.find(";", start)
        end = len(masked) if end < 0 else end
        piece = masked[start:end]
        if piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            last = start + len(piece.rstrip())
            lines = (text.count("\n", 0, position) + 1 for position in (start, first, last))
            yield _Statement(piece, start, end, *lines)
        start = end + 1


def _mask(text: str) -> str:
    """The same text with comments blanked and what is inside strings replaced, positions kept.

    Semicolons and brackets inside of backticks are replaced as well: they separate nothing.
    """
    result = []
    position = 0
    while position < len(text):
        two = text[position : position + 2]
        character = text[position]
        if two == "--":
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            result.append(" " * (end - position))
        elif two == "/*":
            end = _end_of_comment(text, position)
            result.append(re.sub(r"[^\n]", " ", text[position:end]))
        elif character in "'\"":
            end = _end_of_string(text, position)
            result.append(re.sub(r"[^\n]", "x", text[position:end]))
        elif character == "`":
            match = re.compile(r"`(?:[^`]|``)*`?").match(text, position)
            end = match.end() if match else position + 1
            result.append(re.sub(r"[;()]", "_", text[position:end]))
        else:
            end = position + 1
            result.append(character)
        position = end
    return "".join(result)


def _end_of_comment(text: str, start: int) -> int:
    """Bracketed comments nest in Spark's SQL."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _end_of_string(text: str, start: int) -> int:
    quote = text[start]
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text[position] == quote:
            return position + 1
        else:
            position += 1
    return len(text)


def _outside_brackets(text: str) -> str:
    """What stands outside of brackets, so that a column list is not taken for a clause."""
    result = []
    depth = 0
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        result.append(character if depth == 0 and character != ")" else " ")
    return "".join(result)
