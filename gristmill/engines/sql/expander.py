"""Declared functions become primitives of an engine's dialect.

An argument that a function's tree uses more than once is computed once, in a hidden column of its own, unless
it is so small that repeating it is cheaper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from gristmill.engines.sql.batches import BatchCall
from gristmill.engines.sql.kinds import kind_of
from gristmill.functions.declare import Function, FunctionKind
from gristmill.plan.expressions import Apply, Column, Expr, Form, Frame, Literal, Window
from gristmill.plan.primitives import Aggregated, Case, Native
from gristmill.plan.relations import Aggregate, Definition, Extend, Relation
from gristmill.plan.walking import rewrite, walk

SMALL = 4

# What an engine makes of a scalar function's tree that it cannot write; None: it can.
Adapt = Callable[[Function, Apply, Expr], Expr | None]


def as_it_is(function: Function, node: Apply, built: Expr) -> Expr | None:
    return None


@dataclass(slots=True)
class Expander:
    """Expands the expressions of one relation; `hoisted` are the hidden columns that its input must get."""

    functions: Mapping[str, Function]
    dialect: str
    ids: Iterator[int]
    hoisted: list[Definition]
    adapt: Adapt = as_it_is
    hoists: bool = True

    def expand(self, node: Expr) -> Expr:
        children = node.children()
        if not children and not isinstance(node, Apply):
            return node
        changed = tuple(self.expand(child) for child in children)
        if not isinstance(node, Apply):
            return node.with_children(changed)
        applied = node.with_children(changed)
        assert isinstance(applied, Apply)
        return self._apply(applied)

    def _apply(self, node: Apply) -> Expr:
        function = self.functions[node.function]
        if function.batch is not None:
            return BatchCall(function, node.constants, node.args, node.kind)
        if function.kind is FunctionKind.SCALAR and self.adapt is not as_it_is:
            whole = replace(self, adapt=as_it_is, hoists=False)
            adapted = self.adapt(function, node, whole._apply(node))
            return adapted or replace(self, adapt=as_it_is)._apply(node)
        built = _told(self._build(function, node, node.args), node.kind)
        if not self.hoists:
            return built
        repeated = {id(arg) for arg in node.args if _is_large(arg) and _occurs_again(arg, built)}
        if not repeated or (function.kind is FunctionKind.WINDOW and node.window is None):
            return built
        args = tuple(self._hoist(arg) if id(arg) in repeated else arg for arg in node.args)
        return _told(self._build(function, node, args), node.kind)

    def _build(self, function: Function, node: Apply, args: tuple[Expr, ...]) -> Expr:
        more: dict[str, object] = {"order": node.order} if function.ordered else {}
        if function.kind is FunctionKind.WINDOW:
            window = node.window or Window()

            def over(frame: Frame | None = None) -> Window:
                return replace(window, frame=frame)

            return self._inner(function.expand(args, node.constants, self.dialect, over=over, **more), args)
        built = self._inner(function.expand(args, node.constants, self.dialect, **more), args)
        return _over(built, node.window) if node.window is not None else built

    def _inner(self, built: Expr, args: tuple[Expr, ...]) -> Expr:
        """Declared functions inside a tree are expanded too; the arguments are already."""
        done = {id(arg) for arg in args}

        def expand(part: Expr) -> Expr:
            if id(part) in done:
                return part
            children = part.children()
            changed = tuple(expand(child) for child in children)
            if any(new is not old for new, old in zip(changed, children, strict=True)):
                part = part.with_children(changed)
            return self._apply(part) if isinstance(part, Apply) else part

        return expand(built)

    def _hoist(self, arg: Expr) -> Expr:
        arg = self._pull_tried(arg)
        number = next((number for number, item in self.hoisted if _is_same(item, arg)), None)
        if number is None:
            number = next(self.ids)
            self.hoisted.append((number, arg))
        kind = kind_of(arg)
        return Column(number, kind if isinstance(kind, Form) else Form.ANY)

    def untried(self, columns: tuple[Definition, ...]) -> tuple[Definition, ...]:
        """Columns in which no aggregate beside the rows stands within a `try`, where the engine refuses it."""
        return tuple((number, self._pull_tried(item)) for number, item in columns)

    def _pull_tried(self, item: Expr) -> Expr:
        return rewrite(item, lambda node: self._pull(node) if _tries_aggregate(node) else None)

    def _pull(self, item: Expr) -> Expr:
        """The expression with its aggregates in hidden columns."""
        return rewrite(item, lambda node: self._hoist(node) if isinstance(node, Aggregated) else None)

    def split(self, node: Aggregate) -> Relation:
        """The aggregates of a group first, then what is computed of them within a `try`."""
        tried = {number for number, item in node.columns if any(map(_tries_aggregate, walk(item)))}
        if not tried:
            return node
        pulling = replace(self, hoisted=[])
        above = tuple((number, pulling._pull(item)) for number, item in node.columns if number in tried)
        kept = tuple(column for column in node.columns if column[0] not in tried)
        return Extend(replace(node, columns=kept + tuple(pulling.hoisted)), above)


def _is_same(one: Expr, other: Expr) -> bool:
    """Whether two trees are equal, 1 and 1.0 being different."""
    return one == other and repr(one) == repr(other)


def _told(built: Expr, kind: Form) -> Expr:
    """A function's tree that tells the form of its result where its root can."""
    if isinstance(built, Native | Case) and built.kind is Form.ANY:
        return replace(built, kind=kind)
    return built


def _tries_aggregate(node: Expr) -> bool:
    return isinstance(node, Native) and node.name == "try" and any(isinstance(part, Aggregated) for part in walk(node))


def _over(node: Expr, window: Window) -> Expr:
    """Every aggregate of a tree computed beside the rows."""
    children = tuple(_over(child, window) for child in node.children())
    node = node.with_children(children) if children else node
    return replace(node, over=window) if isinstance(node, Aggregated) and node.over is None else node


def _is_large(node: Expr) -> bool:
    """Whether an argument is worth a column of its own; a group's aggregate cannot have one."""
    if isinstance(node, Column | Literal):
        return False
    parts = list(walk(node))
    if any(isinstance(part, Aggregated) and part.over is None for part in parts):
        return False
    return len(parts) > SMALL or any(isinstance(part, BatchCall) for part in parts)


def _occurs_again(arg: Expr, tree: Expr) -> bool:
    """Whether the very object `arg` stands in the tree more than once."""
    found = 0
    stack = [tree]
    while stack:
        node = stack.pop()
        if node is arg:
            found += 1
            if found > 1:
                return True
            continue
        stack.extend(node.children())
    return False
