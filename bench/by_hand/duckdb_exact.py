"""The twelve steps of rowwise.wrangle by hand, for DuckDB, with the same bytes as Gristmill writes.

Usage: duckdb_exact.py INPUT OUTPUT
"""

import sys

import duckdb

QUERY = """
WITH raw AS (
    SELECT *,
        try_cast(order_date AS DATE) AS ordered,
        -- a cast alone would read 2.5 as 3
        CASE WHEN regexp_full_match(quantity, '[+-]?[0-9]+') THEN try_cast(quantity AS BIGINT) END AS pieces,
        try_cast(unit_price AS DOUBLE) AS price,
        try_cast(discount AS DOUBLE) AS off
    FROM read_csv(ORDERS, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {
        'id': 'VARCHAR', 'order_date': 'VARCHAR', 'ship_date': 'VARCHAR', 'customer': 'VARCHAR', 'region': 'VARCHAR',
        'city': 'VARCHAR', 'category': 'VARCHAR', 'product': 'VARCHAR', 'channel': 'VARCHAR', 'status': 'VARCHAR',
        'quantity': 'VARCHAR', 'unit_price': 'VARCHAR', 'discount': 'VARCHAR', 'tax_rate': 'VARCHAR',
        'weight': 'VARCHAR', 'score': 'VARCHAR', 'express': 'VARCHAR', 'extension': 'VARCHAR', 'reference': 'VARCHAR',
        'note': 'VARCHAR'})
    WHERE status IS DISTINCT FROM 'cancelled'
),
sums AS (SELECT *, pieces * price AS gross_value FROM raw),
nets AS (SELECT *, floor(gross_value * (1 - off) * 100 + 0.5) / 100 AS net_value FROM sums)
SELECT
    CASE WHEN try_cast(id AS BIGINT) IS NOT NULL THEN id END AS id,
    CASE WHEN ordered IS NOT NULL THEN order_date END AS order_date,
    strftime(ordered, '%Y-%m') AS month,
    CASE WHEN try_cast(ship_date AS DATE) IS NOT NULL THEN ship_date END AS ship_date,
    customer AS customer_name,
    region,
    upper(city) AS city,
    category,
    coalesce(left(region, 3), '') || '/' || coalesce(category, '') AS bucket,
    regexp_replace(product, '[^A-Z0-9]+', '', 'g') AS product,
    coalesce(channel, 'unknown') AS channel,
    status,
    CASE WHEN pieces IS NOT NULL THEN quantity END AS quantity,
    CASE WHEN price IS NOT NULL THEN unit_price END AS price,
    CASE WHEN gross_value = trunc(gross_value) THEN CAST(CAST(gross_value AS BIGINT) AS VARCHAR)
        ELSE CAST(gross_value AS VARCHAR) END AS gross,
    CASE WHEN off IS NOT NULL THEN discount END AS discount,
    printf('%.2f', net_value) AS net,
    CASE WHEN net_value > 500 THEN 'large' WHEN net_value <= 500 THEN 'small' END AS size,
    CASE WHEN try_cast(tax_rate AS DOUBLE) IS NOT NULL THEN tax_rate END AS tax_rate,
    CASE WHEN try_cast(weight AS DOUBLE) IS NOT NULL THEN weight END AS weight,
    CASE WHEN try_cast(score AS BIGINT) IS NOT NULL THEN score END AS score,
    express,
    note
FROM nets
"""

source, target = sys.argv[1:]
duckdb.sql(f"COPY ({QUERY.replace('ORDERS', repr(source))}) TO {target!r} (FORMAT csv, HEADER)")
