"""What a declared parameter makes of the values that a step gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.problems import RecipeError, did_you_mean, quoted, recipe_error
from gristmill.transforms.column_lists import ColumnList, ColumnName
from gristmill.transforms.constants import parameter_literal
from gristmill.transforms.environment import Environment
from gristmill.transforms.scope import BUILT_IN

Item = TypeVar("Item", bound=tree.Value)
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
        return self.bind is bind_columns

    @property
    def is_formula(self) -> bool:
        """Whether its values are computed, so that columns and calls may stand in them."""
        return self.bind in (bind_expression, bind_values, bind_order, bind_pairs)

    @property
    def is_flag(self) -> bool:
        """Whether it takes `true` or `false`."""
        return self.bind is bind_boolean

    def missing(self, transform: str) -> RecipeError:
        return recipe_error("missing-parameter", f"missing parameter {quoted(self.key)}")


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


def bind_columns(parameter: Parameter, node: tree.Parameter, env: Environment) -> ColumnList:
    return ColumnList(node.values)


def bind_column(parameter: Parameter, node: tree.Parameter, env: Environment) -> ColumnName:
    item = _only(parameter, node)
    if isinstance(item, tree.Name):
        return ColumnName(item.name, item.span)
    if isinstance(item, tree.Text):
        return ColumnName(item.value, item.span)
    raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes one column", span=item.span)


def bind_expression(parameter: Parameter, node: tree.Parameter, env: Environment) -> tree.Value:
    return _only(parameter, node)


def bind_values(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.Value, ...]:
    return node.values


def bind_text(parameter: Parameter, node: tree.Parameter, env: Environment) -> str:
    item = substituted(_only(parameter, node), env)
    written = word_of(item)
    if written is None:
        raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes a text", span=item.span)
    return written


def word_of(item: tree.Value) -> str | None:
    """A literal or a bare word as text; None for anything else."""
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


def bind_word(parameter: Parameter, node: tree.Parameter, env: Environment) -> str:
    item = _only(parameter, node)
    written = word_of(item)
    legal = {word.casefold(): word for word in parameter.words} | parameter.synonyms
    if written is not None and written.casefold() in legal:
        return legal[written.casefold()]
    raise recipe_error(
        "bad-enum",
        f"invalid value {quoted(written or '…')} for {parameter.key} ({', '.join(parameter.words)})",
        hint=did_you_mean(written or "", parameter.words),
        span=item.span,
    )


def bind_words(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[str, ...]:
    words = [word_of(item) for item in node.values]
    if None in words:
        raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes words or texts", span=node.span)
    return tuple(word for word in words if word is not None)


def bind_integer(parameter: Parameter, node: tree.Parameter, env: Environment) -> int:
    item = substituted(_only(parameter, node), env)
    value = _integer_of(item)
    if value is None:
        raise recipe_error(
            "bad-number",
            f"invalid value {quoted(word_of(item) or '…')} for {parameter.key}: must be a whole number",
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


def bind_number(parameter: Parameter, node: tree.Parameter, env: Environment) -> float:
    item = substituted(_only(parameter, node), env)
    try:
        return float(word_of(item) or "")
    except ValueError:
        raise recipe_error(
            "bad-number",
            f"invalid value {quoted(word_of(item) or '…')} for {parameter.key}: must be a number",
            span=item.span,
        ) from None


def bind_integers(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[int, ...]:
    return tuple(bind_integer(parameter, tree.Parameter(node.name, (item,)), env) for item in node.values)


def bind_numbers(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[float, ...]:
    return tuple(bind_number(parameter, tree.Parameter(node.name, (item,)), env) for item in node.values)


def bind_boolean(parameter: Parameter, node: tree.Parameter, env: Environment) -> bool:
    item = substituted(_only(parameter, node), env)
    written = (word_of(item) or "").casefold()
    if written in ("true", "false"):
        return written == "true"
    raise recipe_error(
        "bad-enum", f"invalid value {quoted(word_of(item) or '…')} for {parameter.key} (true, false)", span=item.span
    )


def bind_pattern(parameter: Parameter, node: tree.Parameter, env: Environment) -> tree.Value:
    item = substituted(_only(parameter, node), env)
    if isinstance(item, tree.Text | tree.Pattern | tree.Regex):
        return item
    raise recipe_error(
        "syntax",
        f"parameter {quoted(parameter.key)} takes a text, a `pattern` or a /regular expression/",
        span=item.span,
    )


def bind_patterns(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.Value, ...]:
    return tuple(bind_pattern(parameter, tree.Parameter(node.name, (item,)), env) for item in node.values)


def bind_order(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.OrderItem, ...]:
    return _all_of(tree.OrderItem, "columns", parameter, node)


def bind_pairs(
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


def bind_datasets(parameter: Parameter, node: tree.Parameter, env: Environment) -> tuple[tree.Dataset, ...]:
    return _all_of(tree.Dataset, "datasets", parameter, node)


def _all_of(kind: type[Item], what: str, parameter: Parameter, node: tree.Parameter) -> tuple[Item, ...]:
    items = []
    for item in node.values:
        if not isinstance(item, kind):
            raise recipe_error("syntax", f"parameter {quoted(parameter.key)} takes {what}", span=item.span)
        items.append(item)
    return tuple(items)
