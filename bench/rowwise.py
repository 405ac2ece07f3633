"""Twelve row-wise steps, CSV to CSV: `gristmill run` against programs written by hand.

The exact programs write the same bytes as Gristmill (checked after every run of this file): cells that do not fit
their type left out, same row order, same number text. The careless ones ignore these rules; they are shown beside.
"""

from __future__ import annotations

import argparse
import filecmp
import sys
from pathlib import Path

from bench.data import OUT, orders
from bench.processes import Program, alternate, table

HERE = Path(__file__).parent
RECIPE = HERE / "recipes" / "rowwise.wrangle"
OURS = "gristmill"
EXACT = ("duckdb_exact", "polars_exact")
CARELESS = ("duckdb_careless", "polars_careless")
BOUND = 1.5


def programs(source: Path) -> dict[str, Program]:
    """Every program by its name, ours first."""
    command = str(Path(sys.executable).with_name("gristmill"))
    arguments = ["run", str(RECIPE), "--input", str(source), "--output", str(_output(OURS))]
    found = {OURS: Program(OURS, [command, *arguments])}
    for name in EXACT + CARELESS:
        script = HERE / "by_hand" / f"{name}.py"
        found[name] = Program(name, [sys.executable, str(script), str(source), str(_output(name))])
    return found


def main() -> int:
    """Measure and print; 1 when bytes differ or the bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    source = orders(options.rows)
    found = programs(source)
    alternate(list(found.values()), options.runs)
    different = [name for name in EXACT if not filecmp.cmp(_output(OURS), _output(name), shallow=False)]
    ours = found[OURS].median
    ratios = {name: ours / program.median for name, program in found.items() if name != OURS}
    print(f"{options.rows:,} rows x 20 columns, {source.stat().st_size / 1e6:.0f} MB, {options.runs} runs each in turn")
    print(table(list(found.values()), ratios))
    worst = max(ratios[name] for name in EXACT)
    print(f"bytes: {'DIFFERENT from ' + ', '.join(different) if different else 'the same as both exact programs'}")
    print(f"against the faster exact program: {worst:.2f} x (bound {BOUND})")
    return 1 if different or worst > BOUND else 0


def _output(name: str) -> Path:
    return OUT / f"{name}.csv"


if __name__ == "__main__":
    sys.exit(main())
