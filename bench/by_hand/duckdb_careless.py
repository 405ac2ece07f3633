"""The same steps as one writes them for DuckDB when the rules do not matter: detected types, rows that fit.

Usage: duckdb_careless.py INPUT OUTPUT
"""

import sys

import duckdb

QUERY = """
WITH typed AS (
    SELECT *, try_cast(quantity AS DOUBLE) * try_cast(unit_price AS DOUBLE) AS gross FROM read_csv(ORDERS)
    WHERE status IS DISTINCT FROM 'cancelled'
)
SELECT * EXCLUDE (reference, extension, gross)
    REPLACE (
        upper(city) AS city, regexp_replace(product, '[^A-Z0-9]+', '', 'g') AS product,
        coalesce(channel, 'unknown') AS channel
    )
    RENAME (unit_price AS price, customer AS customer_name),
    gross,
    round(gross * (1 - discount), 2) AS net,
    if(net > 500, 'large', 'small') AS size,
    strftime(try_cast(order_date AS DATE), '%Y-%m') AS month,
    left(region, 3) || '/' || category AS bucket
FROM typed
"""

source, target = sys.argv[1:]
duckdb.sql(f"COPY ({QUERY.replace('ORDERS', repr(source))}) TO {target!r} (FORMAT csv, HEADER)")
