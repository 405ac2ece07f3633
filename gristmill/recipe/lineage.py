"""Where the columns of a result come from: input columns, and the steps that made or changed them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gristmill.recipe.job import Json

Input = tuple[str, str]  # dataset, column


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step has done: `made`, `changed`, `renamed` or `typed` a column, or what it does to the rows.

    `column` is the column's name behind the step; empty where it was `prepared` for a later step, without a name.
    """

    recipe: str
    number: int
    transform: str
    line: int
    action: str
    column: str = ""

    def as_json(self) -> Json:
        column = {"column": self.column} if self.column else {}
        return {
            "recipe": self.recipe,
            "step": self.number,
            "transform": self.transform,
            "line": self.line,
            "action": self.action,
            **column,
        }


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """An output column, the input columns that its cells are computed from, and the steps, in their order."""

    name: str
    inputs: tuple[Input, ...]
    steps: tuple[StepDone, ...]

    def as_json(self) -> Json:
        return {"column": self.name, "inputs": _named(self.inputs), "steps": [step.as_json() for step in self.steps]}


@dataclass(frozen=True, slots=True)
class RowLineage:
    """A step that decides which rows there are, or their order, and the input columns that it looks at."""

    step: StepDone
    inputs: tuple[Input, ...]

    def as_json(self) -> Json:
        return {**self.step.as_json(), "inputs": _named(self.inputs)}


@dataclass(frozen=True, slots=True)
class Lineage:
    """All columns of a result, and the steps that touch its rows."""

    columns: tuple[ColumnLineage, ...]
    rows: tuple[RowLineage, ...]

    def as_json(self) -> Json:
        """`{"columns": [{"column", "inputs", "steps"}], "rows": [{"step", …, "inputs"}]}`."""
        return {
            "columns": [column.as_json() for column in self.columns],
            "rows": [row.as_json() for row in self.rows],
        }


def _named(inputs: Iterable[Input]) -> list[Json]:
    return [{"dataset": dataset, "column": column} for dataset, column in inputs]
