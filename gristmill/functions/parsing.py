"""Texts read as typed values (functions-a 9): null where they do not fit, never an error."""

from __future__ import annotations

from collections.abc import Callable

from gristmill.functions.declare import Function, anything, scalar
from gristmill.plan.building import case, null
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, decimal_view, integer_view, text_view
from gristmill.types.logical import ARRAY, BOOLEAN, DECIMAL, INTEGER, OBJECT, STRING, Family, LogicalType

Plan = Callable[[Context, Value], Value]


def _reader(name: str, form: Form) -> Callable[[Value, Context], Expr]:
    return lambda s, context: Apply(name, (text_view(s, context),), form)


_read_boolean = _reader("read_boolean", Form.BOOLEAN)
_read_integer = _reader("read_integer", Form.INTEGER)
_read_decimal = _reader("read_decimal", Form.DECIMAL)
NUMBERS = (Form.INTEGER, Form.DECIMAL)


def _plan_boolean(context: Context, s: Value) -> Value:
    return computed(s.expr if s.form is Form.BOOLEAN else _read_boolean(s, context))


def _plan_integer(context: Context, s: Value) -> Value:
    """By the text: `25.0` does not fit; a computed number passes where it is integral."""
    return computed(integer_view(s) if s.form in NUMBERS else _read_integer(s, context))


def _plan_float(context: Context, s: Value) -> Value:
    return computed(decimal_view(s) if s.form in NUMBERS else _read_decimal(s, context))


def _plan_string(context: Context, s: Value) -> Value:
    return computed(Apply("given_text", (text_view(s, context),), Form.TEXT))


GIVEN_TEXT = scalar(
    "given_text", takes=[anything("s")], returns=STRING, doc="A text, null where it is empty.", hidden=True,
    tree=lambda s: case((s.ne(""), s)),
)  # fmt: skip


def _plan_json(family: Family, logical: LogicalType) -> Plan:
    reader = _reader("read_array" if family is Family.ARRAY else "read_object", Form.JSON)

    def plan(context: Context, s: Value) -> Value:
        if s.form is Form.JSON:
            return computed(s.expr if s.typing.family is family else null(Form.JSON), logical)
        return computed(reader(s, context), logical)

    return plan


def _parser(name: str, returns: LogicalType, what: str, examples: dict[str, object], plan: Plan) -> Function:
    return scalar(
        name,
        takes=[anything("s", "what to read")],
        returns=returns,
        doc=f"A text read as {what}; null where it does not fit.",
        basis="functions-a 9 [doc]",
        examples=examples,
        plan=plan,
        group="type",
    )


PARSEBOOL = _parser(
    "PARSEBOOL", BOOLEAN, "a Boolean", {"PARSEBOOL('Yes')": True, "PARSEBOOL('0')": False, "PARSEBOOL('2')": None},
    _plan_boolean,
)  # fmt: skip
PARSEINT = _parser(
    "PARSEINT", INTEGER, "an Integer", {"PARSEINT(' -7')": -7, "PARSEINT('25.0')": None, "PARSEINT('1,000')": None},
    _plan_integer,
)  # fmt: skip
PARSEFLOAT = _parser(
    "PARSEFLOAT", DECIMAL, "a Decimal",
    {"PARSEFLOAT('24.22')": 24.22, "PARSEFLOAT('1e3')": 1000, "PARSEFLOAT('$5')": None}, _plan_float,
)  # fmt: skip
PARSESTRING = scalar(
    "PARSESTRING",
    takes=[anything("x", "any value")],
    returns=STRING,
    doc="Any value as text; null where it is null or empty.",
    basis="functions-a 9 [doc]",
    examples={"PARSESTRING(5)": "5", "PARSESTRING(1 == 1)": "true", "ISNULL(PARSESTRING(''))": True},
    plan=_plan_string,
    group="type",
)
PARSEARRAY = _parser(
    "PARSEARRAY", ARRAY, "a JSON array", {"PARSEARRAY('[1, 2]')": "[1,2]", "PARSEARRAY('[1,')": None},
    _plan_json(Family.ARRAY, ARRAY),
)  # fmt: skip
PARSEOBJECT = _parser(
    "PARSEOBJECT", OBJECT, "a JSON object", {"""PARSEOBJECT('{"a": 1}')""": '{"a":1}', "PARSEOBJECT('[1]')": None},
    _plan_json(Family.OBJECT, OBJECT),
)  # fmt: skip
