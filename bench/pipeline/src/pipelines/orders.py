"""Orders, their customers' totals, and the best of these."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

spark = SparkSession.active()


@dp.materialized_view
def orders() -> DataFrame:
    """A thousand generated orders of a hundred customers."""
    return spark.range(1000).select(
        f.col("id").alias("order_id"),
        (f.col("id") % 100).alias("customer_id"),
        (f.col("id") % 7 + 1).alias("amount"),
    )


@dp.materialized_view
def customer_totals() -> DataFrame:
    """What each customer ordered."""
    return spark.read.table("orders").groupBy("customer_id").agg(f.sum("amount").alias("total"))
