"""What a text holds, begins and ends with (functions-a 3, 6): true or false, never null."""

from __future__ import annotations

from functools import reduce
from typing import Any

from gristmill.functions.declare import Function, anything, flag, hidden, pattern, scalar, string, text
from gristmill.functions.patterns import found_in
from gristmill.functions.targets import Target, Written, target
from gristmill.plan.building import call, coalesce
from gristmill.plan.expressions import Apply, Expr, Form
from gristmill.plan.values import Value, computed
from gristmill.plan.views import Context, text_view
from gristmill.types.logical import BOOLEAN

TESTS = {"anywhere": "contains", "start": "starts_with", "end": "ends_with"}

TEXT_FOUND = hidden(
    "text_found", takes=[text("s"), text("find"), string("where")], returns=BOOLEAN,
    doc="Whether a text stands in another: anywhere, at its start, at its end; false for null.",
    tree=lambda s, find, where: coalesce(call(TESTS[where], s, find), False),
)  # fmt: skip


def _found(wanted: Target, s: Expr, where: str) -> Expr:
    if wanted.pattern is not None:
        return found_in(s, wanted.pattern, where)
    return Apply("text_found", wanted.sides(s), Form.BOOLEAN, (where,))


def _plan_matches(context: Context, texts: tuple[Value, ...], find: Written, ignore_case: bool) -> Value:
    wanted = target(find, ignore_case, context)
    return computed(reduce(lambda a, b: a | b, [_found(wanted, text_view(s, context), "anywhere") for s in texts]))


MATCHES = scalar(
    "MATCHES",
    takes=[
        anything("texts", "a column, or several", many=True),
        pattern("pattern", "what to find"),
        flag("ignore_case", "letter case does not matter"),
    ],
    returns=BOOLEAN,
    doc="Whether a text, or one of several, contains a match; false for null.",
    basis="functions-a 6 [doc]",
    examples={
        "MATCHES('Hello, World', 'Hello')": True,
        "MATCHES('HELLO', 'hello', true)": True,
        "MATCHES(['a', 'b2'], `{digit}`)": True,
        "MATCHES(NULL(), 'a')": False,
    },
    plan=_plan_matches,
    group="comparison",
)


def _edge(name: str, where: str, doc: str, examples: dict[str, Any]) -> Function:
    def plan(context: Context, x: Value, find: Written, ignore_case: bool) -> Value:
        return computed(_found(target(find, ignore_case, context), text_view(x, context), where))

    return scalar(
        name,
        takes=[
            anything("x", "any value"),
            pattern("pattern", "what to find"),
            flag("ignore_case", "letter case does not matter"),
        ],
        returns=BOOLEAN,
        doc=doc,
        basis="functions-a 3 [doc]",
        examples=examples,
        plan=plan,
        group="string",
    )


STARTSWITH = _edge(
    "STARTSWITH",
    "start",
    "Whether a value begins with a match; false for null.",
    {
        "STARTSWITH('Mr. Smith', 'Mr.')": True,
        "STARTSWITH('ABC123', `{alpha-numeric}{6}`)": True,
        "STARTSWITH('hello', 'HE', true)": True,
        "STARTSWITH('hello', 'lo')": False,
    },
)
ENDSWITH = _edge(
    "ENDSWITH",
    "end",
    "Whether a value ends with a match; false for null.",
    {"ENDSWITH('Hello, World', 'World')": True, "ENDSWITH('x 202', `{digit}{4}`)": False, "ENDSWITH('abc', '')": True},
)


def _plan_exact(context: Context, a: Value, b: Value, ignore_case: bool) -> Value:
    other = Target(ignore_case, text=text_view(b, context))
    left, right = other.sides(text_view(a, context))
    return computed(left.eq(right))


EXACT = scalar(
    "EXACT",
    takes=[text("s1", "a text"), text("s2", "another text"), flag("ignore_case", "letter case does not matter")],
    returns=BOOLEAN,
    doc="Whether two texts are the same, character by character.",
    basis="functions-a 3 [doc]",
    examples={"EXACT('a', 'A')": False, "EXACT('a', 'A', true)": True, "EXACT('a', ' a')": False},
    plan=_plan_exact,
    group="string",
)
