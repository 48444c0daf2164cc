"""What the client imports, in a process of its own each time."""

import subprocess
import sys

import pytest

CLIENT = next(path for path in sys.path if path.endswith("main/python"))


def python(program: str) -> str:
    prelude = f"import sys\nsys.path.insert(0, {CLIENT!r})\nfrom sparkling_client.imports import import_pyspark\n"
    result = subprocess.run([sys.executable, "-c", prelude + program], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_client_loads_neither_the_classic_side_nor_pandas() -> None:
    loaded = "import_pyspark()\nprint([name for name in ('pandas', 'pandas.api.types', 'py4j', 'pyspark.core.rdd') if name in sys.modules])"
    assert python(loaded) == "[]"


@pytest.mark.parametrize(
    "use",
    [
        "import pandas; assert session.pd.DataFrame is pandas.DataFrame",
        "import pandas; assert session.is_datetime64_dtype(pandas.Series(pandas.to_datetime(['2026-01-31'])))",
        "assert session.pd.concat([session.pd.DataFrame({'a': [1]})] * 2)['a'].tolist() == [1, 1]",
        "import pyspark.pandas",
        "from pyspark import SparkContext",
    ],
)
def test_what_is_hidden_is_there_when_it_is_used(use: str) -> None:
    python(f"import_pyspark()\nfrom pyspark.sql.connect import session\n{use}")


def test_pandas_that_was_there_before_stays() -> None:
    python("import pandas\nimport_pyspark()\nfrom pyspark.sql.connect import session\nassert session.pd is pandas")
