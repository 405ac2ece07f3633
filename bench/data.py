"""Orders to measure with: always the same rows, among them empty cells and cells that do not fit their column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

OUT = Path(__file__).parent / "out"

# A quadratic residue scatters neighbouring rows; the draws of one row differ by k.
_DRAW = """CREATE MACRO scatter(i, k) AS (((i * 48271 + k * 7919) % 2147483647) * ((i * 48271 + k * 7919) % 2147483647))
 % 2147483647"""
_PICK = "CREATE MACRO pick(i, k, words) AS words[1 + scatter(i, k) % len(words)]"

_COLUMNS = {
    "id": "i + 1",
    "order_date": """CASE scatter(i, 1) % 200 WHEN 0 THEN 'n/a' WHEN 1 THEN ''
        ELSE strftime(DATE '2019-01-01' + CAST(scatter(i, 2) % 2000 AS INTEGER), '%Y-%m-%d') END""",
    "ship_date": """CASE scatter(i, 3) % 50 WHEN 0 THEN ''
        ELSE strftime(DATE '2019-01-03' + CAST(scatter(i, 2) % 2000 + scatter(i, 4) % 9 AS INTEGER), '%Y-%m-%d') END""",
    "customer": "'Customer ' || lpad(CAST(scatter(i, 5) % 50000 AS VARCHAR), 5, '0')",
    "region": """pick(i, 6, ['North America', 'Latin America', 'Western Europe', 'Eastern Europe', 'Asia Pacific',
        'Middle East'])""",
    "city": """pick(i, 7, ['São Paulo', 'new york', 'München', 'Zürich', 'lyon', 'Tokyo', 'Kraków', 'cairo', 'Málaga',
        'Boston'])""",
    "category": "pick(i, 8, ['Beverages', 'Condiments', 'Dairy Products', 'Grains', 'Produce', 'Seafood'])",
    "product": """pick(i, 9, ['AB', 'CX', 'QT', 'ZR']) || '-' || CAST(1000 + scatter(i, 10) % 9000 AS VARCHAR)
        || ' /' || CAST(scatter(i, 11) % 100 AS VARCHAR)""",
    "channel": "pick(i, 12, ['web', 'store', 'phone', 'partner', ''])",
    "status": "pick(i, 13, ['shipped', 'open', 'returned', 'cancelled', 'shipped', 'shipped', 'open', ''])",
    "quantity": """CASE scatter(i, 14) % 300 WHEN 0 THEN 'x' WHEN 1 THEN '12 pcs' WHEN 2 THEN ''
        ELSE CAST(1 + scatter(i, 15) % 40 AS VARCHAR) END""",
    "unit_price": """CASE scatter(i, 16) % 500 WHEN 0 THEN 'free'
        ELSE printf('%.2f', (100 + scatter(i, 17) % 20000) / 100.0) END""",
    "discount": "pick(i, 18, ['0', '0', '0.05', '0.1', '0.125'])",
    "tax_rate": "pick(i, 19, ['0.07', '0.19', '0.2', '0.081'])",
    "weight": "printf('%.3f', (scatter(i, 20) % 50000) / 1000.0)",
    "score": "CAST(scatter(i, 21) % 101 - 50 AS VARCHAR)",
    "express": "CASE scatter(i, 22) % 400 WHEN 0 THEN 'maybe' ELSE pick(i, 23, ['yes', 'no']) END",
    "extension": "'ext. ' || CAST(100 + scatter(i, 24) % 9000 AS VARCHAR)",
    "reference": "'R-' || lpad(CAST(i AS VARCHAR), 9, '0')",
    "note": """pick(i, 25, ['', 'call first', 'say "fragile", keep dry', 'gate 4, ring twice', 'left at the door',
        'second delivery', 'customer was not at home, parcel is with the neighbour', 'OK'])""",
}


_CUSTOMERS = {
    "customer": "'Customer ' || lpad(CAST(i AS VARCHAR), 5, '0')",
    "territory": "pick(i, 26, ['North', 'South', 'East', 'West', 'Centre'])",
    "segment": "pick(i, 27, ['retail', 'trade', 'public', ''])",
    "since": "CAST(2000 + scatter(i, 28) % 19 AS VARCHAR)",
}


def orders(rows: int) -> Path:
    """A CSV file of that many orders with 20 columns; it is made once and kept."""
    return _made(f"orders-{rows}.csv", _COLUMNS, f"range({rows}) AS t(i)")


def customers() -> Path:
    """A CSV file of the customers of the orders, once each; one in fifty is missing."""
    return _made("customers.csv", _CUSTOMERS, "range(50000) AS t(i) WHERE i % 50 > 0")


def wide(rows: int, columns: int) -> Path:
    """A CSV file with so many columns: whole numbers, decimals, dates, words and names in turn."""
    kinds = (
        "scatter(i, {k}) % 1000",
        "(scatter(i, {k}) % 1000000) / 100",
        "strftime(DATE '2019-01-01' + CAST(scatter(i, {k}) % 2000 AS INTEGER), '%Y-%m-%d')",
        "pick(i, {k}, ['red', 'green', 'blue', 'yellow', ''])",
        "'name ' || CAST(scatter(i, {k}) % 50000 AS VARCHAR)",
    )
    named = {f"c{k}": kinds[k % len(kinds)].format(k=k) for k in range(columns)}
    return _made(f"wide-{rows}-{columns}.csv", named, f"range({rows}) AS t(i)")


def _made(name: str, named: Mapping[str, str], rows: str) -> Path:
    path = OUT / name
    if not path.exists():
        OUT.mkdir(exist_ok=True)
        partial = path.with_suffix(".part")
        columns = ", ".join(f"{value} AS {name}" for name, value in named.items())
        with duckdb.connect() as connection:
            connection.execute(_DRAW)
            connection.execute(_PICK)
            # COPY writes an empty text as "", a null as nothing
            cells = ", ".join(f"nullif(CAST({name} AS VARCHAR), '') AS {name}" for name in named)
            query = f"SELECT {cells} FROM (SELECT {columns} FROM {rows})"
            connection.execute(f"COPY ({query}) TO '{partial}' (FORMAT csv, HEADER)")
        partial.rename(path)
    return path
