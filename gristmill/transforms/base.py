"""What every transform is: declared parameters and what it makes of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from gristmill.language import tree
from gristmill.plan.expressions import Key
from gristmill.plan.ordering import window_keys
from gristmill.plan.rows import Rows
from gristmill.plan.values import Value
from gristmill.problems import Span, recipe_error
from gristmill.transforms.binders import Parameter
from gristmill.transforms.column_lists import ColumnList
from gristmill.transforms.environment import Environment
from gristmill.transforms.evaluate import evaluate
from gristmill.transforms.scope import Scope


@dataclass(frozen=True, slots=True)
class Example:
    """A step with its table before and after; runs as a test and stands in the reference."""

    step: str
    before: Mapping[str, tuple[str | None, ...]]
    after: Mapping[str, tuple[str | None, ...]]


Examples = tuple[Example, ...]


class Transform:
    """A bound step: every declared parameter is an attribute, holding the step's value or the default.

    The class docstring's first paragraph is the reference text. `built` false: declared, so that recipes parse and
    keep the step, but running it answers `not supported`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    group_name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]]
    built: ClassVar[bool]
    parameters: ClassVar[Mapping[str, Parameter]]
    keys: ClassVar[Mapping[str, str]]
    examples: Examples = ()

    env: Environment
    step: tree.Step

    def __init_subclass__(
        cls, *, name: str = "", title: str = "", group: str = "", aliases: tuple[str, ...] = (), built: bool = True
    ) -> None:
        if not name:
            return
        cls.name, cls.title, cls.group_name, cls.aliases, cls.built = name, title, group, aliases, built
        declared: dict[str, Parameter] = {}
        for base in reversed(cls.__mro__):
            for attribute, value in vars(base).items():
                if isinstance(value, Parameter):
                    declared[attribute] = replace(value, key=value.key or attribute.removesuffix("_"))
        cls.parameters = declared
        cls.keys = {
            spelling.casefold(): attribute
            for attribute, parameter in declared.items()
            for spelling in (parameter.key, *parameter.old)
        }

    @classmethod
    def parameter(cls, key: str) -> Parameter | None:
        """The parameter of that spelling (Grammar protocol)."""
        attribute = cls.keys.get(key.casefold())
        return cls.parameters[attribute] if attribute is not None else None

    @classmethod
    def bound(cls, step: tree.Step, env: Environment) -> Transform:
        """The step with its parameters bound. Raises RecipeError for missing and malformed ones."""
        if not cls.built:
            raise recipe_error("unsupported", f"not supported: the transform '{cls.name}'", span=step.span)
        self = cls()
        self.env, self.step = env, step
        given = {cls.keys.get(item.name.casefold()): item for item in step.parameters}
        for attribute, parameter in cls.parameters.items():
            node = given.get(attribute)
            if node is not None:
                setattr(self, attribute, parameter.bind(parameter, node, env))
            elif parameter.required:
                raise parameter.missing(cls.name)
            else:
                setattr(self, attribute, parameter.default)
        return self

    def given(self, attribute: str) -> bool:
        """Whether the step names the parameter."""
        return any(self.keys.get(item.name.casefold()) == attribute for item in self.step.parameters)

    def span_of(self, attribute: str) -> Span | None:
        """Where the value of a parameter stands in the text."""
        found = (item for item in self.step.parameters if self.keys.get(item.name.casefold()) == attribute)
        return next((item.values[0].span or item.span for item in found), self.step.span)

    def apply(self, rows: Rows) -> Rows:
        """The rows after the step. Raises RecipeError for what is wrong with it."""
        raise NotImplementedError

    # -- what transforms share -------------------------------------------------------------------

    def scope(self, rows: Rows, **more: Any) -> Scope:
        """Where this step's expressions are evaluated."""
        return Scope(rows, self.env, **more)

    def grouped_scope(self, rows: Rows, group: ColumnList, order: tuple[tree.OrderItem, ...], **more: Any) -> Scope:
        """A scope with the `group:` and `order:` of the step."""
        scope = self.scope(rows, **more)
        scope.group = tuple(field.value for field in group.fields(rows))
        scope.order = window_order(order, scope)
        scope.ordered = bool(order)
        return scope


def window_order(order: tuple[tree.OrderItem, ...], scope: Scope) -> tuple[Key, ...]:
    """The keys of an `order:`; a source row number that is lost means the present order."""
    keys: list[Key] = []
    for item in order:
        value = _order_value(item, scope)
        if not value.is_null:
            keys.extend(window_keys(value, item.descending, scope))
    return tuple(keys)


def _order_value(item: tree.OrderItem, scope: Scope) -> Value:
    used = set(scope.used)
    value = evaluate(item.key, scope)
    scope.used = used
    return value


def order_value(item: tree.OrderItem, scope: Scope) -> Value:
    """The value of one sort key."""
    return _order_value(item, scope)
