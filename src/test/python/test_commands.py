"""The command line as a process: usage, programs of the user's, a server that is not there."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

CLIENT = next(path for path in sys.path if path.endswith("main/python"))


def client(*arguments: str, cwd: Path, remote: "str | None" = "sc://localhost:1") -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "SPARK_REMOTE"}
    environment["PYTHONPATH"] = CLIENT
    if remote:
        environment["SPARK_REMOTE"] = remote
    return subprocess.run(
        [sys.executable, "-m", "sparkling_client", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=60,
    )


def events(result: subprocess.CompletedProcess) -> list:
    return [json.loads(line) for line in result.stdout.splitlines()]


def program(folder: Path, text: str) -> str:
    (folder / "program.py").write_text(text)
    return "program.py"


@pytest.mark.parametrize("arguments", [(), ("run",), ("fly",), ("run", "--spec", "x", "--conf", "novalue")])
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: tuple) -> None:
    result = client(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert "error:" in result.stderr
    assert result.stdout == ""


def test_a_program_has_its_arguments_streams_and_exit_code(tmp_path: Path) -> None:
    script = program(tmp_path, "import sys\nprint('out', sys.argv)\nprint('err', file=sys.stderr)\nsys.exit(7)\n")
    result = client("script", script, "a", "--b", "-c", cwd=tmp_path)
    assert result.returncode == 7
    assert result.stdout == "out ['program.py', 'a', '--b', '-c']\n"
    assert result.stderr == "err\n"


def test_a_program_imports_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("value = 42\n")
    script = program(tmp_path, "import neighbour\nassert __name__ == '__main__'\nprint(neighbour.value)\n")
    assert client("script", script, cwd=tmp_path).stdout == "42\n"


def test_an_uncaught_error_shows_the_user_s_frames_only(tmp_path: Path) -> None:
    script = program(tmp_path, "import json\ndef f():\n    json.loads('{')\nf()\n")
    result = client("script", script, cwd=tmp_path)
    assert result.returncode == 1
    assert 'program.py", line 3, in f' in result.stderr
    assert "json/decoder.py" not in result.stderr and "runpy" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("json.decoder.JSONDecodeError")
    assert "json/decoder.py" in client("script", "--verbose", script, cwd=tmp_path).stderr


def test_a_missing_program_exits_with_2(tmp_path: Path) -> None:
    result = client("script", "absent.py", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert f"There is no program at {tmp_path}/absent.py. If it is there on your machine" in result.stderr


def test_a_signal_unwinds_a_program(tmp_path: Path) -> None:
    script = program(
        tmp_path, "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\nfinally:\n    print('undone')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "sparkling_client", "script", script],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": CLIENT}, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.stdout.read() == "undone\n"
    assert process.wait(20) == 130


def test_a_probe_of_nothing_gives_up_in_time(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"sc://localhost:{free.getsockname()[1]}"
    begin = time.monotonic()
    result = client("probe", "--timeout", "1", cwd=tmp_path, remote=address)
    assert result.returncode == 3
    assert time.monotonic() - begin < 15
    assert [event["type"] for event in events(result)] == ["hello", "error"]
    assert events(result)[-1]["error_class"] == "SERVER_UNAVAILABLE"


def test_a_run_without_an_address_says_so(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.sql").write_text("CREATE MATERIALIZED VIEW a AS SELECT 1")
    (tmp_path / "spec.yml").write_text("name: a\nstorage: file:///s\nlibraries:\n- glob: {include: p/**}\n")
    result = client("run", "--spec", "spec.yml", cwd=tmp_path, remote=None)
    assert result.returncode == 2
    assert [event.get("error_class") for event in events(result) if event["type"] == "error"] == ["REMOTE_NOT_SET"]
    assert events(result)[-1]["state"] == "FAILED"


def test_conflicting_refreshes_are_refused(tmp_path: Path) -> None:
    result = client("run", "--spec", "spec.yml", "--full-refresh-all", "--refresh", "a", cwd=tmp_path)
    assert result.returncode == 2
    assert events(result)[1]["error_class"] == "CONFLICTING_PIPELINE_REFRESH_OPTIONS"
