"""Expressions of a recipe become expressions of the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from gristmill.functions.declare import Argument, Function, FunctionKind, Want, form_of
from gristmill.functions.registry import ABSENT, FUNCTIONS
from gristmill.language import tree
from gristmill.plan.expressions import Apply, Column, Expr, Form, Key, Window, null
from gristmill.plan.grouping import group_keys
from gristmill.plan.rows import Rows
from gristmill.plan.values import NULL, Kind, Typing, Value, computed, literal
from gristmill.plan.views import (
    Context,
    condition_view,
    integer_view,
    json_view,
    moment_view,
    number_view,
    settled,
    text_view,
)
from gristmill.problems import RecipeError, Span, did_you_mean, quoted, recipe_error
from gristmill.transforms.environment import Environment
from gristmill.types.logical import Family, LogicalType, type_named
from gristmill.types.translation import custom_format_for

LARGEST = 2**63 - 1
SMALLEST = -(2**63)


class Aggregates(Enum):
    """What an aggregate or window function means where the expression stands."""

    BESIDE = "beside"  # computed over the group and repeated on each row
    GROUPED = "grouped"  # the one value of a group
    REFUSED = "refused"


@dataclass(slots=True)
class Scope(Context):
    """Where an expression is evaluated. `rows` may grow by hidden columns; read it back afterwards.

    `used` collects the positions of the columns that were read, for the place of a new column (transforms 6.2).
    """

    rows: Rows
    env: Environment
    current: Value | None = None
    current_place: int | None = None
    aggregates: Aggregates = Aggregates.BESIDE
    refusal: str = "use derive type: multiple, groupby or pivot"
    group: tuple[Value, ...] = ()
    order: tuple[Key, ...] = ()
    qualified: Callable[[tree.Qualified | tree.Name], Value] | None = None
    used: set[int] = field(default_factory=set)
    joining: bool = False

    @property
    def reference_year(self) -> int:  # type: ignore[override]
        return self.env.reference.year

    @property
    def now(self) -> datetime:
        return self.env.reference

    @property
    def order_keys(self) -> int:
        return len(self.order)

    @property
    def beside_rows(self) -> bool:
        return self.aggregates is Aggregates.BESIDE

    def inferred(self, value: Value) -> LogicalType | None:
        return self.env.inferred(value.expr, self.rows) if isinstance(value.expr, Column) else None

    def shown(self, value: Value) -> str:
        typing = value.typing
        if typing.shown is not None:
            return typing.shown
        if typing.logical.format is None:
            return "yyyy-MM-dd HH:mm:ss"
        return custom_format_for(typing.logical.format, None)

    def shown_like(self, value: Value) -> str:
        """The format for a date computed from a cell: its column's, with the separators of its texts."""
        if value.is_text and value.typing.kind is Kind.SOFT:
            # a computed text that is a date has the format in which it is read (types 8.3)
            value = value.typed(replace(value.typing, logical=self.inferred(value) or value.typing.logical))
        if not value.is_text or value.typing.logical.format is None:
            return self.shown(value)
        texts = self.env.sample(value.expr, self.rows) if isinstance(value.expr, Column) else []
        return custom_format_for(value.typing.logical.format, next((text for text in texts if text), None))

    def define(self, value: Value) -> Value:
        """The value as a column of its own, for functions that build on an intermediate result."""
        self.rows, (column,) = self.rows.define([value])
        return column

    def aggregate(
        self, name: str, args: tuple[Expr, ...], form: Form, typing: Typing, constants: tuple[Any, ...] = ()
    ) -> Value:
        """A declared aggregate on planned arguments, over the group or beside the rows."""
        window = Window(self.window().partition) if self.aggregates is Aggregates.BESIDE else None
        order = self.row_order() if FUNCTIONS[name].ordered else ()
        return Value(Apply(name, args, form, constants, window, order), typing)

    def windowed(
        self, name: str, args: tuple[Expr, ...], form: Form, typing: Typing, constants: tuple[Any, ...] = ()
    ) -> Value:
        """A declared window function on planned arguments."""
        return Value(Apply(name, args, form, constants, self.window()), typing)

    @property
    def seed(self) -> int:
        return self.env.seed

    def fresh_number(self) -> int:
        return next(self.rows.ids)

    def variable(self, name: str) -> Value:
        """A built-in variable; the row number as a column of its own, so that it can stand anywhere."""
        found = _built_in(name, self, None)
        return self.define(found) if name == "rownumber" else found

    def row_order(self) -> tuple[Key, ...]:
        """The present row order as one key."""
        self.rows, number = self.rows.numbered()
        return (Key(number),)

    def window(self) -> Window:
        """The group and the order in force, the present row order last."""
        keys = tuple(key for value in self.group for key in group_keys(value, self))
        return Window(keys, self.order + self.rows.order)


