"""The steps of joined.wrangle by hand, for Polars, with the same bytes as Gristmill writes.

Usage: joined_polars.py ORDERS CUSTOMERS OUTPUT
"""

import sys

import polars as pl
from polars import col


def cents(amount: pl.Expr) -> pl.Expr:
    """The amount in whole cents."""
    return (amount * 100 + 0.5).floor().cast(pl.Int64)


def printed(amount: pl.Expr) -> pl.Expr:
    """Whole cents as a text with two decimals."""
    return (amount // 100).cast(pl.String) + "." + (amount % 100).cast(pl.String).str.zfill(2)


orders, customers, target = sys.argv[1:]
day = col("order_date").str.to_date("%Y-%m-%d", strict=False)
amount = col("quantity").cast(pl.Int64, strict=False) * col("unit_price").cast(pl.Float64, strict=False)
earlier = [col("revenue").shift(back).over("territory") for back in range(3)]
(
    pl.scan_csv(orders, infer_schema=False)
    .filter(col("status").ne_missing("cancelled"))
    .select("customer", month=day.dt.strftime("%Y-%m"), amount=amount)
    .join(pl.scan_csv(customers, infer_schema=False), on="customer")
    .group_by("month", "territory")
    .agg(
        cents=cents(col("amount").sum()),
        orders=pl.len(),
        segments=col("segment").n_unique(),  # an empty cell counts too
    )
    .sort("month", nulls_last=True)
    .with_columns(revenue=col("cents") / 100)
    .with_columns(
        average=pl.sum_horizontal(earlier) / pl.sum_horizontal(past.is_not_null() for past in earlier),
        before=col("cents").shift(1).over("territory"),
        place=col("revenue").rank("min", descending=True).over("month"),
    )
    .sort("month", "place", nulls_last=True)
    .select(
        "month",
        "territory",
        printed(col("cents")).alias("revenue"),
        "place",
        printed(cents(col("average"))).alias("average"),
        printed(col("before")).alias("before"),
        "orders",
        "segments",
    )
    .sink_csv(target)
)
