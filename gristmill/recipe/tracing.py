"""The lineage of a compiled job, read off its plan.

A column's number says which relation has made it, that relation's expressions say from what, and the field lists before
and behind a step say what was renamed or has another type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gristmill.plan.expressions import Column, Expr
from gristmill.plan.passes.graph import inputs_first
from gristmill.plan.relations import Aggregate, Explode, Extend, Filter, Join, Relation, Renumbered, Source, Union
from gristmill.plan.relations import Windowed as WindowedRelation
from gristmill.plan.rows import Field, Rows
from gristmill.plan.walking import columns_of
from gristmill.recipe.compile import Applied, Compiled
from gristmill.recipe.job import Job
from gristmill.recipe.lineage import ColumnLineage, Input, Lineage, RowLineage, StepDone

ROW_NUMBER, PATH = "$sourcerownumber", "$filepath"
ROW_ACTIONS: Mapping[type, str] = {
    Filter: "keeps rows",
    Join: "joins rows",
    Aggregate: "groups rows",
    Union: "adds rows",
    Explode: "repeats rows",
}
SORTS = "sorts rows"


def lineage(job: Job, compiled: Compiled) -> Lineage:
    """The lineage of a compiled job's result."""
    tracer = _Tracer(job, compiled)
    for applied in compiled.steps:
        tracer.follow(applied)
    return Lineage(tuple(tracer.columns()), tuple(tracer.rows))


@dataclass(slots=True)
class _Trace:
    """What a column comes from; `steps` says of each what was done, and the column's name behind it."""

    inputs: dict[Input, None] = field(default_factory=dict)
    steps: dict[StepKey, dict[Done, None]] = field(default_factory=dict)

    def with_step(self, key: StepKey, action: str, column: str = "") -> _Trace:
        before = () if column else self.steps.get(key, ())
        return _Trace(self.inputs, {**self.steps, key: dict.fromkeys([*before, (action, column)])})


StepKey = tuple[int, int]  # recipe's index, step's number
Done = tuple[str, str]  # action, column


def _joined(traces: Iterable[_Trace]) -> _Trace:
    result = _Trace()
    for trace in traces:
        result.inputs.update(trace.inputs)
        for key, done in trace.steps.items():
            result.steps[key] = {**result.steps.get(key, {}), **done}
    return result