def evaluate(node: tree.Value, scope: Scope) -> Value:
    """The value of an expression. Raises RecipeError with the place of the guilty word."""
    try:
        return _EVALUATORS[type(node)](node, scope)
    except KeyError:
        raise recipe_error("syntax", "expected a value here", span=node.span) from None


def evaluate_condition(node: tree.Value, scope: Scope) -> Expr:
    """The expression as a test: null where it is neither true nor false."""
    return condition_view(evaluate(node, scope))


# -- leaves ------------------------------------------------------------------------------------------


def _name(node: tree.Name, scope: Scope) -> Value:
    _refuse_ungrouped(node.name, scope, node.span)
    if scope.qualified is not None:
        return scope.qualified(node)
    place = scope.rows.position(node.name)
    if place is None and scope.rows.open:
        return NULL
    field_ = scope.rows.find(node.name, node.span)
    scope.used.add(scope.rows.position(node.name) or 0)
    return field_.value


def _refuse_ungrouped(written: str, scope: Scope, span: Span | None) -> None:
    if scope.aggregates is Aggregates.GROUPED:
        raise recipe_error(
            "argument-type", f"{quoted(written)} must stand inside an aggregate such as ANY or SUM", span=span
        )


def _qualified(node: tree.Qualified, scope: Scope) -> Value:
    if scope.qualified is None:
        raise recipe_error(
            "misplaced-variable",
            f"{quoted(f'{node.dataset}.{node.name}')}: dataset names belong to join, lookup and union",
            span=node.span,
        )
    return scope.qualified(node)


def _integer(node: tree.Integer, scope: Scope) -> Value:
    return literal(node.value if SMALLEST <= node.value <= LARGEST else float(node.value))


def _decimal(node: tree.Decimal, scope: Scope) -> Value:
    return literal(float(node.text))


def _pattern(node: tree.Pattern | tree.Regex, scope: Scope) -> Value:
    raise recipe_error("argument-type", "a pattern cannot stand here", span=node.span)


def _variable(node: tree.Variable, scope: Scope) -> Value:
    name = node.name
    if name == "col":
        if scope.current is None:
            raise recipe_error(
                "misplaced-variable",
                "'$col' is only available in set and other steps that change columns in place",
                span=node.span,
            )
        if scope.current_place is not None:
            scope.used.add(scope.current_place)
        return scope.current
    if name in BUILT_IN:
        return _built_in(name, scope, node.span)
    return literal(scope.env.parameter(name, node.span))


def _built_in(name: str, scope: Scope, span: Span | None) -> Value:
    _refuse_ungrouped(f"${name}", scope, span)
    if name == "rownumber" and scope.joining:
        raise recipe_error("misplaced-variable", "'$rownumber' is not available in a join's condition", span=span)
    return BUILT_IN[name](scope)


def _record(scope: Scope) -> Value:
    return computed(scope.rows.record or null(Form.INTEGER))


def _path(scope: Scope) -> Value:
    return computed(scope.rows.path or null(Form.TEXT))


def _row(scope: Scope) -> Value:
    """The place in the present order; a column of its own where it is part of what looks at many rows."""
    number = computed(Apply("ROWNUMBER", (), Form.INTEGER, window=Window((), scope.rows.order)))
    return number if scope.aggregates is Aggregates.BESIDE else scope.define(number)


BUILT_IN: dict[str, Callable[[Scope], Value]] = {
    "sourcerownumber": _record,
    "filepath": _path,
    "filename": lambda scope: computed(Apply("file_name", (_path(scope).expr,), Form.TEXT)),
    "rownumber": _row,
}


def _array(node: tree.Array, scope: Scope) -> Value:
    return FUNCTIONS["array_literal"].plan(scope, _evaluated(node.items, scope))  # type: ignore[misc]


def _evaluated(items: Sequence[tree.Expression], scope: Scope) -> tuple[Value, ...]:
    """The values of a list, `a~d` as the columns from a to d (language 3.2)."""
    return tuple(evaluate(part, scope) for item in items for part in _columns_between(item, scope))


