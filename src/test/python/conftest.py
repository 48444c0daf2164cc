"""One server for all tests that want one; each test brings a pipeline of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest
from connect_server import ConnectServer

SPEC = """name: test
storage: file://{project}/checkpoints
catalog: spark_catalog
database: default
configuration:
  spark.sql.pipelines.maxFlowRetryAttempts: "0"
libraries:
  - glob:
      include: pipelines/**
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectServer]:
    """A running server with an empty project."""
    server = ConnectServer(tmp_path_factory.mktemp("project"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def define(server: ConnectServer) -> Callable[..., ConnectServer]:
    """Replaces the project's pipeline by the given files."""

    def write(**files: str) -> ConnectServer:
        folder = server.project / "pipelines"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            if old.is_file():
                old.unlink()
        (server.project / "spark-pipeline.yml").write_text(SPEC.format(project=server.project))
        for name, text in files.items():
            stem, _, suffix = name.rpartition("_")
            (folder / f"{stem}.{suffix}").write_text(text)
        return server

    return write


@pytest.fixture
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parents[3]
