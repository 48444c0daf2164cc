"""From long texts to one message and the user's line. The texts are Spark 4.1.1's own."""

from pathlib import Path

import pytest

from sparkling_client.definitions import FlowDefinition
from sparkling_client.failures import Failure, from_exception, from_text

NAME = ("spark_catalog", "default", "one")

UDF = """Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 \
in stage 0.0 (TID 0) (192.0.2.2 executor driver): org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "{file}", line 3, in bad
    return 1 // (x-3)
           ~~^^~~~~~~
ZeroDivisionError: integer division or modulo by zero

	at org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(PythonRunner.scala:645)
	at java.base/java.lang.Thread.run(Thread.java:840)
Driver stacktrace:"""

DATAFRAME = """[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0. SQLSTATE: 22012
== DataFrame ==
"__truediv__" was called from
/app/src/pipelines/a.py:7
"""

SQL = """[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012
== SQL (line 5, position 4) ==
   1/(a-1) b FROM x
   ^^^^^^^
"""

UNRESOLVED = """[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `nope` cannot \
be resolved. Did you mean one of the following? [`id`]. SQLSTATE: 42703;{position}
'Project [id#3L, 'nope AS x#9]
+- Range (0, 10, step=1, splits=Some(2))
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "a.py"
    file.write_text("@dp.materialized_view\ndef one():\n    x = 1\n    return df.select('nope')\n\nnope = 2\n")
    return file


def failure(text: str, source: Path, statement_line: "int | None" = None) -> Failure:
    return from_text(text, FlowDefinition(NAME, NAME, str(source), 1, 4, statement_line), source.parent)


def test_a_python_worker_s_error_is_the_user_s_exception_and_line(source: Path) -> None:
    found = failure(UDF.format(file=source), source)
    assert found.message == "ZeroDivisionError: integer division or modulo by zero"
    assert (found.file, found.line) == (str(source), 3)
    assert "Driver stacktrace" in found.detail


def test_a_streaming_query_s_wrapper_is_taken_off(source: Path) -> None:
    text = "[STREAM_FAILED] Query [id = 1-2, runId = 3-4] terminated with exception: " + UDF.format(file=source)
    assert failure(text, source).message == "ZeroDivisionError: integer division or modulo by zero"


def test_the_dataframe_s_context_names_the_line(source: Path) -> None:
    found = failure(DATAFRAME, source)
    assert found.message == (
        "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0. SQLSTATE: 22012"
    )
    assert (found.error_class, found.file, found.line) == ("DIVIDE_BY_ZERO", "/app/src/pipelines/a.py", 7)


def test_lines_in_sql_count_from_the_statement(source: Path) -> None:
    assert failure(SQL, source, statement_line=3).line == 7
    assert failure(UNRESOLVED.format(position=" line 2 pos 3;"), source, statement_line=3).line == 4


def test_an_unknown_column_is_looked_up_in_the_flow_s_own_code(source: Path) -> None:
    found = failure(UNRESOLVED.format(position=""), source)
    assert found.line == 4
    assert found.message.endswith("[`id`]. SQLSTATE: 42703")
    assert found.error_class == "UNRESOLVED_COLUMN.WITH_SUGGESTION"


def test_without_any_place_it_is_the_flow_s_first_line(source: Path) -> None:
    assert failure("[SOMETHING] odd happened.", source).line == 1


def test_the_user_s_own_exception(source: Path) -> None:
    source.write_text("def f():\n    return {}['key']\nf()\n")
    with pytest.raises(KeyError) as caught:
        exec(compile(source.read_text(), str(source), "exec"), {})
    found = from_exception(caught.value, source.parent)
    assert (found.message, found.error_class, found.line) == ("KeyError: 'key'", "KeyError", 2)
    assert found.detail.startswith("Traceback")


def test_a_syntax_error_is_at_its_own_line(source: Path) -> None:
    with pytest.raises(SyntaxError) as caught:
        compile("import os\ndef x(:\n", str(source), "exec")
    found = from_exception(caught.value, source.parent)
    assert (found.message, found.file, found.line) == ("SyntaxError: invalid syntax", str(source), 2)