def _columns_between(item: tree.Expression, scope: Scope) -> Sequence[tree.Expression]:
    if not isinstance(item, tree.Range):
        return (item,)
    places = [scope.rows.position(name) for name in (item.first, item.last)]
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        # says which one is missing, unless nobody can tell yet
        return [tree.Name(name, span=item.span) for name in (item.first, item.last)]
    between = scope.rows.fields[min(known) : max(known) + 1]
    return [tree.Name(field.name, span=item.span, braced=True) for field in between]


# -- calls -------------------------------------------------------------------------------------------


def _call(node: tree.Call, scope: Scope) -> Value:
    """The value of a call. What a function itself refuses is said of the whole call."""
    function = find_function(node)
    _check_count(function, node)
    try:
        if function.kind is FunctionKind.SCALAR:
            return _applied(function, _bind(function, node, scope), scope)
        return _over_rows(function, node, scope)
    except RecipeError as error:
        raise RecipeError(replace(problem, span=problem.span or node.span) for problem in error.problems) from None


def find_function(node: tree.Call) -> Function:
    """The declared function. Raises RecipeError `unknown function` with a hint."""
    function = FUNCTIONS.get(node.function)
    if function is None or function.hidden:
        known = [name for name, other in FUNCTIONS.items() if not other.hidden]
        hint = ABSENT.get(node.function) or did_you_mean(node.function, known)
        raise recipe_error("unknown-function", f"unknown function {quoted(node.function)}", hint=hint, span=node.span)
    return function


def _check_count(function: Function, node: tree.Call) -> None:
    given = len(node.args)
    if function.least <= given <= function.most or any(argument.many for argument in function.takes):
        return
    expected = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
    if function.most - function.least == 1:
        expected = f"{function.least} or {function.most}"
    plural = "" if expected == "1" else "s"
    raise recipe_error(
        "argument-count", f"{function.name} expects {expected} argument{plural}, got {given}", span=node.span
    )


def _over_rows(function: Function, node: tree.Call, scope: Scope) -> Value:
    """An aggregate or window function, by what it means where it stands."""
    mode = scope.aggregates
    if mode is Aggregates.REFUSED or (mode is Aggregates.GROUPED and function.kind is FunctionKind.WINDOW):
        kind = "an aggregate" if function.kind is FunctionKind.AGGREGATE else "a window function"
        raise recipe_error("aggregate-misplaced", f"{function.name} is {kind}; {scope.refusal}", span=node.span)
    refusal = scope.refusal
    scope.aggregates, scope.refusal = Aggregates.REFUSED, "it cannot stand inside another aggregate"
    try:
        bound = _bind(function, node, scope)
    finally:
        scope.aggregates, scope.refusal = mode, refusal
    return _applied(function, bound, scope)


def _applied(function: Function, bound: list[Any], scope: Scope) -> Value:
    if function.plan is not None:
        return function.plan(scope, *bound)
    return apply(function, bound, scope)


def apply(function: Function, bound: list[Any], scope: Scope) -> Value:
    """A declared function on bound arguments: typed views first, then the call with its result's type."""
    args: list[Expr] = []
    constants: list[Any] = []
    values: list[Value] = []
    for argument, given in zip(function.takes, bound, strict=True):
        if argument.is_constant:
            constants.append(given)
            continue
        for value in given if argument.many else (given,):
            values.append(value)
            args.append(view(argument, value, scope))
    typing = function.returns(values)
    window = None
    order: tuple[Key, ...] = ()
    if function.kind is not FunctionKind.SCALAR and scope.aggregates is Aggregates.BESIDE:
        over = scope.window()
        window = over if function.kind is FunctionKind.WINDOW else Window(over.partition)
    if function.ordered:
        order = scope.row_order()
    call = Apply(function.name, tuple(args), form_of(typing), tuple(constants), window, order)
    return Value(call, typing)


def view(argument: Argument, value: Value, scope: Scope) -> Expr:
    """The cell as the parameter wants it."""
    match argument.want:
        case Want.TEXT:
            return text_view(value, scope)
        case Want.NUMBER:
            return number_view(value)
        case Want.INTEGER:
            return integer_view(value)
        case Want.BOOLEAN:
            return condition_view(value)
        case Want.MOMENT:
            return moment_view(value, scope)
        case Want.ARRAY:
            return json_view(value, Family.ARRAY)
        case Want.OBJECT:
            return json_view(value, Family.OBJECT)
        case _:
            return settled(value.expr)


# -- binding -----------------------------------------------------------------------------------------


