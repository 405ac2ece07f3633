"""Primitives become SQL trees. What differs between the dialects stands in `Dialect`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlglot import exp

from gristmill.engines.sql.batches import BatchCall
from gristmill.engines.sql.level import identifier
from gristmill.plan.expressions import Binary, Column, Expr, Form, Frame, IsNull, Key, Literal, Not, Window
from gristmill.plan.primitives import Aggregated, Case, Cast, Native
from gristmill.plan.walking import walk

BINARY: dict[str, type[exp.Expr]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
    "%": exp.Mod,
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "and": exp.And,
    "or": exp.Or,
    "||": exp.DPipe,
}
SKIP_NULLS: dict[str, type[exp.Func]] = {"first_value": exp.FirstValue, "last_value": exp.LastValue}


@dataclass(slots=True)
class Writer:
    """Writes expressions for one engine. `batches` collects the vectorised routines that the query calls."""

    types: Mapping[Form, str]
    register: Callable[[BatchCall], str]
    batches: dict[str, BatchCall] = field(default_factory=dict)

    def write(self, node: Expr) -> exp.Expr:
        match node:
            case Column():
                return exp.Column(this=exp.Identifier(this=identifier(node.id), quoted=False))
            case Literal():
                return self._literal(node)
            case Binary():
                return BINARY[node.op](this=self._operand(node.left), expression=self._operand(node.right))
            case Native():
                return exp.Anonymous(this=node.name, expressions=[self.write(arg) for arg in node.args])
            case Case():
                return self._case(node)
            case Cast():
                return self._cast(node)
            case IsNull():
                return exp.Is(this=self._operand(node.operand), expression=exp.Null())
            case Not():
                return exp.Not(this=self._operand(node.operand))
            case Aggregated():
                return self._aggregated(node)
            case BatchCall():
                name = self.register(node)
                self.batches[name] = node
                return exp.Anonymous(this=name, expressions=[self.write(arg) for arg in node.args])
            case _:
                raise AssertionError(f"{type(node).__name__} is no primitive")

    def _operand(self, node: Expr) -> exp.Expr:
        """Hand-made trees get no parentheses from sqlglot: every compound operand brings its own."""
        written = self.write(node)
        return exp.Paren(this=written) if isinstance(node, Binary | Not | IsNull) or _negative(node) else written

    def _literal(self, node: Literal) -> exp.Expr:
        value = node.value
        if value is None:
            kind = None if node.kind in (None, Form.ANY) else node.kind
            return exp.Null() if kind is None else exp.Cast(this=exp.Null(), to=type_node(self.types[kind]))
        if isinstance(value, bool):
            return exp.Boolean(this=value)
        if isinstance(value, str):
            return exp.Literal.string(value)
        if isinstance(value, float):
            return exp.Cast(this=exp.Literal.string(repr(value)), to=type_node(self.types[Form.DECIMAL]))
        number: exp.Expr = exp.Literal.number(abs(value))
        number = exp.Neg(this=number) if value < 0 else number
        return exp.Cast(this=number, to=type_node(self.types[Form.INTEGER])) if node.kind is Form.INTEGER else number

    def _case(self, node: Case) -> exp.Expr:
        ifs = [exp.If(this=self.write(test), true=self.write(value)) for test, value in node.whens]
        otherwise = None if isinstance(node.otherwise, Literal) and node.otherwise.value is None else node.otherwise
        return exp.Case(ifs=ifs, default=None if otherwise is None else self.write(otherwise))

    def _cast(self, node: Cast) -> exp.Expr:
        target = self.types[node.target] if isinstance(node.target, Form) else node.target
        to = type_node(target)
        if node.strict:
            return exp.Cast(this=self.write(node.operand), to=to)
        return exp.TryCast(this=self.write(node.operand), to=to, safe=True)

    def _aggregated(self, node: Aggregated) -> exp.Expr:
        args = [self.write(arg) for arg in node.args]
        if node.distinct:
            args = [exp.Distinct(expressions=args[:1]), *args[1:]]
        # DuckDB takes a constant key for the number of a column, or refuses it; it orders nothing
        if keys := [self._key(key) for key in node.order if any(isinstance(part, Column) for part in walk(key.expr))]:
            args[-1] = exp.Order(this=args[-1], expressions=keys)
        call: exp.Expr = exp.Anonymous(this=node.name, expressions=args)
        if node.ignore_nulls:
            # sqlglot puts IGNORE NULLS into functions that it knows, and drops it elsewhere
            call = exp.IgnoreNulls(this=SKIP_NULLS[node.name](this=args[0]))
        if node.where is not None:
            call = exp.Filter(this=call, expression=exp.Where(this=self.write(node.where)))
        return call if node.over is None else self._windowed(call, node.over)

    def _windowed(self, call: exp.Expr, over: Window) -> exp.Expr:
        window = exp.Window(this=call, partition_by=[self.write(item) for item in over.partition])
        if over.order:
            window.set("order", exp.Order(expressions=[self._key(key) for key in over.order]))
        if over.frame is not None:
            window.set("spec", _frame(over.frame))
        return window

    def _key(self, key: Key) -> exp.Expr:
        return exp.Ordered(this=self.write(key.expr), desc=key.descending, nulls_first=key.nulls_first)


@cache
def type_node(name: str) -> exp.DataType:
    """A type's node; building one parses its name, so each is built once."""
    return exp.DataType.build(name, udt=True)


def _negative(node: Expr) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, int | float) and node.value < 0


def _frame(frame: Frame) -> exp.WindowSpec:
    start, start_side = _bound(frame.start, "PRECEDING")
    end, end_side = _bound(frame.end, "FOLLOWING")
    return exp.WindowSpec(kind="ROWS", start=start, start_side=start_side, end=end, end_side=end_side)


def _bound(rows: int | None, side: str) -> tuple[str | exp.Expr, str | None]:
    """So many rows to a side, or to the other side where the number is negative."""
    if rows is None:
        return "UNBOUNDED", side
    if rows == 0:
        return "CURRENT ROW", None
    other = "FOLLOWING" if side == "PRECEDING" else "PRECEDING"
    return exp.Literal.number(abs(rows)), side if rows > 0 else other
