"""Twelve row-wise steps, CSV to CSV: `gristmill run` against programs written by hand.

The exact programs write the same bytes as Gristmill (checked after every run of this file): cells that do not fit
their type left out, same row order, same number text. The careless ones ignore these rules; they are shown beside.
"""

from __future__ import annotations

import sys

from bench.by_hand_comparison import Comparison
from bench.data import orders

ROWWISE = Comparison(
    "rowwise",
    lambda rows: {"orders": orders(rows)},
    exact=("duckdb_exact", "polars_exact"),
    careless=("duckdb_careless", "polars_careless"),
)

if __name__ == "__main__":
    sys.exit(ROWWISE.main(__doc__))
