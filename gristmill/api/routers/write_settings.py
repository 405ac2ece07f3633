"""`/v4/writeSettings` (api 3.9)."""

from __future__ import annotations

from fastapi import Response

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.bodies import NewWriteSetting, WriteSettingFields
from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, Item, List, PathId
from gristmill.api.resources.outputs import WRITE_SETTINGS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import outputs
from gristmill.model.access import find, refer
from gristmill.model.tables import OutputObject, WriteSetting

router = v4_router("writeSettings")


class OwnedWriteSetting(NewWriteSetting):
    """A file output and the output object that it belongs to."""

    REFERENCES = {"outputObject": "outputObjectId"}  # noqa: RUF012 - a ClassVar of V4Body

    output_object_id: Id


@router.post("", status_code=201)
def create_write_setting(body: OwnedWriteSetting, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Add a file to what an output object writes."""
    with db.write() as session:
        output = refer(session, OutputObject, body.output_object_id, user, "outputObjectId")
        return shown(session, conf, WRITE_SETTINGS, outputs.create_write_setting(session, user, output, body.columns()))


@router.get("")
def list_write_settings(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your write settings, newest first."""
    with db.read() as session:
        return listed(session, conf, user, WRITE_SETTINGS, query)


@router.get("/count")
def count_write_settings(user: CurrentUser, db: Db, query: List) -> Json:
    """How many write settings there are."""
    with db.read() as session:
        return counted(session, user, WRITE_SETTINGS, query)


@router.get("/{id}")
def get_write_setting(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A write setting."""
    with db.read() as session:
        return one(session, conf, user, WRITE_SETTINGS, id, query)


@router.patch("/{id}")
def change_write_setting(id: PathId, body: WriteSettingFields, user: CurrentUser, db: Db) -> Json:
    """Change a file output."""
    with db.write() as session:
        row = find(session, WriteSetting, id, user)
        return changed(outputs.change_write_setting(session, user, row, body.columns()))


@router.put("/{id}")
def replace_write_setting(id: PathId, body: WriteSettingFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole write setting."""
    with db.write() as session:
        row = find(session, WriteSetting, id, user)
        return shown(session, conf, WRITE_SETTINGS, outputs.change_write_setting(session, user, row, body.columns()))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_write_setting(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a write setting; files stay."""
    with db.write() as session:
        outputs.delete_write_setting(user, find(session, WriteSetting, id, user))
