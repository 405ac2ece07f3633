"""Columns as a whole: rename, move, drop, settype, comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gristmill.language import tree
from gristmill.language.patterns import compile_pattern
from gristmill.plan.expressions import Column
from gristmill.plan.rows import Field, Rows, claim_name, name_key
from gristmill.plan.values import Kind, Origin, Typing
from gristmill.problems import quoted, recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.constants import type_of_words
from gristmill.transforms.formulas import cells_of_types
from gristmill.transforms.matching import replace_in_text
from gristmill.transforms.structure import header_names, names_from_rows
from gristmill.types.choosing import choose_format
from gristmill.types.collation import simple_lower, simple_upper
from gristmill.types.logical import DATETIME, Family, LogicalType

Given = TypeVar("Given")


class Comment(Transform, name="comment", title="Comment", group="other"):
    """Say something; nothing happens to the data."""

    comment = p.text("what there is to say", required=False)

    def apply(self, rows: Rows) -> Rows:
        return rows


class Drop(Transform, name="drop", title="Delete columns", group="columns"):
    """Delete columns, or keep only the ones that are listed."""

    col = p.columns("columns to delete or keep")
    action = p.word("what happens to them", ("Drop", "Keep"), default="Drop")

    examples: Examples = (
        Example("drop col: a action: Drop", {"a": ("1",), "b": ("2",)}, {"b": ("2",)}),
        Example("drop col: a action: Keep", {"a": ("1",), "b": ("2",)}, {"a": ("1",)}),
    )

    def apply(self, rows: Rows) -> Rows:
        listed = set(self.col.places(rows))
        gone = listed if self.action == "Drop" else set(range(len(rows.fields))) - listed
        if len(gone) == len(rows.fields) and not rows.open:
            raise recipe_error("unknown-column", "this would delete every column, at least one must stay")
        return rows.without(gone)


class Move(Transform, name="move", title="Move columns", group="columns"):
    """Put columns somewhere else, in the order in which they are listed."""

    col = p.columns("columns to move")
    position = p.word("where to", ("after", "before", "start", "end"))
    after = p.column("the column that they follow", required=False)
    before = p.column("the column that follows them", required=False)

    examples: Examples = (
        Example(
            "move col: d,a position: after after: b", {"a": ("1",), "b": ("2",), "c": ("3",), "d": ("4",)},
            {"b": ("2",), "d": ("4",), "a": ("1",), "c": ("3",)},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        listed = self.col.places(rows)
        moved = [rows.fields[place] for place in listed]
        anchor = self.after or self.before
        position = self.position or ("after" if self.after else "before")
        if position in ("start", "end"):
            rest = [item for place, item in enumerate(rows.fields) if place not in listed]
            return rows.with_fields((*moved, *rest) if position == "start" else (*rest, *moved))
        if anchor is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(position)}")
        place = anchor.place(rows)
        if place in listed:
            raise recipe_error(
                "bad-enum", f"invalid value {quoted(anchor.name)} for {position}: it is one of the moved columns"
            )
        cut = place + 1 if position == "after" else place
        ahead = [item for at, item in enumerate(rows.fields) if at < cut and at not in listed]
        behind = [item for at, item in enumerate(rows.fields) if at >= cut and at not in listed]
        return rows.with_fields((*ahead, *moved, *behind))


class Rename(Transform, name="rename", title="Rename columns", group="columns"):
    """Give columns other names: one by one, by a pattern, or with the cells of some rows."""

    type = p.word(
        "how the names come about",
        ("manual", "findAndReplace", "header", "prefix", "suffix", "lowercase", "uppercase", "keepFirst", "keepLast"),
    )
    mapping = p.pairs("old and new names", required=False)
    col = p.columns("columns to rename", required=False)
    to = p.text("old: the new name")
    on = p.pattern("what to find in the names", required=False)
    with_ = p.text("what to put in its place", key="with", default="")
    match_all = p.boolean("every place in a name, not just the first", key="matchAll")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    method = p.word("one row or several", ("multi", "single"), default="multi")
    rows_ = p.integers("rows that hold the names", key="sourcerownumbers", old=("sourcerownumber",), low=1)
    separator = p.text("between the parts of a name", default="_")
    filltype = p.boolean("merged cells: an empty name cell takes its left neighbour's")
    sanitize = p.boolean("letters, digits and _ only")
    prefix = p.text("what to put in front")
    suffix = p.text("what to put behind")
    count = p.integer("how many characters to keep", low=0)

    examples: Examples = (
        Example("rename type: manual mapping: [a,'b'],[b,'a']", {"a": ("1",), "b": ("2",)}, {"b": ("1",), "a": ("2",)}),
        Example(
            "rename type: findAndReplace col: * on: 'x_' with: ''", {"x_a": ("1",), "x_b": ("2",)},
            {"a": ("1",), "b": ("2",)},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        kind = self.type or ("manual" if self.mapping or self.to is not None else "findAndReplace")
        if kind == "manual":
            return self._manual(rows)
        if kind == "header":
            if not self.rows_:
                raise recipe_error("missing-parameter", "missing parameter 'sourcerownumbers'")
            return names_from_rows(
                rows, self.env, self.rows_, self.separator, fill=self.filltype, sanitize=self.sanitize
            )
        return self._by_rule(rows, self._rule(kind))

    def _manual(self, rows: Rows) -> Rows:
        if not self.mapping and self.to is None:
            raise recipe_error("missing-parameter", "missing parameter 'mapping'")
        new: dict[int, str] = {}
        if self.to is not None:
            new = {place: naming.clean(self.to) or rows.fields[place].name for place in self.col.places(rows)}
        for old, name in self.mapping:
            written = old.name if isinstance(old, tree.Name) else old.value if isinstance(old, tree.Text) else None
            if written is None or not isinstance(name, tree.Text):
                raise recipe_error("syntax", "parameter 'mapping' takes pairs of a column and a text", span=old.span)
            if rows.open and rows.position(written) is None:
                continue
            rows.find(written, old.span)
            place = rows.position(written)
            assert place is not None
            new[place] = naming.clean(name.value) or rows.fields[place].name
        names = [new.get(place, item.name) for place, item in enumerate(rows.fields)]
        folded = [name_key(name) for name in names]
        for place, name in new.items():
            if folded.count(name_key(name)) > 1:
                raise recipe_error("duplicate-column", f"column {quoted(names[place])} already exists")
        return _renamed(rows, names)

    def _rule(self, kind: str) -> Callable[[str], str]:
        match kind:
            case "findAndReplace":
                if self.on is None:
                    raise recipe_error("missing-parameter", "missing parameter 'on'")
                compiled = compile_pattern(self.on, self.ignore_case)
                return lambda name: replace_in_text(name, compiled, self.with_, every=self.match_all)
            case "prefix":
                return lambda name: f"{self._needed('prefix', self.prefix)}{name}"
            case "suffix":
                return lambda name: f"{name}{self._needed('suffix', self.suffix)}"
            case "lowercase":
                return simple_lower
            case "uppercase":
                return simple_upper
            case "keepFirst":
                return lambda name: name[: self._needed("count", self.count)]
            case _:
                return lambda name: name[max(len(name) - self._needed("count", self.count), 0) :]

    def _needed(self, key: str, value: Given | None) -> Given:
        if value is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(key)}")
        return value

    def _by_rule(self, rows: Rows, rule: Callable[[str], str]) -> Rows:
        """Names that collide get numbers, from left to right."""
        if not self.col.items:
            raise recipe_error("missing-parameter", "missing parameter 'col'")
        places = set(self.col.places(rows))
        used = {name_key(item.name) for place, item in enumerate(rows.fields) if place not in places}
        names: list[str] = []
        for place, item in enumerate(rows.fields):
            name = item.name
            if place in places:
                name = claim_name(naming.clean(rule(name)) or name, used)
            names.append(name)
        return _renamed(rows, names)


def _renamed(rows: Rows, names: list[str]) -> Rows:
    return rows.with_fields(Field(name, item.value) for name, item in zip(names, rows.fields, strict=True))


class Header(Transform, name="header", title="Rename columns with a row", group="columns"):
    """Name the columns by the cells of a row, and remove that row."""

    row = p.integer("old: number of the row in its source", key="sourcerownumber", low=1)
    sanitize = p.boolean("letters, digits and _ only")

    examples: Examples = (
        Example("header", {"column2": ("a", "1"), "column3": ("b", "2")}, {"a": ("1",), "b": ("2",)}),
    )

    def apply(self, rows: Rows) -> Rows:
        return header_names(rows, self.env, self.row, sanitize=self.sanitize)


class Settype(Transform, name="settype", title="Change column type", group="columns"):
    """Look at columns as another type: no cell changes, but those that do not fit count as mismatched."""

    col = p.columns("columns to look at")
    type = p.words("name of the type; of a Datetime also its category and format", required=False)
    datetime_type = p.words("old: the three words of a Datetime", required=False, key="datetimeType")
    custom_type = p.words("old: the type's words", required=False, key="customType")
    lock = p.boolean("no later step changes the type", key="lockDataType")

    examples: Examples = (Example("settype col: v type: Integer", {"v": ("1", "x")}, {"v": ("1", None)}),)

    def apply(self, rows: Rows) -> Rows:
        written = next((key for key in ("datetime_type", "custom_type", "type") if getattr(self, key)), "type")
        parts = list(getattr(self, written))
        if not parts:
            raise recipe_error("missing-parameter", "missing parameter 'type'")
        logical = type_of_words(parts, self.span_of(written))
        places = self.col.places(rows)
        rows = rows.change(cells_of_types(rows, dict.fromkeys(places, logical), self.scope(rows)))
        typings = {
            place: Typing(
                self._format_found(rows, place) if logical == DATETIME else logical,
                Kind.HARD,
                Origin.SETTYPE,
                locked=self.lock,
                scale=rows.fields[place].value.typing.scale,
                shown=rows.fields[place].value.typing.shown,
            )
            for place in places
        }
        return rows.retyped(typings)

    def _format_found(self, rows: Rows, place: int) -> LogicalType:
        """A Datetime without a format takes the best one of the column's values (types 3)."""
        value = rows.fields[place].value
        if value.typing.family is Family.DATETIME:
            return value.typing.logical
        if self.env.ask is None or not isinstance(value.expr, Column):
            return DATETIME
        return choose_format(self.env.sample(value.expr, rows))
