"""Bronze: the shop's files as they arrive, with types but without judgement.

Paths are relative to the project's folder, which is the working directory of the cluster's driver.
"""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

spark = SparkSession.active()


# A streaming table reads each file once: put another month into data/orders, run again, and only
# the new file is read.
@dp.table(comment="Orders as the web shop exports them, one JSON file a month.")
def orders_raw() -> DataFrame:
    return spark.readStream.schema(
        "order_id string, customer_id string, product_id string, "
        "quantity int, unit_price decimal(10, 2), ordered_at string"
    ).json("data/orders")


@dp.materialized_view(comment="Customers as the shop keeps them.")
def customers_raw() -> DataFrame:
    return (
        spark.read.option("header", True)
        .schema("customer_id string, name string, email string, country string, signed_up date")
        .csv("data/customers.csv")
    )


@dp.materialized_view(comment="The shop's price list.")
def products_raw() -> DataFrame:
    return (
        spark.read.option("header", True)
        .schema("product_id string, name string, category string, price decimal(10, 2)")
        .csv("data/products.csv")
    )
