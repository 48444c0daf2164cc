"""Prints the shop's figures: a plain Spark Connect client that reads what the pipeline wrote.

    sparkling run src/apps/report.py [ROWS]

It runs anywhere that reaches the server: SPARK_REMOTE=sc://localhost:15002 python3 src/apps/report.py
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main(rows: int) -> None:
    # The address comes from SPARK_REMOTE.
    spark = SparkSession.builder.appName("report").getOrCreate()

    print("Revenue by month")
    spark.table("revenue_by_month").orderBy("month").show(rows)

    print("Best-selling products")
    spark.table("revenue_by_product").orderBy(F.desc("revenue")).show(rows, truncate=False)

    print("Revenue by country")
    spark.table("revenue_by_country").orderBy(F.desc("revenue")).show(rows)

    print("Rejected orders")
    spark.table("rejected_orders").orderBy(F.desc("orders")).show(rows, truncate=False)

    spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
