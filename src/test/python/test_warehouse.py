"""Tables, logs and checkpoints as files."""

import json
from pathlib import Path

import pytest

from sparkling_client import warehouse
from sparkling_client.definitions import Dataset, FlowDefinition
from sparkling_client.warehouse import Checkpoint, SinkLog

TABLE = Dataset(("spark_catalog", "default", "Orders"), "streaming_table", "a.py", 1, "parquet")
FLOW = FlowDefinition(("spark_catalog", "default", "orders"), TABLE.parts, "a.py", 1)


def write_log(file: Path, *entries: dict) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("v1\n" + "\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries))


def add(path: str) -> dict:
    return {"path": path, "size": 1, "action": "add"}


def test_tables_lie_in_lower_case_and_by_database(tmp_path: Path) -> None:
    assert warehouse.table_folder(tmp_path, TABLE.parts) == tmp_path / "orders"
    assert warehouse.table_folder(tmp_path, ("spark_catalog", "Shop", "a")) == tmp_path / "shop.db" / "a"


def test_data_files_are_those_that_spark_reads(tmp_path: Path) -> None:
    for name in ("part-0.parquet", "p=1/part-1.parquet", "_SUCCESS", "_spark_metadata/0", ".part-0.parquet.crc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = {str(file.relative_to(tmp_path)) for file in warehouse.data_files(tmp_path)}
    assert found == {"part-0.parquet", "p=1/part-1.parquet"}
    assert list(warehouse.data_files(tmp_path / "absent")) == []


def test_partition_columns_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "day=2024-01-01" / "shop%20name=a").mkdir(parents=True)
    assert warehouse.partition_columns(tmp_path) == ["day", "shop name"]


def test_the_sink_s_log_starts_from_its_newest_compaction(tmp_path: Path) -> None:
    log = tmp_path / "_spark_metadata"
    write_log(log / "8", add("file:///w/old"))
    write_log(log / "9.compact", add("file:///w/a"), add("file:///w/b"))
    write_log(log / "10", add("file:///w/c"))
    write_log(log / "11")
    (log / ".11.crc").touch()
    assert warehouse.read_sink_log(tmp_path) == SinkLog(11, ("file:///w/a", "file:///w/b", "file:///w/c"))
    assert warehouse.read_sink_log(tmp_path / "absent") is None


def test_the_newest_checkpoint_is_read(tmp_path: Path) -> None:
    flow = tmp_path / "_checkpoints/spark_catalog/default/orders/orders"
    for name in ("0/commits/7", "2/offsets/4", "2/commits/3", "2/commits/.3.crc"):
        (flow / name).parent.mkdir(parents=True, exist_ok=True)
        (flow / name).touch()
    assert warehouse.read_checkpoint(tmp_path, FLOW, TABLE) == Checkpoint(flow / "2", 4, 3)
    assert warehouse.read_checkpoint(tmp_path / "absent", FLOW, TABLE) is None
    warehouse.start_anew(Checkpoint(flow / "2", 4, 3))
    assert warehouse.read_checkpoint(tmp_path, FLOW, TABLE) == Checkpoint(flow / "3", None, None)


@pytest.mark.parametrize(
    ("batch", "planned", "committed", "expected"),
    [
        (None, None, None, None),  # never run
        (None, 0, None, None),  # killed in its first batch
        (3, 3, 3, None),
        (3, 3, 2, None),  # killed between the sink and the commit
        (0, 0, None, None),
        (None, 3, 3, "its data is gone while its checkpoint is still there"),
        (3, None, None, "its checkpoint is gone while its data is still there"),
        (3, 1, 1, "its checkpoint is older than its data"),
        (1, 3, 3, "its data is older than its checkpoint"),
    ],
)
def test_data_and_checkpoint_agree_or_not(tmp_path: Path, batch, planned, committed, expected) -> None:  # type: ignore[no-untyped-def]
    sink = None if batch is None else SinkLog(batch, ())
    checkpoint = None if planned is None else Checkpoint(tmp_path, planned, committed)
    assert warehouse.inconsistency(sink, checkpoint, tmp_path / "table") == expected


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    kept = tmp_path / "part 0.parquet"
    kept.touch()
    checkpoint = Checkpoint(tmp_path, 0, 0)
    whole = SinkLog(0, (warehouse.file_uri(kept),))
    assert warehouse.inconsistency(whole, checkpoint, tmp_path) is None
    broken = SinkLog(0, (*whole.files, warehouse.file_uri(tmp_path / "part-1.parquet")))
    assert warehouse.inconsistency(broken, checkpoint, tmp_path) == (
        "some of its files are gone while its checkpoint is still there"
    )


def test_files_without_any_log_are_not_taken_for_a_stream_s(tmp_path: Path) -> None:
    (tmp_path / "part-0.parquet").touch()
    assert warehouse.inconsistency(None, None, tmp_path) == (
        "its data has neither a checkpoint nor a log of written files"
    )


def test_a_moved_folder_is_recognised_by_its_log() -> None:
    folder = Path("/home/me/my shop/spark-warehouse/orders")
    sink = SinkLog(0, ("file:///app/spark-warehouse/orders/day=1/part-0.parquet",))
    old = warehouse.recorded_root(sink, folder)
    assert old == Path("/app/spark-warehouse/orders")
    assert warehouse.moved(old, folder) == (Path("/app"), Path("/home/me/my shop"))
    own = SinkLog(0, ("file:///home/me/my%20shop/spark-warehouse/orders/part-0.parquet",))
    assert warehouse.recorded_root(own, folder) is None


def test_logs_are_rewritten_whole_and_lose_their_checksum(tmp_path: Path) -> None:
    log = tmp_path / "0"
    write_log(log, add("file:///app/data/1.json"), add("file:/app/data/2.json"), add("file:///apple/3.json"))
    checksum = tmp_path / ".0.crc"
    checksum.touch()
    assert warehouse.rewrite_logs([tmp_path], Path("/app"), Path("/home/me/my shop")) == 1
    assert [json.loads(line)["path"] for line in log.read_text().splitlines()[1:]] == [
        "file:///home/me/my%20shop/data/1.json",
        "file:///home/me/my%20shop/data/2.json",
        "file:///apple/3.json",
    ]
    assert not checksum.exists()
    assert warehouse.rewrite_logs([tmp_path], Path("/app"), Path("/home/me/my shop")) == 0


def test_letters_of_other_scripts_stay_as_java_writes_them() -> None:
    assert warehouse.file_uri(Path("/home/jürgen/[1] 日本/a;b,c=@")) == "file:///home/jürgen/%5B1%5D%20日本/a;b,c=@"


def test_the_projects_former_folders_are_noted_and_forgotten(tmp_path: Path) -> None:
    assert warehouse.former_projects(tmp_path) == []
    (tmp_path / "_spark_metadata").mkdir()
    (tmp_path / "_spark_metadata" / ".moved_from").write_text("/app\n/home/me/shop\n/app\n")
    assert warehouse.former_projects(tmp_path) == [Path("/app"), Path("/home/me/shop")]
    warehouse.forget_former_projects(tmp_path)
    assert warehouse.former_projects(tmp_path) == []
    warehouse.forget_former_projects(tmp_path)


def test_a_flow_s_sources_are_known_from_its_log(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, 0, 0)
    write_log(tmp_path / "sources" / "0" / "0", {"path": "file:///w/orders/part-0.parquet", "batchId": 0})
    assert warehouse.reads_from(checkpoint, Path("/w/orders"))
    assert not warehouse.reads_from(checkpoint, Path("/w/order"))
