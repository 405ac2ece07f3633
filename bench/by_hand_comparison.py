"""`gristmill run` against programs written by hand: time, memory, and whether they write the same bytes."""

from __future__ import annotations

import argparse
import filecmp
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data import OUT
from bench.processes import Program, alternate, table

HERE = Path(__file__).parent
OURS, UNSEEN = "gristmill", "gristmill, new"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A recipe and the scripts in by_hand/ that do the same; `inputs` makes the files, the main one first, by rows.

    The exact scripts must write our bytes, and we may take `bound` times as long as the faster of them. The careless
    ones are only shown. Each run writes a new file. We keep what we know of inputs that we have read; what it costs
    to read them for the first time is shown, too.
    """

    recipe: str
    inputs: Callable[[int], Mapping[str, Path]]
    exact: Sequence[str]
    careless: Sequence[str] = ()
    bound: float = 1.5

    def output(self, name: str) -> Path:
        return OUT / f"{self.recipe}-{name}.csv"

    def programs(self, inputs: Mapping[str, Path]) -> dict[str, Program]:
        """Every program by its name, those of ours first."""
        command = [
            str(Path(sys.executable).with_name("gristmill")),
            "run",
            str(HERE / "recipes" / f"{self.recipe}.wrangle"),
        ]
        for name, path in inputs.items():
            command += ["--input", f"{name}={path}"]

        def ours(name: str, home: Path | None = None) -> Program:
            return Program(name, [*command, "--output", str(self.output(OURS))], self.output(OURS), home)

        found = {OURS: ours(OURS), UNSEEN: ours(UNSEEN, OUT / "home")}
        for name in (*self.exact, *self.careless):
            script, output = HERE / "by_hand" / f"{name}.py", self.output(name)
            found[name] = Program(name, [sys.executable, str(script), *map(str, (*inputs.values(), output))], output)
        return found

    def report(self, rows: int, runs: int) -> int:
        """Measure and print; 1 when bytes differ or the bound is broken."""
        inputs = self.inputs(rows)
        found = self.programs(inputs)
        alternate(list(found.values()), runs)
        different = [
            name for name in self.exact if not filecmp.cmp(self.output(OURS), self.output(name), shallow=False)
        ]
        ours = found[OURS].median
        ratios = {name: ours / program.median for name, program in found.items() if name not in (OURS, UNSEEN)}
        size = sum(path.stat().st_size for path in inputs.values()) / 1e6
        print(f"{self.recipe}: {rows:,} orders, {size:.0f} MB, {runs} runs each in turn")
        print(table(list(found.values()), ratios))
        worst = max(ratios[name] for name in self.exact)
        print(f"bytes: {'DIFFERENT from ' + ', '.join(different) if different else 'the same as all exact programs'}")
        print(f"against the faster exact program: {worst:.2f} x (bound {self.bound})")
        return 1 if different or worst > self.bound else 0

    def main(self, about: str | None) -> int:
        """The command line of a comparison."""
        parser = argparse.ArgumentParser(description=about)
        parser.add_argument("--rows", type=int, default=1_000_000)
        parser.add_argument("--runs", type=int, default=5)
        options = parser.parse_args()
        return self.report(options.rows, options.runs)
