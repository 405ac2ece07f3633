"""Sort keys: the order of `sort`, of windows and of ARRAYSORT (language 1.6)."""

from __future__ import annotations

from gristmill.plan.building import case
from gristmill.plan.expressions import Apply, Expr, Form, Key
from gristmill.plan.grouping import typed_key
from gristmill.plan.values import Kind, Typing, Value
from gristmill.plan.views import Context, fits
from gristmill.types.logical import Family


def sort_keys(value: Value, descending: bool, context: Context) -> tuple[Key, ...]:
    """Valid cells in the order of the type, then mismatched ones, then empty ones; descending is the exact reverse."""
    if value.form not in (Form.TEXT, Form.JSON):
        return (Key(value.expr, descending, nulls_first=descending),)
    text = value.expr
    typed = _typed(value, context)
    empty = text.is_null() | text.eq("")
    if typed is None:
        state = case((empty, 2), (_mismatch(value, context), 1), otherwise=0) if _semantic(value.typing) else None
        state = state or case((empty, 2), otherwise=0)
        keys = (state, *text_keys(case((~empty, text))))  # null and missing cells are equal keys
    elif value.typing.kind is Kind.SOFT and context.all_fit(value):
        keys = (case((empty, 1), otherwise=0), typed)
    else:
        misfit = case((typed.is_null() & ~empty, text))
        keys = (case((empty, 2), (typed.is_null(), 1), otherwise=0), typed, *text_keys(misfit))
    return tuple(Key(key, descending) for key in keys)


def window_keys(value: Value, descending: bool, context: Context) -> tuple[Key, ...]:
    """As in `sort`, but empty and mismatched cells come last in both directions, all tied."""
    if value.form not in (Form.TEXT, Form.JSON):
        return (Key(value.expr, descending),)
    typed = _typed(value, context)
    if typed is not None:
        return (Key(typed, descending),)
    text = value.expr
    usable = case((~text.eq(""), text))
    if _semantic(value.typing):
        usable = case((fits(value, value.typing.logical, context), text))
    return (Key(case((usable.is_null(), 1), otherwise=0)), *(Key(key, descending) for key in text_keys(usable)))


def text_keys(text: Expr) -> tuple[Expr, ...]:
    """The five keys of the text order: numeric texts by value, then folded, lower-cased and exact text."""
    number = Apply("read_decimal", (text,), Form.DECIMAL)
    is_word = number.is_null()
    return (
        case((is_word, 1), otherwise=0),
        number,
        case((is_word, Apply("order_folded", (text,), Form.TEXT)), otherwise=""),
        case((is_word, Apply("order_lower", (text,), Form.TEXT)), otherwise=""),
        case((is_word, text), otherwise=""),
    )


def _typed(value: Value, context: Context) -> Expr | None:
    """The typed view of a text column whose order is not that of its texts."""
    if value.typing.kind is Kind.SOFT:
        inferred = context.inferred(value)
        if inferred is None or inferred.family not in (Family.DATETIME, Family.BOOLEAN):
            return None  # the text order already puts numbers by value
        # what does not fit the inferred type sorts as mismatched: no other format is tried (types 8.3)
        value = value.typed(value.typing.hard(inferred))
    return typed_key(value, value.typing.family, context)


def _semantic(typing: Typing) -> bool:
    return typing.kind is Kind.HARD and typing.logical.name != "String"


def _mismatch(value: Value, context: Context) -> Expr:
    return ~fits(value, value.typing.logical, context)
