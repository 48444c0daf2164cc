"""Silver: cleaned tables that other people can build on."""

from pyspark import pipelines as dp
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

spark = SparkSession.active()


def rejection_reason() -> Column:
    """Why an order cannot be counted, or null if it can. The first reason that holds is the one given."""
    return (
        F.when(F.col("customer_id").isNull(), "no customer")
        .when(F.col("product_name").isNull(), "unknown product")
        .when(F.col("quantity") <= 0, "quantity not positive")
        .when(F.col("ordered_at").isNull(), "unreadable time")
    )


# A temporary view is a step between tables: nothing is written, and only this pipeline sees it.
@dp.temporary_view
def orders_checked() -> DataFrame:
    products = spark.read.table("products_raw").select(
        "product_id", F.col("name").alias("product_name"), "category"
    )
    return (
        spark.read.table("orders_raw")
        # The shop sometimes exports an order twice; the first one counts.
        .withColumn("copy", F.row_number().over(Window.partitionBy("order_id").orderBy("ordered_at")))
        .where(F.col("copy") == 1)
        .withColumn("ordered_at", F.col("ordered_at").try_cast("timestamp"))
        .join(products, "product_id", "left")
        .withColumn("rejected_because", rejection_reason())
    )


@dp.materialized_view(comment="Orders that count, each once, with the product's name and its value.")
def orders() -> DataFrame:
    # Columns are chosen by name: `drop` and `dropDuplicates` would look at the table before it is there.
    return (
        spark.read.table("orders_checked")
        .where(F.col("rejected_because").isNull())
        .select(
            "order_id",
            "customer_id",
            "product_id",
            "product_name",
            "category",
            "quantity",
            "unit_price",
            (F.col("quantity") * F.col("unit_price")).alias("amount"),
            "ordered_at",
        )
    )


@dp.materialized_view(comment="Customers with clean country codes; null where there is none.")
def customers() -> DataFrame:
    country = F.upper(F.trim("country"))
    return spark.read.table("customers_raw").withColumn(
        "country", F.when(country.rlike("^[A-Z]{2}$"), country)
    )
