"""How often something stands in a cell: countpattern, countbetweendelimiters (transforms 7.6, 7.7)."""

from __future__ import annotations

from gristmill.functions.areas import count_of
from gristmill.functions.searching import EVERYWHERE
from gristmill.language.patterns import compile_pattern
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.rows import Rows
from gristmill.plan.values import computed
from gristmill.plan.views import text_view
from gristmill.problems import recipe_error
from gristmill.transforms import parameters as p
from gristmill.transforms.areas import area_of
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.extracting import beside


class Countpattern(Transform, name="countpattern", title="Count matches", group="text"):
    """Count the matches of a pattern, in a new column; 0 for empty cells.

    With limits only, the count is 1 where they occur one after the other, else 0.
    """

    col = p.column("column to look at")
    on = p.pattern("what to count", required=False)
    type = p.word("how to find it", ("on", "between"), default="on")
    start = p.pattern("only behind the first match of this", required=False, old=("after", "from"))
    end = p.pattern("only before the next match of this", required=False, old=("before", "to"))
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("countpattern col: c on: 'an' as: 'n'", {"c": ("banana", "Anna", "")},
                {"c": ("banana", "Anna", ""), "n": ("2", "0", "0")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        item = rows.fields[place]
        counted = self._count(text_view(item.value, self.scope(rows)))
        return beside(rows, place, computed(counted), self.as_ or f"countpattern_{item.name}")

    def _count(self, source: Expr) -> Expr:
        area = area_of(self, self.start, self.end, self.ignore_case)
        if self.on is not None:
            return count_of(source, compile_pattern(self.on, self.ignore_case), area)
        if area == EVERYWHERE:
            raise recipe_error("missing-parameter", "missing parameter 'on'")
        return Apply("area_count", (source,), Form.INTEGER, (area, False))


class Countbetweendelimiters(
    Transform, name="countbetweendelimiters", title="Count matches between delimiters", group="text"
):
    """Count the stretches between a pattern and the next match of another, in a new column; 0 for empty cells."""

    col = p.column("column to look at")
    start = p.pattern("what begins a stretch", old=("after", "from"))
    end = p.pattern("what ends it", old=("before", "to"))
    include_start = p.boolean("no effect on the count", key="includeStart")
    include_end = p.boolean("no effect on the count", key="includeEnd")
    ignore_case = p.boolean("letter case does not matter", key="ignoreCase")
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("countbetweendelimiters col: t start: '(' end: ')' as: 'n'", {"t": ("(a) (b) (", "")},
                {"t": ("(a) (b) (", ""), "n": ("2", "0")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        place = self.col.place(rows)
        item = rows.fields[place]
        area = area_of(self, self.start, self.end, self.ignore_case)
        counted = Apply("area_count", (text_view(item.value, self.scope(rows)),), Form.INTEGER, (area, True))
        return beside(rows, place, computed(counted), self.as_ or f"countpattern_{item.name}")