def _bind(function: Function, node: tree.Call, scope: Scope) -> list[Any]:
    """The arguments by declaration: values, tuples of values for lists, constants."""
    given = list(node.args)
    bound: list[Any] = []
    for place, argument in enumerate(function.takes):
        if argument.many:
            bound.append(_bind_list(argument, given, place, function, node, scope))
        elif not given:
            if argument.required:
                raise recipe_error(
                    "argument-count",
                    f"{function.name} expects {function.least} arguments, got {len(node.args)}",
                    span=node.span,
                )
            bound.append(_default(argument))
        else:
            bound.append(_bind_one(argument, given.pop(0), place + 1, function, scope))
    if given:
        raise recipe_error(
            "argument-count",
            f"{function.name} expects at most {function.most} arguments, got {len(node.args)}",
            span=node.span,
        )
    return bound


def _default(argument: Argument) -> Any:
    if argument.is_constant:
        return argument.default
    if argument.default is None:
        return NULL
    assert not isinstance(argument.default, tuple)
    return literal(argument.default)


def _bind_list(
    argument: Argument, given: list[tree.Expression], place: int, function: Function, node: tree.Call, scope: Scope
) -> tuple[Value, ...]:
    """`F([a, b])`; where a list comes last, `F(a, b)` is the same (functions-b 1.1)."""
    if not given:
        if argument.required:
            raise recipe_error("argument-count", f"{function.name} expects a list, got nothing", span=node.span)
        return ()
    first = given.pop(0)
    several = bool(given) and place == len(function.takes) - 1
    items: list[tree.Expression] = list(first.items) if isinstance(first, tree.Array) and not several else [first]
    if several:
        items += given
        given.clear()
    return _evaluated(items, scope)


def _bind_one(argument: Argument, node: tree.Expression, place: int, function: Function, scope: Scope) -> Any:
    if argument.want is Want.PATTERN:
        return bind_pattern(node, scope)
    if not argument.is_constant:
        value = _bracketed(node, argument, scope) or evaluate(_unlisted(node, argument), scope)
        if function.kind is FunctionKind.SCALAR and argument.want in (Want.NUMBER, Want.INTEGER):
            _refuse_nested(value, place, function, node.span)
        return value
    binder = _CONSTANT_BINDERS[argument.want]
    return binder(argument, _substituted(node, scope), place, function)


def _bracketed(node: tree.Expression, argument: Argument, scope: Scope) -> Value | None:
    """The column of `ARRAYINDEXOF([col], x)`, if it holds arrays or objects: else the brackets make an array of it."""
    if not (argument.bracketed and isinstance(node, tree.Array) and len(node.items) == 1):
        return None
    item = node.items[0]
    if not isinstance(item, tree.Name):
        return None
    value = evaluate(item, scope)
    logical = scope.inferred(value) if value.typing.kind is Kind.SOFT else value.typing.logical
    return value if logical is not None and logical.family in (Family.ARRAY, Family.OBJECT) else None


def _refuse_nested(value: Value, place: int, function: Function, span: Span | None) -> None:
    """Arrays and objects never are numbers (language 4.4, 12.3); aggregates just find no number in them."""
    if value.typing.family in (Family.ARRAY, Family.OBJECT):
        raise recipe_error(
            "argument-type", f"argument {place} of {function.name} must be a number, got an array or object", span=span
        )


def _unlisted(node: tree.Expression, argument: Argument) -> tree.Expression:
    """`ISMISSING([x])` is `ISMISSING(x)`: a list of one column where no array is wanted."""
    if isinstance(node, tree.Array) and len(node.items) == 1 and argument.want not in (Want.ARRAY, Want.ANY):
        return node.items[0]
    return node


def _substituted(node: tree.Expression, scope: Scope) -> tree.Expression:
    """A run parameter stands for its text where a literal is wanted (language 3.6)."""
    if isinstance(node, tree.Variable) and node.name not in BUILT_IN and node.name != "col":
        return parameter_literal(scope.env.parameter(node.name, node.span), node.span)
    return node


