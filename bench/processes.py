"""Run programs as processes and see what they cost."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds, peak memory and seconds of processor time of one run."""

    seconds: float
    megabytes: float
    cpu: float


@dataclass(slots=True)
class Program:
    """A command and what its runs have cost."""

    name: str
    command: Sequence[str]
    output: Path | None = None
    home: Path | None = None  # emptied before every run
    costs: list[Cost] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(cost.seconds for cost in self.costs)

    @property
    def cpu(self) -> float:
        return statistics.median(cost.cpu for cost in self.costs)

    @property
    def peak(self) -> float:
        return max(cost.megabytes for cost in self.costs)

    def run(self) -> None:
        """Run it once more; it finds no output of an earlier run. Exits with the program's message when it fails."""
        if self.output is not None:
            self.output.unlink(missing_ok=True)
        # a program is measured as it is installed: with the bytecode of its modules kept
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        if self.home is not None:
            shutil.rmtree(self.home, ignore_errors=True)
            environment["GRISTMILL_HOME"] = str(self.home)
        started = time.perf_counter()
        process = subprocess.Popen(self.command, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{self.name} ended with {process.returncode}: {' '.join(self.command)}")
        self.costs.append(Cost(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime))


def alternate(programs: Sequence[Program], runs: int) -> None:
    """Run all programs in turn: one round to warm up, then `runs` rounds that count."""
    for number in range(runs + 1):
        for program in programs:
            program.run()
            if number == 0:
                program.costs.clear()


def table(programs: Sequence[Program], ratios: Mapping[str, float]) -> str:
    """Medians, ranges and peaks; `ratios` by program name."""
    lines = [f"{'program':<18} {'median s':>9} {'min':>7} {'max':>7} {'peak MB':>8}  ours / it"]
    for program in programs:
        seconds = [cost.seconds for cost in program.costs]
        ratio = f"{ratios[program.name]:.2f}" if program.name in ratios else ""
        times = f"{program.median:>9.2f} {min(seconds):>7.2f} {max(seconds):>7.2f}"
        lines.append(f"{program.name:<18} {times} {program.peak:>8.0f}  {ratio}")
    return "\n".join(lines)
