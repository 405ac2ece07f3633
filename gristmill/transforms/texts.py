"""Texts in place: replace, replacepatterns, replacebetweendelimiters, textformat; and merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from gristmill.functions.areas import replaced_within
from gristmill.functions.searching import EVERYWHERE
from gristmill.functions.texts import join_texts
from gristmill.language import tree
from gristmill.language.patterns import compile_pattern
from gristmill.language.replacement import parse_replacement
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.rows import Rows
from gristmill.plan.values import computed
from gristmill.plan.views import text_view
from gristmill.problems import recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.areas import area_of, mark, spelling
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.formulas import only_where, rewritten


class Replace(Transform, name="replace", title="Replace text or patterns", group="text"):
    """Replace what a text, pattern or regular expression finds in cells: the first match, or every one.

    `$1`, `$2`, … in the new text are the pattern's groups, `$0` is the match.
    """

    col = p.columns("columns to change")
    type = p.word("how to find it", ("on", "positions"), default="on")
    on = p.pattern("what to find", required=False)
    with_ = p.text("what to put in its place", key="with", default="")
    global_ = p.boolean("every match, not just the first", key="global")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    start = p.pattern("only behind the first match of this", required=False, old=("after", "from"))
    end = p.pattern("only before the next match of this", required=False, old=("before", "to"))
    at = p.integers("old: the characters from … up to, not including, …")
    row = p.expression("old: rows that change", required=False)

    examples: Examples = (
        Example("replace col: c on: ' ' with: '-' global: true", {"c": ("a b c",)}, {"c": ("a-b-c",)}),
        Example("replace col: c on: `{digit}+` with: '#'", {"c": ("a12b3",)}, {"c": ("a#b3",)}),
    )

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        change = self.change()
        changed = {}
        for place in self.col.places(rows):
            old = rows.fields[place].value
            changed[place] = only_where(self.row, computed(change(text_view(old, scope))), scope, otherwise=old)
        return rewritten(scope.rows, changed, scope)

    def change(self) -> Callable[[Expr], Expr]:
        """What the step makes of a cell's text."""
        if self.at:
            return self._by_position
        area = area_of(self, self.start, self.end, self.ignore_case)
        if self.on is not None:
            compiled = compile_pattern(self.on, self.ignore_case)
            parts = parse_replacement(self.with_, compiled.groups, literal=compiled.kind == "literal")
            return lambda s: replaced_within(s, compiled, parts, area, every=self.global_)
        if area == EVERYWHERE:
            raise recipe_error("missing-parameter", "missing parameter 'on'")
        whole = parse_replacement(self.with_, 0)
        return lambda s: Apply("replace_areas", (s,), Form.TEXT, (whole, False, area, False))

    def _by_position(self, s: Expr) -> Expr:
        if len(self.at) != 2:
            raise recipe_error("syntax", "parameter 'at' takes two positions")
        start, end = (max(position, 0) for position in self.at)
        if start > end:
            return s
        return Apply("replace_stretch", (s,), Form.TEXT, (start, end, self.with_))


class Replacepatterns(Replace, name="replacepatterns", title="Replace text or patterns", group="text"):
    """The same as replace; the spelling that recipes use."""

    examples: Examples = (Example("replacepatterns col: c with: '-' on: ' '", {"c": ("a b c",)}, {"c": ("a-b c",)}),)


