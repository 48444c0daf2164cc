"""Does on a cluster what projects do, so that the classes they need are in the archive. Leaves the catalog empty.

    train.py LISTS PROCESS...

LISTS is the folder of the files in which the JVMs other than the Connect server write what they load
(-Xlog:class+load). PROCESS are the numbers of the cluster's processes: the run fails as soon as one of them has ended.
"""

import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pandas
from pyspark.sql import SparkSession
from pyspark.sql import functions

ADDRESS = ("127.0.0.1", 15002)
DEADLINE = time.monotonic() + 240
PROJECT = pathlib.Path("/app")

PIPELINE = """\
name: training
storage: file:///app/checkpoints
configuration:
  # A pause of 40 ms by way of an overflow (src/main/python/sparkling_client/polling.py); none would cost a core.
  spark.sql.pipelines.execution.streamstate.pollingInterval: "1106804644422573097"
libraries:
  - glob:
      include: definitions/**
"""
SQL = """\
CREATE MATERIALIZED VIEW total AS SELECT kind, sum(id) AS total FROM written GROUP BY kind;
CREATE STREAMING TABLE followed AS SELECT * FROM STREAM written;
"""
PYTHON = """\
from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()

@dp.temporary_view
def both():
    return spark.read.table("total").join(spark.read.table("written"), "kind")

@dp.materialized_view
def counted():
    return spark.read.table("both").groupBy("kind").count()
"""


def watch(processes):
    """Ends the run with its cluster: a client would wait for an answer until its patience is at an end."""
    while True:
        for process in processes:
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                print("process %d of the cluster has ended" % process, file=sys.stderr, flush=True)
                os._exit(1)
        time.sleep(0.5)


def wait_for_server():
    while True:
        try:
            socket.create_connection(ADDRESS, 1).close()
            return
        except OSError:
            if time.monotonic() > DEADLINE:
                raise
            time.sleep(0.2)


def write(spark):
    numbers = spark.range(1000).withColumn("kind", (functions.col("id") % 3).cast("string"))
    numbers.write.mode("overwrite").saveAsTable("written")


def query(spark):
    written = spark.table("written")
    written.groupBy("kind").agg(functions.avg("id"), functions.countDistinct("id")).orderBy("kind").show()
    written.join(spark.createDataFrame(pandas.DataFrame({"kind": ["0", "1"], "name": ["a", "b"]})), "kind").toPandas()
    spark.sql("SELECT kind, row_number() OVER (PARTITION BY kind ORDER BY id) AS n FROM written").limit(3).collect()
    for form in ("csv", "json"):
        folder = str(PROJECT / form)
        written.write.mode("overwrite").format(form).save(folder)
        spark.read.format(form).option("inferSchema", True).option("header", True).load(folder).count()

    @functions.udf("long")
    def doubled(number):
        return 2 * number

    written.select(doubled("id")).limit(5).collect()
    spark.sql("SHOW TABLES").collect()
    spark.sql("DESCRIBE TABLE EXTENDED written").collect()


def pipeline():
    folder = PROJECT / "definitions"
    folder.mkdir()
    (PROJECT / "spark-pipeline.yml").write_text(PIPELINE)
    (folder / "views.sql").write_text(SQL)
    (folder / "views.py").write_text(PYTHON)
    subprocess.run(
        [sys.executable, "-m", "pyspark.pipelines.cli", "run", "--spec", str(PROJECT / "spark-pipeline.yml")],
        check=True,
        env={**os.environ, "SPARK_REMOTE": "sc://%s:%d" % ADDRESS},
    )


def pages():
    for port in (8080, 8081, 4040):
        for page in ("/json/", "/"):
            if port != 4040 or page == "/":
                urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, page), timeout=30).read()


def load(spark, lists):
    """Has the server load the classes that the other JVMs have loaded from Spark's jars or from Java itself."""
    loaded = re.compile(r"^(\S+) source: (?:file|jrt):", re.MULTILINE)
    names = sorted({name for file in lists.iterdir() for name in loaded.findall(file.read_text())})
    if not names:
        return
    # Over rows that the client sends, the optimiser evaluates this, and so the server itself.
    classes = spark.createDataFrame([(name,) for name in names], "name string").select(
        functions.call_function(
            "java_method",
            functions.lit("org.apache.spark.util.Utils"),
            functions.lit("classIsLoadable"),
            "name",
        ).alias("loadable")
    )
    found = classes.toPandas()["loadable"].eq("true").sum()
    print("%d of %d classes of the other roles are in the archive" % (found, len(names)))


def main():
    lists = pathlib.Path(sys.argv[1])
    processes = [int(argument) for argument in sys.argv[2:]]
    threading.Thread(target=watch, args=(processes,), daemon=True).start()
    wait_for_server()
    spark = SparkSession.builder.remote("sc://%s:%d" % ADDRESS).getOrCreate()
    write(spark)
    # At once: each of them waits for the others' JVM or for Python half of its time.
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(pipeline), pool.submit(query, spark), pool.submit(pages)]:
            done.result()
    for table in spark.catalog.listTables():
        spark.sql("DROP %s IF EXISTS `%s`" % ("VIEW" if table.tableType == "VIEW" else "TABLE", table.name))
    assert not spark.catalog.listTables()
    load(spark, lists)
    spark.stop()


main()
