"""Specs: what is refused, and how paths of another machine are mapped."""

from pathlib import Path

import pytest

from sparkling_client.errors import ClientError
from sparkling_client.spec import load, map_path, matching_files


def spec(folder: Path, text: str) -> Path:
    file = folder / "spark-pipeline.yml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PIPELINE_SPEC_EMPTY"),
        ("name: [", "PIPELINE_SPEC_NOT_YAML"),
        ("name: a\n", "PIPELINE_SPEC_MISSING_REQUIRED_FIELD"),
        ("name: a\nstorage: file:///s\nlibraries:\n- file: a.py\n", "PIPELINE_SPEC_INVALID_LIBRARIES"),
        ("name: a\nstorage: file:///s\nconfiguration: {a: 1}\n", "PIPELINE_SPEC_DICT_VALUE_NOT_STRING"),
        ("name: a\nstorage: file:///s\nlibraries:\n- glob: {include: '*.py'}\n", "PIPELINE_SPEC_INVALID_GLOB_PATTERN"),
        ("name: a\nstorage: file:///s\nnames: b\n", "PIPELINE_SPEC_UNEXPECTED_FIELD"),
        ("name: a\nstorage: file:///my shop/s\n", "PIPELINE_STORAGE_UNSUITABLE"),
    ],
)
def test_a_broken_spec_is_one_error_with_exit_code_2(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(ClientError) as caught:
        load(spec(tmp_path, text), {})
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert caught.value.file == str(tmp_path / "spark-pipeline.yml")


def test_a_missing_spec_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="There is no pipeline spec at"):
        load(tmp_path / "absent.yml", {})


def test_null_configuration_is_none(tmp_path: Path) -> None:
    assert load(spec(tmp_path, "name: a\nstorage: file:///s\nconfiguration:\n"), {}).configuration == {}


def test_paths_are_mapped_in_storage_and_configuration(tmp_path: Path) -> None:
    text = "name: a\nstorage: file:///app/checkpoints\nconfiguration: {x.path: /app, y.path: /apple}\n"
    loaded = load(spec(tmp_path, text), {"/app": "/home/me/shop"})
    assert loaded.storage == "file:///home/me/shop/checkpoints"
    assert loaded.configuration == {"x.path": "/home/me/shop", "y.path": "/apple"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/app/a,/app/b", "/h/a,/h/b"),
        ("file:/app", "file:/h"),
        ("file:///app/x", "file:///h/x"),
        ("/application", "/application"),
        ("/srv/app/x", "/srv/app/x"),
        ("s3a://bucket/app", "s3a://bucket/app"),
    ],
)
def test_only_whole_segments_are_mapped(text: str, expected: str) -> None:
    assert map_path(text, {"/app": "/h"}) == expected


def test_the_longest_folder_counts_and_nothing_is_mapped_twice() -> None:
    assert map_path("/app/data/x:/app", {"/app": "/app/data", "/app/data": "/d"}) == "/d/x:/app/data"
    assert map_path("/app", {}) == "/app"


def test_files_are_found_once_and_in_order(tmp_path: Path) -> None:
    for name in ("p/b.py", "p/a.sql", "p/__pycache__/b.cpython-311.pyc", "p/deep/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = matching_files(tmp_path, ["p/**/*", "p/b.py"], tmp_path / "spec.yml")
    assert [str(file.relative_to(tmp_path)) for file in found] == ["p/a.sql", "p/b.py", "p/deep/c.py"]


def test_a_pattern_without_match_and_a_stray_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=r"No file matches 'p/\*\*'"):
        matching_files(tmp_path, ["p/**/*"], tmp_path / "spec.yml")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "README.md").touch()
    with pytest.raises(ClientError, match=r"takes in p/README.md, which is neither .py nor .sql"):
        matching_files(tmp_path, ["p/**/*"], tmp_path / "spec.yml")
