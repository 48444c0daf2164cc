"""The warehouse and the checkpoints as files: what is there, and whether the two agree.

Nothing here asks Spark. Sources of the formats: FileStreamSinkLog, CommitLog, FileStreamSourceLog and
FlowSystemMetadata of Spark 4.1. Logs are text, one JSON object a line after a line with the version.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator
from urllib.parse import unquote, urlsplit

from sparkling_client.definitions import Dataset, FlowDefinition

# Everything of ours in the warehouse lies in one hidden folder, which Spark does not take for data.
OWN_FOLDER = ".sparkling"


def table_folder(warehouse: Path, parts: tuple[str, ...]) -> Path:
    """Where Spark's session catalog keeps a managed table: names are in lower case."""
    _, database, table = (part.lower() for part in parts)
    return warehouse / table if database == "default" else warehouse / f"{database}.db" / table


def data_files(folder: Path) -> Iterator[Path]:
    """The table's data files, those of its partitions too; hidden files and Spark's own are none."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir():
            yield from data_files(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def is_empty(folder: Path) -> bool:
    """Whether Spark may create a table there: the folder is absent or has no entry at all."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except FileNotFoundError:
        return True


def partition_columns(folder: Path) -> list[str]:
    """The columns that the folder's tree of ``column=value`` names spells out."""
    columns: list[str] = []
    while True:
        partition = next(
            (entry for entry in sorted(folder.iterdir()) if entry.is_dir() and re.match(r"[^._=][^=]*=", entry.name)),
            None,
        )
        if partition is None:
            return columns
        columns.append(unquote(partition.name.split("=", 1)[0]))
        folder = partition


@dataclass(frozen=True)
class SinkLog:
    """What the streaming file sink wrote into a table: ``_spark_metadata``.

    ``batch`` is the newest batch; ``files`` are the URIs of the files that make up the table.
    """

    batch: int
    files: tuple[str, ...]


def read_sink_log(folder: Path) -> SinkLog | None:
    """The log of a streaming table; None if it has none."""
    logs = _batch_files(folder / "_spark_metadata")
    if not logs:
        return None
    newest_compact = max((batch for batch, log in logs if log.suffix == ".compact"), default=-1)
    files: dict[str, None] = {}
    for batch, log in logs:
        if batch < newest_compact or (batch == newest_compact and log.suffix != ".compact"):
            continue
        for entry in _entries(log):
            if entry.get("action", "add") == "add":
                files[entry["path"]] = None
            else:
                files.pop(entry["path"], None)
    return SinkLog(logs[-1][0], tuple(files))


@dataclass(frozen=True)
class Checkpoint:
    """The newest checkpoint of a flow. Batches are None where none was planned or finished."""

    folder: Path
    planned: int | None
    committed: int | None


def read_checkpoint(storage: Path, flow: FlowDefinition, table: Dataset) -> Checkpoint | None:
    """The checkpoint that the flow's next run goes on from; None if there is none yet."""
    folder = storage / "_checkpoints"
    for name in (*table.parts, flow.parts[-1]):
        entry = _entry(folder, name)
        if entry is None:
            return None
        folder = entry
    numbers = [int(entry.name) for entry in folder.iterdir() if entry.name.isdigit() and entry.is_dir()]
    if not numbers:
        return None
    newest = folder / str(max(numbers))
    return Checkpoint(newest, _newest_batch(newest / "offsets"), _newest_batch(newest / "commits"))


def start_anew(checkpoint: Checkpoint) -> None:
    """Begins a flow's next checkpoint, as Spark's own full refresh does: an empty folder with the next number."""
    checkpoint.folder.with_name(str(int(checkpoint.folder.name) + 1)).mkdir()


def reads_from(checkpoint: Checkpoint, folder: Path) -> bool:
    """Whether the flow has read files of the folder, by its sources' logs."""
    prefix = file_uri(folder) + "/"
    for source in _source_folders(checkpoint):
        for _, log in _batch_files(source):
            for entry in _entries(log):
                if normal_uri(str(entry.get("path", ""))).startswith(prefix):
                    return True
    return False


def inconsistency(
    sink: SinkLog | None, checkpoint: Checkpoint | None, folder: Path
) -> str | None:
    """Why the next run would lose or repeat rows of a streaming table; None if it would not.

    The sink skips every batch that its log already holds, and reads back only files that the log names.
    """
    committed = checkpoint.committed if checkpoint else None
    has_files = next(data_files(folder), None) is not None
    if sink is None:
        if committed is not None:
            if has_files:
                return "its log of written files is gone while its checkpoint is still there"
            return "its data is gone while its checkpoint is still there"
        begun = checkpoint is not None and checkpoint.planned is not None
        return "its data has neither a checkpoint nor a log of written files" if has_files and not begun else None
    present = {str(path) for path in data_files(folder)}
    if any(path is not None and path not in present for path in map(_local, sink.files)):
        return "some of its files are gone while its checkpoint is still there"
    if checkpoint is None or checkpoint.planned is None:
        return "its checkpoint is gone while its data is still there"
    if sink.batch > (committed if committed is not None else -1) + 1:
        return "its checkpoint is older than its data"
    if committed is not None and sink.batch < committed:
        return "its data is older than its checkpoint"
    return None


