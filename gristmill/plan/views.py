"""How functions and operators see a cell: the typed views and the text view (language 1.3, 4.3, 4.9).

A typed view is null for a cell that is missing, null or does not fit; what is special about such cells lives
here and nowhere else.
"""

from __future__ import annotations

from datetime import datetime

from gristmill.plan.building import null
from gristmill.plan.expressions import Apply, Constant, Expr, Form, Literal
from gristmill.plan.values import Kind, Typing, Value, computed
from gristmill.types.custom import custom_type
from gristmill.types.logical import DATETIME, DECIMAL, Family, LogicalType

# Arithmetic results may be infinite until somebody looks: `finite` makes them null (language 1.3).
MAY_OVERFLOW = frozenset({"ADD", "SUBTRACT", "MULTIPLY", "DIVIDE", "SUM", "AVERAGE"})


def settled(expr: Expr) -> Expr:
    """The expression with infinities as null; for columns, conditions and functions other than arithmetic."""
    if isinstance(expr, Apply) and expr.kind is Form.DECIMAL and expr.function in MAY_OVERFLOW:
        return Apply("finite", (expr,), Form.DECIMAL)
    return expr


def kept(value: Value) -> Expr:
    """The expression as a column keeps it: NULL(), which has no type, is a text that is null."""
    return null(Form.TEXT) if value.is_null and value.form is Form.ANY else settled(value.expr)


def text_view(value: Value, context: Context) -> Expr:
    """The raw text as it is (mismatched cells too), or the printed form of a native value."""
    form = value.form
    if form in (Form.TEXT, Form.JSON):
        return value.expr
    if value.is_null:
        return null(Form.TEXT)
    if isinstance(value.expr, Literal) and form is Form.BOOLEAN:
        return Literal("true" if value.expr.value else "false")
    if form is Form.INTEGER:
        return Apply("print_integer", (value.expr,), Form.TEXT)
    if form is Form.BOOLEAN:
        return Apply("print_boolean", (value.expr,), Form.TEXT)
    if form is Form.MOMENT:
        return Apply("print_moment", (value.expr,), Form.TEXT, (context.shown(value),))
    if value.typing.scale:
        return Apply("print_scaled", (value.expr,), Form.TEXT, (value.typing.scale,))
    return Apply("print_decimal", (settled(value.expr),), Form.TEXT)


def cell_of_type(value: Value, logical: LogicalType, context: Context) -> Value:
    """The value as a cell of another type: native only where that type is its own, else its text (types 4).

    So 0.5 does not fit Integer, and a date that prints as 2020-01-31 no other layout.
    """
    own = value.typing.logical
    same = own.name == logical.name and (logical == DATETIME or own == logical)
    if value.form is Form.TEXT or same or (value.form is Form.INTEGER and logical == DECIMAL):
        return value
    return computed(Apply("as_text", (text_view(value, context),), Form.TEXT))


def number_view(value: Value, *, chain: bool = False) -> Expr:
    """The number of a cell; INTEGER where the type says so, else DECIMAL.

    `chain` leaves infinities in place, for operands of further arithmetic.
    """
    form = value.form
    if form in (Form.INTEGER, Form.DECIMAL):
        return value.expr if chain else settled(value.expr)
    if form is Form.BOOLEAN:
        return Apply("boolean_number", (value.expr,), Form.INTEGER)
    if form is not Form.TEXT:
        return null(Form.DECIMAL)
    typing = value.typing
    if typing.family is Family.NUMBER:
        return _read_number(value.expr, typing.logical)
    if typing.family is Family.BOOLEAN:
        return Apply("boolean_number", (_read_boolean(value.expr),), Form.INTEGER)
    if typing.family is not Family.TEXT:
        return null(Form.DECIMAL)
    return Apply("read_decimal", (_fitting(value),), Form.DECIMAL)


def integer_view(value: Value) -> Expr:
    """The number of a cell where it is integral, else null (language 4.3)."""
    viewed = number_view(value)
    if viewed.form is Form.INTEGER:
        return viewed
    if isinstance(viewed, Literal) and viewed.value is None:
        return null(Form.INTEGER)
    if isinstance(viewed, Apply) and viewed.function == "read_decimal":
        # all 64 bits of a text count, not the 53 of a double
        return Apply("read_integral", viewed.args, Form.INTEGER)
    return Apply("integral", (viewed,), Form.INTEGER)


def decimal_view(value: Value) -> Expr:
    """The number of a cell as a double."""
    viewed = number_view(value)
    return viewed if viewed.form is Form.DECIMAL else Apply("as_decimal", (viewed,), Form.DECIMAL)


def boolean_view(value: Value) -> Expr:
    """True or false by the words of a Boolean, 1 and 0 for numbers; anything else null."""
    form = value.form
    if form is Form.BOOLEAN:
        return value.expr
    if form in (Form.INTEGER, Form.DECIMAL):
        return Apply("number_boolean", (value.expr,), Form.BOOLEAN)
    if form is Form.TEXT:
        if value.typing.family is Family.NUMBER:
            return Apply("number_boolean", (number_view(value),), Form.BOOLEAN)
        if value.typing.family in (Family.TEXT, Family.BOOLEAN):
            return _read_boolean(_fitting(value) if value.typing.family is Family.TEXT else value.expr)
    return null(Form.BOOLEAN)