class _Tracer:
    def __init__(self, job: Job, compiled: Compiled) -> None:
        self.job = job
        self.compiled = compiled
        self.steps = {_key(applied): applied for applied in compiled.steps}
        self.seen: set[int] = set()
        self.numbers: dict[int, _Trace] = {}
        self.same: dict[int, int] = {}  # a column under another number
        self.fields: dict[str, list[_Trace]] = {}  # by dataset, of its columns so far
        self.rows: list[RowLineage] = []
        self.current = ""
        for number, source in enumerate(job.sources):
            self._source(f"source:{number}", source.name, compiled.datasets[f"source:{number}"])

    def _source(self, key: str, name: str, rows: Rows) -> None:
        relation = rows.relation
        assert isinstance(relation, Source)
        self.seen.add(id(relation))
        named = zip(relation.columns, rows.names, strict=True)
        for number, column in (*named, (relation.record, ROW_NUMBER), (relation.path, PATH)):
            self.numbers[number] = _Trace({(name, column): None})
        self.numbers[relation.row] = _Trace()
        self.fields[key] = [self.numbers[number] for number in relation.columns]

    # -- steps -----------------------------------------------------------------------------------

    def follow(self, applied: Applied) -> None:
        """Take note of what a step has done."""
        self.current = applied.recipe
        before = self._before(applied)
        known = {_number(item): trace for item, trace in zip(applied.before.fields, before, strict=True)}
        new = [node for node in inputs_first(applied.after.relation) if id(node) not in self.seen]
        for node in new:
            self.seen.add(id(node))
            self._define(node, applied, known)
        self.fields[applied.recipe] = [self._field(item, applied, before, known) for item in applied.after.fields]
        self._row_step(applied, new, known)

    def _before(self, applied: Applied) -> list[_Trace]:
        main = self.job.recipes[_key(applied)[0]].main
        return self.fields.get(applied.recipe) or self.fields[main]

    def _define(self, node: Relation, applied: Applied, known: Mapping[int, _Trace]) -> None:
        """The columns that a relation makes."""
        step = _key(applied)
        for number, exprs in _definitions(node):
            if len(exprs) == 1 and isinstance(exprs[0], Column):
                self.same[number] = exprs[0].id
                continue
            found = [self._look_up(part, known) for item in exprs for part in sorted(columns_of(item))]
            self.numbers[number] = _joined(found).with_step(step, "prepared")

    def _field(self, item: Field, applied: Applied, before: list[_Trace], known: Mapping[int, _Trace]) -> _Trace:
        """What a column comes from behind the step."""
        key, names = _key(applied), applied.before.names
        numbers = set(self._chain(_number(item)))
        places = [at for at, old in enumerate(applied.before.fields) if _number(old) in numbers]
        if not places:
            action = "changed" if item.name in names else "made"
            return self._look_up(_number(item), known).with_step(key, action, item.name)
        place, copied = _ancestor(item.name, [names[at] for at in places], self._of_same(applied.after, numbers))
        old = applied.before.fields[places[place]]
        if old.name != item.name:
            return before[places[place]].with_step(key, "made" if copied else "renamed", item.name)
        if old.value.typing.logical != item.value.typing.logical:
            return before[places[place]].with_step(key, "typed", item.name)
        return before[places[place]]

    def _of_same(self, rows: Rows, numbers: set[int]) -> list[str]:
        """The names of the fields that show one column."""
        return [item.name for item in rows.fields if not numbers.isdisjoint(self._chain(_number(item)))]

    def _row_step(self, applied: Applied, new: list[Relation], known: Mapping[int, _Trace]) -> None:
        actions = dict.fromkeys(ROW_ACTIONS[type(node)] for node in new if type(node) in ROW_ACTIONS)
        read = {number for node in new for item in _deciding(node) for number in columns_of(item)}
        if not actions and applied.after.order != applied.before.order:
            actions = {SORTS: None}
            read = {number for key in applied.after.order for number in columns_of(key.expr)}
            read -= {number for key in applied.before.order for number in columns_of(key.expr)}
        if actions:
            inputs = _joined(self._look_up(number, known) for number in sorted(read)).inputs
            self.rows.append(RowLineage(self._done(_key(applied), ", ".join(actions)), tuple(inputs)))

    def _look_up(self, number: int, known: Mapping[int, _Trace]) -> _Trace:
        """What a column comes from: as the step's own dataset knows it, then as any other does."""
        chain = list(self._chain(number))
        found = next((known[part] for part in chain if part in known), None)
        return found or self._elsewhere(chain[-1]) or self.numbers[chain[-1]]

    def _elsewhere(self, number: int) -> _Trace | None:
        """The column of another dataset, as its last step has left it."""
        for key, rows in self.compiled.datasets.items():
            if key != self.current:
                for item, trace in zip(rows.fields, self.fields.get(key, ()), strict=False):
                    if _number(item) == number:
                        return trace
        return None

    def _chain(self, number: int) -> Iterator[int]:
        """The numbers that one column has had, the newest first."""
        yield number
        while number in self.same:
            number = self.same[number]
            yield number

    # -- results ---------------------------------------------------------------------------------

    def columns(self) -> Iterator[ColumnLineage]:
        """The columns of the last recipe."""
        last = len(self.job.recipes) - 1
        traces = self.fields.get(f"recipe:{last}") or self.fields[self.job.recipes[last].main]
        for name, trace in zip(self.compiled.rows.names, traces, strict=True):
            steps = tuple(self._done(key, *done) for key in sorted(trace.steps) for done in _told(trace.steps[key]))
            yield ColumnLineage(name, tuple(trace.inputs), steps)

    def _done(self, key: StepKey, action: str, column: str = "") -> StepDone:
        step = self.steps[key].step
        line = step.span.line if step.span is not None else 0
        return StepDone(self.job.recipes[key[0]].name, key[1], step.transform, line, action, column)


def _ancestor(name: str, before: list[str], after: list[str]) -> tuple[int, bool]:
    """Which of the names of one column a name comes from, and whether it is a copy: that one is still there."""
    if name in before:
        return before.index(name), False
    gone = [old for old in before if old not in after]
    place = [new for new in after if new not in before].index(name)
    return (before.index(gone[place]), False) if place < len(gone) else (0, True)


def _told(done: Iterable[Done]) -> list[Done]:
    """Columns without a name only where there are no others."""
    found = list(done)
    return [item for item in found if item[1]] or found


def _key(applied: Applied) -> StepKey:
    return int(applied.recipe.removeprefix("recipe:")), applied.number


def _number(item: Field) -> int:
    """The number of a field's column; 0 for a constant."""
    return item.value.expr.id if isinstance(item.value.expr, Column) else 0


def _definitions(node: Relation) -> Iterator[tuple[int, tuple[Expr, ...]]]:
    match node:
        case Extend() | WindowedRelation() | Renumbered():
            yield from ((number, (item,)) for number, item in node.columns)
        case Aggregate():
            yield from ((number, (item,)) for number, item in (*node.keys, *node.columns))
        case Union():
            yield from node.columns
        case Explode():
            yield from ((number, (node.items,)) for number in (node.element, node.position))
        case _:
            return


def _deciding(node: Relation) -> tuple[Expr, ...]:
    """The expressions that decide about rows."""
    match node:
        case Filter():
            return (node.predicate,)
        case Join():
            return () if node.condition is None else (node.condition,)
        case Aggregate():
            return tuple(item for _, item in node.keys)
        case Explode():
            return (node.items,)
        case _:
            return ()
