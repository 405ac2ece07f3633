"""How a transform declares its parameters, and what it gets for them when a step is bound.

    class Merge(Transform, name="merge", title="Merge columns", group="combine"):
        '''Join the text of several columns. An empty cell counts as empty text, the delimiter stays.'''

        col = columns("columns and texts to join, in this order", literals=True)
        separator = text("what stands between them", key="with", default="")
        as_ = text("name of the result", key="as", required=False)

Grammar, help, completion and error messages derive from these declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gristmill.language.grammar import Kind
from gristmill.transforms import binders
from gristmill.transforms.binders import Parameter
from gristmill.transforms.column_lists import ColumnList

# The declarations answer Any: on a bound step the attribute is what the binder returned.


def columns(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Several columns: a ColumnList."""
    return Parameter(Kind.COLUMNS, binders.bind_columns, doc, key, required, ColumnList(()), old)


def column(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """One column: a ColumnName, or None."""
    return Parameter(Kind.COLUMNS, binders.bind_column, doc, key, required, None, old)


def expression(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """One expression: its tree, or None."""
    return Parameter(Kind.EXPRESSION, binders.bind_expression, doc, key, required, None, old)


def expressions(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Several expressions: a tuple of trees."""
    return Parameter(Kind.EXPRESSIONS, binders.bind_values, doc, key, required, (), old)


def flexible(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Expressions in which a bare word may be a word: a tuple of trees."""
    return Parameter(Kind.FLEXIBLE, binders.bind_values, doc, key, required, (), old)


def text(
    doc: str, *, required: bool = False, default: str | None = None, key: str = "", old: tuple[str, ...] = ()
) -> Any:
    """A literal text: str, or the default."""
    return Parameter(Kind.EXPRESSION, binders.bind_text, doc, key, required, default, old)


def word(
    doc: str,
    words: Sequence[str],
    *,
    default: str | None = None,
    required: bool = False,
    key: str = "",
    synonyms: dict[str, str] | None = None,
) -> Any:
    """A word out of a closed list, in the spelling of the list."""
    return Parameter(Kind.WORDS, binders.bind_word, doc, key, required, default, (), tuple(words), synonyms or {})


def words(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Bare words or texts: a tuple of str."""
    return Parameter(Kind.WORDS, binders.bind_words, doc, key, required, (), old)


def integer(
    doc: str, *, default: int | None = None, required: bool = False, low: int | None = None, key: str = "",
    old: tuple[str, ...] = (),
) -> Any:  # fmt: skip
    """A whole number: int, or the default."""
    return Parameter(Kind.EXPRESSION, binders.bind_integer, doc, key, required, default, old, low=low)


def number(doc: str, *, default: float | None = None, required: bool = False, key: str = "") -> Any:
    """A number: float, or the default."""
    return Parameter(Kind.EXPRESSION, binders.bind_number, doc, key, required, default)


def integers(
    doc: str, *, required: bool = False, low: int | None = None, key: str = "", old: tuple[str, ...] = ()
) -> Any:
    """Whole numbers: a tuple of int."""
    return Parameter(Kind.EXPRESSIONS, binders.bind_integers, doc, key, required, (), old, low=low)


def numbers(doc: str, *, required: bool = False, key: str = "") -> Any:
    """Several numbers: a tuple of float."""
    return Parameter(Kind.EXPRESSIONS, binders.bind_numbers, doc, key, required, ())


def boolean(doc: str, *, default: bool = False, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """`true` or `false`."""
    return Parameter(Kind.EXPRESSION, binders.bind_boolean, doc, key, False, default, old)


def pattern(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """A text, pattern or regular expression: its tree, or None."""
    return Parameter(Kind.EXPRESSION, binders.bind_pattern, doc, key, required, None, old)


def patterns(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Several of them: a tuple of trees."""
    return Parameter(Kind.EXPRESSIONS, binders.bind_patterns, doc, key, required, (), old)


def order(doc: str = "the order, `-` before a column for descending", *, required: bool = False) -> Any:
    """Sort keys: a tuple of OrderItem."""
    return Parameter(Kind.ORDER, binders.bind_order, doc, "order", required, ())


def group(doc: str = "the columns whose equal cells make a group") -> Any:
    """Group columns: a ColumnList, empty by default."""
    return Parameter(Kind.COLUMNS, binders.bind_columns, doc, "group", False, ColumnList(()))


def pairs(doc: str, *, required: bool = True, key: str = "") -> Any:
    """Pairs `[a,b]`: a tuple of pairs of trees."""
    return Parameter(Kind.PAIRS, binders.bind_pairs, doc, key, required, ())


def datasets(doc: str, *, required: bool = True, key: str = "with") -> Any:
    """Other datasets: a tuple of Dataset."""
    return Parameter(Kind.DATASETS, binders.bind_datasets, doc, key, required, ())


def special(kind: Kind, doc: str, *, required: bool = False, key: str = "") -> Any:
    """Values of a kind of their own (join columns, union mapping): a tuple of trees."""
    return Parameter(kind, binders.bind_values, doc, key, required, ())
