"""The twelve steps of rowwise.wrangle by hand, for Polars, with the same bytes as Gristmill writes.

Usage: polars_exact.py INPUT OUTPUT
"""

import sys

import polars as pl
from polars import col, lit, when


def kept(name: str, typed: pl.Expr) -> pl.Expr:
    """The cell as it was written where it fits its type, else nothing."""
    return when(typed.is_not_null()).then(col(name)).alias(name)


def day(name: str) -> pl.Expr:
    return col(name).str.to_date("%Y-%m-%d", strict=False)


def decimal(name: str) -> pl.Expr:
    return col(name).cast(pl.Float64, strict=False)


def integer(name: str) -> pl.Expr:
    return col(name).cast(pl.Int64, strict=False)


source, target = sys.argv[1:]
gross, net = col("gross_value"), col("net_value")
cents = (gross * (1 - decimal("discount")) * 100 + 0.5).floor()
(
    pl.scan_csv(source, infer_schema=False)
    .filter(col("status").ne_missing("cancelled"))
    .with_columns(gross_value=integer("quantity") * decimal("unit_price"))
    .with_columns(cents=cents.cast(pl.Int64), net_value=cents / 100)
    .select(
        kept("id", integer("id")),
        kept("order_date", day("order_date")),
        day("order_date").dt.strftime("%Y-%m").alias("month"),
        kept("ship_date", day("ship_date")),
        col("customer").alias("customer_name"),
        "region",
        col("city").str.to_uppercase(),
        "category",
        (col("region").str.head(3).fill_null("") + "/" + col("category").fill_null("")).alias("bucket"),
        col("product").str.replace_all("[^A-Z0-9]+", ""),
        col("channel").fill_null("unknown"),
        "status",
        kept("quantity", integer("quantity")),
        kept("unit_price", decimal("unit_price")).alias("price"),
        gross.cast(pl.String).str.strip_suffix(".0").alias("gross"),
        kept("discount", decimal("discount")),
        ((col("cents") // 100).cast(pl.String) + "." + (col("cents") % 100).cast(pl.String).str.zfill(2)).alias("net"),
        when(net > 500).then(lit("large")).when(net <= 500).then(lit("small")).alias("size"),
        kept("tax_rate", decimal("tax_rate")),
        kept("weight", decimal("weight")),
        kept("score", integer("score")),
        "express",
        "note",
    )
    .sink_csv(target)
)
