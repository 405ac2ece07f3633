"""A recipe that takes over the rows of another comes to the same files as one that computes everything.

GRISTMILL_RECIPES is how many random recipes are tried; another number than the usual one draws new ones.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gristmill.engines.runner import run
from gristmill.problems import RunError
from gristmill.recipe.job import Handover, Job, Limits, RecipeText, Sink, Source
from gristmill.storage.reading import Reading
from tests.engines.random_recipes import Cell, Example, examples

USUAL = 40
RECIPES = int(os.environ.get("GRISTMILL_RECIPES", USUAL))
FORMATS = ("csv", "json", "pqt")
TAKEN, MADE, ABSENT = "taken over", "kept for the other outputs", "are not there"


class Log:
    """A watch that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def progress(self, percent: int) -> None:
        pass

    def log(self, level: str, message: str) -> None:
        self.lines.append((level, message))

    def warnings(self) -> list[str]:
        return [message for level, message in self.lines if level == "warning"]

    def tells(self, words: str) -> bool:
        return any(words in message for _, message in self.lines)


@dataclass(frozen=True)
class Outcome:
    files: tuple[bytes, ...]
    warnings: tuple[str, ...]
    log: Log


def table(folder: Path, name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Source:
    """A CSV file; null is nothing, an empty text stands in quotes."""
    path = folder / name
    lines = [",".join("" if cell is None else quoted(cell) for cell in row) for row in (columns, *rows)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return Source(name, Reading((str(path),), None, {"header": True, "ensureHeader": True}).as_json())


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def outcome(job: Job, folder: Path, formats: Sequence[str] = ("csv",)) -> Outcome:
    """What the job writes and says."""
    log = Log()
    with tempfile.TemporaryDirectory(dir=folder) as out:
        sinks = tuple(Sink(f"{out}/{name}", name, {"asSingleFile": True}) for name in formats)
        try:
            run(replace(job, sinks=sinks, limits=Limits(scratch=out, threads=2)), "photon", log)
            files = tuple(Path(sink.path).read_bytes() for sink in sinks)
        except RunError as error:
            files = (str(error).encode(),)
    return Outcome(files, tuple(log.warnings()), log)


def check(job: Job, folder: Path, formats: Sequence[str]) -> list[Outcome]:
    """Run the job alone, taking a handover over, and another one that makes it: one result."""
    alone = outcome(job, folder, formats)
    made = outcome(shared(turned(job), folder, makes=True), folder, formats)
    taken = outcome(shared(job, folder, makes=False), folder, formats)
    texts = [recipe.text for recipe in job.recipes]
    for other in (made, taken):
        assert other.files == alone.files, texts
        assert other.warnings == alone.warnings, texts
    return [alone, made, taken]


COLUMNS = ("id", "t", "d", "n", "j", "m", "w", "o")
MANY = tuple(
    (
        str(at * 7 % 2999),
        (None, "", "b", "a b", "2024-01-05", "x=1,y=2")[at % 6],
        ("01/02/2024", "31/12/2023", "x", "03/04/2024")[at % 4],
        (str(at % 5), "1.50", None, "-0", "12345678901234567890")[at % 5],
        ('["a","b"]', '{"k":1}', "[]", None)[at % 4],
        f"2024-{at % 12 + 1:02d}-{at % 28 + 1:02d} 10:00:00" if at < 1500 else "never",
        f"{at % 28 + 1:02d}/{at % 12 + 1:02d}/{2000 + at % 20}" if at < 1500 else f"9 words {at}",
        f"2024-01-{at % 28 + 1:02d}T10:00:00{'+02:00' if at % 2 else 'Z'}",
    )
    for at in range(3000)
)
ROWS = MANY[:300]


def turned(job: Job) -> Job:
    """The same job with its sources in another order, so that all numbers in its plan are others."""
    names = {f"source:{at}": f"source:{len(job.sources) - 1 - at}" for at in range(len(job.sources))}
    recipes = (
        replace(
            recipe,
            main=names.get(recipe.main, recipe.main),
            inputs={name: names.get(place, place) for name, place in recipe.inputs.items()},
        )
        for recipe in job.recipes
    )
    return replace(job, sources=job.sources[::-1], recipes=tuple(recipes))


SOFT = "derive type: single value: MERGE([w, ''], '') as: 'x'"
HERE = "current_dataset"
OTHER = tuple((str(at), ("a b", "b", None)[at % 3]) for at in range(200))


def cut_in_two(folder: Path, first: str, second: str, rows: Sequence[Sequence[Cell]] = ROWS) -> Job:
    """A job of two recipes, the second on the first; both may name the dataset `other`."""
    sources = (table(folder, "main.csv", COLUMNS, rows), table(folder, "other.csv", ("k", "u"), OTHER))
    recipes = (
        RecipeText("first", first, "source:0", {"other": "source:1"}),
        RecipeText("second", second, "recipe:0", {"other": "source:1", "first": "recipe:0"}),
    )
    return Job(sources, recipes, ignore_recipe_errors=True, reference_date="2026-01-15T00:00:00Z", seed=7)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("settype col: t type: Integer", "filter type: mismatched col: t mismatched: 'Integer' action: Keep"),
        ("settype col: n type: Integer", "derive type: single value: n + 1"),
        ("settype col: d type: 'Datetime','dd*mm*yyyy','dd*mm*yyyy'", "derive type: single value: DATEADD(d, 1, day)"),
        ("derive type: single value: DATEADD(m, 1, month) as: 'x'", "derive type: single value: DATEDIF(m, x, day)"),
        ("drop col: w", "groupby group: t value: STDEV(n),AVERAGE(n),VAR(n),LIST(n, 9) type: agg"),
        ("derive type: single value: DATEADD(MERGE([o, ''], ''), 1, hour) as: 'x'", "derive type: single value: x < o"),
        ("derive type: single value: ROUND(n, 2) as: 'x'", "derive type: single value: MERGE([x, t], '|')"),
        ("derive type: multiple value: SUM(n) group: t as: 'x'", "derive type: single value: x * 2"),
        ("nest col: t,n into: object as: 'o'", "unnest col: o keys: 't','n'"),
        ("set col: t value: IF(t == '', NULL(), t)", "filter type: missing col: t action: Delete"),
        ("replacemissing col: t with: custom text: ''", "derive type: single value: ISNULL(t)"),
        ("filter type: custom rowType: single row: id > 9 action: Keep", "derive type: single value: $sourcerownumber"),
        ("drop col: t", "derive type: single value: $filepath\nderive type: single value: $rownumber"),
        ("sort order: -t,n", "filter type: topRows limit: 20 action: Keep\nderive type: single value: $rownumber"),
        ("sort order: t", "derive type: multiple value: PREV(id, 1) as: 'p'\nsort order: d"),
        ("sort order: d", f"join with: first col: id = {HERE}.id, x = first.t row: {HERE}.id == first.id type: inner"),
        ("drop col: j", f"join with: other col: t = {HERE}.t, u = other.u row: {HERE}.t == other.u type: left"),
        ("union with: other", "derive type: single value: $filepath"),
        ("flatten col: j", "derive type: multiple value: SUM(n)\nsort order: -id"),
        ("splitrows col: o on: '-'", "derive type: multiple value: AVERAGE(n) group: t"),
        ("header sourcerownumber: 3", "derive type: single value: $sourcerownumber"),
        ("pivot col: t group: d value: SUM(n) limit: 5", "derive type: single value: $rownumber"),
        ("derive type: single value: UPPER(t) as: 'x'", "valuestocols col: x value: 'Y' default: 'N' limit: 4"),
        ("groupby group: t value: COUNT(),MAX(m) type: agg", "sort order: row_count"),
        ("derive type: single value: MERGE([m, ''], '') as: 'x'", "derive type: single value: DATEADD(x, 1, day)"),
        # the type of a text goes by its first rows where it was made, before the others came to the front
        (f"{SOFT}\nsort order: -x", "sort order: x"),
        (f"{SOFT}\nderive type: single value: 0 - $sourcerownumber as: 'back'\nsort order: back", "sort order: x"),
        (f"{SOFT}\nfilter type: custom rowType: single row: $sourcerownumber > 1600 action: Keep", "sort order: x"),
        (f"{SOFT}\nderive type: single value: id as: 'more'", "sort order: x"),
        ("drop col: id\nsort order: -w", "settype col: m type: Datetime\nderive type: single value: m"),
        ("derive type: single value: RAND() as: 'x'\nsort order: x", "derive type: single value: RAND() * x"),
        ("drop col: nope\nderive type: single value: id +", "derive type: single value: nope"),
        ("", "sort order: n"),
        ("drop col: t\nsort order: -n", ""),
    ],
)  # fmt: skip
def test_what_steps_behind_may_ask_for(tmp_path: Path, first: str, second: str) -> None:
    alone, made, taken = check(cut_in_two(tmp_path, first, second, MANY), tmp_path, ("csv", "pqt"))
    assert ("nope" in second) == any("skipped" in line for line in alone.warnings), alone.warnings
    assert (made.log.tells(MADE), taken.log.tells(TAKEN)) == (True, True)


