"""A long query, in the shape of TPC-H's third: joins and aggregates 6 million generated line items.

Prints the result's checksum and the seconds of the query alone, after one run of it that is not counted.
"""

import time

from pyspark.sql import SparkSession

QUERY = """
WITH lineitem AS (
    SELECT id % 1500000 AS orderkey, 900 + hash(id) % 100 AS price, (hash(id, 1) & 15) / 100 AS discount,
           date_add(DATE'1995-01-01', cast(id % 900 AS int)) AS shipped
    FROM range(0, 6000000, 1, 8)
), orders AS (
    SELECT id AS orderkey, id % 150000 AS custkey, date_add(DATE'1994-10-01', cast(id % 700 AS int)) AS ordered
    FROM range(0, 1500000, 1, 8)
), customer AS (
    SELECT id AS custkey, id % 5 AS segment FROM range(0, 150000, 1, 2)
), revenue AS (
    SELECT l.orderkey, o.ordered, sum(l.price * (1 - l.discount)) AS revenue
    FROM customer c JOIN orders o USING (custkey) JOIN lineitem l USING (orderkey)
    WHERE c.segment < 3 AND o.ordered < DATE'1996-03-15' AND l.shipped > DATE'1995-03-15'
    GROUP BY l.orderkey, o.ordered
)
SELECT count(*) AS orders, cast(round(sum(revenue)) AS bigint) AS revenue FROM revenue
"""

spark = SparkSession.builder.getOrCreate()
spark.sql(QUERY).collect()
start = time.perf_counter()
result = spark.sql(QUERY).collect()[0]
seconds = time.perf_counter() - start
print(f"result {result.orders} {result.revenue}")
print(f"seconds {seconds:.4f}")
