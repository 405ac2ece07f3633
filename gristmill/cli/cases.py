"""`gristmill test`: run case files and count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gristmill.testing.cases import Case
    from gristmill.testing.gaps import Gap

ENGINES = {"photon": ("photon",), "spark": ("spark",), "both": ("photon", "spark")}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--engine", type=click.Choice(list(ENGINES)), default="photon", help="Where the recipes run.")
@click.option(
    "--known-gaps",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Cases that are known to fail; default: known_gaps.toml beside the case file or a folder above.",
)
def test(paths: Sequence[Path], engine: str, known_gaps: Path | None) -> int:
    """Run the cases of PATHS (files, or folders of .jsonl files) and print those that fail.

    A known gap counts as failed; a case that passes although it is listed as a gap fails too.

    Example: gristmill test tests/cases/*.jsonl
    """
    from gristmill.testing.cases import CaseFileError, read_cases, without_repeated_ids

    engines = ENGINES[engine]
    try:
        files = {file: read_cases(file) for path in paths for file in _files(path)}
        list(without_repeated_ids(case for cases in files.values() for case in cases))
        gaps = {file: _gaps(file, known_gaps) for file in files}
    except CaseFileError as error:
        raise click.UsageError(str(error)) from None
    counts = [_run_file(file, cases, engines, gaps[file]) for file, cases in files.items()]
    passed, failed = sum(count[0] for count in counts), sum(count[1] for count in counts)
    click.echo(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("**/*.jsonl")) if path.is_dir() else [path]


def _gaps(file: Path, named: Path | None) -> tuple[Gap, ...]:
    from gristmill.testing.gaps import gaps_beside, read_gaps

    found = named or gaps_beside(file)
    return read_gaps(found) if found else ()


def _run_file(file: Path, cases: Sequence[Case], engines: Iterable[str], gaps: tuple[Gap, ...]) -> tuple[int, int]:
    """Run one file, print its failures and its counts."""
    from gristmill.testing.running import run_cases

    passed = failed = 0
    for engine in engines:
        for outcome in run_cases(cases, engine, gaps):
            passed, failed = passed + outcome.passed, failed + (not outcome.passed)
            if not outcome.passed:
                click.echo(outcome.text())
    click.echo(f"{file}: {passed} passed, {failed} failed")
    return passed, failed