def condition_view(value: Value) -> Expr:
    """As `boolean_view`, but every number other than 0 is true: for tests and logic (language 4.3)."""
    if value.form in (Form.INTEGER, Form.DECIMAL) or (value.is_text and value.typing.family is Family.NUMBER):
        return Apply("number_condition", (number_view(value),), Form.BOOLEAN)
    return boolean_view(value)


def json_view(value: Value, family: Family) -> Expr:
    """The cell's compact JSON where it is an array (or object), else null."""
    if value.form is Form.JSON:
        return value.expr if value.typing.family is family else null(Form.JSON)
    if value.form is not Form.TEXT or value.typing.family not in (Family.TEXT, family):
        return null(Form.JSON)
    return Apply("read_array" if family is Family.ARRAY else "read_object", (value.expr,), Form.JSON)


def _read_number(text: Expr, logical: LogicalType) -> Expr:
    if logical.name == "Integer":
        return Apply("read_integer", (text,), Form.INTEGER)
    return Apply("read_decimal", (text,), Form.DECIMAL)


def _read_boolean(text: Expr) -> Expr:
    return Apply("read_boolean", (text,), Form.BOOLEAN)


def _fitting(value: Value) -> Expr:
    """The text, null where it does not fit the column's own semantic type (types 9)."""
    typing = value.typing
    if typing.kind is not Kind.HARD or typing.logical.name == "String":
        return value.expr
    if (declared := custom_type(typing.logical.name)) is not None:
        return Apply("fitting_custom", (value.expr,), Form.TEXT, (declared.rule,))
    return Apply("fitting", (value.expr,), Form.TEXT, (tuple(typing.logical.as_list()),))


def fits(value: Value, logical: LogicalType, context: Context) -> Expr:
    """Whether the cell's text is valid for a type: true, false; false too for empty and null cells."""
    return text_fits(text_view(value, context), logical)


def text_fits(text: Expr, logical: LogicalType) -> Expr:
    """Whether a text is valid for a type; never null."""
    if logical.name == "String":
        return Apply("present", (text,), Form.BOOLEAN)
    if (declared := custom_type(logical.name)) is not None:
        return Apply("fits_custom", (text,), Form.BOOLEAN, (declared.rule,))
    if logical.name in ("Integer", "Float"):  # as steps read it, so that both are done at once
        return ~_read_number(text, logical).is_null()
    if logical.name == "Bool":
        return ~_read_boolean(text).is_null()
    slow = logical.name in ("Array", "Map") or (logical.name == "Datetime" and logical.format is None)
    return Apply("fits_any" if slow else "fits", (text,), Form.BOOLEAN, (tuple(logical.as_list()),))


class Context:
    """What views must know of the run: the reference date, and the data where a type depends on it."""

    reference_year: int
    joining: bool
    """Whether keys of a join are compared: a text that does not convert equals nothing (language 1.5)."""
    ordered: bool
    """Whether the step has an `order:`; it may have no keys, where its columns are lost or not known yet."""

    @property
    def now(self) -> datetime:
        """The run's reference date in UTC."""
        raise NotImplementedError

    @property
    def seed(self) -> int:
        """The job's seed for random numbers (language 11)."""
        raise NotImplementedError

    def fresh_number(self) -> int:
        """A number that no other place in the recipe gets; the same in every run of it."""
        raise NotImplementedError

    def variable(self, name: str) -> Value:
        """A built-in variable by its name: `rownumber`, `sourcerownumber`, `filepath`."""
        raise NotImplementedError

    @property
    def order_keys(self) -> int:
        """How many keys `order:` has given; 0 without `order:`."""
        raise NotImplementedError

    @property
    def beside_rows(self) -> bool:
        """Whether aggregates are repeated on every row of their group, not one value for the group."""
        raise NotImplementedError

    def inferred(self, value: Value) -> LogicalType | None:
        """The inferred type of a soft value that is a column; None where nobody can tell (types 8.3)."""
        raise NotImplementedError

    def all_fit(self, value: Value) -> bool:
        """Whether all texts of a soft value that is a column fit the inferred type, as every one was seen."""
        raise NotImplementedError

    def shown(self, value: Value) -> str:
        """The format in which a computed Datetime prints."""
        raise NotImplementedError

    def shown_like(self, value: Value) -> str:
        """The format for a date computed from a cell: its column's, with the separators of its texts."""
        raise NotImplementedError

    def define(self, value: Value) -> Value:
        """The value as a column of its own, for functions that build on an intermediate result."""
        raise NotImplementedError

    def aggregate(
        self, name: str, args: tuple[Expr, ...], form: Form, typing: Typing, constants: tuple[Constant, ...] = ()
    ) -> Value:
        """A declared aggregate on planned arguments, over the group or beside the rows."""
        raise NotImplementedError

    def windowed(
        self, name: str, args: tuple[Expr, ...], form: Form, typing: Typing, constants: tuple[Constant, ...] = ()
    ) -> Value:
        """A declared window function on planned arguments."""
        raise NotImplementedError
