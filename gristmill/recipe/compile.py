"""A job becomes rows of a plan: recipes are read, their steps applied one after the other.

Without `ask` no data is touched: what depends on data stays open, and only errors are looked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from gristmill.language import tree
from gristmill.language.parser import parse
from gristmill.plan.expressions import Column, Form, Key
from gristmill.plan.relations import Source as SourceRelation
from gristmill.plan.rows import Ask, Field, Rows
from gristmill.plan.values import Kind, Origin, Typing, Value, static
from gristmill.problems import Problem, RecipeError
from gristmill.recipe.job import Job, RecipeText, Source, SourceColumn
from gristmill.recipe.structuring import source_for_recipes
from gristmill.transforms.column_lists import OpenSchemaError
from gristmill.transforms.environment import Environment
from gristmill.transforms.registry import TRANSFORMS

CURRENT = "current_dataset"
STREAM_BYTES = 6


@dataclass(frozen=True, slots=True)
class Applied:
    """A step of a recipe (`recipe:<index>`) with its number from 1, and the rows before and behind it."""

    recipe: str
    number: int
    step: tree.Step
    before: Rows
    after: Rows


@dataclass(slots=True)
class Compiled:
    """The rows of a job's last recipe, and all that was found on the way.

    `datasets` are the rows of every source and recipe, by `source:<index>` and `recipe:<index>`.
    """

    rows: Rows
    ids: Iterator[int]
    problems: list[Problem] = field(default_factory=list)
    steps: list[Applied] = field(default_factory=list)
    datasets: dict[str, Rows] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]


# Is told the rows of a recipe, by its place in the chain, before anybody reads them.
Made = Callable[[int, Rows], None]


def compile_job(job: Job, ask: Ask | None = None, made: Made | None = None, *, portable: bool = False) -> Compiled:
    """The rows of the last recipe. Errors are collected; a step with an error is skipped (language 12.4).

    `portable`: they will be computed of other data, too.

    With `ask`, errors stop the work unless the job ignores them: raises RecipeError with all that can be told
    without more data.
    """
    try:
        return _Compiler(job, ask, made, portable).compile()
    except RecipeError as error:
        others = _Compiler(job, None).compile().errors
        first = [problem for problem in error.problems if problem not in others]
        raise RecipeError([*first, *others]) from None


class _Compiler:
    def __init__(self, job: Job, ask: Ask | None, made: Made | None = None, portable: bool = False) -> None:
        self.job = job
        self.ask = ask
        self.portable = portable
        self.made = made
        self.ids: Iterator[int] = itertools.count(1)
        self.done: dict[str, Rows] = {}
        self.problems: list[Problem] = []
        self.steps: list[Applied] = []

    def compile(self) -> Compiled:
        for number in range(len(self.job.sources)):
            self.done[f"source:{number}"] = source_rows(source_for_recipes(self.job, number), number, self.ids)
        rows = next(iter(self.done.values()))
        for number, recipe in enumerate(self.job.recipes):
            rows = self._recipe(recipe, f"recipe:{number}")
            self.done[f"recipe:{number}"] = rows
            if self.made is not None:
                self.made(number, rows)
        return Compiled(rows, self.ids, self.problems, self.steps, self.done)

    def _recipe(self, recipe: RecipeText, key: str) -> Rows:
        parsed, problems = parse(recipe.text, TRANSFORMS, tuple(recipe.inputs))
        reported = len(self.problems)
        self._report(recipe, problems)
        env = self._environment(recipe)
        rows = self.done[recipe.main]
        for number, step in enumerate(parsed.steps, 1):
            before, rows = rows, self._step(rows, step, number, recipe, env)
            if isinstance(step, tree.Step) and rows is not before:
                self.steps.append(Applied(key, number, step, before, rows))
        self.problems[reported:] = sorted(self.problems[reported:], key=lambda problem: problem.step or 0)
        return rows

    def _step(self, rows: Rows, step: tree.AnyStep, number: int, recipe: RecipeText, env: Environment) -> Rows:
        if not isinstance(step, tree.Step):
            return rows
        transform = TRANSFORMS.transform(step.transform)
        if transform is None:
            return rows
        try:
            after = transform.bound(step, env).apply(rows)
        except OpenSchemaError:
            after = replace(rows.with_fields(()), open=True)
        except RecipeError as error:
            self._report(recipe, [_placed(problem, step, number) for problem in error.problems])
            after = rows
        return self._within_limits(after, step, number, recipe)

    def _within_limits(self, rows: Rows, step: tree.Step, number: int, recipe: RecipeText) -> Rows:
        limit = self.job.limits.max_columns
        if len(rows.fields) > limit:
            message = f"{step.transform} made {len(rows.fields)} columns, the limit is {limit}"
            self._report(recipe, [_placed(Problem("run", message), step, number)])
            return rows.with_fields(rows.fields[:limit])
        return rows

    def _environment(self, recipe: RecipeText) -> Environment:
        by_name = {name.casefold(): name for name in recipe.inputs}

        def dataset(name: str) -> Rows | None:
            written = name if name in recipe.inputs else by_name.get(name.casefold())
            return self.done[recipe.inputs[written]] if written is not None else None

        reference = datetime.fromisoformat(self.job.reference_date.replace("Z", "+00:00"))
        return Environment(
            parameters=self.job.parameters,
            reference=reference.astimezone(UTC),
            seed=self.job.seed,
            ask=self.ask,
            dataset=dataset,
            dataset_names=tuple(recipe.inputs),
            max_columns=self.job.limits.max_columns,
            portable=self.portable,
            streams=itertools.count(_first_stream(recipe)),
        )

    def _report(self, recipe: RecipeText, problems: Sequence[Problem]) -> None:
        named = [replace(problem, node=problem.node or recipe.name) for problem in problems]
        self.problems += named
        errors = [problem for problem in named if problem.severity == "error"]
        if errors and self.ask is not None and not self.job.ignore_recipe_errors:
            raise RecipeError(errors)


def _first_stream(recipe: RecipeText) -> int:
    """A number of the recipe's own, whatever chain it stands in: shared or not, its random numbers are the same."""
    return int.from_bytes(sha256(f"{recipe.name}\n{recipe.text}".encode()).digest()[:STREAM_BYTES])


def _placed(problem: Problem, step: tree.Step, number: int) -> Problem:
    """The problem with its step, and the step's place where nothing nearer is known."""
    problem = problem.at(number, step.transform)
    return problem if problem.span is not None else replace(problem, span=step.span)


def source_rows(source: Source, number: int, ids: Iterator[int]) -> Rows:
    """The rows of a source as the first step sees them; a source nobody has looked at is open."""
    columns = source.columns or ()
    places = tuple(next(ids) for _ in columns)
    row, record, path = next(ids), next(ids), next(ids)
    forms = tuple(Form(column.form) for column in columns)
    relation = SourceRelation(number, places, forms, row, record, path)
    fields = tuple(
        Field(column.name, Value(Column(place, form), _typing(column, form)))
        for place, form, column in zip(places, forms, columns, strict=True)
    )
    return Rows(
        relation,
        fields,
        order=(Key(Column(row, Form.INTEGER)),),
        ids=ids,
        record=Column(record, Form.INTEGER) if source.has_records else None,
        path=Column(path, Form.TEXT),
        open=source.columns is None,
    )


def _typing(column: SourceColumn, form: Form) -> Typing:
    """Texts may mismatch the type that was found for them; native values cannot (types 7.3, 8.1)."""
    return Typing(column.type, Kind.HARD, Origin.IMPORT) if form is Form.TEXT else static(column.type)
