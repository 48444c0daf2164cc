"""Tests of what must not be wrong in a benchmark: its arithmetic, its failures, its clock and its clean end."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock
import xml.etree.ElementTree
from pathlib import Path

from benchmark.chart import draw
from benchmark.connect import answers
from benchmark.contenders import ROOT, TABLES, ByHand, Ports, expect_completed, expect_tables
from benchmark.context import Context
from benchmark.main import _busy_share, measure
from benchmark.process import Failure, end_marked, run, run_until
from benchmark.results import Goal, Results, Row

UP = Row("up", "`up`", "s", (Goal("sparkling", "peer", 0.3),))
RESTART = Row("restart", "`restart`", "s", (Goal("sparkling", "up/sparkling", 1.0),))


def measured() -> Results:
    results = Results([UP, RESTART])
    for value in (5.0, 4.0, 9.0):
        results.add("up", "sparkling", value)
    results.add("up", "peer", 20.0)
    results.add("restart", "sparkling", 6.0)
    return results


class ResultsTest(unittest.TestCase):
    def test_ratio_is_of_medians(self) -> None:
        self.assertEqual(measured().ratio(UP, UP.goals[0]), 0.25)

    def test_ratio_to_another_row(self) -> None:
        self.assertEqual(measured().ratio(RESTART, RESTART.goals[0]), 1.2)

    def test_table_tells_met_and_missed(self) -> None:
        table = measured().table()
        self.assertRegex(table, r"`up` +\| sparkling 5\.00 s \| peer 20\.0 s +\| +0\.25 \| ≤ 0\.3 \| met")
        self.assertRegex(table, r"`restart` \| sparkling 6\.00 s \| up, sparkling 5\.00 s \| +1\.20 \| +≤ 1 \| \*\*missed\*\*")

    def test_failed_row_has_a_reason_and_no_number(self) -> None:
        results = measured()
        with self.assertRaises(Failure), results.measuring("up"):
            raise Failure("no engine")
        document = json.loads(json.dumps(results.document({})))
        self.assertEqual(document["rows"][0]["series"], {})
        self.assertEqual(document["rows"][0]["failure"], "no engine")
        self.assertIsNone(document["rows"][1]["goals"][0]["met"])
        self.assertIn("failed: no engine", results.table())
        self.assertNotIn("| 0.25", results.table())

    def test_chart_is_xml_and_shows_the_median(self) -> None:
        growth = Row("growth", "growth <&>", "s", growth="lines")
        results = Results([UP, growth])
        results.add("up", "sparkling", 4.25)
        for size, value in ((10, 0.1), (1000, 1.5)):
            results.add("growth", f"sparkling {size}", value)
        self.assertIn("0.25 of peer (goal ≤ 0.3)", draw(measured(), "today"))
        root = xml.etree.ElementTree.fromstring(draw(results, "today"))
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("4.25 s", texts)
        self.assertIn("1k", texts)
        self.assertIn("up", texts)
        self.assertIn("growth <&> (s, both axes logarithmic)", texts)


    def test_chart_draws_growth_in_proportion_as_a_straight_line(self) -> None:
        results = Results([Row("growth", "growth", "s", growth="lines")])
        for size in (10, 100, 1000):
            results.add("growth", f"sparkling {size}", size / 50)
        root = xml.etree.ElementTree.fromstring(draw(results, "today"))
        circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
        (x1, y1), (x2, y2), (x3, y3) = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in circles]
        self.assertAlmostEqual((y2 - y1) / (x2 - x1), (y3 - y2) / (x3 - x2), delta=0.01)
        self.assertLess(y3, y1)

    def test_every_row_is_drawn_inside_the_chart(self) -> None:
        rows = [Row(f"row-{index}", f"row {index}", "s") for index in range(7)]
        results = Results(rows)
        for row in rows:
            results.add(row.name, "sparkling", 1.0)
        root = xml.etree.ElementTree.fromstring(draw(results, "today"))
        _, _, width, height = (float(word) for word in root.attrib["viewBox"].split())
        groups = list(root.iter("{http://www.w3.org/2000/svg}g"))
        self.assertEqual(len(groups), 7)
        places = {tuple(float(word) for word in group.attrib["transform"][10:-1].split()) for group in groups}
        self.assertEqual(len(places), 7)
        self.assertTrue(all(x < width and y < height for x, y in places))


class ProcessTest(unittest.TestCase):
    def test_marked_processes_end_and_no_others(self) -> None:
        mark = f"test-{time.time_ns()}"
        # The child is in a session of its own and ignores the first request.
        script = "trap '' TERM; setsid sleep 60 & sleep 60 & echo started; wait"
        environment = {**os.environ, "BENCH_TEST": mark}
        marked = subprocess.Popen(["bash", "-c", script], env=environment, stdout=subprocess.PIPE)
        other = subprocess.Popen(["sleep", "60"], env={**os.environ, "BENCH_TEST": mark + "-other"})
        try:
            assert marked.stdout
            marked.stdout.readline()
            threading.Thread(target=marked.wait, daemon=True).start()
            end_marked("BENCH_TEST", mark, patience=1)
            self.assertEqual(processes_with(f"BENCH_TEST={mark}"), 0)
            self.assertIsNone(other.poll())
        finally:
            other.kill()
            other.wait()
            marked.stdout.close()

    def test_failure_shows_command_and_output(self) -> None:
        with self.assertRaisesRegex(Failure, r"(?s)sh -c.*exit code 3.*broken"):
            run(["sh", "-c", "echo broken >&2; exit 3"])

    def test_missing_program(self) -> None:
        with self.assertRaisesRegex(Failure, "cannot be started"):
            run(["/no/such/program"])

    def test_timeout_ends_the_whole_group(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            note = Path(folder) / "child"
            start = time.monotonic()
            with self.assertRaisesRegex(Failure, "more than"):
                run(["sh", "-c", f"sleep 60 & echo $! > {note}; wait"], timeout=0.5)
            self.assertLess(time.monotonic() - start, 20)
            child = int(note.read_text())
            for _ in range(50):
                try:
                    state = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0]
                except FileNotFoundError:
                    return
                if state == "Z":
                    return
                time.sleep(0.1)
            self.fail(f"process {child} goes on, in state {state}")

    def test_memory_is_that_of_the_command(self) -> None:
        finished = run([sys.executable, "-c", "x = b'x' * 200_000_000"])
        self.assertGreater(finished.peak_bytes, 200_000_000)

    def test_output_goes_to_the_file_alone(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "out"
            finished = run(["sh", "-c", "echo data; echo message >&2"], output=output)
            self.assertEqual(output.read_text(), "data\n")
            self.assertEqual(finished.output, "message\n")

    def test_clock_stops_when_ready_and_not_when_the_command_ends(self) -> None:
        begin = time.perf_counter()
        readiness = run_until(["sleep", "1"], lambda: time.perf_counter() - begin > 0.3)
        self.assertLess(readiness.ready, 0.9)
        self.assertGreaterEqual(readiness.ended, 1.0)

    def test_command_that_ends_unready_fails(self) -> None:
        with self.assertRaisesRegex(Failure, "did not answer"):
            run_until(["true"], lambda: False, timeout=1)


class MeasureTest(unittest.TestCase):
    def measure(self, group: Fake, rows: tuple[Row, ...]) -> Context:
        context = Context(Path("/nowhere"), "test", Results(rows), repetitions=3, lines=1, pairs=1)
        measure(group, context)
        return context

    def test_a_failed_row_does_not_take_the_others_with_it(self) -> None:
        context = self.measure(Fake(failing="restart", at=1), (UP, RESTART))
        self.assertEqual(context.results.values["up"], {"sparkling": [1.0, 1.0, 1.0]})
        self.assertNotIn("restart", context.results.values)
        self.assertIn("broken", context.results.failures["restart"])

    def test_clusters_that_do_not_start_fail_every_row(self) -> None:
        results = self.measure(Fake(failing="prepare", at=0), (UP, RESTART)).results
        self.assertEqual(set(results.failures), {"up", "restart"})
        self.assertEqual(results.values, {})

    def test_growth_is_measured_three_times_at_most(self) -> None:
        row = Row("up", "up", "s", growth="workers")

        class Growing(Fake):
            rows = (row,)

        context = Context(Path("/nowhere"), "test", Results([row]), repetitions=9, lines=1, pairs=1)
        measure(Growing(failing="", at=0), context)
        self.assertEqual(len(context.results.values["up"]["sparkling"]), 3)

    def test_a_fault_of_bench_is_told_and_takes_nothing_with_it(self) -> None:
        class Faulty(Fake):
            def repeat(self, context: Context, index: int) -> None:
                raise KeyError("status")

        with contextlib.redirect_stderr(io.StringIO()):
            results = self.measure(Faulty(failing="", at=0), (UP, RESTART)).results
        self.assertIn("fault of bench: KeyError('status')", results.failures["up"])

    def test_rows_that_are_not_wanted_are_not_measured(self) -> None:
        results = self.measure(Fake(failing="restart", at=0), (UP,)).results
        self.assertEqual(results.failures, {})


class Fake:
    """A group of two rows, of which one fails in one repetition."""

    rows = (UP, RESTART)

    def __init__(self, failing: str, at: int) -> None:
        self._failing, self._at = failing, at

    def prepare(self, context: Context) -> None:
        if self._failing == "prepare":
            raise Failure("no engine")

    def repeat(self, context: Context, index: int) -> None:
        for row in ("up", "restart"):
            if context.wants(row):
                with context.results.measuring(row):
                    if row == self._failing and index == self._at:
                        raise Failure("broken")
                context.results.add(row, "sparkling", 1.0)


class QuietTest(unittest.TestCase):
    def test_work_of_others_is_noticed(self) -> None:
        spin = "import time\nuntil = time.monotonic() + 30\nwhile time.monotonic() < until: pass"
        work = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(os.cpu_count() or 1)]
        try:
            self.assertGreater(_busy_share(), 0.5)
        finally:
            for process in work:
                process.kill()
                process.wait()


class ConnectTest(unittest.TestCase):
    SETTINGS = b"\0\0\0\4\0\0\0\0\0"
    MESSAGE = b"\0\0\5\0\0\0\0\0\1" + b"\0" * 5
    ERROR = b"\0\0\1\1\5\0\0\0\1\0"

    def answer(self, reply: bytes) -> bool:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(1 << 16)
                    connection.sendall(reply)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(1 << 16):
                        pass

            threading.Thread(target=serve, daemon=True).start()
            return answers(server.getsockname()[1], 2)

    def test_message_is_an_answer(self) -> None:
        self.assertTrue(self.answer(self.SETTINGS + self.MESSAGE))

    def test_open_port_settings_errors_and_other_servers_are_none(self) -> None:
        for reply in (b"", self.SETTINGS, self.SETTINGS + self.ERROR, b"HTTP/1.1 400 Bad Request\r\n\r\n"):
            with self.subTest(reply=reply):
                self.assertFalse(self.answer(reply))


def processes_with(setting: str) -> int:
    found = 0
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += setting.encode() in environment.read_bytes().split(b"\0")
        except OSError:
            continue
    return found


class HandTest(unittest.TestCase):
    """bench/hand/up with scripts in place of Spark's."""

    SERVER = """#!/bin/sh
exec python3 -c "
import socket, sys, time
words = ' '.join(sys.argv)
print(words, flush=True)
port = 'BENCH_CONNECT_PORT' if 'SparkConnectServer' in words else 'BENCH_MASTER_PORT'
if 'Worker' not in words:
    import os
    server = socket.create_server(('127.0.0.1', int(os.environ[port])))
time.sleep(60)
" "$@"
"""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)
        self.bin = self.work / "bin"
        self.bin.mkdir()
        self.script("spark-class", self.SERVER)
        self.script("spark-submit", self.SERVER)
        spark = {"JAVA_HOME": "/java", "SPARK_HOME": "/spark", "PYSPARK_PYTHON": str(self.bin / "python")}
        self.hand = ByHand(self.work, "hand", Ports(), spark)
        self.addCleanup(self.hand.remove)

    def script(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def up(self) -> None:
        run([ROOT / "bench" / "hand" / "up"], self.hand.environment, self.hand.folder, timeout=30)

    def test_starts_three_with_the_resources_of_sparkling_and_removes_them(self) -> None:
        self.up()
        logs = {name: (self.hand.folder / f"{name}.log").read_text for name in ("master", "worker", "connect")}
        until = time.monotonic() + 10
        while not logs["worker"]() and time.monotonic() < until:
            time.sleep(0.05)  # nobody waits for the worker
        self.assertIn("--cores 2 --memory 1g", logs["worker"]())
        self.hand.remove()
        self.assertEqual(processes_with(f"BENCH_PROJECT={self.hand.folder}"), 0)

    def test_a_service_that_ends_is_told_at_once_with_its_log(self) -> None:
        self.script("spark-submit", "#!/bin/sh\necho no such class; exit 1\n")
        with self.assertRaisesRegex(Failure, "(?s)no such class.*connect ended while starting"):
            self.up()

    def test_nothing_of_the_callers_spark_gets_in(self) -> None:
        with unittest.mock.patch.dict(os.environ, {"SPARK_CONF_DIR": "/elsewhere", "PYTHONPATH": "/elsewhere"}):
            hand = ByHand(self.work, "other", Ports(), {"JAVA_HOME": "/", "SPARK_HOME": "/", "PYSPARK_PYTHON": "/p"})
        self.assertFalse({"SPARK_CONF_DIR", "PYTHONPATH"} & set(hand.environment))

    def test_the_pipeline_stores_in_its_own_folder(self) -> None:
        spec = (self.hand.folder / "spark-pipeline.yml").read_text()
        self.assertIn(f"storage: file://{self.hand.folder}/checkpoints", spec)


class ContendersTest(unittest.TestCase):
    def test_a_run_that_does_not_complete_is_a_failure(self) -> None:
        with self.assertRaisesRegex(Failure, "(?s)without `Run is COMPLETED`.*AnalysisException"):
            expect_completed("AnalysisException: no such table", ["orders"])
        line = "Flow spark_catalog.default.orders has COMPLETED.\nRun is COMPLETED."
        expect_completed(line, ["orders"])
        with self.assertRaisesRegex(Failure, "did not write totals"):
            expect_completed(line, ["orders", "totals"])

    def test_a_missing_table_is_a_failure(self) -> None:
        with self.assertRaisesRegex(Failure, "orders"):
            expect_tables(["best_customers", "customer_totals"], TABLES)

    def test_ports_are_free_and_given_once(self) -> None:
        ports = Ports()
        first, second = ports.take(3), ports.take(3)
        self.assertEqual(len({*first, *second}), 6)
        with socket.socket() as taken:
            taken.bind(("0.0.0.0", second[-1] + 1))
            taken.listen()
            self.assertNotIn(second[-1] + 1, ports.take(2))
