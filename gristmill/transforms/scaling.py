"""Numbers scaled by the numbers of their column (transforms 7.37)."""

from __future__ import annotations

from gristmill.plan.expressions import Apply, Expr, Form, Literal
from gristmill.plan.rows import Rows
from gristmill.plan.values import computed
from gristmill.plan.views import decimal_view
from gristmill.transforms import parameters as p
from gristmill.transforms.base import Example, Examples, Transform
from gristmill.transforms.extracting import beside
from gristmill.transforms.formulas import rewritten
from gristmill.transforms.scope import Scope


class _Scaling(Transform):
    """In place, or into a new column with `as:`. Empty cells stay empty."""

    def apply(self, rows: Rows) -> Rows:
        scope = self.scope(rows)
        place = self.col.place(rows)  # type: ignore[attr-defined]
        number = scope.define(computed(decimal_view(rows.fields[place].value))).expr
        scaled = computed(self.scaled(number, scope))
        if self.as_ is None:  # type: ignore[attr-defined]
            return rewritten(scope.rows, {place: scaled}, scope)
        return beside(scope.rows, place, scaled, self.as_ or f"scale_{rows.fields[place].name}")  # type: ignore[attr-defined]

    def scaled(self, number: Expr, scope: Scope) -> Expr:
        """What becomes of a number."""
        raise NotImplementedError


def of_column(name: str, number: Expr, scope: Scope) -> Expr:
    """An aggregate of the column as a hidden column."""
    return scope.define(scope.aggregate(name, (number,), Form.DECIMAL, computed(number).typing)).expr


def into_range(number: Expr, low: float, high: float, scope: Scope) -> Expr:
    """The numbers of a column moved into a range; all to its lower end where they are equal."""
    ends = (of_column("smallest", number, scope), of_column("largest", number, scope))
    return Apply("scaled", (number, *ends, Literal(low), Literal(high)), Form.DECIMAL)


def to_mean(number: Expr, remove_mean: bool, unit_variance: bool, scope: Scope) -> Expr:
    """The numbers of a column less their mean, in units of their deviation."""
    mean = of_column("AVERAGE", number, scope) if remove_mean else Literal(0.0)
    deviation = of_column("deviation", number, scope) if unit_variance else Literal(1.0)
    return Apply("standardized", (number, mean, deviation), Form.DECIMAL)


class Scaleminmax(_Scaling, name="scaleminmax", title="Scale to min max", group="formula"):
    """Scale numbers into a range: the smallest becomes its lower end, the largest its upper end."""

    col = p.column("numbers")
    min = p.number("lower end", default=0.0)
    max = p.number("upper end", default=1.0)
    as_ = p.text("name of a new column; without it the numbers change in place", key="as")

    examples: Examples = (
        Example("scaleminmax col: v min: 0 max: 1", {"v": ("10", "20", "", "30")}, {"v": ("0", "0.5", None, "1")}),
    )

    def scaled(self, number: Expr, scope: Scope) -> Expr:
        return into_range(number, self.min, self.max, scope)


class Scalestandardize(_Scaling, name="scalestandardize", title="Scale to mean", group="formula"):
    """Scale numbers to mean 0 and variance 1."""

    col = p.column("numbers")
    remove_mean = p.boolean("subtract the mean", default=True, key="removeMean")
    unit_variance = p.boolean("divide by the standard deviation", default=True, key="unitVariance")
    as_ = p.text("name of a new column; without it the numbers change in place", key="as")

    examples: Examples = (
        Example("scalestandardize col: v removeMean: true unitVariance: true as: 's'", {"v": ("4", "", "8")},
                {"v": ("4", "", "8"), "s": ("-1", None, "1")}),
    )  # fmt: skip

    def scaled(self, number: Expr, scope: Scope) -> Expr:
        return to_mean(number, self.remove_mean, self.unit_variance, scope)


class Scale(_Scaling, name="scale", title="Scale column", group="formula"):
    """Scale numbers, to a range or to mean 0 and variance 1."""

    col = p.column("numbers")
    type = p.word("how", ("minMax", "standardize"), required=True)
    min = p.number("minMax: lower end", default=0.0)
    max = p.number("minMax: upper end", default=1.0)
    remove_mean = p.boolean("standardize: subtract the mean", default=True, key="removeMean")
    unit_variance = p.boolean("standardize: divide by the standard deviation", default=True, key="unitVariance")
    as_ = p.text("name of a new column; without it the numbers change in place", key="as")

    examples: Examples = (
        Example("scale col: v type: minMax max: 10", {"v": ("1", "3")}, {"v": ("0", "10")}),
    )  # fmt: skip

    def scaled(self, number: Expr, scope: Scope) -> Expr:
        if self.type == "minMax":
            return into_range(number, self.min, self.max, scope)
        return to_mean(number, self.remove_mean, self.unit_variance, scope)
