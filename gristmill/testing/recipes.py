"""Recipe tests: a folder with a recipe, its inputs and the table that must come out.

revenue/
    recipe.wrangle      any one file of that kind
    inputs/             the datasets, each under its file's name; the main one is `main.*` or the only one
    expected.csv        what the job must write
    test.toml           where the above is not enough; every key is optional, paths start in the folder

    recipe = "../revenue.wrangle"
    inputs = ["orders.csv", "customers=crm/c.csv"]      # as --input of `gristmill run`: the first is the main one
    expected = "expected.csv"
    error = "column not found"                          # instead of a table: what the error must say
    seed = 1
    reference_date = "2026-01-15T00:00:00Z"
    include_mismatches = false
    unordered = false
    approx = 1e-9                                       # relative tolerance of numbers
    [params]
    skip = "Bergen"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gristmill.problems import quoted
from gristmill.testing.cases import CaseFileError

SETTINGS, INPUTS, EXPECTED = "test.toml", "inputs", "expected.csv"
REFERENCE_DATE = "2026-01-15T00:00:00Z"
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "recipe": str,
    "inputs": list,
    "expected": str,
    "error": str,
    "seed": int,
    "reference_date": str,
    "include_mismatches": bool,
    "unordered": bool,
    "approx": (int, float),
    "params": dict,
}


@dataclass(frozen=True, slots=True)
class RecipeTest:
    """One recipe over files and what must come out: the table of the file `expected`, or an error that says `error`.

    `inputs` are as `gristmill run --input` takes them, with paths that start in the present folder.
    """

    folder: Path
    recipe: Path
    inputs: tuple[str, ...]
    expected: Path
    error: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    reference_date: str = REFERENCE_DATE
    include_mismatches: bool = False
    unordered: bool = False
    approx: float | None = None


def recipe_test_folders(path: Path) -> Iterator[Path]:
    """The recipe tests in a folder and below it, in the order of their paths."""
    for folder in sorted({path, *(found for found in path.glob("**/") if not _is_hidden(found.relative_to(path)))}):
        if is_recipe_test(folder):
            yield folder


def is_recipe_test(folder: Path) -> bool:
    """Whether a folder holds a recipe test: settings, or a recipe beside inputs or an expected table."""
    if (folder / SETTINGS).is_file():
        return True
    return any(folder.glob("*.wrangle")) and ((folder / EXPECTED).is_file() or (folder / INPUTS).is_dir())


def read_recipe_test(folder: Path) -> RecipeTest:
    """The test of a folder. Raises CaseFileError, which names the file and the key."""
    settings = _settings(folder / SETTINGS)
    recipe = folder / settings.pop("recipe") if "recipe" in settings else _only_recipe(folder)
    if not recipe.is_file():
        raise CaseFileError(f"{folder / SETTINGS}: recipe: no file {quoted(recipe)}")
    inputs = settings.pop("inputs") if "inputs" in settings else None
    return RecipeTest(
        folder,
        recipe,
        inputs=tuple(_listed(folder, inputs) if inputs is not None else input_files(folder)),
        expected=folder / settings.pop("expected", EXPECTED),
        **settings,
    )


def input_files(folder: Path) -> list[str]:
    """The files of `inputs`, the main one first. Raises CaseFileError where none is the main one."""
    files = sorted(path for path in (folder / INPUTS).glob("*") if path.is_file() and not path.name.startswith("."))
    main = [path for path in files if path.name.split(".")[0] == "main"] or files
    if len(main) != 1:
        names = ", ".join(path.name for path in files) or "none"
        raise CaseFileError(
            f"{folder / INPUTS}: which input is the main one? Found {names}; call it main.*, "
            f"or list them in {SETTINGS}: inputs = […]"
        )
    return [str(path) for path in (*main, *(path for path in files if path not in main))]


def _settings(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseFileError(f"{file}: {error}") from None
    for key, value in settings.items():
        if key not in _KINDS:
            raise CaseFileError(f"{file}: unknown key {quoted(key)} ({', '.join(_KINDS)})")
        kinds = _KINDS[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise CaseFileError(f"{file}: {key}: invalid value {quoted(value)}")
    for key, value in settings.get("params", {}).items():
        if not isinstance(value, str):
            raise CaseFileError(f"{file}: params.{key}: parameters are texts, got {value!r}")
    return settings


def _only_recipe(folder: Path) -> Path:
    found = sorted(folder.glob("*.wrangle"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise CaseFileError(f"{folder}: expected one .wrangle file, found {names}; name it in {SETTINGS}: recipe = …")
    return found[0]


def _listed(folder: Path, values: list[Any]) -> Iterator[str]:
    """`NAME=PATH` with the path from the folder on; a file whose own name holds `=` needs no name."""
    if not values:
        raise CaseFileError(f"{folder / SETTINGS}: inputs: at least one is needed")
    for value in values:
        if not isinstance(value, str):
            raise CaseFileError(f"{folder / SETTINGS}: inputs: invalid value {value!r}")
        name, equals, path = value.partition("=")
        own = bool(equals) and not _beside(folder, value).exists()
        file = _beside(folder, path if own else value)
        if not file.exists():
            raise CaseFileError(f"{folder / SETTINGS}: inputs: no file {quoted(file)}")
        yield f"{name}={file}" if own else str(file)


def _beside(folder: Path, path: str) -> Path:
    """A path as the settings tell it: within `inputs`, else from the folder on."""
    inner = folder / INPUTS / path
    return inner if inner.exists() else folder / path


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
