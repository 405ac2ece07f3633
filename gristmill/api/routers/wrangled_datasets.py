"""`/v4/wrangledDatasets`: recipes and their text, and `/v4/flowNodes` (api 3.7, 6.12)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy import Select, select

from gristmill.api.answers import changed, counted, listed, one, shown
from gristmill.api.bodies import FlowReference
from gristmill.api.embedding import Json
from gristmill.api.errors import invalid
from gristmill.api.inputs import Flag, Id, Item, ItemQuery, List, Name, PathId, V4Body
from gristmill.api.resources.flows import NODES
from gristmill.api.routing import BUILDING, Conf, CurrentUser, Db, v4_router
from gristmill.model import recipes
from gristmill.model.access import Caller, find, refer
from gristmill.model.errors import MissingError
from gristmill.model.graph import Graph, ensure_reference_node
from gristmill.model.tables import Flow, FlowNode, ImportedDataset, Recipe

router = v4_router("wrangledDatasets")
nodes_router = v4_router("flowNodes")


class InputReference(V4Body):
    """A dataset or a recipe: `{"importedDataset": {"id": 9}}` or `{"wrangledDataset": {"id": 13}}`."""

    REFERENCES = {  # noqa: RUF012 - a ClassVar of V4Body
        "importedDataset": "importedDatasetId",
        "wrangledDataset": "wrangledDatasetId",
        "flow": "flowId",
    }

    imported_dataset_id: Id | None = None
    wrangled_dataset_id: Id | None = None

    def source(self, session: Any, user: Caller) -> recipes.Source:
        """The dataset or the recipe that is named. Raises ApiError 400 unless it is exactly one."""
        if (self.imported_dataset_id is None) == (self.wrangled_dataset_id is None):
            raise invalid("give exactly one of importedDataset and wrangledDataset")
        if self.imported_dataset_id is not None:
            return refer(session, ImportedDataset, self.imported_dataset_id, user, "importedDataset")
        node = refer(session, FlowNode, self.wrangled_dataset_id or 0, user, "wrangledDataset")
        if not node.wrangled:
            raise invalid(f"wrangledDataset: node {node.id} is no recipe")
        return node


class NewRecipe(InputReference):
    """A recipe on a dataset or on another recipe."""

    name: Name
    flow_id: Id
    inferred_script: dict[str, Any] | None = None


class RecipeNames(V4Body):
    """Name and description, also as `recipe: {"name", "description"}`."""

    name: Name | None = None
    description: str | None = None


class RecipeFields(RecipeNames):
    """What may be changed."""

    recipe: RecipeNames | None = None


class ScriptText(V4Body):
    """The steps of a recipe as Wrangle text."""

    script: str


@router.post("", status_code=201, dependencies=[BUILDING])
def create_recipe(body: NewRecipe, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Make an empty recipe on a dataset or on another recipe."""
    with db.write() as session:
        source = body.source(session, user)
        flow = refer(session, Flow, body.flow_id, user, "flow")
        node = recipes.create_recipe(session, user, flow, body.name, source)
        return shown(session, conf, NODES, node, "recipe")


@router.get("")
def list_recipes(user: CurrentUser, db: Db, conf: Conf, query: List) -> Json:
    """Your recipes, newest first."""
    with db.read() as session:
        return listed(session, conf, user, NODES, query, statement=_recipes())


@router.get("/count")
def count_recipes(user: CurrentUser, db: Db, query: List) -> Json:
    """How many recipes there are."""
    with db.read() as session:
        return counted(session, user, NODES, query, statement=_recipes())


