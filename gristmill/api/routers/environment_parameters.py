"""`/v4/environmentParameters`: parameters of the workspace (api 3.16)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from gristmill.api.answers import listed, one, shown
from gristmill.api.bodies import ParameterValue
from gristmill.api.embedding import Json
from gristmill.api.inputs import Item, List, PathId
from gristmill.api.resources.flows import ENVIRONMENT_PARAMETERS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import environment_parameters as parameters
from gristmill.model.access import find
from gristmill.model.tables import EnvironmentParameter

router = v4_router("environmentParameters")
Usage = Annotated[bool, Query(alias="includeUsageInfo", description="also tell what uses each of them")]


@router.post("", status_code=201)
def create_environment_parameter(body: ParameterValue, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Define a parameter of the workspace, `env.…`. Only administrators may."""
    with db.write() as session:
        row = parameters.create_environment_parameter(session, user, body.override_key, body.value)
        return shown(session, conf, ENVIRONMENT_PARAMETERS, row)


@router.get("")
def list_environment_parameters(
    user: CurrentUser, db: Db, conf: Conf, query: List, include_usage_info: Usage = False
) -> Json:
    """The parameters of the workspace; everybody sees them."""
    with db.read() as session:
        answer = listed(session, conf, user, ENVIRONMENT_PARAMETERS, query)
        if include_usage_info:
            rows = [session.get_one(EnvironmentParameter, item["id"]) for item in answer["data"]]
            usage = parameters.usage_of(session, rows)
            answer["data"] = [item | {"usageInfo": usage[item["overrideKey"]]} for item in answer["data"]]
        return answer


@router.get("/{id}")
def get_environment_parameter(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A parameter of the workspace."""
    with db.read() as session:
        return one(session, conf, user, ENVIRONMENT_PARAMETERS, id, query)


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_environment_parameter(id: PathId, user: CurrentUser, db: Db) -> None:
    """Remove a parameter of the workspace. Only administrators may."""
    with db.write() as session:
        parameters.delete_environment_parameter(user, find(session, EnvironmentParameter, id, user))
