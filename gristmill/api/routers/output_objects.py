"""`/v4/outputObjects` (api 3.8)."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from gristmill.api.answers import changed, counted, listed, many, one, shown
from gristmill.api.bodies import OutputObjectFields
from gristmill.api.embedding import Json
from gristmill.api.inputs import Id, Item, List, PathId, V4Body
from gristmill.api.resources.datasets import IMPORTED_DATASETS
from gristmill.api.resources.outputs import OUTPUT_OBJECTS
from gristmill.api.routing import Conf, CurrentUser, Db, v4_router
from gristmill.jobs.scripts import job_of_output, python_script
from gristmill.model import outputs
from gristmill.model.access import find, refer
from gristmill.model.datasets import datasets_of
from gristmill.model.table_outputs import replace_members
from gristmill.model.tables import FlowNode, OutputObject

router = v4_router("outputObjects")


class NewOutputObject(OutputObjectFields):
    """Where a recipe's result goes; `isAdhoc` false is for scheduled runs."""

    REFERENCES = {"flowNode": "flowNodeId"}  # noqa: RUF012 - a ClassVar of V4Body

    flow_node_id: Id
    is_adhoc: bool | None = None


class ScriptRequest(V4Body):
    """`orderedColumns` names the columns of the frame, separated by commas; a blank: those of the dataset."""

    ordered_columns: str
    overrides: dict[str, Any] | None = None

    def columns(self) -> list[str]:
        """The names that the client has sent."""
        return [name for part in self.ordered_columns.split(",") if (name := part.strip())]


@router.post("", status_code=201)
def create_output_object(body: NewOutputObject, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Say where a recipe's result goes. A recipe needs one before the API can run it."""
    with db.write() as session:
        node = refer(session, FlowNode, body.flow_node_id, user, "flowNodeId")
        output = outputs.create_output_object(session, user, node, body.columns(), body.settings() or ())
        replace_members(session, user, output, body.tables(), body.scripts())
        return shown(session, conf, OUTPUT_OBJECTS, output)


@router.get("")
def list_output_objects(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your output objects, newest first."""
    with db.read() as session:
        return listed(session, conf, user, OUTPUT_OBJECTS, query)


@router.get("/count")
def count_output_objects(user: CurrentUser, db: Db, query: List) -> Json:
    """How many output objects there are."""
    with db.read() as session:
        return counted(session, user, OUTPUT_OBJECTS, query)


@router.get("/{id}")
def get_output_object(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """An output object; `embed=writeSettings` shows its files."""
    with db.read() as session:
        return one(session, conf, user, OUTPUT_OBJECTS, id, query)


@router.patch("/{id}")
def change_output_object(id: PathId, body: OutputObjectFields, user: CurrentUser, db: Db) -> Json:
    """Change an output object; a list of write settings, publications or scripts replaces the old ones."""
    with db.write() as session:
        output = find(session, OutputObject, id, user)
        row = outputs.change_output_object(session, user, output, body.columns(), body.settings())
        replace_members(session, user, output, body.tables(), body.scripts())
        return changed(row)


@router.put("/{id}")
def replace_output_object(id: PathId, body: OutputObjectFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole output object."""
    with db.write() as session:
        output = find(session, OutputObject, id, user)
        row = outputs.change_output_object(session, user, output, body.columns(), body.settings())
        replace_members(session, user, output, body.tables(), body.scripts())
        return shown(session, conf, OUTPUT_OBJECTS, row)


@router.delete("/{id}", status_code=204, response_class=Response)
def delete_output_object(id: PathId, user: CurrentUser, db: Db) -> None:
    """Delete an output object with what belongs to it; files and tables stay."""
    with db.write() as session:
        output = find(session, OutputObject, id, user)
        replace_members(session, user, output, (), ())
        outputs.delete_output_object(session, user, output)


@router.get("/{id}/inputs")
def list_inputs(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """The datasets that an output depends on."""
    with db.read() as session:
        output = find(session, OutputObject, id, user)
        return many(session, conf, IMPORTED_DATASETS, datasets_of(session, [output.flow_node]), query.embed)


@router.post("/{id}/wrangleToPython")
def write_python(id: PathId, body: ScriptRequest, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The recipe as a Python script for pandas and duckdb, `pythonScript`, that defines `run_transforms(df)`.

    Types of columns are those that the dataset has now. 400 names the function and the step that no script can say.
    """
    with db.read() as session:
        job = job_of_output(session, conf, find(session, OutputObject, id, user))
    return {"pythonScript": python_script(job, conf.scratch, body.columns())}
