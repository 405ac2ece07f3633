"""One column into several: split by a delimiter, a pattern, positions or lengths (transforms 7.42)."""

from __future__ import annotations

from gristmill.functions.searching import EVERYWHERE
from gristmill.functions.splitting import pieces_at, pieces_every, pieces_of, pieces_of_many
from gristmill.language import tree
from gristmill.language.patterns import CompiledPattern, compile_pattern
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.rows import Field, Rows
from gristmill.plan.values import Value, computed
from gristmill.plan.views import text_view
from gristmill.problems import quoted, recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.areas import area_of, mark, spelling
from gristmill.transforms.base import Example, Examples, Transform

TYPES = ("on", "between", "multi", "betweenPositions", "positions", "every")


class Split(Transform, name="split", title="Split column", group="text"):
    """Split a column into several at a delimiter, which goes; the last one takes the whole rest.

    An empty cell gives empty texts; where there are fewer pieces than columns, the missing ones are null.
    """

    col = p.column("column to split")
    type = p.word("how", TYPES)
    on = p.pattern("the delimiter", required=False)
    limit = p.integer("how many splits; one more column than that", default=1, low=1)
    quote = p.text("character between whose pairs nothing splits")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    delimiters = p.patterns("multi: one delimiter after the other", required=False)
    positions = p.integers("positions: where to cut, from 0", low=0)
    at = p.integers("betweenPositions: the text from … up to, not including, … goes", low=0)
    every = p.integer("every: the length of a piece", low=1)
    start = p.pattern("between: what begins the delimiter", required=False, old=("after", "from"))
    end = p.pattern("between: what ends it", required=False, old=("before", "to"))

    examples: Examples = (
        Example("split col: k on: '-' limit: 2", {"k": ("a-b-c-d", "a")},
                {"k1": ("a", "a"), "k2": ("b", None), "k3": ("c-d", None)}),
        Example("split col: k type: between start: '<' end: '>'", {"k": ("a<b>c",)}, {"k1": ("a",), "k2": ("c",)}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        scope = self.scope(rows)
        source = text_view(rows.fields[place].value, scope)
        pieces, how_many = self._pieces(source)
        rows, (listed,) = rows.define([Value(pieces, rows.fields[place].value.typing.soft())])
        new = [computed(Apply("piece", (listed.expr,), Form.TEXT, (at + 1,))) for at in range(how_many)]
        names = naming.numbered(rows.fields[place].name, rows, how_many)
        rows, values = rows.define(new)
        added = [Field(name, value) for name, value in zip(names, values, strict=True)]
        return rows.with_fields((*rows.fields[:place], *added, *rows.fields[place + 1 :]))

    def _pieces(self, source: Expr) -> tuple[Expr, int]:
        """The list of pieces, and how many columns they make."""
        kind = self.type or self._deduced()
        match kind:
            case "on":
                area = area_of(self, self.start, self.end, self.ignore_case)
                return pieces_of(source, self._pattern("on", self.on), self.limit, self.quote, area), self.limit + 1
            case "between":
                return self._between(source), self.limit + 1
            case "multi":
                found = [compile_pattern(node, self.ignore_case) for node in self.delimiters]
                if not found:
                    raise recipe_error("missing-parameter", "missing parameter 'delimiters'")
                return pieces_of_many(source, found), len(found) + 1
            case "positions":
                cuts = sorted(set(self._needed("positions", self.positions)))
                return pieces_at(source, cuts), len(cuts) + 1
            case "betweenPositions":
                return self._around(source), 2
            case _:
                if self.every is None:
                    raise recipe_error("missing-parameter", "missing parameter 'every'")
                return pieces_every(source, self.every, self.limit), self.limit + 1

    def _deduced(self) -> str:
        for attribute, kind in (
            ("on", "on"), ("delimiters", "multi"), ("positions", "positions"), ("at", "betweenPositions"),
            ("every", "every"),
        ):  # fmt: skip
            if self.given(attribute):
                return kind
        if self.given("start") or self.given("end"):
            return "between"
        raise recipe_error("missing-parameter", "missing parameter 'on'")

    def _pattern(self, key: str, node: tree.Value | None) -> CompiledPattern:
        if node is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(key)}")
        return compile_pattern(node, self.ignore_case)

    def _between(self, source: Expr) -> Expr:
        """With two limits what lies from one to the other goes; with one the cut is behind it, or in front of it.

        The limits go too unless they are written `after`, `before`.
        """
        written = (spelling(self, "start"), spelling(self, "end"))
        area = (
            mark(self.start, self.ignore_case, written[0] != "after"),
            mark(self.end, self.ignore_case, written[1] != "before"),
        )
        if area == EVERYWHERE:
            raise recipe_error("missing-parameter", "missing parameter 'start'")
        behind = written[1] == "to" if self.start is None else written[0] != "from"
        return Apply("pieces_between", (source,), Form.TEXTS, (area, behind, self.limit))

    def _around(self, source: Expr) -> Expr:
        if len(self.at) != 2:
            raise recipe_error("missing-parameter", "missing parameter 'at': two positions")
        start, end = self.at
        return Apply("pieces_around", (source,), Form.TEXTS, (start, max(start, end)))

    def _needed(self, key: str, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(key)}")
        return value


class Splitpatterns(Split, name="splitpatterns", title="Split column", group="text"):
    """The same as split; the spelling that recipes use for patterns."""

    examples: Examples = (
        Example("splitpatterns col: k type: on on: `{digit}`", {"k": ("a1b",)}, {"k1": ("a",), "k2": ("b",)}),
    )


class Splitpositions(Split, name="splitpositions", title="Split column", group="text"):
    """Split at positions; the same as `split type: positions`."""

    examples: Examples = (
        Example("splitpositions col: k positions: 1", {"k": ("abc",)}, {"k1": ("a",), "k2": ("bc",)}),
    )
