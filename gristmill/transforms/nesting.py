"""Objects and arrays: nest, unnest, flatten (transforms 7.19, 7.28, 7.47)."""

from __future__ import annotations

import re
from dataclasses import replace

from gristmill.language import tree
from gristmill.plan.building import case, coalesce
from gristmill.plan.expressions import Apply, Column, Expr, Form, Key
from gristmill.plan.relations import Explode
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import Value, computed, static
from gristmill.plan.views import json_view, text_view
from gristmill.problems import recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.converting import text_of
from gristmill.transforms.formulas import rewritten
from gristmill.transforms.scope import Scope
from gristmill.types.json_text import compact
from gristmill.types.logical import ARRAY, OBJECT, Family

PATH_PART = re.compile(r"""\[\s*(?:"([^"]*)"|'([^']*)'|([^\]]*?))\s*\]|([^.\[\]]+)""")


class Nest(Transform, name="nest", title="Nest columns into Objects or Arrays", group="nested"):
    """Put columns into one Object or Array, in a new column.

    Cells become texts, those of Array and Object columns are embedded. Empty cells are left out of an Object and
    are `""` in an Array.
    """

    col = p.columns("columns to put in, in this order")
    into = p.word("what to make", ("array", "map"), required=True, synonyms={"object": "map", "obj": "map"})
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("nest col: a,b into: map as: 'o'", {"a": ("1", "2"), "b": ("x", "")},
                {"a": ("1", "2"), "b": ("x", ""), "o": ('{"a":"1","b":"x"}', '{"a":"2"}')}),
        Example("nest col: a,b into: array as: 'o'", {"a": ("1", "2"), "b": ("x", "")},
                {"a": ("1", "2"), "b": ("x", ""), "o": ('["1","x"]', '["2",""]')}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        places = self.col.places(rows)
        items = [rows.fields[place] for place in places]
        name = rows.free_name(naming.clean(self.as_)) if self.as_ else naming.plain(rows)
        place = max(places) + 1 if places else len(rows.fields)
        return scope.rows.insert([(name, self._nested(items, scope))], place)

    def _nested(self, items: list[Field], scope: Scope) -> Value:
        elements = [_element(item.value, scope) for item in items]
        if self.into == "array":
            parts = tuple(coalesce(element, '""') for element in elements)
            return Value(Apply("json_put_together", parts, Form.JSON, ("[", "]")), static(ARRAY))
        keys = [compact(item.name) + ":" for item in items]
        members = tuple(
            Apply("json_member_of", (element,), Form.JSON, (key,)) for key, element in zip(keys, elements, strict=True)
        )
        return Value(Apply("json_put_together", members, Form.JSON, ("{", "}")), static(OBJECT))


def _element(value: Value, scope: Scope) -> Expr:
    """A cell as JSON, null where it is empty."""
    text = text_view(value, scope)
    quoted = Apply("json_element", (text,), Form.JSON, ("text",))
    if value.typing.family in (Family.ARRAY, Family.OBJECT):
        quoted = coalesce(json_view(value, value.typing.family), quoted)  # type: ignore[assignment]
    return case((text.ne(""), quoted), form=Form.JSON)


def path_of(key: str) -> tuple[str, ...]:
    """The steps of a written path: `a.b`, `a[b]`, `["a b"]`, `[-1]`."""
    parts = (next((part for part in match.groups() if part is not None), "") for match in PATH_PART.finditer(key))
    return tuple(parts) or (key,)


class Unnest(Transform, name="unnest", title="Unnest Objects into columns", group="nested"):
    """Copy values out of Objects or Arrays into columns; what is not there gives null.

    Paths are written `a`, `a.b`, `a[b]`, `["a key"]`, `[0]`, and `[-1]` for the last element.
    """

    col = p.column("the Object or Array")
    keys = p.flexible("paths of the values")
    pluck = p.boolean("take them away from the source")
    mark_lineage = p.boolean("put the source's name in front of the new ones", key="markLineage")

    examples: Examples = (
        Example("unnest col: o keys: 'a','b' pluck: false markLineage: false", {"o": ('{"a":1,"b":[2]}',)},
                {"o": ('{"a":1,"b":[2]}',), "a": ("1",), "b": ("[2]",)}),
        Example("unnest col: o keys: 'a' pluck: true markLineage: true", {"o": ('{"a":1,"b":2}',)},
                {"o": ('{"b":2}',), "o_a": ("1",)}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        scope = self.scope(rows)
        item = rows.fields[place]
        source = text_view(item.value, scope)
        paths = [(key, path_of(key)) for key in self._keys()]
        new: list[tuple[str, Value]] = []
        for key, path in paths:
            name = rows.free_name(self._name(item.name, path), [name for name, _ in new])
            new.append((name, computed(Apply("json_at", (source,), Form.TEXT, (key, path)))))
        if self.pluck and item.value.form in (Form.TEXT, Form.JSON):
            rest = Apply("json_without", (source,), item.value.form, (tuple(paths),))
            rest_value = Value(rest, item.value.typing) if item.value.form is Form.JSON else computed(rest)
            # the new columns read the source as it was
            rows = rewritten(rows.insert(new, place + 1), {place: rest_value}, scope)
        else:
            rows = rows.insert(new, place + 1)
        # the documents say that the path is lost too; recipes of the product read it behind this step
        return rows.without_lineage()

    def _keys(self) -> list[str]:
        keys = []
        for item in self.keys:
            for part in item.items if isinstance(item, tree.Array) else (item,):
                keys.append(part.name if isinstance(part, tree.Name) else text_of(part, self.env))
        if not keys:
            raise recipe_error("missing-parameter", "missing parameter 'keys'")
        return list(dict.fromkeys(keys))

    def _name(self, source: str, path: tuple[str, ...]) -> str:
        name = naming.clean("_".join(path)) or "column"
        return f"{source}_{name}" if self.mark_lineage else name


class Flatten(Transform, name="flatten", title="Expand Array into rows", group="nested"):
    """Make one row per element of an Array; a row without elements stays, with null for an empty Array."""

    col = p.column("the Array")

    examples: Examples = (
        Example("flatten col: a", {"k": ("x", "y", "z"), "a": ("[1,2]", "[]", "no")},
                {"k": ("x", "x", "y", "z"), "a": ("1", "2", None, "no")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        source = text_view(rows.fields[place].value, self.scope(rows))
        rows, element, _ = exploded(rows, Apply("cell_elements", (source,), Form.TEXTS))
        fields = list(rows.fields)
        fields[place] = Field(fields[place].name, computed(element))
        return rows.with_fields(fields).without_lineage()


def exploded(rows: Rows, items: Expr) -> tuple[Rows, Column, Column]:
    """One row per item of a list of texts that is never empty; the item and its position, in the rows' order."""
    rows, number = rows.numbered()
    element, position = Column(next(rows.ids), Form.TEXT), Column(next(rows.ids), Form.INTEGER)
    relation = Explode(rows.relation, items, element.id, position.id)
    return replace(rows, relation=relation, order=(Key(number), Key(position))), element, position
