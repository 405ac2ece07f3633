"""Orders joined with customers, grouped by month and territory, with rolling averages and ranks.

`gristmill run` against programs written by hand that write the same bytes.
"""

from __future__ import annotations

import sys

from bench.by_hand_comparison import Comparison
from bench.data import customers, orders

JOINED = Comparison(
    "joined",
    lambda rows: {"orders": orders(rows), "customers": customers()},
    exact=("joined_duckdb", "joined_polars"),
    bound=1.6,
)

if __name__ == "__main__":
    sys.exit(JOINED.main(__doc__))