class Replacebetweendelimiters(
    Transform, name="replacebetweendelimiters", title="Replace text between two patterns", group="text"
):
    """Replace the text between a pattern and the next match of another, in place; cells without both stay."""

    col = p.columns("columns to change")
    start = p.pattern("what begins it", old=("after", "from"))
    end = p.pattern("what ends it", old=("before", "to"))
    with_ = p.text("what to put in its place", key="with", default="")
    include_start = p.boolean("the beginning goes too", key="includeStart")
    include_end = p.boolean("the end goes too", key="includeEnd")
    global_ = p.boolean("every pair, not just the first", key="global")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")

    examples: Examples = (
        Example("replacebetweendelimiters col: t start: '<' end: '>' with: 'X'", {"t": ("a<b>c", "none")},
                {"t": ("a<X>c", "none")}),
        Example("replacebetweendelimiters col: t start: '<' end: '>' includeStart: true includeEnd: true global: true",
                {"t": ("a<b>c<d>",)}, {"t": ("ac",)}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        area = (
            mark(self.start, self.ignore_case, self.include_start or spelling(self, "start") == "from"),
            mark(self.end, self.ignore_case, self.include_end or spelling(self, "end") == "to"),
        )
        parts = parse_replacement(self.with_, 0)
        constants = (parts, self.global_, area, False)
        changed = {
            place: computed(Apply("replace_areas", (text_view(rows.fields[place].value, scope),), Form.TEXT, constants))
            for place in self.col.places(rows)
        }
        return rewritten(rows, changed, scope)


class Merge(Transform, name="merge", title="Merge columns", group="text"):
    """Join the text of several columns. An empty cell counts as empty text, the delimiter stays."""

    col = p.columns("columns and texts to join, in this order")
    with_ = p.text("what stands between them", key="with", default="")
    as_ = p.text("name of the result", key="as")

    examples: Examples = (
        Example("merge col: a,b with: '-' as: 'c'", {"a": ("x", "x"), "b": ("y", "")},
                {"a": ("x", "x"), "b": ("y", ""), "c": ("x-y", "x-")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        texts: list[Expr] = []
        joined: set[int] = set()
        for item in self.col.items:
            if isinstance(item, tree.Text):
                texts.append(Literal(item.value))
                continue
            for place in type(self.col)((item,)).places(rows):
                if place not in joined:
                    texts.append(text_view(rows.fields[place].value, scope))
                joined.add(place)
        last = max(joined, default=-1)
        name = rows.free_name(naming.clean(self.as_)) if self.as_ else naming.plain(rows)
        at = last + 1 if last >= 0 else len(rows.fields)
        return scope.rows.insert([(name, computed(join_texts(texts or [Literal("")], self.with_)))], at)


def _format(function: str) -> Callable[[Expr], Expr]:
    return lambda s: Apply(function, (s,), Form.TEXT)


class Textformat(Transform, name="textformat", title="Text format", group="text"):
    """Write the text of columns in another way: case, white space, quotes, symbols, accents, padding."""

    FORMATS: ClassVar[Mapping[str, Callable[[Expr], Expr]]] = {
        "uppercase": _format("UPPER"),
        "lowercase": _format("LOWER"),
        "propercase": _format("PROPER"),
        "trimwhitespace": _format("TRIM"),
        "trimquotes": _format("TRIMQUOTES"),
        "removewhitespace": _format("REMOVEWHITESPACE"),
        "removesymbols": _format("remove_symbols"),
        "removeaccents": _format("remove_accents"),
    }

    col = p.columns("columns to change")
    type = p.word(
        "what to do",
        (*FORMATS, "prefix", "suffix", "pad", "doublemetaphone"),
        required=True,
        synonyms={"addprefix": "prefix", "addsuffix": "suffix"},
    )
    text = p.text("prefix, suffix: the text to put there")
    length = p.integer("pad: the least number of characters", low=0)
    character = p.text("pad: what to fill with", default="0")
    side = p.word("pad: where to fill", ("left", "right"), default="left")

    examples: Examples = (Example("textformat col: a type: uppercase", {"a": ("ab", "")}, {"a": ("AB", "")}),)

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        change = self._change()
        changed = {place: computed(_unless_empty(text_view(rows.fields[place].value, scope), change))
                   for place in self.col.places(rows)}  # fmt: skip
        return rewritten(scope.rows, changed, scope)

    def _change(self) -> Callable[[Expr], Expr]:
        if self.type in self.FORMATS:
            return self.FORMATS[self.type]
        if self.type == "doublemetaphone":
            return lambda s: Apply("metaphone", (s,), Form.TEXT)
        if self.type == "pad":
            if self.length is None:
                raise recipe_error("missing-parameter", "missing parameter 'length'")
            length = Literal(self.length, Form.INTEGER)
            return lambda s: Apply("PAD", (s, length, Literal(self.character)), Form.TEXT, (self.side,))
        if self.text is None:
            raise recipe_error("missing-parameter", "missing parameter 'text'")
        added = Literal(self.text)
        return lambda s: join_texts([added, s] if self.type == "prefix" else [s, added], "")


def _unless_empty(s: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Null stays null and empty stays empty."""
    return case((s.ne(""), change(s)), otherwise=s, form=Form.TEXT)


class Mask(Transform, name="mask", title="Mask columns", group="text"):
    """Hide the letters and digits of cells behind one character; the last ones may stay. Ours, not the product's."""

    col = p.columns("columns to change")
    show = p.integer("how many characters stay at the end; shorter texts are hidden whole", default=0, low=0)
    with_ = p.text("what stands for a letter or digit", key="with", default="*")

    examples: Examples = (
        Example("mask col: card show: 4", {"card": ("4111-1111-1234", "77")}, {"card": ("****-****-1234", "**")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        changed = {
            place: computed(self._masked(text_view(rows.fields[place].value, scope))) for place in self.col.places(rows)
        }
        return rewritten(rows, changed, scope)

    def _masked(self, s: Expr) -> Expr:
        """Each letter or digit of what is hidden, then what stays."""
        more = call("length", s) > self.show
        hidden = call("substring", s, 1, case((more, call("length", s) - self.show), otherwise=call("length", s)))
        masked = Apply(
            "pattern_replace", (hidden,), Form.TEXT, (r"[\p{L}\p{N}]", self.with_.replace("\\", "\\\\"), True)
        )
        return join_texts([masked, case((more, call("right", s, self.show)), otherwise="")], "")
