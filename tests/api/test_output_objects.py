"""`/v4/outputObjects`."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from gristmill.api.bodies import KeyValue

from .asserts import assert_invalid, assert_v4_error

CSV = {"path": "/trifacta/queryResults/x.csv", "action": "create", "format": "csv"}


def test_both_spellings_of_the_recipe_are_answered(joe, recipe):
    found = joe.post("/v4/outputObjects/", json={"flowNode": {"id": recipe}}).json()
    assert found["flowNode"] == found["flownode"] == {"id": recipe}
    assert (found["execution"], found["profiler"], found["isAdhoc"]) == ("photon", False, True)


def test_write_settings_are_made_with_it(joe, recipe):
    body = {"flowNodeId": recipe, "execution": "spark", "profiler": True, "writeSettings": {"data": [CSV, CSV]}}
    found = joe.post("/v4/outputObjects", json=body).json()["id"]
    embedded = joe.get(f"/v4/outputObjects/{found}?embed=writeSettings,publications,sqlScripts,flowNode").json()
    assert [row["path"] for row in embedded["writeSettings"]["data"]] == [CSV["path"]] * 2
    assert (embedded["publications"], embedded["sqlScripts"]) == ({"data": []}, {"data": []})
    assert embedded["flowNode"]["wrangled"] is True


def test_switches_may_be_texts_and_numbers(joe, recipe):
    settings = {**CSV, "header": "True", "asSingleFile": 0, "hasQuotes": 1.0}
    body = {"flowNodeId": recipe, "profiler": 1, "isAdhoc": "false", "writeSettings": {"data": [settings]}}
    made = joe.post("/v4/outputObjects", json=body).json()
    assert (made["profiler"], made["isAdhoc"]) == (True, False)
    [row] = joe.get(f"/v4/outputObjects/{made['id']}?embed=writeSettings").json()["writeSettings"]["data"]
    assert (row["header"], row["asSingleFile"], row["hasQuotes"]) == (True, False, True)


def test_one_of_each_kind(joe, recipe, output):
    again = joe.post("/v4/outputObjects", json={"flowNodeId": recipe})
    assert_v4_error(again, 409, "ConflictException", f"manual output object already: {output}")
    assert joe.post("/v4/outputObjects", json={"flowNodeId": recipe, "isAdhoc": False}).status_code == 201


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flowNodeId": 99}, "flowNodeId: recipe or flow node 99 not found"),
        ({"flowNodeId": None}, "flowNodeId"),
        ({"profiler": "yes"}, "profiler"),
        ({"profiler": 2}, "profiler"),
        ({"execution": ""}, "execution"),
        ({"publications": [{"tableName": "t"}]}, "publications.0.path"),
        ({"sqlScripts": {"data": [{}]}}, "sqlScripts.0.sqlScript"),
        ({"outputObjectSparkOptions": [{"key": "a"}]}, "outputObjectSparkOptions.0.value: field required"),
        ({"writeSettings": [{"path": "/a"}]}, "writeSettings.0.action: field required"),
        ({"writeSettings": [{**CSV, "action": "replace"}]}, "invalid value 'replace', valid values are create"),
        ({"writeSettings": 5}, "writeSettings"),
    ],
)
def test_a_bad_output_object_is_refused(joe, recipe, change, words):
    assert_invalid(joe.post("/v4/outputObjects", json={"flowNodeId": recipe, **change}), words)
    assert joe.get("/v4/outputObjects/count").json() == {"count": 0}


def test_a_dataset_has_no_output(joe, flow, recipe):
    nodes = joe.get(f"/v4/flows/{flow}?embed=flowNodes").json()["flowNodes"]["data"]
    assert_invalid(joe.post("/v4/outputObjects", json={"flowNodeId": nodes[0]["id"]}), "is no recipe")


def test_a_list_of_write_settings_replaces_the_old_ones(joe, output):
    body = {"profiler": True, "writeSettings": [{**CSV, "format": "json"}]}
    assert joe.patch(f"/v4/outputObjects/{output}", json=body).status_code == 200
    found = joe.get(f"/v4/outputObjects/{output}?embed=writeSettings").json()
    assert found["profiler"] is True
    assert [row["format"] for row in found["writeSettings"]["data"]] == ["json"]
    assert joe.put(f"/v4/outputObjects/{output}", json={"name": "n"}).json()["profiler"] is True


def test_deleting_takes_the_write_settings_along(joe, output):
    assert joe.delete(f"/v4/outputObjects/{output}").status_code == 204
    assert joe.get("/v4/writeSettings/count").json() == {"count": 0}


def test_inputs(joe, output):
    assert [item["name"] for item in joe.get(f"/v4/outputObjects/{output}/inputs").json()["data"]] == ["orders"]


# -- scripts ---------------------------------------------------------------------------------------------------------


def script_of(joe, recipe, output, text, **body):
    assert joe.put(f"/v4/wrangledDatasets/{recipe}/script", json={"script": text}).status_code == 200
    return joe.post(f"/v4/outputObjects/{output}/wrangleToPython", json={"orderedColumns": " ", **body})


def test_a_recipe_as_python(joe, recipe, output):
    """As the SDK asks for it: the script defines run_transforms, which takes a frame and answers one."""
    overrides = {"execution": "photon", "profiler": True}
    answer = script_of(joe, recipe, output, "derive type: single value: qty * 2 as: 'twice'", overrides=overrides)
    assert (answer.status_code, list(answer.json())) == (200, ["pythonScript"]), answer.text
    script: dict[str, Any] = {"__name__": "script"}
    exec(answer.json()["pythonScript"], script)
    assert script["run_transforms"](pd.DataFrame({"id": [1, 2], "qty": [4, 5]})).values.tolist() == [
        ["1", "4", "8"],
        ["2", "5", "10"],
    ]


def test_frames_may_have_other_names(joe, recipe, output):
    answer = script_of(joe, recipe, output, "drop col: id action: Drop", orderedColumns="a, b")
    assert "COLUMNS = ['a', 'b']" in answer.json()["pythonScript"]
    assert_invalid(script_of(joe, recipe, output, "", orderedColumns="a"), "expected 2 columns (id, qty), got 1")


def test_what_no_script_can_say_is_refused(joe, recipe, output):
    answer = script_of(joe, recipe, output, "derive type: single value: DOUBLEMETAPHONE(id) as: 'd'")
    assert_invalid(answer, "Step 1 (derive), line 1, column 1: not supported: DOUBLEMETAPHONE")
    assert_invalid(joe.post(f"/v4/outputObjects/{output}/wrangleToPython", json={}), "orderedColumns: field required")
    assert_v4_error(
        joe.post("/v4/outputObjects/99/wrangleToPython", json={"orderedColumns": " "}), 404, "NotFoundException"
    )


@pytest.mark.parametrize("value", [1, "true", 0.0, True])
def test_values_of_options_stay_as_they_are_written(value):
    found = KeyValue.model_validate({"key": "spark.executor.cores", "value": value}).value
    assert (type(found), found) == (type(value), value)
