-- Gold: answers. Definitions in SQL and in Python see each other's tables.

CREATE MATERIALIZED VIEW revenue_by_month
COMMENT 'Orders and revenue of each month.'
AS SELECT
  date_format(ordered_at, 'yyyy-MM') AS month,
  count(*) AS orders,
  sum(amount) AS revenue
FROM orders
GROUP BY 1;

CREATE MATERIALIZED VIEW revenue_by_product
COMMENT 'What sells: units and revenue of each product.'
AS SELECT
  category,
  product_name,
  sum(quantity) AS units,
  sum(amount) AS revenue
FROM orders
GROUP BY category, product_name;

CREATE MATERIALIZED VIEW revenue_by_country
COMMENT 'Where it sells: buyers and revenue of each country.'
AS SELECT
  coalesce(customers.country, 'unknown') AS country,
  count(DISTINCT orders.customer_id) AS buyers,
  sum(orders.amount) AS revenue
FROM orders
LEFT JOIN customers USING (customer_id)
GROUP BY 1;
