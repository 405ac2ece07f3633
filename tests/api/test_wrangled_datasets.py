"""`/v4/wrangledDatasets` and `/v4/flowNodes`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error


def test_a_new_recipe_is_shown_whole(joe, flow, dataset):
    body = {"importedDataset": {"id": str(dataset)}, "flow": {"id": flow}, "name": "POS-r01", "inferredScript": {}}
    found = joe.post("/v4/wrangledDatasets", json=body).json()
    assert (found["wrangled"], found["name"], found["recipe"]["name"]) == (True, "POS-r01", "POS-r01")
    assert found["flow"] == {"id": flow}


def test_the_dataset_comes_into_the_flow(joe, flow, recipe):
    nodes = joe.get(f"/v4/flows/{flow}?embed=flowNodes").json()["flowNodes"]["data"]
    assert [node["wrangled"] for node in nodes] == [False, True]


def test_outputs_are_always_there_when_embedded(joe, recipe):
    assert joe.get(f"/v4/wrangledDatasets/{recipe}?embed=outputObjects").json()["outputObjects"] == {"data": []}


def test_flow_nodes_show_the_same_object(joe, recipe):
    assert joe.get(f"/v4/flowNodes/{recipe}").json() == joe.get(f"/v4/wrangledDatasets/{recipe}").json()


def test_lists_hold_recipes_only(joe, recipe):
    found = joe.get("/v4/wrangledDatasets?filter=CLEAN&sort=name").json()
    assert [item["id"] for item in found["data"]] == [recipe]
    assert joe.get("/v4/wrangledDatasets/count").json() == {"count": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"importedDataset": {"id": 99}}, "importedDataset: imported dataset 99 not found"),
        ({"importedDataset": None}, "exactly one of"),
        ({"wrangledDataset": {"id": 1}}, "exactly one of"),
        ({"flow": {"id": 99}}, "flow: flow 99 not found"),
        ({"flow": {}}, "flow: expected an object"),
        ({"flow": {"id": "x"}}, "flowId: expected a whole number as id, got 'x'"),
        ({"flow": {"id": 10**30}}, f"flow {10**30} not found"),
        ({"flow": {"id": True}}, "expected a whole number"),
        ({"name": None}, "name"),
    ],
)
def test_a_bad_recipe_is_refused(joe, flow, dataset, change, words):
    body = {"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "r", **change}
    assert_invalid(joe.post("/v4/wrangledDatasets", json=body), words)


def test_names_are_unique_within_a_flow(joe, flow, dataset, recipe):
    body = {"importedDataset": {"id": dataset}, "flow": {"id": flow}, "name": "clean orders"}
    assert_v4_error(joe.post("/v4/wrangledDatasets", json=body), 409, "ConflictException", "'clean orders'")


@pytest.mark.parametrize("body", [{"name": "new"}, {"recipe": {"name": "new"}}])
def test_renaming(joe, recipe, body):
    assert set(joe.patch(f"/v4/wrangledDatasets/{recipe}", json=body).json()) == {"id", "updatedAt", "updater"}
    assert joe.get(f"/v4/wrangledDatasets/{recipe}").json()["recipe"]["name"] == "new"


def _second(joe, recipe: int, flow: int, name: str = "report") -> int:
    body = {"wrangledDataset": {"id": recipe}, "flow": {"id": flow}, "name": name}
    return joe.post("/v4/wrangledDatasets", json=body).json()["id"]


def test_a_recipe_that_others_read_stays(joe, flow, recipe):
    second = _second(joe, recipe, flow)
    assert_invalid(joe.delete(f"/v4/wrangledDatasets/{recipe}"), "is read by 'report'")
    assert joe.delete(f"/v4/wrangledDatasets/{recipe}?force=true").status_code == 204
    assert joe.get(f"/v4/wrangledDatasets/{second}/primaryInputDataset").status_code == 404


def test_main_input(joe, flow, recipe, dataset):
    second = _second(joe, recipe, flow)
    address = f"/v4/wrangledDatasets/{second}/primaryInputDataset"
    assert joe.get(address).json() == {"wrangledDataset": {"id": recipe}}
    assert joe.put(address, json={"importedDataset": {"id": dataset}}).status_code == 200
    assert joe.get(address).json() == {"importedDataset": {"id": dataset}}


def test_recipes_may_not_depend_on_each_other(joe, flow, recipe):
    second = _second(joe, recipe, flow)
    answer = joe.put(f"/v4/wrangledDatasets/{recipe}/primaryInputDataset", json={"wrangledDataset": {"id": second}})
    assert_invalid(answer, "'clean orders' and 'report' depend on each other")
    answer = joe.put(f"/v4/wrangledDatasets/{recipe}/primaryInputDataset", json={"wrangledDataset": {"id": recipe}})
    assert_invalid(answer, "depend on each other")


def test_a_recipe_can_be_used_in_another_flow(joe, recipe):
    other = joe.post("/v4/flows", json={"name": "other"}).json()["id"]
    node = joe.post(f"/v4/wrangledDatasets/{recipe}/addToFlow", json={"flow": {"id": other}}).json()
    assert (node["wrangled"], node["recipe"], node["referencedFlowNode"]) == (False, None, {"id": recipe})
    assert_invalid(joe.delete(f"/v4/wrangledDatasets/{recipe}"), "is read by 'clean orders'")


def test_an_empty_script(joe, recipe):
    found = joe.get(f"/v4/wrangledDatasets/{recipe}/script").json()
    assert found == {"script": "", "steps": 0, "errors": [], "warnings": []}


def test_a_script_is_kept_as_written(joe, recipe):
    text = "// first look\nheader sourcerownumber: 1\n"
    assert joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": text}).json()["steps"] == 2
    assert joe.get(f"/v4/wrangledDatasets/{recipe}/script").json()["script"] == text


def test_a_script_with_errors_is_not_stored(joe, recipe):
    answer = joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": "derve value: 1 as: 'a'"})
    assert_invalid(answer, "unknown transform 'derve'")
    problem = answer.json()["exception"]["details"][0]
    assert (problem["code"], problem["step"], problem["line"]) == ("unknown-transform", 1, 1)
    assert joe.get(f"/v4/wrangledDatasets/{recipe}/script").json()["script"] == ""


def test_columns_are_known_as_soon_as_the_file_is(joe, recipe, dataset, settings):
    script = {"script": "derive type: single value: qtty + 1 as: 'more'"}
    answer = joe.put(f"/v4/wrangledDatasets/{recipe}/script", json=script)
    assert_invalid(answer, "column not found: 'qtty'")
    assert answer.json()["exception"]["details"][0]["hint"] == "Did you mean 'qty'?"
    (settings.uploads / "orders.csv").write_text("id,qtty\n1,5\n")
    assert joe.put(f"/v4/wrangledDatasets/{recipe}/script", json=script).json()["errors"] == []
    assert joe.get(f"/v4/importedDatasets/{dataset}").json()["isSchematized"] is True


@pytest.mark.parametrize(
    "script",
    [
        "(" * 5000,
        "derive value: " + "(" * 5000,
        "derive value: " + "-" * 5000 + "1",
        "[" * 9999,
        "`" * 999,
        "x" * 500_001,
    ],
)
def test_odd_scripts_are_never_our_fault(joe, recipe, script):
    assert_invalid(joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": script}), "")


@pytest.mark.parametrize("body", [{}, {"script": None}, {"script": 5}, {"script": "a\0"}])
def test_a_bad_script_body_is_refused(joe, recipe, body):
    assert_invalid(joe.put(f"/v4/wrangledDatasets/{recipe}/script", json=body), "")


def test_an_input_node_has_no_script(joe, flow, recipe):
    nodes = joe.get(f"/v4/flows/{flow}?embed=flowNodes").json()["flowNodes"]["data"]
    assert_invalid(joe.get(f"/v4/wrangledDatasets/{nodes[0]['id']}/script"), "is no recipe")
    assert joe.get(f"/v4/wrangledDatasets/{nodes[0]['id']}").status_code == 404
    assert joe.get(f"/v4/flowNodes/{nodes[0]['id']}").json()["wrangled"] is False
