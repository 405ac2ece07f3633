"""How a transform declares its parameters, and what it gets for them when a step is bound.

    class Merge(Transform, name="merge", title="Merge columns", group="combine"):
        '''Join the text of several columns. An empty cell counts as empty text, the delimiter stays.'''

        col = columns("columns and texts to join, in this order", literals=True)
        separator = text("what stands between them", key="with", default="")
        as_ = text("name of the result", key="as", required=False)

Grammar, help, completion and error messages derive from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.plan.rows import Field, Rows
from gristmill.problems import RecipeError, Span, did_you_mean, quoted, recipe_error
from gristmill.transforms.constants import parameter_literal
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import BUILT_IN

Binder = Callable[["Parameter", tree.Parameter, Environment], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter. `old` are spellings of earlier releases, `words` the legal words of an enum."""

    kind: Kind
    bind: Binder
    doc: str
    key: str = ""
    required: bool = True
    default: Any = None
    old: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict)
    low: int | None = None

    @property
    def takes_many(self) -> bool:
        """Whether it takes several columns, so that even one is a list."""
        return self.bind is _bind_columns

    @property
    def is_formula(self) -> bool:
        """Whether its values are computed, so that columns and calls may stand in them."""
        return self.bind in (_bind_expression, _bind_values, _bind_order, _bind_pairs)

    @property
    def is_flag(self) -> bool:
        """Whether it takes `true` or `false`."""
        return self.bind is _bind_boolean

    def missing(self, transform: str) -> RecipeError:
        return recipe_error("missing-parameter", f"missing parameter {quoted(self.key)}")


# -- what is bound -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnList:
    """Columns as written: names, ranges and `*`, resolved against the rows of the step."""

    items: tuple[tree.Value, ...]

    def places(self, rows: Rows) -> list[int]:
        """Positions in the order of the list, each once. Raises RecipeError `column not found`."""
        found: dict[int, None] = {}
        for item in self.items:
            for place in _places(item, rows):
                found.setdefault(place)
        return list(found)

    def fields(self, rows: Rows) -> list[Field]:
        return [rows.fields[place] for place in self.places(rows)]


def _places(item: tree.Value, rows: Rows) -> Sequence[int]:
    if isinstance(item, tree.Everything):
        return range(len(rows.fields))
    if isinstance(item, tree.Range):
        first, last = (_place(name, rows, item.span) for name in (item.first, item.last))
        if first is None or last is None:
            return ()
        return range(min(first, last), max(first, last) + 1)
    if isinstance(item, tree.Name):
        place = _place(item.name, rows, item.span)
        return () if place is None else (place,)
    if isinstance(item, tree.Text):
        place = _place(item.value, rows, item.span)
        return () if place is None else (place,)
    raise recipe_error("syntax", "expected a column here", span=item.span)


def _place(name: str, rows: Rows, span: Span | None) -> int | None:
    """Where a column stands; None only where the columns are not all known yet."""
    place = rows.position(name)
    if place is None and not rows.open:
        rows.find(name, span)
    return place


@dataclass(frozen=True, slots=True)
class ColumnName:
    """One column as written."""

    name: str
    span: Span | None

    def place(self, rows: Rows) -> int:
        """Its position. Raises RecipeError `column not found`; `OpenSchema` where nobody can tell yet."""
        place = _place(self.name, rows, self.span)
        if place is None:
            raise OpenSchemaError
        return place

    def field(self, rows: Rows) -> Field:
        return rows.fields[self.place(rows)]


class OpenSchemaError(Exception):
    """A step needs a column of a schema that depends on data nobody could be asked for: it stays unchecked."""


# -- binders -----------------------------------------------------------------------------------------


def _only(parameter: Parameter, node: tree.Parameter) -> tree.Value:
    if len(node.values) != 1:
        raise recipe_error(
            "syntax", f"parameter {quoted(parameter.key)} takes one value, got {len(node.values)}", span=node.span
        )
    return node.values[0]


def substituted(item: tree.Value, env: Environment) -> tree.Value:
    """A run parameter stands for its text wherever a literal may stand (language 3.6)."""
    if isinstance(item, tree.Variable) and item.name not in BUILT_IN and item.name != "col":
        return parameter_literal(env.parameter(item.name, item.span), item.span)
    return item


def _bind_columns(parameter: Parameter, node: tree.Parameter, env: Environment) -> ColumnList:
    return ColumnList(node.values)


def _bind_column(parameter: Parameter, node: tree.Parameter, env: Environment) -> ColumnName:
    item = _only(parameter, node)
    if isinstance(item, tree.Name):
        return ColumnName(item.name, item.span)
    if isinstance(item, tree.Text):
        return ColumnName(item.value, item.span)
    raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes one column", span=item.span)


