"""Columns whose value a test decides: case, bin (transforms 7.1, 7.2)."""

from __future__ import annotations

from typing import TypeVar

from gristmill.plan.branches import choose
from gristmill.plan.building import case, cast, coalesce
from gristmill.plan.comparison import compare
from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.rows import Rows
from gristmill.plan.values import NULL, Value, computed
from gristmill.plan.views import condition_view, decimal_view
from gristmill.problems import quoted, recipe_error
from gristmill.transforms import naming
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.column_lists import ColumnName
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.extracting import beside
from gristmill.transforms.filling import is_empty
from gristmill.transforms.scope import Scope

Given = TypeVar("Given")


class Case(Transform, name="case", title="Conditional column", group="formula"):
    """Add a column whose value a condition decides: if/then/else, by the values of a column, or by conditions.

    The first condition that is true wins; one that is null counts as false.
    """

    condition = p.word("kind of condition", ("ifThenElse", "columnConditions", "customConditions"))
    if_ = p.expression("the test", required=False, key="if")
    then = p.expression("the value where it is true", required=False)
    else_ = p.expression("the value where it is not", required=False, key="else")
    col = p.column("column whose values decide", required=False)
    col_cases = p.pairs("value and result", required=False, key="colCases")
    cases = p.pairs("condition and result", required=False)
    default = p.expression("result when nothing matches", required=False)
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("case if: s >= 60 then: 'yes' else: 'no' as: 'p'", {"s": ("60", "59", "")},
                {"s": ("60", "59", ""), "p": ("yes", "no", "no")}),
        Example("case condition: columnConditions col: t colCases: [0,'Unknown'],[1,'Click'] default: 'x' as: 'l'",
                {"t": ("0", "1", "9")}, {"t": ("0", "1", "9"), "l": ("Unknown", "Click", "x")}),
        Example("case condition: customConditions cases: [a < 10,'low'],[a < 20,'mid'] as: 'r'",
                {"a": ("5", "15", "25")}, {"a": ("5", "15", "25"), "r": ("low", "mid", None)}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        tests, results, otherwise = self._branches(self.condition or self._deduced(), scope)
        value = choose(
            (*results, otherwise),
            scope,
            lambda parts: case(
                *((coalesce(test, False), part) for test, part in zip(tests, parts, strict=False)),
                otherwise=parts[-1],
                form=parts[-1].form,
            ),
        )
        rows = scope.rows
        place = max(scope.used) + 1 if scope.used else len(rows.fields)
        return rows.insert([(rows.free_name(self._name(rows)), value)], place)

    def _deduced(self) -> str:
        if self.given("if_"):
            return "ifThenElse"
        if self.given("cases"):
            return "customConditions"
        if self.given("col_cases"):
            return "columnConditions"
        raise recipe_error("missing-parameter", "missing parameter 'if'")

    def _branches(self, kind: str, scope: Scope) -> tuple[list[Expr], list[Value], Value]:
        if kind == "ifThenElse":
            test, then = self._needed("if", self.if_), self._needed("then", self.then)
            otherwise = NULL if self.else_ is None else evaluate(self.else_, scope)
            return [condition_view(evaluate(test, scope))], [evaluate(then, scope)], otherwise
        otherwise = NULL if self.default is None else evaluate(self.default, scope)
        if kind == "customConditions":
            pairs = self._needed("cases", self.cases or None)
            tests = [condition_view(evaluate(test, scope)) for test, _ in pairs]
        else:
            pairs = self._needed("colCases", self.col_cases or None)
            value = self._column(scope)
            tests = [_equal(value, evaluate(key, scope), scope) for key, _ in pairs]
        return tests, [evaluate(result, scope) for _, result in pairs], otherwise

    def _column(self, scope: Scope) -> Value:
        column: ColumnName = self._needed("col", self.col)
        place = column.place(scope.rows)
        scope.used.add(place)
        return scope.rows.fields[place].value

    def _name(self, rows: Rows) -> str:
        if self.as_:
            return naming.clean(self.as_)
        if self.col is not None and self.col_cases:
            return f"case_{self.col.field(rows).name}"
        return naming.plain(rows)

    def _needed(self, key: str, value: Given | None) -> Given:
        if value is None:
            raise recipe_error("missing-parameter", f"missing parameter {quoted(key)}")
        return value


def _equal(value: Value, key: Value, scope: Scope) -> Expr:
    """As `==`; the keys `''` and `NULL()` match empty cells."""
    if key.is_null or key.is_empty_text:
        return is_empty(value)
    return compare("=", value, key, scope)


class Bin(Transform, name="bin", title="Bin column", group="formula"):
    """Put numbers into bins numbered from 0, in a new column: bins of equal width, or with given boundaries.

    A boundary belongs to the bin above it, the largest number to the last bin of equal width.
    """

    options = p.word("bins of equal width, or with given boundaries", ("equalBins", "customBins"), required=True)
    col = p.column("numbers")
    bins = p.integer("equalBins: how many bins", low=1)
    bin_values = p.numbers("customBins: boundaries, ascending", key="binValues")
    default = p.expression("value of cells in no bin", required=False)
    as_ = p.text("name of the new column", key="as")

    examples: Examples = (
        Example("bin options: customBins col: A bins: 2 binValues: 10,20 as: 'B'", {"A": ("5", "10", "25", "")},
                {"A": ("5", "10", "25", ""), "B": ("0", "1", "2", None)}),
        Example("bin options: equalBins col: A bins: 4 as: 'B'", {"A": ("0", "10", "25", "40")},
                {"A": ("0", "10", "25", "40"), "B": ("0", "1", "2", "3")}),
    )  # fmt: skip

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        place = self.col.place(rows)
        item = rows.fields[place]
        number = scope.define(computed(decimal_view(item.value))).expr
        binned = self._equal(number, scope) if self.options == "equalBins" else self._custom(number)
        otherwise = NULL if self.default is None else evaluate(self.default, scope)
        value = choose(
            (computed(binned), otherwise),
            scope,
            lambda parts: case((~number.is_null(), parts[0]), otherwise=parts[1], form=parts[0].form),
        )
        return beside(scope.rows, place, value, self.as_ or f"bin_{item.name}")

    def _equal(self, number: Expr, scope: Scope) -> Expr:
        if self.bins is None:
            raise recipe_error("missing-parameter", "missing parameter 'bins'")
        low, high = (
            scope.define(scope.aggregate(name, (number,), Form.DECIMAL, computed(number).typing)).expr
            for name in ("smallest", "largest")
        )
        return Apply("equal_bin", (number, low, high), Form.INTEGER, (self.bins,))

    def _custom(self, number: Expr) -> Expr:
        if not self.bin_values:
            raise recipe_error("missing-parameter", "missing parameter 'binValues'")
        passed: Expr = Literal(0, Form.INTEGER)
        for bound in self.bin_values:
            passed = passed + case((number >= bound, 1), otherwise=0)
        return cast(passed, Form.INTEGER)
