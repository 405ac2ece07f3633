"""`/v4/flowRunParameterOverrides` (api 3.6)."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from gristmill.api.answers import changed, one, shown
from gristmill.api.bodies import ParameterValue
from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, Item, Name, PathId, V4Body
from gristmill.api.resources.flows import OVERRIDES
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import parameters
from gristmill.model.access import find, hide, refer
from gristmill.model.tables import Flow, FlowRunParameterOverride

router = v4_router("flowRunParameterOverrides")


class NewOverride(ParameterValue):
    """A value that stands for a parameter in all runs of a flow."""

    REFERENCES = {"flow": "flowId"}  # noqa: RUF012 - a ClassVar of V4Body

    flow_id: Id


class OverrideFields(V4Body):
    """What may be changed."""

    override_key: Name | None = None
    value: dict[str, Any] | None = None


@router.post("", status_code=201)
def create_override(body: NewOverride, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Let a value stand for a parameter in all runs of a flow; an earlier one is replaced."""
    with db.write() as session:
        flow = refer(session, Flow, body.flow_id, user, "flowId")
        row = parameters.override_in_flow(session, user, flow, body.override_key, body.value)
        return shown(session, conf, OVERRIDES, row)


@router.get("/{id}")
def get_override(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A flow-level override."""
    with db.read() as session:
        return one(session, conf, user, OVERRIDES, id, query)


@router.patch("/{id}")
def change_override(id: PathId, body: OverrideFields, user: CurrentUser, db: Db) -> Json:
    """Change the name or the value of a flow-level override."""
    with db.write() as session:
        row = find(session, FlowRunParameterOverride, id, user)
        return changed(parameters.change_override(user, row, body.override_key, body.value))


@router.put("/{id}")
def replace_override(id: PathId, body: OverrideFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole override."""
    with db.write() as session:
        row = find(session, FlowRunParameterOverride, id, user)
        return shown(session, conf, OVERRIDES, parameters.change_override(user, row, body.override_key, body.value))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_override(id: PathId, user: CurrentUser, db: Db) -> None:
    """Remove a flow-level override; the default holds again."""
    with db.write() as session:
        hide(find(session, FlowRunParameterOverride, id, user), user)
