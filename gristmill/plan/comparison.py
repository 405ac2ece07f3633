"""The one rule for comparing two cells (language 4.5): operators, IN, filters, colCases, join and lookup keys."""

from __future__ import annotations

from gristmill.plan.building import case, cast, coalesce, null
from gristmill.plan.expressions import Apply, Binary, Column, Expr, Form, Literal
from gristmill.plan.moment_views import comparable_moments, moment_view, read_moment
from gristmill.plan.values import Kind, Value
from gristmill.plan.views import Context, boolean_view, integer_view, json_view, number_view, text_view
from gristmill.problems import recipe_error
from gristmill.types.logical import Family
from gristmill.types.numbers import read_number

ORDERING = frozenset({"<", "<=", ">", ">="})
LARGEST = 2**63 - 1


def compare(op: str, left: Value, right: Value, context: Context) -> Expr:
    """`left op right` with op one of = <> < <= > >=; null where one side is null or the order is unknown.

    Raises RecipeError for an ordering of arrays or objects.
    """
    if left.is_null or right.is_null:
        return null(Form.BOOLEAN)
    families = (family_of(left), family_of(right))
    if op in ORDERING and (Family.ARRAY in families or Family.OBJECT in families):
        raise recipe_error("argument-type", "arrays and objects have no order, compare them with == or !=")
    if families == (Family.TEXT, Family.TEXT):
        return _compare_texts(op, left, right, context)
    if Family.DATETIME in families and Family.NUMBER in families:
        return null(Form.BOOLEAN)
    typed = _typed_views(op, left, right, families, context)
    if typed is None:
        return _raw(op, left, right, context)
    both = Binary(op, *typed) if context.joining else _exactly(op, *typed)
    if context.joining or op in ORDERING or Family.TEXT not in families:
        # keys compare by value alone, so that engines can hash them (language 1.5)
        return both
    known = case((~typed[0].is_null() & ~typed[1].is_null(), both), otherwise=_raw(op, left, right, context))
    return known


def _exactly(op: str, left: Expr, right: Expr) -> Expr:
    """A comparison in which an Integer and a Decimal mix exactly: where they are equal as doubles, as integers."""
    forms = (left.form, right.form)
    if set(forms) != {Form.INTEGER, Form.DECIMAL} or _is_plain(left) or _is_plain(right):
        return Binary(op, left, right)
    # a double that equals an Integer as a double, but is no integer of 64 bits, is 2⁶³
    beyond = {"=": False, "<>": True}.get(op, (op[0] == "<") is (forms[0] is Form.INTEGER))
    exact = coalesce(Binary(op, _whole(left), _whole(right)), beyond)
    return case((Binary("=", left, right), exact), otherwise=Binary(op, left, right))


def _is_plain(side: Expr) -> bool:
    """A constant that doubles hold exactly."""
    return isinstance(side, Literal) and isinstance(side.value, int | float) and abs(side.value) < LARGEST


def _whole(side: Expr) -> Expr:
    if side.form is Form.INTEGER:
        return side
    if isinstance(side, Apply) and side.function == "read_decimal":
        return Apply("read_integral", side.args, Form.INTEGER)
    return cast(side, Form.INTEGER)


def family_of(value: Value) -> Family:
    """What a value counts as in comparisons; soft columns and texts are TEXT."""
    if value.form in (Form.INTEGER, Form.DECIMAL):
        return Family.NUMBER
    if value.form is Form.BOOLEAN:
        return Family.BOOLEAN
    if value.form is Form.MOMENT:
        return Family.DATETIME
    return value.typing.family


def _raw(op: str, left: Value, right: Value, context: Context) -> Expr:
    if op in ORDERING:
        return null(Form.BOOLEAN)
    return Binary(op, text_view(left, context), text_view(right, context))


def _typed_views(
    op: str, left: Value, right: Value, families: tuple[Family, Family], context: Context
) -> tuple[Expr, Expr] | None:
    """Both sides in the form in which they compare; None where a constant cannot be converted."""
    wanted = families[0] if families[0] is not Family.TEXT else families[1]
    if Family.BOOLEAN in families and Family.NUMBER in families:
        wanted = Family.BOOLEAN
    if wanted in (Family.ARRAY, Family.OBJECT):
        alike = families[0] is families[1]  # only beside a text or another type does the raw text count
        return _canonical(left, context, typed=alike), _canonical(right, context, typed=alike)
    views = tuple(_typed_view(op, value, wanted, other, context) for value, other in ((left, right), (right, left)))
    if any(isinstance(view, Literal) and view.value is None for view in views):
        return None
    if wanted is Family.DATETIME:
        return comparable_moments((views[0], views[1]), (left, right), context)
    return views[0], views[1]


def _typed_view(op: str, value: Value, wanted: Family, other: Value, context: Context) -> Expr:
    if wanted is Family.NUMBER:
        return _number_beside(op, value, other)
    if wanted is Family.BOOLEAN:
        return boolean_view(value)
    if value.is_text and value.typing.family is Family.TEXT and other.typing.family is Family.DATETIME:
        # a text beside a Datetime column is read by that column's format first
        default = moment_view(value, context)
        if other.typing.logical.format is None:
            return default
        own = read_moment(value.expr, other.typing.logical, context.reference_year)
        return Apply("first_moment", (own, default), Form.MOMENT)
    return moment_view(value, context)


def _number_beside(op: str, value: Value, other: Value) -> Expr:
    """A number for a comparison. Beside an Integer all its 64 bits count: a double holds 53 of them."""
    viewed = number_view(value)
    if viewed.form is not Form.DECIMAL or number_view(other).form is not Form.INTEGER:
        return viewed
    written = value.literal
    number = read_number(written) if isinstance(written, str) else written
    if isinstance(number, int | float) and abs(number) <= LARGEST and number == int(number):
        return Literal(int(number), Form.INTEGER)
    if family_of(value) is Family.TEXT and number is None and op not in ORDERING:
        return integer_view(value)  # a text with a fraction equals no Integer, nor does its text
    return viewed


def _canonical(value: Value, context: Context, *, typed: bool) -> Expr:
    cell = json_view(value, family_of(value)) if typed else text_view(value, context)
    return Apply("json_canonical", (cell,), Form.TEXT)


def _compare_texts(op: str, left: Value, right: Value, context: Context) -> Expr:
    texts = Binary(op, text_view(left, context), text_view(right, context))
    soft_columns = all(value.typing.kind is Kind.SOFT and isinstance(value.expr, Column) for value in (left, right))
    if op not in ORDERING or not soft_columns:
        return texts
    numbers = (number_view(left), number_view(right))
    return case((~numbers[0].is_null() & ~numbers[1].is_null(), Binary(op, *numbers)), otherwise=texts)
