"""Vectorised routines in plain SQL: it cannot call them, so it stops, with a name, where a row would need one.

Most routines are the slow way of a function whose usual way is SQL, so most data never comes to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce

from sqlglot import exp

from gristmill.engines.sql.batches import BatchCall
from gristmill.engines.sql.write import type_node
from gristmill.functions.batch import Rowwise
from gristmill.plan.expressions import Form

STOP = "gristmill: no SQL for "
_STOPPED = re.compile(re.escape(STOP) + r"(\w+)")


def stopping(tree: exp.Select, batches: Mapping[str, BatchCall], error: str, types: Mapping[Form, str]) -> None:
    """Put an error in the place of every call of a routine; `error` is what the engine calls that."""
    for node in reversed(list(tree.find_all(exp.Anonymous))):
        call = batches.get(node.name)
        if call is not None:
            node.replace(_stop(call, node.expressions, error, types))


def stopped_by(message: str) -> str | None:
    """The function whose routine an engine's error tells of."""
    found = _STOPPED.search(message)
    return found[1] if found else None


def _stop(call: BatchCall, args: list[exp.Expr], error: str, types: Mapping[Form, str]) -> exp.Expr:
    routine = call.function.batch
    to = type_node(types[routine.returns if isinstance(routine, Rowwise) else call.kind])
    message = exp.Literal.string(f"{STOP}{call.function.name}")
    stop = exp.Cast(this=exp.Anonymous(this=error, expressions=[message]), to=to)
    if not isinstance(routine, Rowwise) or routine.nulls or not args:
        return stop
    absent: list[exp.Expr] = [
        exp.Paren(this=exp.Is(this=exp.Paren(this=arg.copy()), expression=exp.Null())) for arg in args
    ]
    # a routine of rows gives null for null without a look
    any_absent = reduce(lambda left, right: exp.Or(this=left, expression=right), absent)
    return exp.Case(ifs=[exp.If(this=any_absent, true=exp.Cast(this=exp.Null(), to=to.copy()))], default=stop)
