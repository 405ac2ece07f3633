"""`/v4/publications` (api 3.10)."""

from __future__ import annotations

from fastapi import Response

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, Item, List, PathId
from gristmill.api.resources.table_outputs import PUBLICATIONS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.api.table_bodies import NewPublication, PublicationFields
from gristmill.model import table_outputs
from gristmill.model.access import find, hide, refer
from gristmill.model.tables import OutputObject, Publication

router = v4_router("publications")


class OwnedPublication(NewPublication):
    """A table output and the output object that it belongs to."""

    REFERENCES = {**NewPublication.REFERENCES, "outputObject": "outputObjectId"}  # noqa: RUF012 - a ClassVar of V4Body

    output_object_id: Id


@router.post("", status_code=201)
def create_publication(body: OwnedPublication, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Add a table to what an output object writes."""
    with db.write() as session:
        output = refer(session, OutputObject, body.output_object_id, user, "outputObjectId")
        row = table_outputs.create_publication(session, user, output, body.columns())
        return shown(session, conf, PUBLICATIONS, row)


@router.get("")
def list_publications(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your publications, newest first."""
    with db.read() as session:
        return listed(session, conf, user, PUBLICATIONS, query)


@router.get("/count")
def count_publications(user: CurrentUser, db: Db, query: List) -> Json:
    """How many publications there are."""
    with db.read() as session:
        return counted(session, user, PUBLICATIONS, query)


@router.get("/{id}")
def get_publication(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A table output."""
    with db.read() as session:
        return one(session, conf, user, PUBLICATIONS, id, query)


@router.patch("/{id}")
def change_publication(id: PathId, body: PublicationFields, user: CurrentUser, db: Db) -> Json:
    """Change a table output."""
    with db.write() as session:
        row = find(session, Publication, id, user)
        return changed(table_outputs.change_publication(session, user, row, body.columns()))


@router.put("/{id}")
def replace_publication(id: PathId, body: PublicationFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole publication."""
    with db.write() as session:
        row = find(session, Publication, id, user)
        return shown(session, conf, PUBLICATIONS, table_outputs.change_publication(session, user, row, body.columns()))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_publication(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete a publication; its table stays."""
    with db.write() as session:
        hide(find(session, Publication, id, user), user)
