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
#
# Columns are chosen with `select` throughout. `withColumn`, `drop` and `dropDuplicates` look at a table at
# once, and at that moment the pipeline has not written it yet.
@dp.temporary_view
def orders_checked() -> DataFrame:
    # The shop sometimes exports an order twice; the first one counts.
    copy = F.row_number().over(Window.partitionBy("order_id").orderBy("ordered_at"))
    products = spark.read.table("products_raw").select(
        "product_id", F.col("name").alias("product_name"), "category"
    )
    return (
        spark.read.table("orders_raw")
        .select("*", copy.alias("copy"))
        .where(F.col("copy") == 1)
        .join(products, "product_id", "left")
        .select(
            "order_id",
            "customer_id",
            "product_id",
            "product_name",
            "category",
            "quantity",
            "unit_price",
            F.col("ordered_at").try_cast("timestamp").alias("ordered_at"),
        )
        .select("*", rejection_reason().alias("rejected_because"))
    )


@dp.materialized_view(comment="Orders that count, each once, with the product's name and its value.")
def orders() -> DataFrame:
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
    return spark.read.table("customers_raw").select(
        "customer_id",
        "name",
        "email",
        F.when(country.rlike("^[A-Z]{2}$"), country).alias("country"),
        "signed_up",
    )