def shared(job: Job, folder: Path, *, makes: bool, key: str = "key") -> Job:
    return replace(job, handovers=(Handover(0, key, makes, str(folder / "key.parquet")),))


ASKING = "pivot col: t group: d value: SUM(n) limit: 5\nderive type: single value: MERGE([d, ''], '') as: 'x'"
BEHIND = "derive type: single value: DATEADD(x, 1, day)"


def test_sources_are_not_read_again(tmp_path: Path) -> None:
    job = cut_in_two(tmp_path, ASKING, BEHIND)
    made = outcome(shared(job, tmp_path, makes=True), tmp_path)
    table(tmp_path, "main.csv", COLUMNS, [(*row[:1], "other text", *row[2:]) for row in ROWS])
    taken = outcome(shared(job, tmp_path, makes=False), tmp_path)
    assert taken.files == made.files != outcome(job, tmp_path).files


RARE = [pytest.param(what, marks=pytest.mark.slow) for what in ("no Parquet", "another recipe", "nothing")]


@pytest.mark.parametrize("what", ["half of it", "other columns", *RARE])
def test_what_does_not_fit_is_not_used(tmp_path: Path, what: str) -> None:
    job, path = cut_in_two(tmp_path, ASKING, BEHIND), tmp_path / "key.parquet"
    outcome(shared(job, tmp_path, makes=True), tmp_path)
    table(tmp_path, "main.csv", COLUMNS, ROWS[:100])
    match what:
        case "nothing":
            path.unlink()
        case "no Parquet":
            path.write_text("x")
        case "half of it":
            path.write_bytes(path.read_bytes()[:-20])
        case "other columns":
            table(tmp_path, "main.csv", ("a", *COLUMNS[1:]), ROWS)
    key = "other" if what == "another recipe" else "key"
    taken = outcome(shared(job, tmp_path, makes=False, key=key), tmp_path)
    assert taken.log.tells(ABSENT)
    assert taken.files == outcome(job, tmp_path).files


