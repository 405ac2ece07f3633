"""Recipes: what the names in a text mean, and the job that follows from the graph."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gristmill.model.datasets import NewDataset, Place, create_dataset, delete_dataset
from gristmill.model.definition import chain_of
from gristmill.model.flows import create_flow
from gristmill.model.recipes import create_recipe, read_script, write_script
from gristmill.model.tables import FlowEdge, FlowNode
from gristmill.problems import RecipeError


class Scene:
    """A flow with two datasets; `orders` has a recipe of its own name, `clean` reads it."""

    def __init__(self, session, settings, caller) -> None:
        self.session, self.settings, self.caller = session, settings, caller
        self.flow = create_flow(session, caller, {"name": "f"})
        self.orders, self.people = (self.dataset(name) for name in ("orders", "people"))
        self.own = create_recipe(session, caller, self.flow, "orders", self.orders)
        self.other = create_recipe(session, caller, self.flow, "other", self.people)
        self.clean = create_recipe(session, caller, self.flow, "clean", self.own)

    def dataset(self, name: str):
        new = NewDataset(name=name, place=Place(path=f"/data/{name}.csv"))
        return create_dataset(self.session, self.settings, self.caller, new)

    def write(self, node: FlowNode, text: str):
        return write_script(self.session, self.settings, self.caller, node, text)

    def inputs(self, node: FlowNode) -> dict[str, int]:
        edges = select(FlowEdge).where(FlowEdge.output_node_id == node.id, FlowEdge.is_primary.is_(False))
        return {edge.alias: edge.input_node_id for edge in self.session.scalars(edges)}


@pytest.fixture
def scene(sessions, settings, joe):
    with sessions.write() as session:
        yield Scene(session, settings, joe)


def _union(*names: str) -> str:
    return f"union with: {', '.join(names)}"


def test_a_name_means_the_recipe_before_the_dataset(scene):
    scene.write(scene.other, _union("orders"))
    assert scene.inputs(scene.other) == {"orders": scene.own.id}


def test_in_the_recipe_of_its_own_name_it_means_the_dataset(scene):
    scene.write(scene.own, _union("orders"))
    node = scene.session.get(FlowNode, scene.inputs(scene.own)["orders"])
    assert node.imported_dataset_id == scene.orders.id


def test_what_reads_the_recipe_cannot_be_its_input(scene):
    with pytest.raises(RecipeError, match="recipes 'orders' and 'clean' depend on each other"):
        scene.write(scene.own, _union("clean"))


def test_an_unknown_name_is_told_with_the_nearest(scene):
    with pytest.raises(RecipeError) as caught:
        scene.write(scene.other, f"// one\n{_union('ordrs')}")
    (problem,) = caught.value.problems
    assert (problem.code, problem.message, problem.hint) == (
        "unknown-dataset",
        "dataset not found: 'ordrs'",
        "Did you mean 'orders'?",
    )
    assert (problem.step, problem.transform) == (2, "union")


def test_an_input_keeps_its_meaning_when_the_dataset_is_renamed(scene):
    scene.write(scene.other, _union("orders"))
    scene.own.recipe.name = "renamed"
    scene.session.flush()
    scene.write(scene.other, f"// again\n{_union('orders')}")
    assert scene.inputs(scene.other) == {"orders": scene.own.id}


def test_inputs_that_a_text_does_not_name_any_more_go(scene):
    scene.write(scene.other, _union("orders"))
    scene.write(scene.other, "")
    assert scene.inputs(scene.other) == {}


def test_every_change_counts(scene):
    before = scene.other.recipe.revision
    scene.write(scene.other, "// a")
    assert scene.other.recipe.revision == before + 1


def test_the_chain_has_inputs_before_those_who_read_them(scene):
    scene.write(scene.clean, _union("other", "people"))
    chain = chain_of(scene.session, scene.clean)
    assert [dataset.name for dataset in chain.datasets] == ["orders", "people"]
    assert [(text.name, text.main, dict(text.inputs)) for text in chain.recipes] == [
        ("orders", "source:0", {}),
        ("other", "source:1", {}),
        ("clean", "recipe:0", {"other": "recipe:1", "people": "source:1"}),
    ]


def test_a_chain_crosses_flows(scene):
    second = create_flow(scene.session, scene.caller, {"name": "second"})
    report = create_recipe(scene.session, scene.caller, second, "report", scene.clean)
    chain = chain_of(scene.session, report)
    assert [text.name for text in chain.recipes] == ["orders", "clean", "report"]
    assert chain.flow_ids == (second.id, scene.flow.id)


def test_a_lost_main_input_is_a_problem_of_the_recipe(scene):
    delete_dataset(scene.session, scene.caller, scene.people)
    found = read_script(scene.session, scene.settings, scene.other)
    (problem,) = found.errors
    assert (problem.code, problem.node) == ("unknown-dataset", "other")
    assert "no longer exists" in problem.message


def test_too_many_steps_are_refused(scene, settings):
    from dataclasses import replace

    from gristmill.model.errors import InvalidError

    scene.settings = replace(settings, recipes_max_steps=2)
    with pytest.raises(InvalidError, match="3 steps, at most 2"):
        scene.write(scene.other, "// a\n// b\n// c")