def parameter_literal(value: str, span: Span | None) -> tree.Expression:
    """A parameter's text as a literal; between back-ticks it is a pattern, between slashes a regular expression."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "`/":
        inner = value[1:-1]
        return tree.Pattern(inner, span=span) if value[0] == "`" else tree.Regex(inner, span=span)
    return tree.Text(value, span=span)


def bind_pattern(node: tree.Expression, scope: Scope) -> Any:
    """A literal text, pattern or regular expression as its tree node; anything else as a value (plain text)."""
    node = _substituted(node, scope)
    if isinstance(node, tree.Text | tree.Pattern | tree.Regex):
        return node
    return evaluate(node, scope)


def _word(argument: Argument, node: tree.Expression, place: int, function: Function) -> str:
    written = node.name if isinstance(node, tree.Name) else node.value if isinstance(node, tree.Text) else None
    known = {known.casefold(): known for known in argument.words}
    if written is not None:
        folded = written.strip().casefold()
        for form in (folded, folded.removesuffix("s")):
            if form in known:
                return known[form]
    shown = quoted(written) if written is not None else "this"
    raise recipe_error(
        "argument-type",
        f"{shown} is not a {argument.what} ({', '.join(argument.words)})",
        hint=did_you_mean(written or "", argument.words),
        span=node.span,
    )


def _flag(argument: Argument, node: tree.Expression, place: int, function: Function) -> bool:
    if isinstance(node, tree.Boolean):
        return node.value
    if isinstance(node, tree.Text) and node.value.casefold() in ("true", "false"):
        return node.value.casefold() == "true"
    raise _not_literal(argument, node, place, function)


def _count_argument(argument: Argument, node: tree.Expression, place: int, function: Function) -> int:
    value: int | None = None
    if isinstance(node, tree.Integer):
        value = node.value
    elif isinstance(node, tree.Decimal) and float(node.text).is_integer():
        value = int(float(node.text))
    elif isinstance(node, tree.Text) and node.value.strip().lstrip("+-").isdigit():
        value = int(node.value)
    elif isinstance(node, tree.Call) and node.function == "NEGATE" and isinstance(node.args[0], tree.Integer):
        value = -node.args[0].value
    if value is None:
        raise _not_literal(argument, node, place, function)
    low, high = argument.low, argument.high
    if (low is not None and value < low) or (high is not None and value > high):
        limits = f"{low} to {high}" if low is not None and high is not None else f"{low} or more"
        raise recipe_error("bad-number", f"invalid value {value} for {argument.name}: must be {limits}", span=node.span)
    return value


def _string(argument: Argument, node: tree.Expression, place: int, function: Function) -> str:
    if isinstance(node, tree.Text):
        return node.value
    raise _not_literal(argument, node, place, function)


def _texts(argument: Argument, node: tree.Expression, place: int, function: Function) -> tuple[str, ...]:
    items = node.items if isinstance(node, tree.Array) else (node,)
    return tuple(_string(argument, item, place, function) for item in items)


def _type(argument: Argument, node: tree.Expression, place: int, function: Function) -> LogicalType:
    items = node.items if isinstance(node, tree.Array) else (node,)
    parts = [
        item.value if isinstance(item, tree.Text) else item.name
        for item in items
        if isinstance(item, tree.Text | tree.Name)
    ]
    if len(parts) != len(items) or not parts:
        raise _not_literal(argument, node, place, function)
    return type_of_words(parts, node.span)


def type_of_words(parts: list[str], span: Span | None) -> LogicalType:
    """A type by its list of words. Raises RecipeError `invalid value … for type` at the given place."""
    try:
        return LogicalType(type_named(parts[0]).name, *parts[1:3])
    except RecipeError as error:
        problem = error.problems[0]
        raise recipe_error(problem.code, problem.message, hint=problem.hint, span=span) from None


def _not_literal(argument: Argument, node: tree.Expression, place: int, function: Function) -> RecipeError:
    return recipe_error(
        "argument-type",
        f"argument {place} of {function.name} must be a literal ({argument.want.value})",
        span=node.span,
    )


_CONSTANT_BINDERS: dict[Want, Callable[[Argument, tree.Expression, int, Function], Any]] = {
    Want.WORD: _word,
    Want.FLAG: _flag,
    Want.COUNT: _count_argument,
    Want.STRING: _string,
    Want.TEXTS: _texts,
    Want.TYPE: _type,
}

_EVALUATORS: dict[type, Callable[[Any, Scope], Value]] = {
    tree.Name: _name,
    tree.Qualified: _qualified,
    tree.Text: lambda node, scope: literal(node.value),
    tree.Integer: _integer,
    tree.Decimal: _decimal,
    tree.Boolean: lambda node, scope: literal(node.value),
    tree.Pattern: _pattern,
    tree.Regex: _pattern,
    tree.Variable: _variable,
    tree.Array: _array,
    tree.Call: _call,
}
