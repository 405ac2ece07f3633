"""Lists of runs: which ones are asked for, and the flow that each belongs to (api 2.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Id
from gristmill.api.resources.jobs import JOB_GROUPS
from gristmill.model.job_tables import JobGroup
from gristmill.model.tables import Flow, FlowNode, Recipe

FlowNodeId = Annotated[Id | None, Query(alias="flowNodeId", description="only runs of this recipe")]
FlowRunId = Annotated[Id | None, Query(alias="flowRunId", description="only runs of this flow run")]
RanFor = Annotated[str, Query(description="`recipe`, `plan`, …; several with commas")]
RanFrom = Annotated[str, Query(description="`ui`, `schedule` or `api`; several with commas")]
StatusQuery = Annotated[str, Query(description="`InProgress`, `Complete`, `Failed`, `Canceled`; several with commas")]
RunBy = Annotated[Id | None, Query(alias="runBy", description="only runs that this person has started")]

Conditions = list[ColumnElement[bool]]

_OPERATORS = {"gte": "__ge__", "gt": "__gt__", "lte": "__le__", "lt": "__lt__"}
_MOMENTS = {"createdat": JobGroup.created_at, "updatedat": JobGroup.updated_at}

# the same runs, found by the names of their flow and recipe
JOB_LIBRARY = replace(
    JOB_GROUPS,
    columns={**JOB_GROUPS.columns, "name": Flow.name, "flowName": Flow.name, "recipeName": Recipe.name},
)


def library_statement() -> Select[Any]:
    """The runs with their flows and recipes, also deleted ones."""
    joined = select(JobGroup).join(FlowNode, FlowNode.id == JobGroup.flow_node_id)
    return joined.join(Flow, Flow.id == FlowNode.flow_id).join(Recipe, Recipe.id == FlowNode.recipe_id)


def _kinds(ranfor: RanFor = "", ranfrom: RanFrom = "", status: StatusQuery = "") -> Conditions:
    return _asked(ranfor=ranfor, ranfrom=ranfrom, status=status)


Kinds = Annotated[Conditions, Depends(_kinds)]


def _groups(kinds: Kinds, flow_node_id: FlowNodeId = None, flow_run_id: FlowRunId = None) -> Conditions:
    return _asked(flow_node_id=flow_node_id, flow_run_id=flow_run_id) + kinds


def _library(request: Request, kinds: Kinds, run_by: RunBy = None) -> Conditions:
    return kinds + _asked(creator_id=run_by) + _asked_dates(request)


# which runs a query of each list asks for
GroupsAsked = Annotated[Conditions, Depends(_groups)]
LibraryAsked = Annotated[Conditions, Depends(_library)]


def _asked(**wanted: str | int | None) -> Conditions:
    """Conditions by columns of job groups; a text may name several values with commas."""
    return [_one_of(getattr(JobGroup, column), value) for column, value in wanted.items() if value not in (None, "")]


def _asked_dates(request: Request) -> Conditions:
    """`dateFilter[createdAt][gte]=1700000000000` of a query. Raises ApiError 400 for one that cannot be read."""
    found = (item for item in request.query_params.multi_items() if item[0].lower().startswith("datefilter"))
    return [_moment(key, value) for key, value in found]


def with_flows(session: Session, answer: Json) -> Json:
    """The same list, in which every run's recipe names its flow."""
    recipes = [item["wrangledDataset"] for item in answer["data"] if item.get("wrangledDataset")]
    flows = _flows(session, {recipe["id"] for recipe in recipes})
    for recipe in recipes:
        if "name" not in (recipe.get("flow") or {}):
            recipe["flow"] = flows.get(recipe["id"])
    return answer


def _flows(session: Session, ids: Iterable[int]) -> dict[int, Json]:
    found = select(FlowNode.id, Flow.id, Flow.name).join(Flow, Flow.id == FlowNode.flow_id)
    rows = session.execute(found.where(FlowNode.id.in_(ids)))
    return {node: {"id": flow, "name": name} for node, flow, name in rows}


def _one_of(column: Any, value: str | int | None) -> ColumnElement[bool]:
    if isinstance(value, str):
        return column.in_([part.strip() for part in value.split(",")])  # type: ignore[no-any-return]
    return column == min(value or 0, 2**63 - 1)  # type: ignore[no-any-return]


def _moment(key: str, value: str) -> ColumnElement[bool]:
    parts = key.lower().replace("]", "").split("[")
    column, operator = (_MOMENTS.get(parts[1]), _OPERATORS.get(parts[2])) if len(parts) == 3 else (None, None)
    if column is None or operator is None or not value.isdigit() or len(value) > 15:
        raise invalid(f"{key}: expected such as dateFilter[createdAt][gte]=1700000000000, milliseconds since 1970")
    return getattr(column, operator)(int(value))  # type: ignore[no-any-return]
