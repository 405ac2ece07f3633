"""What an expression or a column is worth: its expression and what is known of its logical type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from gristmill.plan.expressions import Expr, Form, Literal
from gristmill.types.logical import ARRAY, BOOLEAN, DATETIME, DECIMAL, INTEGER, OBJECT, STRING, Family, LogicalType


class Kind(Enum):
    """How sure a type is (types 8)."""

    HARD = "hard"  # from import, settype or outside: cells may mismatch
    STATIC = "static"  # certain result of a function: every cell fits
    SOFT = "soft"  # computed text: a String until something depends on more


class Origin(Enum):
    """Where a hard type comes from; only a settype survives a rewriting in place (types 8.5)."""

    IMPORT = "import"
    SETTYPE = "settype"


@dataclass(frozen=True, slots=True)
class Typing:
    """What is known of a column's type.

    `scale` is the number of decimals that ROUND has set (language 4.9). `shown` is the format, in the letters of
    DATEFORMAT, in which a computed Datetime prints (functions-b 3.5); None: by the type's own format.
    """

    logical: LogicalType
    kind: Kind
    origin: Origin | None = None
    locked: bool = False
    scale: int | None = None
    shown: str | None = None

    @property
    def family(self) -> Family:
        """Soft columns count as text (types 8.3)."""
        return Family.TEXT if self.kind is Kind.SOFT else self.logical.family

    def soft(self) -> Typing:
        return SOFT

    def hard(self, logical: LogicalType) -> Typing:
        """The same with a type that cells may fail to fit."""
        return replace(self, logical=logical, kind=Kind.HARD)


SOFT = Typing(STRING, Kind.SOFT)


def static(logical: LogicalType, *, scale: int | None = None, shown: str | None = None) -> Typing:
    return Typing(logical, Kind.STATIC, scale=scale, shown=shown)


FORMS = {
    Family.TEXT: Form.TEXT,
    Family.BOOLEAN: Form.BOOLEAN,
    Family.DATETIME: Form.MOMENT,
    Family.ARRAY: Form.JSON,
    Family.OBJECT: Form.JSON,
}


@dataclass(frozen=True, slots=True)
class Value:
    """An expression with its typing. Null literals have the form ANY and adapt to their neighbours.

    `offset` is for a date whose text had an offset that its own format does not show: minutes east of UTC.
    """

    expr: Expr
    typing: Typing
    offset: Expr | None = None

    @property
    def form(self) -> Form:
        return self.expr.form

    @property
    def is_text(self) -> bool:
        """Whether the raw text is there: data as read, computed texts."""
        return self.expr.form is Form.TEXT

    @property
    def is_null(self) -> bool:
        return isinstance(self.expr, Literal) and self.expr.value is None

    @property
    def is_empty_text(self) -> bool:
        return isinstance(self.expr, Literal) and self.expr.value == "" and self.expr.form is Form.TEXT

    @property
    def literal(self) -> str | int | float | bool | None:
        """The constant, or None if it is none (or null)."""
        return self.expr.value if isinstance(self.expr, Literal) else None

    def typed(self, typing: Typing) -> Value:
        return replace(self, typing=typing)


NULL = Value(Literal(None, Form.ANY), SOFT)

_STATIC = {
    Form.INTEGER: static(INTEGER),
    Form.DECIMAL: static(DECIMAL),
    Form.BOOLEAN: static(BOOLEAN),
    Form.MOMENT: static(DATETIME),
}


def literal(value: str | int | float | bool) -> Value:
    """A constant of a recipe; a text is soft."""
    plain = Literal(value)
    return Value(Literal(value, plain.form), _STATIC.get(plain.form, SOFT))


def computed(expr: Expr, logical: LogicalType | None = None, *, shown: str | None = None) -> Value:
    """The result of a function: static by its form; JSON needs to be told ARRAY or OBJECT; texts are soft."""
    if expr.form is Form.JSON:
        assert logical in (ARRAY, OBJECT)
        return Value(expr, static(logical))
    if expr.form is Form.TEXT or expr.form is Form.ANY:
        return Value(expr, SOFT)
    if logical is not None:
        return Value(expr, static(logical, shown=shown))
    return Value(expr, _STATIC[expr.form])
