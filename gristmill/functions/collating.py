"""Texts compared by their letters (functions-a 13): the Unicode collation, ties by code points."""

from __future__ import annotations

from typing import Any

from gristmill.functions.declare import Function, scalar, text
from gristmill.plan.building import call, case
from gristmill.plan.expressions import Binary, Expr
from gristmill.types.logical import BOOLEAN


def _collation_key(s: Expr) -> Expr:
    return call("icu_sort_key", s, "und")


def _comparison(name: str, op: str, doc: str, examples: dict[str, Any]) -> Function:
    """`op` is strict for the keys; only identical texts are equal."""

    def tree(a: Expr, b: Expr) -> Expr:
        keys = _collation_key(a), _collation_key(b)
        return case((keys[0].ne(keys[1]), Binary(op, *keys)), (keys[0].eq(keys[1]), Binary(op, a, b)))

    return scalar(
        name,
        takes=[text("s1", "a text"), text("s2", "another text")],
        returns=BOOLEAN,
        doc=doc,
        basis="functions-a 13 [doc]",
        examples=examples,
        tree=tree,
        group="string",
    )


STRINGGREATERTHAN = _comparison(
    "STRINGGREATERTHAN", ">", "Whether a text comes after another: white space, punctuation, digits, a, A, b, B.",
    {"STRINGGREATERTHAN('a', 'b')": False, "STRINGGREATERTHAN('A', 'a')": True, "STRINGGREATERTHAN('a', ';')": True},
)  # fmt: skip
STRINGGREATERTHANEQUAL = _comparison(
    "STRINGGREATERTHANEQUAL", ">=", "Whether a text comes after another or is the same.",
    {"STRINGGREATERTHANEQUAL('a', 'a')": True, "STRINGGREATERTHANEQUAL('a', 'A')": False},
)  # fmt: skip
STRINGLESSTHAN = _comparison(
    "STRINGLESSTHAN", "<", "Whether a text comes before another: white space, punctuation, digits, a, A, b, B.",
    {"STRINGLESSTHAN('a', 'ab')": True, "STRINGLESSTHAN('ă', 'b')": True, "STRINGLESSTHAN('Z', 'a')": False},
)  # fmt: skip
STRINGLESSTHANEQUAL = _comparison(
    "STRINGLESSTHANEQUAL", "<=", "Whether a text comes before another or is the same.",
    {"STRINGLESSTHANEQUAL('a', 'a')": True, "STRINGLESSTHANEQUAL('1', 'a')": True},
)  # fmt: skip