def _bind_expression(parameter: Parameter, node: tree.Parameter, env: Environment) -> tree.Value:
    return _only(parameter, node)


def _bind_values(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.Value, ...]:
    return node.values


def _bind_text(parameter: Parameter, node: tree.Parameter, env: Environment) -> str:
    item = substituted(_only(parameter, node), env)
    written = _word_of(item)
    if written is None:
        raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes a text", span=item.span)
    return written


def _word_of(item: tree.Value) -> str | None:
    match item:
        case tree.Text():
            return item.value
        case tree.Word():
            return item.word
        case tree.Name():
            return item.name
        case tree.Integer():
            return str(item.value)
        case tree.Decimal():
            return item.text
        case tree.Boolean():
            return "true" if item.value else "false"
        case _:
            return None


def _bind_word(parameter: Parameter, node: tree.Parameter, env: Environment) -> str:
    item = _only(parameter, node)
    written = _word_of(item)
    legal = {word.casefold(): word for word in parameter.words} | parameter.synonyms
    if written is not None and written.casefold() in legal:
        return legal[written.casefold()]
    raise recipe_error(
        "bad-enum",
        f"invalid value {quoted(written or '…')} for {parameter.key} ({', '.join(parameter.words)})",
        hint=did_you_mean(written or "", parameter.words),
        span=item.span,
    )


