"""`/v4/folders`: folders and the flows in them (api 2.9)."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.embedding import Json
from gristmill.api.inputs import Item, List, Name, PathId, V4Body
from gristmill.api.resources.flows import FLOWS, FOLDERS
from gristmill.api.routers.flows import Scope, flow_scope
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import folders
from gristmill.model.access import find
from gristmill.model.tables import Folder

router = v4_router("folders")


class FolderFields(V4Body):
    """A folder; everything may be left out in a change."""

    name: Name | None = None
    description: str | None = None

    def columns(self) -> dict[str, Any]:
        """What the client has sent, by column names."""
        return {key: value for key, value in self.given().items() if value is not None or key != "name"}


class NewFolder(FolderFields):
    """A new folder."""

    name: Name


@router.post("", status_code=201)
def create_folder(body: NewFolder, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Make an empty folder."""
    with db.write() as session:
        return shown(session, conf, FOLDERS, folders.create_folder(session, user, body.columns()))


@router.get("")
def list_folders(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your folders, newest first."""
    with db.read() as session:
        return listed(session, conf, user, FOLDERS, query)


@router.get("/count")
def count_folders(user: CurrentUser, db: Db, query: List) -> Json:
    """How many folders there are."""
    with db.read() as session:
        return counted(session, user, FOLDERS, query)


@router.get("/{id}")
def get_folder(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A folder; `embed=flows` shows what is in it."""
    with db.read() as session:
        return one(session, conf, user, FOLDERS, id, query)


@router.patch("/{id}")
def change_folder(id: PathId, body: FolderFields, user: CurrentUser, db: Db) -> Json:
    """Rename or describe a folder."""
    with db.write() as session:
        return changed(folders.change_folder(user, find(session, Folder, id, user), body.columns()))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_folder(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a folder; its flows stay."""
    with db.write() as session:
        folders.delete_folder(session, user, find(session, Folder, id, user))


@router.get("/{id}/flows")
def list_flows(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: List, scope: Scope = "all") -> Json:
    """The flows in a folder, newest first."""
    with db.read() as session:
        folder = find(session, Folder, id, user)
        return listed(session, conf, user, FLOWS, query, *flow_scope(user, scope, folder.id))


@router.get("/{id}/flows/count")
def count_flows(id: PathId, user: CurrentUser, db: Db, query: List, scope: Scope = "all") -> Json:
    """How many flows are in a folder."""
    with db.read() as session:
        folder = find(session, Folder, id, user)
        return counted(session, user, FLOWS, query, *flow_scope(user, scope, folder.id))