def recorded_root(sink: SinkLog, folder: Path) -> Path | None:
    """The folder that the table had when its log was written, if that is not ``folder``."""
    own = file_uri(folder) + "/"
    for path in sink.files:
        path = normal_uri(path)
        if path.startswith(own):
            return None
        local = _local(path)
        marker = f"/{folder.name}/"
        if local is not None and marker in local:
            return Path(local[: local.rindex(marker)] + marker.rstrip("/"))
    return None


def moved(old: Path, new: Path) -> tuple[Path, Path]:
    """The two different folders at whose ends the paths are alike: what was moved, from and to.

    ``/app/spark-warehouse/t`` and ``/home/me/shop/spark-warehouse/t`` give ``/app`` and ``/home/me/shop``.
    """
    while old.name == new.name and old != old.parent and new != new.parent:
        old, new = old.parent, new.parent
    return old, new


def former_projects(folder: Path) -> list[Path]:
    """The folders that the project had since the table's last run, by the note of those who moved its log of files.

    A server that starts brings that log up to date, for readers, and leaves the checkpoints to the next run.
    """
    try:
        return [Path(line) for line in dict.fromkeys(_note(folder).read_text(encoding="utf-8").splitlines()) if line]
    except FileNotFoundError:
        return []


def forget_former_projects(folder: Path) -> None:
    """Removes the note: everything is up to date."""
    _note(folder).unlink(missing_ok=True)


def _note(folder: Path) -> Path:
    return folder / "_spark_metadata" / ".moved_from"


def rewrite_logs(folders: list[Path], old: Path, new: Path) -> int:
    """Replaces the path of a moved folder in the logs of sinks and sources.

    Each file is replaced as a whole, so that a crash leaves it old or new. Its checksum is dropped
    first, since Hadoop would refuse the new text; a file without one is accepted.

    :returns: how many files changed.
    """
    pattern = re.compile(rb'("path":")file:/+' + re.escape(_encoded(old).lstrip("/").encode()) + rb"(?=/)")
    replacement = b'"path":"' + file_uri(new).encode()
    changed = 0
    for folder in folders:
        for _, log in _batch_files(folder):
            text = log.read_bytes()
            rewritten = pattern.sub(lambda _: replacement, text)
            if rewritten == text:
                continue
            log.with_name(f".{log.name}.crc").unlink(missing_ok=True)
            temporary = log.with_name(f".{log.name}.sparkling")
            temporary.write_bytes(rewritten)
            os.replace(temporary, log)
            changed += 1
    return changed


def log_folders(folder: Path, checkpoint: Checkpoint | None) -> list[Path]:
    """The folders of logs in which a streaming table's paths are written down."""
    return [folder / "_spark_metadata", *(_source_folders(checkpoint) if checkpoint else ())]


def file_uri(path: Path) -> str:
    """``file:///…``, as the logs write it."""
    return "file://" + _encoded(path)


def location(path: Path) -> str:
    """A Hadoop path for Spark: like a URI, with nothing encoded."""
    return f"file://{path}"


def normal_uri(uri: str) -> str:
    """``file:/x`` and ``file:///x`` mean the same; this is the longer."""
    return re.sub(r"^file:/+", "file:///", uri)


def _encoded(path: Path) -> str:
    """As Java's URI does it: letters of other scripts stay."""
    return re.sub(r"""[\x00-\x20"#%<>?\[\\\]^`{|}\x7f]""", lambda character: f"%{ord(character[0]):02X}", str(path))


def _local(uri: str) -> str | None:
    split = urlsplit(uri)
    return unquote(split.path) if split.scheme == "file" else None


def _source_folders(checkpoint: Checkpoint) -> Iterator[Path]:
    try:
        yield from (entry for entry in (checkpoint.folder / "sources").iterdir() if entry.is_dir())
    except FileNotFoundError:
        return


def _batch_files(folder: Path) -> list[tuple[int, Path]]:
    """The files of a log, by batch: ``7``, ``8``, ``9.compact``."""
    try:
        entries = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [(re.fullmatch(r"(\d+)(\.compact)?", entry.name), entry) for entry in entries]
    return sorted((int(match[1]), entry) for match, entry in found if match)


def _newest_batch(folder: Path) -> int | None:
    files = _batch_files(folder)
    return files[-1][0] if files else None


def _entries(log: Path) -> Iterator[dict[str, object]]:
    for line in log.read_text(encoding="utf-8").splitlines()[1:]:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(entry, dict) and "path" in entry:
            yield entry


def _entry(folder: Path, name: str) -> Path | None:
    """The entry of that name, in any case of its letters."""
    exact = folder / name
    if exact.is_dir():
        return exact
    try:
        return next((entry for entry in folder.iterdir() if entry.name.lower() == name.lower()), None)
    except (FileNotFoundError, NotADirectoryError):
        return None