def _bind_words(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[str, ...]:
    words = [_word_of(item) for item in node.values]
    if None in words:
        raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes words or texts", span=node.span)
    return tuple(word for word in words if word is not None)


def _bind_integer(parameter: Parameter, node: tree.Parameter, env: Environment) -> int:
    item = substituted(_only(parameter, node), env)
    value = _integer_of(item)
    if value is None:
        raise recipe_error(
            "bad-number",
            f"invalid value {quoted(_word_of(item) or '…')} for {parameter.key}: must be a whole number",
            span=item.span,
        )
    if parameter.low is not None and value < parameter.low:
        raise recipe_error(
            "bad-number", f"invalid value {value} for {parameter.key}: must be {parameter.low} or more", span=item.span
        )
    return value


def _integer_of(item: tree.Value) -> int | None:
    if isinstance(item, tree.Integer):
        return item.value
    if isinstance(item, tree.Call) and item.function == "NEGATE" and isinstance(item.args[0], tree.Integer):
        return -item.args[0].value
    text = item.value if isinstance(item, tree.Text) else item.text if isinstance(item, tree.Decimal) else None
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return int(number) if number is not None and number.is_integer() else None


def _bind_number(parameter: Parameter, node: tree.Parameter, env: Environment) -> float:
    item = substituted(_only(parameter, node), env)
    try:
        return float(_word_of(item) or "")
    except ValueError:
        raise recipe_error(
            "bad-number",
            f"invalid value {quoted(_word_of(item) or '…')} for {parameter.key}: must be a number",
            span=item.span,
        ) from None


def _bind_integers(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[int, ...]:
    return tuple(_bind_integer(parameter, tree.Parameter(node.name, (item,)), env) for item in node.values)


def _bind_numbers(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[float, ...]:
    return tuple(_bind_number(parameter, tree.Parameter(node.name, (item,)), env) for item in node.values)


def _bind_boolean(parameter: Parameter, node: tree.Parameter, env: Environment) -> bool:
    item = substituted(_only(parameter, node), env)
    written = (_word_of(item) or "").casefold()
    if written in ("true", "false"):
        return written == "true"
    raise recipe_error(
        "bad-enum", f"invalid value {quoted(_word_of(item) or '…')} for {parameter.key} (true, false)", span=item.span
    )


def _bind_pattern(parameter: Parameter, node: tree.Parameter, env: Environment) -> tree.Value:
    item = substituted(_only(parameter, node), env)
    if isinstance(item, tree.Text | tree.Pattern | tree.Regex):
        return item
    raise recipe_error(
        "syntax",
        f"parameter {quoted(parameter.key)} takes a text, a `pattern` or a /regular expression/",
        span=item.span,
    )


def _bind_patterns(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.Value, ...]:
    return tuple(_bind_pattern(parameter, tree.Parameter(node.name, (item,)), env) for item in node.values)


def _bind_order(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.OrderItem, ...]:
    items = []
    for item in node.values:
        if not isinstance(item, tree.OrderItem):
            raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes columns", span=item.span)
        items.append(item)
    return tuple(items)


def _bind_pairs(
    parameter: Parameter, node: tree.Parameter, env: Environment
) -> tuple[tuple[tree.Expression, tree.Expression], ...]:
    pairs = []
    for item in node.values:
        if not isinstance(item, tree.Array) or len(item.items) != 2:
            raise recipe_error(
                "syntax", f"parameter {quoted(parameter.key)} takes pairs such as [a,'b']", span=item.span
            )
        pairs.append((item.items[0], item.items[1]))
    return tuple(pairs)


def _bind_datasets(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.Dataset, ...]:
    items = []
    for item in node.values:
        if not isinstance(item, tree.Dataset):
            raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes datasets", span=item.span)
        items.append(item)
    return tuple(items)


# -- declaring ---------------------------------------------------------------------------------------
# The declarations answer Any: on a bound step the attribute is what the binder returned.


def columns(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Several columns: a ColumnList."""
    return Parameter(Kind.COLUMNS, _bind_columns, doc, key, required, ColumnList(()), old)


def column(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """One column: a ColumnName, or None."""
    return Parameter(Kind.COLUMNS, _bind_column, doc, key, required, None, old)


def expression(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """One expression: its tree, or None."""
    return Parameter(Kind.EXPRESSION, _bind_expression, doc, key, required, None, old)


def expressions(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Several expressions: a tuple of trees."""
    return Parameter(Kind.EXPRESSIONS, _bind_values, doc, key, required, (), old)


def flexible(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Expressions in which a bare word may be a word: a tuple of trees."""
    return Parameter(Kind.FLEXIBLE, _bind_values, doc, key, required, (), old)


def text(
    doc: str, *, required: bool = False, default: str | None = None, key: str = "", old: tuple[str, ...] = ()
) -> Any:
    """A literal text: str, or the default."""
    return Parameter(Kind.EXPRESSION, _bind_text, doc, key, required, default, old)


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
    return Parameter(Kind.WORDS, _bind_word, doc, key, required, default, (), tuple(words), synonyms or {})


def words(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Bare words or texts: a tuple of str."""
    return Parameter(Kind.WORDS, _bind_words, doc, key, required, (), old)


def integer(
    doc: str, *, default: int | None = None, required: bool = False, low: int | None = None, key: str = "",
    old: tuple[str, ...] = (),
) -> Any:  # fmt: skip
    """A whole number: int, or the default."""
    return Parameter(Kind.EXPRESSION, _bind_integer, doc, key, required, default, old, low=low)


def number(doc: str, *, default: float | None = None, required: bool = False, key: str = "") -> Any:
    """A number: float, or the default."""
    return Parameter(Kind.EXPRESSION, _bind_number, doc, key, required, default)


def integers(
    doc: str, *, required: bool = False, low: int | None = None, key: str = "", old: tuple[str, ...] = ()
) -> Any:
    """Whole numbers: a tuple of int."""
    return Parameter(Kind.EXPRESSIONS, _bind_integers, doc, key, required, (), old, low=low)


def numbers(doc: str, *, required: bool = False, key: str = "") -> Any:
    """Several numbers: a tuple of float."""
    return Parameter(Kind.EXPRESSIONS, _bind_numbers, doc, key, required, ())


def boolean(doc: str, *, default: bool = False, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """`true` or `false`."""
    return Parameter(Kind.EXPRESSION, _bind_boolean, doc, key, False, default, old)


def pattern(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """A text, pattern or regular expression: its tree, or None."""
    return Parameter(Kind.EXPRESSION, _bind_pattern, doc, key, required, None, old)


def patterns(doc: str, *, required: bool = True, key: str = "", old: tuple[str, ...] = ()) -> Any:
    """Several of them: a tuple of trees."""
    return Parameter(Kind.EXPRESSIONS, _bind_patterns, doc, key, required, (), old)


def order(doc: str = "the order, `-` before a column for descending", *, required: bool = False) -> Any:
    """Sort keys: a tuple of OrderItem."""
    return Parameter(Kind.ORDER, _bind_order, doc, "order", required, ())


def group(doc: str = "the columns whose equal cells make a group") -> Any:
    """Group columns: a ColumnList, empty by default."""
    return Parameter(Kind.COLUMNS, _bind_columns, doc, "group", False, ColumnList(()))


def pairs(doc: str, *, required: bool = True, key: str = "") -> Any:
    """Pairs `[a,b]`: a tuple of pairs of trees."""
    return Parameter(Kind.PAIRS, _bind_pairs, doc, key, required, ())


def datasets(doc: str, *, required: bool = True, key: str = "with") -> Any:
    """Other datasets: a tuple of Dataset."""
    return Parameter(Kind.DATASETS, _bind_datasets, doc, key, required, ())


def special(kind: Kind, doc: str, *, required: bool = False, key: str = "") -> Any:
    """Values of a kind of their own (join columns, union mapping): a tuple of trees."""
    return Parameter(kind, _bind_values, doc, key, required, ())
