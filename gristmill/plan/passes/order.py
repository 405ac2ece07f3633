"""Rows are sorted at the end only where something has broken their order (language 11)."""

from __future__ import annotations

from dataclasses import replace

from gristmill.plan.expressions import Column
from gristmill.plan.passes.graph import inputs_first
from gristmill.plan.relations import Extend, Filter, Plan, Source


def drop_kept_order(plan: Plan) -> Plan:
    """Without the final order where it is the reading order and every step on the way keeps that by itself."""
    nodes = inputs_first(plan.relation)
    if not all(isinstance(node, Source | Extend | Filter) for node in nodes):
        return plan
    rows = {node.row for node in nodes if isinstance(node, Source)}
    reading_order = len(plan.order) == 1 and isinstance(plan.order[0].expr, Column) and plan.order[0].expr.id in rows
    return replace(plan, order=()) if reading_order and not plan.order[0].descending else plan
