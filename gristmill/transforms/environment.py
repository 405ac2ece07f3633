"""What steps may know beyond their rows: parameters, the reference date, other datasets, and the data itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from gristmill.plan.expressions import Column, Key
from gristmill.plan.passes.graph import available, inputs_first, made_by
from gristmill.plan.relations import Plan, Relation
from gristmill.plan.rows import Ask, Rows
from gristmill.plan.walking import columns_of
from gristmill.problems import Span, did_you_mean, quoted, recipe_error
from gristmill.types.inference import SAMPLE_ROWS, infer_soft_type
from gristmill.types.logical import LogicalType


@dataclass(slots=True)
class Environment:
    """One per compiled recipe. `ask` is None where only errors are looked for: then nothing depends on data.

    `portable`: what is planned will run on other data, too. `streams` are numbers for the places of the recipe that
    draw at random.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    reference: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    seed: int = 0
    ask: Ask | None = None
    dataset: Callable[[str], Rows | None] = lambda _: None
    dataset_names: tuple[str, ...] = ()
    max_columns: int = 2500
    portable: bool = False
    streams: Iterator[int] = field(default_factory=count)
    _samples: dict[int, list[str | None]] = field(default_factory=dict)
    _inferred: dict[int, LogicalType] = field(default_factory=dict)

    def parameter(self, name: str, span: Span | None) -> str:
        """The value of a run parameter. Raises RecipeError `unknown parameter '$name'`."""
        if name in self.parameters:
            return self.parameters[name]
        raise recipe_error(
            "unknown-variable",
            f"unknown parameter {quoted('$' + name)}",
            hint=did_you_mean(name, self.parameters),
            span=span,
        )

    def rows_of(self, name: str, span: Span | None) -> Rows:
        """The rows of another dataset. Raises RecipeError `dataset not found`."""
        if name == "MISSING":
            raise recipe_error(
                "unknown-dataset", "dataset not found: the input of this step no longer exists", span=span
            )
        rows = self.dataset(name)
        if rows is None:
            raise recipe_error(
                "unknown-dataset",
                f"dataset not found: {quoted(name)}",
                hint=did_you_mean(name, self.dataset_names),
                span=span,
            )
        return rows

    def inferred(self, column: Column, rows: Rows) -> LogicalType | None:
        """The type of a soft column by the first rows of the step that made it (types 8.3); None without data."""
        if self.ask is None:
            return None
        if column.id not in self._inferred:
            self._inferred[column.id] = infer_soft_type(self.sample(column, rows))
        return self._inferred[column.id]

    def all_fit(self, column: Column, rows: Rows) -> bool:
        """Whether all texts of a soft column fit its inferred type, as every one was looked at for it (types 8.3)."""
        return self.ask is not None and not self.portable and len(self.sample(column, rows)) < SAMPLE_ROWS

    def sample(self, column: Column, rows: Rows) -> list[str | None]:
        """The first texts of a column, where it was made; none without data."""
        if self.ask is None:
            return []
        if column.id not in self._samples:
            origin = _origin(column.id, rows.relation) or rows.relation
            plan = Plan(origin, (("text", column),), _order_within(origin, rows.order))
            self._samples[column.id] = [row[0] for row in self.ask(plan, SAMPLE_ROWS)]
        return self._samples[column.id]


def _origin(number: int, relation: Relation) -> Relation | None:
    """The relation that makes the column of that number."""
    return next((node for node in inputs_first(relation) if number in made_by(node)), None)


def _order_within(relation: Relation, order: tuple[Key, ...]) -> tuple[Key, ...]:
    """The order keys that the relation has; none if one is missing (then its own order counts)."""
    there = available(inputs_first(relation))[id(relation)]
    return order if all(columns_of(key.expr) <= there for key in order) else ()
