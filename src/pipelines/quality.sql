-- Data quality: what was left out, and why. A number that grows is a reason to call the shop.

CREATE MATERIALIZED VIEW rejected_orders
COMMENT 'How many orders were rejected, by reason.'
AS SELECT
  rejected_because AS reason,
  count(*) AS orders,
  min(order_id) AS example
FROM orders_checked
WHERE rejected_because IS NOT NULL
GROUP BY rejected_because;