@router.get("/{id}")
def get_recipe(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A recipe; `embed=outputObjects` shows where its result goes."""
    with db.read() as session:
        _recipe(session, id, user, query.include_deleted)
        return one(session, conf, user, NODES, id, _with_recipe(query))


@router.patch("/{id}", dependencies=[BUILDING])
def change_recipe(id: PathId, body: RecipeFields, user: CurrentUser, db: Db) -> Json:
    """Rename or describe a recipe."""
    with db.write() as session:
        node = _change(session, id, body, user)
        return changed(node)


@router.put("/{id}", dependencies=[BUILDING])
def replace_recipe(id: PathId, body: RecipeFields, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The same as PATCH; answers the whole recipe."""
    with db.write() as session:
        return shown(session, conf, NODES, _change(session, id, body, user), "recipe")


@router.delete("/{id}", status_code=204, response_class=Response, dependencies=[BUILDING])
def delete_recipe(
    id: PathId,
    user: CurrentUser,
    db: Db,
    force: Annotated[Flag, Query(description="also when other recipes read it")] = False,
) -> None:
    """Delete a recipe with its outputs."""
    with db.write() as session:
        recipes.delete_recipe(session, user, _recipe(session, id, user), force=force)


@router.get("/{id}/script")
def get_script(id: PathId, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """The steps of a recipe as Wrangle text, and what is wrong with them."""
    with db.read() as session:
        return _script_view(recipes.read_script(session, conf, find(session, FlowNode, id, user)))


@router.put("/{id}/script", dependencies=[BUILDING])
def put_script(id: PathId, body: ScriptText, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Replace the steps of a recipe; datasets that it names become its inputs. Nothing is stored on an error."""
    with db.write() as session:
        node = find(session, FlowNode, id, user)
        return _script_view(recipes.write_script(session, conf, user, node, body.script))


@router.post("/{id}/addToFlow", status_code=201, dependencies=[BUILDING])
def add_to_flow(id: PathId, body: FlowReference, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Let another flow use the result of a recipe; answers the node that stands for it there."""
    with db.write() as session:
        node = _recipe(session, id, user)
        flow = refer(session, Flow, body.flow_id, user, "flow")
        if flow.id == node.flow_id:
            raise invalid(f"flow: recipe {id} is in flow {flow.id} already")
        return shown(session, conf, NODES, ensure_reference_node(session, user, flow.id, node))


@router.get("/{id}/primaryInputDataset")
def get_main_input(id: PathId, user: CurrentUser, db: Db) -> Json:
    """What a recipe reads."""
    with db.read() as session:
        graph = Graph(session)
        source = graph.main_input(_recipe(session, id, user))
        origin = graph.origin(source) if source is not None else None
        if origin is None:
            raise MissingError(f"recipe {id} has lost its main input")
        if origin.imported_dataset_id is not None:
            return {"importedDataset": {"id": origin.imported_dataset_id}}
        return {"wrangledDataset": {"id": origin.id}}


@router.put("/{id}/primaryInputDataset", dependencies=[BUILDING])
def put_main_input(id: PathId, body: InputReference, user: CurrentUser, db: Db, conf: Conf) -> Json:
    """Let a recipe read another dataset or recipe."""
    with db.write() as session:
        node = _recipe(session, id, user)
        recipes.change_main_input(session, user, node, body.source(session, user))
        return shown(session, conf, NODES, node, "recipe")


@nodes_router.get("/{id}")
def get_node(id: PathId, user: CurrentUser, db: Db, conf: Conf, query: Item) -> Json:
    """A node of a flow: a recipe, a dataset or a reference."""
    with db.read() as session:
        return one(session, conf, user, NODES, id, _with_recipe(query))


def _recipes() -> Select[Any]:
    return select(FlowNode).join(Recipe, Recipe.id == FlowNode.recipe_id).where(FlowNode.wrangled.is_(True))


def _recipe(session: Any, id: int, user: Caller, include_deleted: bool = False) -> FlowNode:
    node = find(session, FlowNode, id, user, include_deleted=include_deleted)
    if not node.wrangled:
        raise MissingError(f"recipe {id} not found, node {id} is no recipe")
    return node


def _with_recipe(query: ItemQuery) -> ItemQuery:
    return ItemQuery(f"recipe,{query.embed}", query.fields, query.include_deleted)


def _change(session: Any, id: int, body: RecipeFields, user: Caller) -> FlowNode:
    node = _recipe(session, id, user)
    inner = body.recipe or RecipeNames()
    description = inner.description if body.description is None else body.description
    recipes.change_recipe(session, user, node, name=body.name or inner.name, description=description)
    return node


def _script_view(script: recipes.Script) -> Json:
    warnings = [problem.as_json() for problem in script.problems if problem.severity == "warning"]
    errors = [problem.as_json() for problem in script.errors]
    return {"script": script.text, "steps": script.steps, "errors": errors, "warnings": warnings}
