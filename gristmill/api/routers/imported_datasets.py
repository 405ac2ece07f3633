"""`/v4/importedDatasets` (api 3.5)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field

from gristmill.api.answers import counted, listed, one, shown
from gristmill.api.bodies import FlowReference
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Flag, Item, List, Name, PathId, V4Body
from gristmill.api.relation_bodies import RelationFields
from gristmill.api.resources.datasets import IMPORTED_DATASETS
from gristmill.api.resources.flows import NODES
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.model import datasets, relations
from gristmill.model.access import Caller, find, refer
from gristmill.model.database import Sessions
from gristmill.model.graph import ensure_input_node
from gristmill.model.tables import Flow, ImportedDataset
from gristmill.settings import Settings

router = v4_router("importedDatasets")
Sanitize = Annotated[Flag | None, Query(alias="sanitizeColumnNames", description="make simple names of headers")]
Parameters = list[dict[str, Any]] | dict[str, Any]
_OPTIONS = {
    "detect_structure": "detectStructure",
    "sanitize_column_names": "sanitizeColumnNames",
    "ensure_header": "ensureHeader",
    "encoding": "encoding",
    "include_nested_folders": "includeNestedFolders",
}


class DatasetPlace(RelationFields):
    """Where data lies: `uri`, or `path` with `type`, or a table or query of a connection."""

    uri: Annotated[str, Field(min_length=1)] | None = None
    path: Annotated[str, Field(min_length=1)] | None = None
    type: str | None = None
    bucket: str | None = None
    container: str | None = None
    host: str | None = None
    userinfo: str | None = None
    is_dynamic: bool | None = None
    dynamic_path: str | None = None
    dynamic_bucket: str | None = None
    dynamic_host: str | None = None
    dynamic_user_info: str | None = None
    run_parameters: Parameters | None = None

    def refuse_unknown_places(self) -> None:
        """Raises ApiError 400 for places that this server does not know."""
        for name in ("dynamic_host", "dynamic_user_info"):
            if getattr(self, name) is not None:
                raise invalid(f"not supported: {type(self).model_fields[name].alias}; use dynamicPath or dynamicBucket")

    def place(self) -> datasets.Place:
        """The place in the model's terms."""
        names = ("uri", "path", "type", "bucket", "container", "host", "userinfo")
        return datasets.Place(**{name: getattr(self, name) for name in names})


class NewDataset(DatasetPlace):
    """A file to import."""

    name: Name
    description: str | None = None
    detect_structure: bool | None = None
    sanitize_column_names: bool | None = None
    ensure_header: bool | None = None
    encoding: str | None = None
    include_nested_folders: bool | None = None

    def options(self) -> dict[str, Any]:
        """How the file is to be read."""
        return {wire: value for name, wire in _OPTIONS.items() if (value := getattr(self, name)) is not None}


class DatasetNames(V4Body):
    """What a PATCH may change."""

    name: Name | None = None
    description: str | None = None


class DatasetFields(DatasetPlace, DatasetNames):
    """What a PUT may change."""


class DatasetCopy(V4Body):
    """How a copy is called."""

    name: str | None = None


