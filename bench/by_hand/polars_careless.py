"""The same steps as one writes them for Polars when the rules do not matter: detected types, rows that fit.

Usage: polars_careless.py INPUT OUTPUT
"""

import sys

import polars as pl
from polars import col, lit, when

source, target = sys.argv[1:]
gross = col("quantity").cast(pl.Float64, strict=False) * col("unit_price").cast(pl.Float64, strict=False)
(
    pl.scan_csv(source, infer_schema_length=1000)
    .filter(col("status").ne_missing("cancelled"))
    .with_columns(
        col("channel").fill_null("unknown"),
        col("product").str.replace_all("[^A-Z0-9]+", ""),
        col("city").str.to_uppercase(),
        gross=gross,
    )
    .with_columns(net=(col("gross") * (1 - col("discount"))).round(2))
    .with_columns(
        size=when(col("net") > 500).then(lit("large")).otherwise(lit("small")),
        month=col("order_date").cast(pl.String).str.head(7),
        bucket=col("region").str.head(3) + "/" + col("category"),
    )
    .rename({"unit_price": "price", "customer": "customer_name"})
    .drop("reference", "extension")
    .sink_csv(target)
)
