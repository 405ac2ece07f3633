"""Cells rewritten in place by form: convertpattern, standardize, dateformat, numformat (transforms 7.5, 7.8, 7.29,
7.44)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from gristmill.functions.patterns import found_in, replaced
from gristmill.functions.searching import NOTHING, source_of
from gristmill.language import tree
from gristmill.language.patterns import CompiledPattern, compile_pattern
from gristmill.language.replacement import Part, parse_replacement
from gristmill.plan.building import case
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.rows import Rows
from gristmill.plan.values import computed
from gristmill.plan.views import text_view
from gristmill.problems import recipe_error
from gristmill.transforms import parameters as p
from gristmill.transforms.areas import mark
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.binders import substituted, word_of
from gristmill.transforms.environment import Environment
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.formulas import rewritten

WHOLE = (tree.Pattern("{start}"), tree.Pattern("{end}"))


def text_of(node: tree.Value, env: Environment) -> str:
    """A literal of a recipe as text. Raises RecipeError for anything else."""
    item = substituted(node, env)
    written = None if isinstance(item, tree.Name | tree.Word) else word_of(item)
    if written is None:
        raise recipe_error("syntax", "expected a text here", span=item.span)
    return written


class Convertpattern(Transform, name="convertpattern", title="Convert patterns", group="text"):
    """Rewrite whole cells by the first pattern that fits all of them; cells that fit none stay.

    `$1`, `$2`, … in the new text are the pattern's groups. With limits, what lies between them is rewritten.
    """

    col = p.column("column to change")
    cases = p.pairs("pattern and new text")
    before = p.pattern("what follows the part to rewrite", required=False, old=("end",))
    after = p.pattern("what precedes the part to rewrite", required=False, old=("start",))
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")

    examples: Examples = (
        Example(
            "convertpattern col: d cases: [`({dd})/({mm})/({yyyy})`,'$3-$2-$1'] after: `{start}` before: `{end}`",
            {"d": ("05/03/2020", "x 05/03/2020")}, {"d": ("2020-03-05", "x 05/03/2020")},
        ),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        scope = self.scope(rows)
        source = text_view(rows.fields[place].value, scope)
        return rewritten(rows, {place: computed(self._converted(source))}, scope)

    def _converted(self, source: Expr) -> Expr:
        cases = [self._case(*pair) for pair in self.cases]
        if self.after in (None, WHOLE[0]) and self.before in (None, WHOLE[1]):
            whens = [(found_in(source, pattern, "whole"), _rewrite(source, pattern, parts)) for pattern, parts in cases]
            return case(*whens, otherwise=source, form=Form.TEXT) if whens else source
        area = (mark(self.after, self.ignore_case, False), mark(self.before, self.ignore_case, False))
        sources = tuple((source_of(_anchored(pattern)), pattern.needs_backtracking, parts) for pattern, parts in cases)
        return Apply("convert_within", (source,), Form.TEXT, (sources, area))

    def _case(self, pattern: tree.Expression, new: tree.Expression) -> tuple[CompiledPattern, tuple[Part, ...]]:
        node = substituted(pattern, self.env)
        if not isinstance(node, tree.Text | tree.Pattern | tree.Regex):
            raise recipe_error("syntax", "expected a text, a `pattern` or a /regular expression/ here", span=node.span)
        compiled = compile_pattern(node, self.ignore_case)
        literal = compiled.kind == "literal"
        return compiled, parse_replacement(text_of(new, self.env), compiled.groups, literal=literal)


def _rewrite(source: Expr, pattern: CompiledPattern, parts: tuple[Part, ...]) -> Expr:
    return replaced(source, _anchored(pattern), parts, every=False)


def _anchored(pattern: CompiledPattern) -> CompiledPattern:
    """The pattern where it fits a whole text; one that is empty fits none."""
    if pattern.source == NOTHING:
        return pattern
    return replace(
        pattern, kind="regex", regex=rf"\A(?:{pattern.regex})\z", python_regex=rf"\A(?:{pattern.python_regex})\Z"
    )


class Standardize(Transform, name="standardize", title="Standardize", group="text"):
    """Replace cells by a list of old and new texts; cells that equal none of the old ones stay."""

    col = p.column("column to change")
    mapping = p.pairs("old and new text")

    examples: Examples = (
        Example("standardize col: c mapping: ['a','b'],['b','c']", {"c": ("a", "b", "B", "")},
                {"c": ("b", "c", "B", "")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        scope = self.scope(rows)
        texts: dict[str, str] = {}
        for old, new in self.mapping:
            texts.setdefault(text_of(old, self.env), text_of(new, self.env))
        source = text_view(rows.fields[place].value, scope)
        changed = Apply("text_mapped", (source,), Form.TEXT, (tuple(texts), tuple(texts.values())))
        return rewritten(rows, {place: computed(changed)}, scope)


NAMED_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "mmddcommondate": "MM/dd/yyyy",
        "ddmmcommondate": "dd/MM/yyyy",
        "mmddcommondatedash": "MM-dd-yyyy",
        "ddmmcommondatedash": "dd-MM-yyyy",
        "isodate": "yyyy-MM-dd",
        "isodatetime": "yyyy-MM-dd'T'HH:mm:ss",
        "yearmonth": "yyyy-MM",
        "month": "MMMM",
        "shortmonth": "MMM",
        "year": "yyyy",
        "dayofweek": "EEEE",
        "time24": "HH:mm:ss",
        "time12": "hh:mm:ss a",
    }
)


def each(step: Transform, rows: Rows, formula: tree.Call) -> Rows:
    """The rows with the step's columns computed anew, `$col` being the column itself."""
    scope = step.scope(rows)
    changed = {}
    for place in step.col.places(rows):  # type: ignore[attr-defined]
        scope.current, scope.current_place = rows.fields[place].value, place
        changed[place] = evaluate(formula, scope)
    return rewritten(scope.rows, changed, scope)


class Dateformat(Transform, name="dateformat", title="Format dates", group="text"):
    """Write dates in another format, in place; cells that are no dates become null."""

    col = p.columns("columns to change")
    type = p.word("the format's name, or custom", ("custom", *NAMED_FORMATS), default="custom")
    format = p.text("custom: the format, in the letters of DATEFORMAT")

    examples: Examples = (
        Example("dateformat col: d type: custom format: 'dd-MM-yyyy'", {"d": ("2020-03-05", "")},
                {"d": ("05-03-2020", "")}),
        Example("dateformat col: d type: month", {"d": ("2020-03-05",)}, {"d": ("March",)}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        letters = NAMED_FORMATS.get(self.type, self.format)
        if letters is None:
            raise recipe_error("missing-parameter", "missing parameter 'format'")
        return each(self, rows, tree.Call("DATEFORMAT", (tree.Variable("col"), tree.Text(letters))))


class Numformat(Transform, name="numformat", title="Format numbers", group="text", aliases=("numberformat",)):
    """Write numbers in a format, in place."""

    col = p.columns("columns to change")
    type = p.word("custom", ("custom",), default="custom")
    format = p.text("the format, in the letters of NUMFORMAT", required=True)

    examples: Examples = (
        Example("numformat col: v type: custom format: '0.00'", {"v": ("1234.5", "")}, {"v": ("1234.50", "")}),
    )

    def apply(self, rows: Rows) -> Rows:
        formula = tree.Call("NUMFORMAT", (tree.Variable("col"), tree.Text(self.format)))
        return each(self, rows, formula)
