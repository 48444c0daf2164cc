CREATE MATERIALIZED VIEW best_customers AS
SELECT customer_id, total FROM customer_totals WHERE total > 40;
