"""Columns that nobody reads are not computed."""

from __future__ import annotations

from dataclasses import replace

from gristmill.plan.passes.graph import kept, needs, rebuild
from gristmill.plan.relations import Aggregate, Extend, Plan, Relation, Renumbered, Union, Windowed


def prune_columns(plan: Plan) -> Plan:
    """The plan without definitions that reach neither a wanted column nor a condition nor a key."""
    wanted = needs(plan)

    def prune(old: Relation, node: Relation) -> Relation:
        columns = wanted[id(old)]
        match node:
            case Extend() | Windowed():
                remaining = kept(node.columns, columns)
                return replace(node, columns=remaining) if remaining else node.input
            case Renumbered() | Aggregate():
                return replace(node, columns=kept(node.columns, columns))
            case Union():
                return replace(node, columns=tuple(column for column in node.columns if column[0] in columns))
            case _:
                return node

    return rebuild(plan, prune)
