"""Imports PySpark's Connect client without what a run does not use: that is nearly half of the imports' time."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Iterator


def import_pyspark() -> None:
    """Imports PySpark's Connect client without its classic side (py4j, RDDs and what they pull in) and without pandas.

    PySpark loads both whenever they are installed. They are hidden for the time of that import, and loaded as soon as
    somebody asks for a part of them.
    """
    # What the session's builder would set; code that asks for the active session depends on it.
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    if "pyspark" in sys.modules:
        return
    sys.modules["pyspark.core"] = None  # type: ignore[assignment]
    try:
        import pyspark
        import pyspark.util
    finally:
        del sys.modules["pyspark.core"]
    pyspark.util._is_remote_only = None

    def classic(name: str) -> Any:
        homes = {
            "SparkContext": "context",
            "SparkFiles": "files",
            "RDD": "rdd",
            "RDDBarrier": "rdd",
            "StatusTracker": "status",
            "SparkJobInfo": "status",
            "SparkStageInfo": "status",
            "Broadcast": "broadcast",
        }
        if name not in homes:
            raise AttributeError(f"module 'pyspark' has no attribute '{name}'")
        return getattr(importlib.import_module(f"pyspark.core.{homes[name]}"), name)

    pyspark.__dict__["__getattr__"] = classic
    with _pandas_on_demand():
        import pyspark.sql
        import pyspark.sql.connect.session


@contextmanager
def _pandas_on_demand() -> Iterator[None]:
    """Has the modules that are imported inside the block get pandas when they first use it."""
    version = None if "pandas" in sys.modules else _installed_version("pandas")
    if version is None:
        yield
        return
    stand_ins = {name: _OnDemand(name) for name in ("pandas", "pandas.api.types")}
    stand_ins["pandas"].__version__ = version  # each module of the client checks it
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            stand_in.complete()
            del sys.modules[name]


def _installed_version(package: str) -> str | None:
    """The version of an installed package, by its folder's name: asking importlib.metadata takes 50 ms."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = list(Path(spec.origin).parent.parent.glob(f"{package}-*.dist-info"))
    return found[0].name[len(package) + 1 : -len(".dist-info")] if len(found) == 1 else None


class _OnDemand(ModuleType):
    """Stands in for a module. While others are imported, it has the parts that they name; then it has the real ones."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._importing = True

    def complete(self) -> None:
        self._importing = False

    def __getattr__(self, part: str) -> Any:
        name = self.__name__
        if not self._importing:
            return getattr(importlib.import_module(name), part)
        if part.startswith("__"):
            raise AttributeError(part)
        if part[0].isupper():
            return type(part, (), {})  # a class, for a signature's annotation

        def function(*arguments: Any, **options: Any) -> Any:
            return getattr(importlib.import_module(name), part)(*arguments, **options)

        return function
