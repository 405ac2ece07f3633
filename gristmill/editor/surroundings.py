"""The data that lies beside a recipe file: what tells an editor the columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from gristmill.editor.inputs import InputsError, NamedInput, named_inputs
from gristmill.testing.cases import CaseFileError
from gristmill.testing.recipes import INPUTS, SETTINGS, RecipeTest, input_files, is_recipe_test, read_recipe_test

TEXTS = (".csv", ".tsv", ".txt")
LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Inputs and parameter values for a recipe, and why there are none although data lies there."""

    inputs: tuple[NamedInput, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    complaint: str | None = None


def surroundings(file: Path) -> Surroundings:
    """What the recipe test of a recipe says, in its own folder or one below; else the files of `inputs/` beside it."""
    try:
        test = next(_tests(file), None)
        if test is not None:
            return Surroundings(_inputs(test.inputs), test.params)
        if (file.parent / INPUTS).is_dir():
            return Surroundings(_inputs(input_files(file.parent)))
    except (CaseFileError, InputsError, OSError) as error:
        return Surroundings(complaint=str(error))
    return Surroundings()


def _inputs(values: Sequence[str]) -> tuple[NamedInput, ...]:
    """The inputs; a text of one line was put there for its names, although a job would read it as data."""
    return tuple(
        replace(item, options={"ensureHeader": True}) if _is_one_line(item.path) else item
        for item in named_inputs(values)
    )


def _is_one_line(file: Path) -> bool:
    if file.suffix not in TEXTS:
        return False
    with file.open("rb") as stream:
        return bool(stream.readline(LONGEST)) and not stream.read(1)


def _tests(file: Path) -> Iterator[RecipeTest]:
    """The recipe tests that are of a file; what is wrong with those of other folders is none of its business."""
    if _is_test(file.parent):
        yield from _of(file, read_recipe_test(file.parent))
    for folder in sorted(path for path in file.parent.glob("*/") if _is_test(path)):
        with suppress(CaseFileError):
            yield from _of(file, read_recipe_test(folder))


def _of(file: Path, test: RecipeTest) -> Iterator[RecipeTest]:
    if test.recipe.resolve() == file.resolve():
        yield test


def _is_test(folder: Path) -> bool:
    """Whether a folder is a recipe test; one that several recipes share is none."""
    return is_recipe_test(folder) and ((folder / SETTINGS).is_file() or len(list(folder.glob("*.wrangle"))) == 1)
