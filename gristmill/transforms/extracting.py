"""Parts of cells into new columns: extractpatterns and its kin (transforms 7.13–7.17)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gristmill.functions.extracting import list_found, pairs_found, texts_found
from gristmill.language import tree
from gristmill.language.patterns import compile_pattern
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.rows import Rows
from gristmill.plan.values import Value, computed, static
from gristmill.plan.views import text_view
from gristmill.problems import quoted, recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.areas import area_of, mark, spelling
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.types.logical import ARRAY, OBJECT

READY_MADE: Mapping[str, tree.Value] = MappingProxyType(
    {
        "numbers": tree.Regex(r"(?:\B-)?[0-9]+(?:\.[0-9]+)?"),
        "phone": tree.Pattern("{phone}"),
        "email": tree.Pattern("{email}"),
        "url": tree.Pattern("{url}"),
        "httpQueryString": tree.Regex(r"\?([^\s#]+)"),
        "hashtag": tree.Pattern("{hashtag}"),
        "mention": tree.Pattern("{at-username}"),
    }
)


def beside(rows: Rows, place: int, value: Value, name: str) -> Rows:
    """Rows with one more column directly right of another."""
    return rows.insert([(rows.free_name(naming.clean(name)), value)], place + 1)


def listed_beside(rows: Rows, place: int, listed: Expr, how_many: int) -> Rows:
    """Rows with the first texts of a list in new columns right of their source, named by rule N1."""
    names = naming.numbered(rows.fields[place].name, rows, how_many)
    rows, (column,) = rows.define([Value(listed, rows.fields[place].value.typing.soft())])
    values = [computed(Apply("piece", (column.expr,), Form.TEXT, (at + 1,))) for at in range(how_many)]
    return rows.insert(list(zip(names, values, strict=True)), place + 1)


class Extract(Transform, name="extract", title="Extract text or pattern", group="text"):
    """Old: copy what a pattern finds, or the characters between two positions, into new columns."""

    col = p.column("column to look at")
    on = p.pattern("what to find", required=False)
    limit = p.integer("how many matches; as many new columns", default=1, low=1)
    start = p.pattern("only behind the first match of this", required=False, old=("after", "from"))
    end = p.pattern("only before the next match of this", required=False, old=("before", "to"))
    at = p.integers("the characters from … up to, not including, …; from 0")
    positions = p.integers("another spelling of at")
    quote = p.text("character between whose pairs nothing is found")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")

    examples: Examples = (
        Example("extract col: t on: `{digit}+` limit: 2", {"t": ("a12b7", "a1")},
                {"t": ("a12b7", "a1"), "t1": ("12", "1"), "t2": ("7", None)}),
        Example("extract col: t at: 1,3", {"t": ("abcd", "")}, {"t": ("abcd", ""), "t1": ("bc", "")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        source = text_view(rows.fields[place].value, self.scope(rows))
        return listed_beside(rows, place, self._found(source), self.limit)

    def _found(self, source: Expr) -> Expr:
        if self.at or self.positions:
            return self._at_positions(source, self.at or self.positions)
        area = area_of(self, self.start, self.end, self.ignore_case)
        pattern = self._pattern()
        if pattern is not None:
            return texts_found(source, compile_pattern(pattern, self.ignore_case), self.limit, self.quote, area)
        if area == (None, None):
            raise recipe_error("missing-parameter", "missing parameter 'on'")
        return Apply("area_texts", (source,), Form.TEXTS, (self.limit, area, False, False))

    def _pattern(self) -> tree.Value | None:
        found: tree.Value | None = self.on
        return found

    def _at_positions(self, source: Expr, at: tuple[int, ...]) -> Expr:
        if len(at) != 2:
            raise recipe_error("syntax", "parameter 'at' takes two positions")
        start, end = (max(position, 0) for position in at)
        return Apply("text_at", (source,), Form.TEXTS, (start, end, self.limit))


class Extractpatterns(Extract, name="extractpatterns", title="Extract text or pattern", group="text"):
    """Copy what a pattern finds into new columns: the whole match, or its first group where the pattern has one.

    An empty cell gives empty texts; where nothing is found, the new cell is null.
    """

    type = p.word("a ready-made pattern, or custom", ("custom", *READY_MADE), default="custom")

    examples: Examples = (
        Example("extractpatterns col: t type: custom on: `{digit}+`", {"t": ("a12b7", "ab")},
                {"t": ("a12b7", "ab"), "t1": ("12", None)}),
        Example("extractpatterns col: t type: custom on: `{any}+` start: `@` end: `.`", {"t": ("joe@site.com",)},
                {"t": ("joe@site.com",), "t1": ("site",)}),
        Example("extractpatterns col: t type: hashtag", {"t": ("so #nice",)}, {"t": ("so #nice",), "t1": ("#nice",)}),
    )  # fmt: skip

    def _pattern(self) -> tree.Value | None:
        return READY_MADE.get(self.type) or super()._pattern()


class Extractbetweendelimiters(
    Transform, name="extractbetweendelimiters", title="Extract text between two patterns", group="text"
):
    """Copy the text between a pattern and the next match of another into new columns; null where one is not found."""

    col = p.column("column to look at")
    start = p.pattern("what begins it", old=("after", "from"))
    end = p.pattern("what ends it", old=("before", "to"))
    include_start = p.boolean("the beginning belongs to it", key="includeStart")
    include_end = p.boolean("the end belongs to it", key="includeEnd")
    limit = p.integer("how many; as many new columns", default=1, low=1)
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")

    examples: Examples = (
        Example("extractbetweendelimiters col: t start: '<' end: '>'", {"t": ("ab<x>cd", "ab<x", "<>")},
                {"t": ("ab<x>cd", "ab<x", "<>"), "t1": ("x", None, "")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        source = text_view(rows.fields[place].value, self.scope(rows))
        area = (
            mark(self.start, self.ignore_case, self.include_start or spelling(self, "start") == "from"),
            mark(self.end, self.ignore_case, self.include_end or spelling(self, "end") == "to"),
        )
        found = Apply("area_texts", (source,), Form.TEXTS, (self.limit, area, False, True))
        return listed_beside(rows, place, found, self.limit)


class Extractlist(Transform, name="extractlist", title="Extract matches into Array", group="nested"):
    """Collect what a pattern finds in an Array, in a new column; `[]` where it finds nothing.

    With a delimiter, the cell is split first and the first match of each piece is taken.
    """

    col = p.column("column to look at")
    on = p.pattern("what to find")
    delimiter = p.pattern("first split at this", required=False)
    quote = p.text("character between whose pairs nothing splits")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("extractlist col: w on: `{digit}+` as: 'l'", {"w": ("a1 b22", "x")},
                {"w": ("a1 b22", "x"), "l": ('["1","22"]', "[]")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        item = rows.fields[place]
        on, delimiter = (
            None if node is None else compile_pattern(node, self.ignore_case) for node in (self.on, self.delimiter)
        )
        assert on is not None
        found = list_found(text_view(item.value, self.scope(rows)), on, delimiter, self.quote)
        return beside(rows, place, Value(found, static(ARRAY)), self.as_ or f"extractlist_{item.name}")


class Extractkv(Transform, name="extractkv", title="Convert keys/values into Objects", group="nested"):
    """Read pairs of key and value into an Object, in a new column; pieces that are no pair are left out."""

    col = p.column("column to look at")
    key = p.pattern("what a key looks like")
    valueafter = p.pattern("what stands between key and value")
    delimiter = p.pattern("what stands between pairs")
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("extractkv col: k key: `{alpha}+` valueafter: '=' delimiter: ',' as: 'o'", {"k": ("a=1, b=2", "x")},
                {"k": ("a=1, b=2", "x"), "o": ('{"a":"1","b":"2"}', "{}")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        item = rows.fields[place]
        key, after, delimiter = (compile_pattern(node) for node in (self.key, self.valueafter, self.delimiter))
        if not key.source:
            raise recipe_error("bad-pattern", f"the pattern {quoted('')} matches no key")
        found = pairs_found(text_view(item.value, self.scope(rows)), key, after, delimiter)
        return beside(rows, place, Value(found, static(OBJECT)), self.as_ or f"extractkv_{item.name}")
