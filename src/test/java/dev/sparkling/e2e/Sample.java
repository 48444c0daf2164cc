package dev.sparkling.e2e;

import java.util.Map;
import java.util.TreeMap;

/** The sample pipeline of this repository. */
final class Sample {
    /** What its small data comes to; written here a second time on purpose. */
    static final Map<String, Integer> ROWS = Map.of(
            "customers", 60,
            "customers_raw", 60,
            "orders", 285,
            "orders_raw", 309,
            "products_raw", 12,
            "rejected_orders", 4,
            "revenue_by_country", 7,
            "revenue_by_month", 4,
            "revenue_by_product", 12);

    /** The same after one more order of a known customer. */
    static final Map<String, Integer> WITH_ONE_MORE_ORDER = withOneMoreOrder();

    private Sample() {}

    private static Map<String, Integer> withOneMoreOrder() {
        Map<String, Integer> rows = new TreeMap<>(ROWS);
        rows.put("orders_raw", 310);
        rows.put("orders", 286);
        return rows;
    }
}