def test_a_job_goes_on_where_nothing_can_be_kept(tmp_path: Path) -> None:
    job = cut_in_two(tmp_path, ASKING, BEHIND)
    made = outcome(shared(job, tmp_path / "nowhere", makes=True), tmp_path)
    assert made.files == outcome(job, tmp_path).files
    assert made.log.tells("recipe 'first': its rows are not kept for other outputs: ")


def test_what_a_killed_attempt_has_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".1-key.parquet").write_text("half")
    outcome(shared(cut_in_two(tmp_path, ASKING, BEHIND), tmp_path, makes=True), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key.parquet", "main.csv", "other.csv"]


def test_irregular_text_is_cleaned_once(tmp_path: Path) -> None:
    rows = [*ROWS[:200], ("1", "a\nb", "x"), *ROWS[200:300]]
    job = cut_in_two(tmp_path, ASKING, BEHIND, rows)
    alone = outcome(job, tmp_path)
    made = outcome(shared(job, tmp_path, makes=True), tmp_path)
    taken = outcome(shared(job, tmp_path, makes=False), tmp_path)
    assert made.files == taken.files == alone.files
    assert made.warnings == alone.warnings and any("main.csv" in line for line in alone.warnings)
    assert not any("main.csv" in line for line in taken.warnings)


@pytest.mark.slow
@settings(
    max_examples=RECIPES, deadline=None, derandomize=RECIPES == USUAL, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(examples(), st.integers(0, 12), st.sampled_from([("csv",), ("json", "pqt"), FORMATS]))
def test_a_recipe_cut_in_two(example: Example, at: int, formats: tuple[str, ...]) -> None:
    steps = [*example.recipe.split("\n"), "derive type: single value: $sourcerownumber", "derive value: $filepath"]
    first, second = steps[: at + 1], steps[at + 1 :]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = cut_in_two(folder, "\n".join(first), "\n".join(second))
        table(folder, "main.csv", example.columns, example.rows)
        table(folder, "other.csv", ("k", "u"), example.other)
        _, made, taken = check(job, folder, formats)
        assert made.log.tells(MADE) and taken.log.tells(TAKEN), (made.log.lines, taken.log.lines)
