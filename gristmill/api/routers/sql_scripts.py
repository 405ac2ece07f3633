"""`/v4/sqlScripts` (api 3.11)."""

from __future__ import annotations

from fastapi import Response

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, Item, List, PathId
from gristmill.api.resources.table_outputs import SQL_SCRIPTS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.api.table_bodies import NewSqlScript, SqlScriptFields
from gristmill.model import table_outputs
from gristmill.model.access import find, hide, refer
from gristmill.model.tables import OutputObject, SqlScript

router = v4_router("sqlScripts")


class OwnedSqlScript(NewSqlScript):
    """Statements and the output object that they belong to."""

    REFERENCES = {**NewSqlScript.REFERENCES, "outputObject": "outputObjectId"}  # noqa: RUF012 - a ClassVar of V4Body

    output_object_id: Id


@router.post("", status_code=201)
def create_sql_script(body: OwnedSqlScript, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Add statements that run before (`pre`) or after (`post`) a run."""
    with db.write() as session:
        output = refer(session, OutputObject, body.output_object_id, user, "outputObjectId")
        return shown(session, conf, SQL_SCRIPTS, table_outputs.create_sql_script(session, user, output, body.columns()))


@router.get("")
def list_sql_scripts(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your SQL scripts, newest first."""
    with db.read() as session:
        return listed(session, conf, user, SQL_SCRIPTS, query)


@router.get("/count")
def count_sql_scripts(user: CurrentUser, db: Db, query: List) -> Json:
    """How many SQL scripts there are."""
    with db.read() as session:
        return counted(session, user, SQL_SCRIPTS, query)


@router.get("/{id}")
def get_sql_script(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A SQL script."""
    with db.read() as session:
        return one(session, conf, user, SQL_SCRIPTS, id, query)


@router.patch("/{id}")
def change_sql_script(id: PathId, body: SqlScriptFields, user: CurrentUser, db: Db) -> Json:
    """Change a SQL script."""
    with db.write() as session:
        row = find(session, SqlScript, id, user)
        return changed(table_outputs.change_sql_script(session, user, row, body.columns()))


@router.put("/{id}")
def replace_sql_script(id: PathId, body: SqlScriptFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole SQL script."""
    with db.write() as session:
        row = find(session, SqlScript, id, user)
        return shown(session, conf, SQL_SCRIPTS, table_outputs.change_sql_script(session, user, row, body.columns()))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_sql_script(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a SQL script."""
    with db.write() as session:
        hide(find(session, SqlScript, id, user), user)
