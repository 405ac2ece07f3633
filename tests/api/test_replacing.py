"""Another input in the place of one: `PATCH /v4/flows/:id/replaceDataset`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid


@pytest.fixture
def other(joe, settings) -> int:
    """Another dataset of the same columns."""
    (settings.uploads / "returns.csv").write_text("id,qty\n7,1\n")
    body = {"name": "returns", "path": "/trifacta/uploads/returns.csv"}
    return joe.post("/v4/importedDatasets", json=body).json()["id"]


def _replace(joe, flow, **body):
    return joe.patch(f"/v4/flows/{flow}/replaceDataset", json=body)


def _inputs(joe, flow) -> list[str]:
    return [item["name"] for item in joe.get(f"/v4/flows/{flow}/inputs").json()["data"]]


def test_a_dataset_takes_the_place_of_another(joe, flow, recipe, dataset, other):
    answer = _replace(joe, flow, importedDatasetId=dataset, newImportedDatasetId=other)
    assert answer.status_code == 200
    node = answer.json()["newInputNode"]
    (edge,) = answer.json()["outputNodeEdges"]
    assert (node["wrangled"], node["flow"]) == (False, {"id": flow})
    assert edge == {"id": edge["id"], "flowId": flow, "inFlowNodeId": node["id"], "outFlowNodeId": recipe}
    assert _inputs(joe, flow) == ["returns"]
    assert joe.get(f"/v4/importedDatasets/{dataset}").status_code == 200


def test_texts_keep_their_name_for_it(joe, flow, recipe, dataset, other):
    added = joe.post(f"/v4/importedDatasets/{other}/addToFlow", json={"flow": {"id": flow}}).json()["id"]
    script = "join with: returns col: id = current_dataset.id row: current_dataset.id == returns.id type: left"
    assert joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}).status_code == 200
    third = joe.post(f"/v4/importedDatasets/{dataset}/copy", json={"name": "third"}).json()["id"]
    answer = _replace(joe, flow, flowNodeId=added, newImportedDatasetId=third)
    assert [edge["outFlowNodeId"] for edge in answer.json()["outputNodeEdges"]] == [recipe]
    assert joe.get(f"/v4/flows/{flow}/validate").json()["data"][0]["errors"] == []
    assert sorted(_inputs(joe, flow)) == ["orders", "third"]


def test_a_recipe_takes_the_place_of_a_dataset(joe, flow, recipe, dataset, other):
    second = {"importedDataset": {"id": other}, "flow": {"id": flow}, "name": "clean returns"}
    source = joe.post("/v4/wrangledDatasets", json=second).json()["id"]
    answer = _replace(joe, flow, importedDatasetId=dataset, newWrangledDatasetId=source)
    assert answer.json()["newInputNode"]["id"] == source
    assert _inputs(joe, flow) == ["returns"]


def test_the_same_dataset_changes_nothing(joe, flow, recipe, dataset):
    answer = _replace(joe, flow, importedDatasetId=dataset, newImportedDatasetId=dataset)
    assert (answer.status_code, len(answer.json()["outputNodeEdges"])) == (200, 1)
    assert _inputs(joe, flow) == ["orders"]


def test_recipes_may_not_depend_on_each_other(joe, flow, recipe, dataset):
    refused = _replace(joe, flow, importedDatasetId=dataset, newWrangledDatasetId=recipe)
    assert_invalid(refused, "depend on each other")
    assert _inputs(joe, flow) == ["orders"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "give exactly one of flowNodeId and importedDatasetId"),
        ({"importedDatasetId": 1, "flowNodeId": 1}, "give exactly one of flowNodeId and importedDatasetId"),
        ({"importedDatasetId": 999, "newImportedDatasetId": 1}, "importedDatasetId"),
    ],
)
def test_what_is_missing_is_named(joe, flow, recipe, body, said):
    assert_invalid(_replace(joe, flow, **body), said)


def test_only_inputs_of_the_flow_are_replaced(joe, flow, recipe, dataset, other):
    assert_invalid(_replace(joe, flow, importedDatasetId=dataset), "newImportedDatasetId and newWrangledDatasetId")
    assert_invalid(_replace(joe, flow, importedDatasetId=other, newImportedDatasetId=dataset), "is no input of flow")
    assert_invalid(_replace(joe, flow, flowNodeId=recipe, newImportedDatasetId=other), "is a recipe")
    elsewhere = joe.post("/v4/flows", json={"name": "elsewhere"}).json()["id"]
    node = joe.post(f"/v4/importedDatasets/{other}/addToFlow", json={"flow": {"id": elsewhere}}).json()["id"]
    assert_invalid(_replace(joe, flow, flowNodeId=node, newImportedDatasetId=other), "is not part of flow")