@router.post("", status_code=201)
def create_dataset(body: NewDataset, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Import a file by URI or path, or a table or query of a connection. It need not exist before a job reads it."""
    body.refuse_unknown_places()
    if body.connection_id is not None:
        return _import_relation(body, body.connection_id, user, db, conf)
    new = datasets.NewDataset(
        name=body.name,
        description=body.description,
        place=body.place(),
        options=body.options(),
        dynamic_path=body.dynamic_path,
        dynamic_bucket=body.dynamic_bucket,
        run_parameters=body.run_parameters,
    )
    new = new.looked_at(conf)
    with db.write() as session:
        return shown(session, conf, IMPORTED_DATASETS, datasets.create_dataset(session, conf, user, new))


def _import_relation(body: NewDataset, connection_id: int, user: Caller, db: Sessions, conf: Settings) -> Json:
    new = body.relation(body.name, body.description, body.run_parameters)
    with db.read() as session:
        connection = relations.connection_for(session, user, connection_id)
    looked = relations.look_at_relation(conf, connection, new)
    with db.write() as session:
        connection = relations.connection_for(session, user, connection_id)
        dataset = relations.create_relation(session, user, connection, new, looked)
        return shown(session, conf, IMPORTED_DATASETS, dataset)


@router.get("")
def list_datasets(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your imported datasets, newest first."""
    with db.read() as session:
        return listed(session, conf, user, IMPORTED_DATASETS, query)


@router.get("/count")
def count_datasets(user: CurrentUser, db: Db, query: List) -> Json:
    """How many imported datasets there are."""
    with db.read() as session:
        return counted(session, user, IMPORTED_DATASETS, query)


@router.get("/{id}")
def get_dataset(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """An imported dataset."""
    with db.read() as session:
        return one(session, conf, user, IMPORTED_DATASETS, id, query)


@router.patch("/{id}")
def rename_dataset(id: PathId, body: DatasetNames, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Rename or describe an imported dataset; answers the whole dataset."""
    with db.write() as session:
        row = find(session, ImportedDataset, id, user)
        return shown(session, conf, IMPORTED_DATASETS, datasets.change_dataset(session, conf, user, row, body.given()))


@router.put("/{id}")
def change_dataset(id: PathId, body: DatasetFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Change an imported dataset, its place included."""
    body.refuse_unknown_places()
    with db.write() as session:
        row = find(session, ImportedDataset, id, user)
        if row.connection_id is not None:
            relations.change_relation(session, user, row, body.relation_changes(), body.run_parameters)
            changes = {key: value for key, value in body.given().items() if key in ("name", "description")}
            return shown(session, conf, IMPORTED_DATASETS, datasets.change_dataset(session, conf, user, row, changes))
        return shown(session, conf, IMPORTED_DATASETS, datasets.change_dataset(session, conf, user, row, body.given()))


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_dataset(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete an imported dataset. An uploaded file goes with it, other files stay."""
    with db.write() as session:
        datasets.delete_dataset(session, user, find(session, ImportedDataset, id, user))


@router.get("/{id}/runParameters")
def list_parameters(id: PathId, user: CurrentUser, db: Db) -> Json:
    """The parameters in the path, bucket or query of a dataset."""
    with db.read() as session:
        return {"data": find(session, ImportedDataset, id, user).run_parameters or []}


@router.post("/{id}/asyncRefreshSchema")
def refresh_schema(id: PathId, user: CurrentUser, db: Db, conf: Conf, sanitize: Sanitize = None) -> Json:
    """Look at a dataset's file, table or query anew and keep its present columns; done when it is answered."""
    with db.read() as session:
        dataset = find(session, ImportedDataset, id, user)
        related = dataset.connection_id
        connection = None if related is None else relations.connection_for(session, user, related)
        session.expunge_all()
    look: datasets.Refreshed | relations.Looked
    if connection is None:
        look = datasets.look_again(conf, dataset, {} if sanitize is None else {"sanitizeColumnNames": sanitize})
    else:
        look = relations.look_again(conf, connection, dataset)
    with db.write() as session:
        row = find(session, ImportedDataset, id, user)
        if isinstance(look, relations.Looked):
            relations.refresh(user, row, look)
        else:
            datasets.refresh(user, row, look)
        return {"resourceTaskStateId": row.id}


@router.post("/{id}/addToFlow", status_code=201)
def add_to_flow(id: PathId, body: FlowReference, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Put a dataset into a flow; answers its node."""
    with db.write() as session:
        dataset = find(session, ImportedDataset, id, user)
        flow = refer(session, Flow, body.flow_id, user, "flow")
        return shown(session, conf, NODES, ensure_input_node(session, user, flow.id, dataset))


@router.post("/{id}/copy", status_code=201)
def copy_dataset(id: PathId, user: CurrentUser, db: Db, conf: Conf, body: DatasetCopy | None = None) -> Json:
    """A second dataset over the same data."""
    with db.write() as session:
        dataset = find(session, ImportedDataset, id, user)
        copy = datasets.copy_dataset(session, user, dataset, body.name if body else None)
        return shown(session, conf, IMPORTED_DATASETS, copy)
