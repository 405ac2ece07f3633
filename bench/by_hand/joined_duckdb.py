"""The steps of joined.wrangle by hand, for DuckDB, with the same bytes as Gristmill writes.

Usage: joined_duckdb.py ORDERS CUSTOMERS OUTPUT
"""

import sys

import duckdb

QUERY = """
WITH orders AS (
    SELECT
        customer,
        strftime(try_cast(order_date AS DATE), '%Y-%m') AS month,
        -- a cast alone would read 2.5 as 3
        CASE WHEN regexp_full_match(quantity, '[+-]?[0-9]+') THEN try_cast(quantity AS BIGINT) END
            * try_cast(unit_price AS DOUBLE) AS amount
    FROM read_csv(ORDERS, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {
        'id': 'VARCHAR', 'order_date': 'VARCHAR', 'ship_date': 'VARCHAR', 'customer': 'VARCHAR', 'region': 'VARCHAR',
        'city': 'VARCHAR', 'category': 'VARCHAR', 'product': 'VARCHAR', 'channel': 'VARCHAR', 'status': 'VARCHAR',
        'quantity': 'VARCHAR', 'unit_price': 'VARCHAR', 'discount': 'VARCHAR', 'tax_rate': 'VARCHAR',
        'weight': 'VARCHAR', 'score': 'VARCHAR', 'express': 'VARCHAR', 'extension': 'VARCHAR', 'reference': 'VARCHAR',
        'note': 'VARCHAR'})
    WHERE status IS DISTINCT FROM 'cancelled'
),
customers AS (
    SELECT * FROM read_csv(CUSTOMERS, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
        columns = {'customer': 'VARCHAR', 'territory': 'VARCHAR', 'segment': 'VARCHAR', 'since': 'VARCHAR'})
),
sums AS (
    SELECT month, territory, floor(fsum(amount) * 100 + 0.5) / 100 AS revenue, count(*) AS orders,
        count(DISTINCT coalesce(segment, '')) AS segments -- an empty cell counts too
    FROM orders JOIN customers USING (customer)
    GROUP BY month, territory
),
windows AS (
    SELECT *,
        (revenue + coalesce(lag(revenue, 1) OVER territories, 0) + coalesce(lag(revenue, 2) OVER territories, 0))
            / least(row_number() OVER territories, 3) AS average,
        lag(revenue) OVER territories AS before,
        rank() OVER (PARTITION BY month ORDER BY revenue DESC) AS place
    FROM sums
    WINDOW territories AS (PARTITION BY territory ORDER BY month NULLS LAST)
)
SELECT month, territory, printf('%.2f', revenue) AS revenue, place, printf('%.2f', floor(average * 100 + 0.5) / 100)
    AS average, printf('%.2f', before) AS before, orders, segments
FROM windows
ORDER BY month NULLS LAST, place
"""

orders, customers, target = sys.argv[1:]
query = QUERY.replace("ORDERS", repr(orders)).replace("CUSTOMERS", repr(customers))
duckdb.sql(f"COPY ({query}) TO {target!r} (FORMAT csv, HEADER)")
