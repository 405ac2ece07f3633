"""Rows: what a transform works on – named, typed columns over a relation of the plan.

Every method answers new rows and leaves the old ones as they are. Renaming, moving and dropping columns touch
the field list only.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gristmill.plan.expressions import Apply, Column, Expr, Form, Key, Window
from gristmill.plan.relations import Definition, Extend, Filter, Plan, Relation, Renumbered, Windowed
from gristmill.plan.values import SOFT, Typing, Value
from gristmill.plan.views import kept
from gristmill.plan.walking import is_windowed
from gristmill.problems import Span, did_you_mean, quoted, recipe_error

# A question to the data is a small plan; the answer is its first rows, every cell as text.
Ask = Callable[[Plan, int], list[tuple[str | None, ...]]]


def name_key(name: str) -> str:
    """What the spellings of one column's name have in common: neither case nor Unicode form count (language 3.1)."""
    return (name if name.isascii() else unicodedata.normalize("NFC", name)).casefold()


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or `wanted` with the smallest number that makes it free (transforms 6.4)."""
    return claim_name(wanted, {name_key(name) for name in taken})


def claim_name(wanted: str, used: set[str]) -> str:
    """The same where the keys of the taken names are known, to which the new one is added."""
    name = wanted
    if name_key(name) in used:
        name = next(free for n in itertools.count(1) if name_key(free := f"{wanted}{n}") not in used)
    used.add(name_key(name))
    return name


@dataclass(frozen=True, slots=True)
class Field:
    """A column with its name."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """`order` are the keys of the present row order; `record` and `path` are null where lineage is lost.

    `open` says that the columns are not all known yet: a schema depends on data that nobody could be asked for.
    """

    relation: Relation
    fields: tuple[Field, ...]
    order: tuple[Key, ...]
    ids: Iterator[int]
    record: Expr | None = None
    path: Expr | None = None
    open: bool = False
    _index: dict[str, int] = field(default_factory=dict)

    # -- looking ---------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.fields)

    def position(self, name: str) -> int | None:
        """Where the column stands: the exact name first, then the same name in another case."""
        if not self._index:
            for place, item in reversed(list(enumerate(self.fields))):
                self._index[name_key(item.name)] = place
        found = self._index.get(name_key(name))
        if found is None or self.fields[found].name == name:
            return found
        return next((at for at, item in enumerate(self.fields) if item.name == name), found)

    def find(self, name: str, span: Span | None = None) -> Field:
        """The column of that name. Raises RecipeError `column not found` with the nearest name."""
        place = self.position(name)
        if place is not None:
            return self.fields[place]
        raise recipe_error(
            "unknown-column", f"column not found: {quoted(name)}", hint=did_you_mean(name, self.names), span=span
        )

    def free_name(self, wanted: str, taken: Iterable[str] = ()) -> str:
        """`wanted`, made free among the columns and further names."""
        return free_name(wanted, (*self.names, *taken))

    # -- columns ---------------------------------------------------------------------------------

    def define(self, values: Sequence[Value]) -> tuple[Rows, list[Value]]:
        """Rows in which every value stands in a column of its own, and these columns."""
        plain: list[Definition] = []
        windowed: list[Definition] = []
        result = []
        for value in values:
            if isinstance(value.expr, Column):
                result.append(value)
                continue
            number = next(self.ids)
            expr = kept(value)
            form = Form.TEXT if expr.form is Form.ANY else expr.form
            (windowed if is_windowed(expr) else plain).append((number, expr))
            offset = None
            if value.offset is not None:
                offset = Column(next(self.ids), Form.INTEGER)
                plain.append((offset.id, value.offset))
            result.append(Value(Column(number, form), value.typing, offset))
        relation = self.relation
        if windowed:
            relation = Windowed(relation, tuple(windowed))
        if plain:
            relation = Extend(relation, tuple(plain))
        return replace(self, relation=relation), result

    def with_fields(self, fields: Iterable[Field]) -> Rows:
        """The same rows with exactly these columns."""
        return replace(self, fields=tuple(fields), _index={})

    def insert(self, new: Sequence[tuple[str, Value]], at: int) -> Rows:
        """Rows with more columns, from position `at` on; names must be free."""
        rows, values = self.define([value for _, value in new])
        added = [Field(name, value) for (name, _), value in zip(new, values, strict=True)]
        return rows.with_fields((*self.fields[:at], *added, *self.fields[at:]))

    def change(self, new: dict[int, Value]) -> Rows:
        """Rows in which the columns at these positions have new values."""
        places = list(new)
        rows, values = self.define([new[place] for place in places])
        by_place = dict(zip(places, values, strict=True))
        return rows.with_fields(
            Field(item.name, by_place[place]) if place in by_place else item for place, item in enumerate(self.fields)
        )

    def without(self, places: Iterable[int]) -> Rows:
        gone = set(places)
        return self.with_fields(item for place, item in enumerate(self.fields) if place not in gone)

    def retyped(self, typings: dict[int, Typing]) -> Rows:
        """Rows in which the columns at these positions are of another type; no cell changes."""
        return self.with_fields(
            Field(item.name, item.value.typed(typings[place])) if place in typings else item
            for place, item in enumerate(self.fields)
        )

    # -- rows ------------------------------------------------------------------------------------

    def where(self, predicate: Expr) -> Rows:
        """The rows for which the predicate is true."""
        rows = self
        if is_windowed(predicate):
            rows, (value,) = self.define([Value(predicate, SOFT)])
            predicate = value.expr
        return replace(rows, relation=Filter(rows.relation, predicate))

    def sorted_by(self, keys: Sequence[Key]) -> Rows:
        """Rows in the order of the keys; ties keep their present order."""
        rows, columns = self.define([Value(key.expr, SOFT) for key in keys])
        named = tuple(
            Key(column.expr, key.descending, key.nulls_first) for key, column in zip(keys, columns, strict=True)
        )
        return replace(rows, order=named + self.order)

    def numbered(self) -> tuple[Rows, Expr]:
        """Rows whose order is one column of ascending numbers, and that column."""
        if len(self.order) == 1 and not self.order[0].descending and isinstance(self.order[0].expr, Column):
            return self, self.order[0].expr
        number = Apply("ROWNUMBER", (), Form.INTEGER, window=Window((), self.order))
        rows, (value,) = self.define([Value(number, SOFT)])
        return replace(rows, order=(Key(value.expr),)), value.expr

    def without_lineage(self, *, record: bool = True, path: bool = False) -> Rows:
        """Rows that have forgotten their source row number (and file path)."""
        return replace(self, record=None if record else self.record, path=None if path else self.path)

    def renumbered(self) -> Rows:
        """The same rows under new column numbers, so that they can meet themselves in a join."""
        used: dict[int, Column] = {}

        def fresh(column: Expr) -> Column:
            assert isinstance(column, Column)
            if column.id not in used:
                used[column.id] = Column(next(self.ids), column.kind)
            return used[column.id]

        def renewed(value: Value) -> Value:
            return replace(value, expr=fresh(value.expr), offset=None if value.offset is None else fresh(value.offset))

        rows, order = self.numbered()
        path = None if rows.path is None else fresh(rows.path)
        fields = tuple(Field(item.name, renewed(item.value)) for item in rows.fields)
        keys = (Key(fresh(order)),)
        columns = tuple((new.id, Column(old, new.kind)) for old, new in used.items())
        relation = Renumbered(rows.relation, columns)
        return replace(rows, relation=relation, fields=fields, order=keys, record=None, path=path, _index={})

    def plan(self, columns: Sequence[tuple[str, Expr]]) -> Plan:
        """A plan that gives these expressions in the present row order."""
        return Plan(self.relation, tuple(columns), self.order)
