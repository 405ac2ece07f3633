"""`gristmill test`: run case files and recipe tests, and count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gristmill.testing.cases import Case
    from gristmill.testing.gaps import Gap
    from gristmill.testing.recipes import RecipeTest

ENGINES = {"photon": ("photon",), "spark": ("spark",), "both": ("photon", "spark")}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--engine", type=click.Choice(list(ENGINES)), default="photon", help="Where the recipes run.")
@click.option("--update", is_flag=True, help="Write what the recipe tests give as their expected tables.")
@click.option(
    "--known-gaps",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Cases that are known to fail; default: known_gaps.toml beside the case file or a folder above.",
)
def test(paths: Sequence[Path], engine: str, update: bool, known_gaps: Path | None) -> int:
    """Run the case files (.jsonl) and recipe tests of PATHS, which may be folders, and print what fails.

    A recipe test is a folder with a .wrangle file, its datasets in `inputs/` (the main one is main.*, or the only
    one), and the table that must come out in `expected.csv`. A test.toml beside them may say more: recipe, inputs
    (as --input of `gristmill run`), params, error, unordered, approx, seed, reference_date, include_mismatches.

    In case files a known gap counts as failed; a case that passes although it is listed as a gap fails too. Exit
    codes: 0 all pass, 1 some fail, 2 a test cannot be read.

    Example: gristmill test tests/cases/*.jsonl recipes/ --engine both
    """
    from gristmill.testing.cases import CaseFileError, read_cases, without_repeated_ids
    from gristmill.testing.recipes import read_recipe_test

    engines = ENGINES[engine]
    try:
        files = {file: read_cases(file) for path in paths for file in _files(path)}
        list(without_repeated_ids(case for cases in files.values() for case in cases))
        gaps = {file: _gaps(file, known_gaps) for file in files}
        folders = {folder: read_recipe_test(folder) for path in paths for folder in _folders(path)}
        counts = [_run_file(file, cases, engines, gaps[file]) for file, cases in files.items()]
        counts += _run_recipes(list(folders.values()), engines, update)
    except CaseFileError as error:
        raise click.UsageError(str(error)) from None
    if not counts:
        raise click.UsageError(f"no tests in {', '.join(map(str, paths))}: neither .jsonl files nor recipe tests")
    passed, failed = sum(count[0] for count in counts), sum(count[1] for count in counts)
    click.echo(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("**/*.jsonl"))
    return [] if _is_of_recipe_test(path) else [path]


def _folders(path: Path) -> list[Path]:
    """The recipe tests of a path: below a folder, or the one that a recipe or its settings belong to."""
    from gristmill.testing.recipes import recipe_test_folders

    if path.is_dir():
        return list(recipe_test_folders(path))
    return [path.parent] if _is_of_recipe_test(path) else []


def _is_of_recipe_test(path: Path) -> bool:
    from gristmill.testing.recipes import SETTINGS

    return path.suffix == ".wrangle" or path.name == SETTINGS


def _run_recipes(recipes: Sequence[RecipeTest], engines: Sequence[str], update: bool) -> list[tuple[int, int]]:
    from gristmill.cli.recipe_tests import kept_running

    if not recipes:
        return []
    with kept_running(engines):
        return [_run_recipe(recipe, engines, update) for recipe in recipes]


def _run_recipe(recipe: RecipeTest, engines: Iterable[str], update: bool) -> tuple[int, int]:
    """Run one recipe test, print what differs and its counts."""
    from gristmill.cli.recipe_tests import run_test

    passed = failed = 0
    for engine in engines:
        # one engine's result is the expected table of the others
        lines = run_test(recipe, engine, update=update and not passed)
        passed, failed = passed + (not lines), failed + bool(lines)
        if lines:
            click.echo("\n".join([f"failed: {recipe.folder} ({engine}):", *(f"    {line}" for line in lines)]))
    click.echo(f"{recipe.folder}: {passed} passed, {failed} failed")
    return passed, failed


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
