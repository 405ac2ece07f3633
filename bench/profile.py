"""What the visual profile of a result costs beside the recipe itself, in seconds of processor time.

    python -m bench.profile [--rows ROWS] [--runs RUNS] [--columns COLUMNS]

Twelve row-wise steps over orders, CSV to CSV, with and without a profile; with --columns a recipe without steps over so
many columns.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.data import OUT, orders, wide
from bench.processes import Program, alternate

RECIPE = Path(__file__).parent / "recipes" / "rowwise.wrangle"
BOUND = 0.5


def run_once(source: Path, recipe: str, *, profiled: bool) -> None:
    """One run in this process; nothing but what a run needs is loaded."""
    from gristmill.engines.runner import run
    from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source

    sinks = [Sink(str(OUT / "profile-rows.csv"), "csv", {"asSingleFile": True, "header": True})]
    if profiled:
        sinks.append(Sink(str(OUT / "profile.json"), "profile"))
    reading = {"files": [str(source)], "options": {"ensureHeader": True}}
    with tempfile.TemporaryDirectory() as scratch:
        recipes = (RecipeText("bench", recipe, "source:0"),)
        run(Job((Source("orders", reading),), recipes, tuple(sinks), limits=Limits(scratch=scratch)))


def report(source: Path, about: str, runs: int, steps: str) -> int:
    """Measure and print; 1 when the bound is broken."""
    command = [sys.executable, "-m", "bench.profile", "--once", str(source), "--steps", steps]
    plain, profiled = Program("without", command), Program("with profile", [*command, "--profiled"])
    alternate([plain, profiled], runs)
    print(f"profile: {about}, {runs} runs each in turn")
    print(f"{'run':<14} {'cpu s':>7} {'seconds':>8} {'peak MB':>8}")
    for program in (plain, profiled):
        print(f"{program.name:<14} {program.cpu:>7.2f} {program.median:>8.2f} {program.peak:>8.0f}")
    share = (profiled.cpu - plain.cpu) / plain.cpu
    print(f"the profile costs {share:.2f} x the run without it (bound {BOUND})")
    return 1 if share > BOUND else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--columns", type=int, help="a wide result instead of the orders")
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--steps", default="", help=argparse.SUPPRESS)
    parser.add_argument("--profiled", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once is not None:
        run_once(options.once, Path(options.steps).read_text() if options.steps else "", profiled=options.profiled)
        return 0
    if options.columns:
        about = f"{options.rows:,} rows of {options.columns} columns"
        return report(wide(options.rows, options.columns), about, options.runs, "")
    return report(orders(options.rows), f"{options.rows:,} orders", options.runs, str(RECIPE))


if __name__ == "__main__":
    sys.exit(main())
