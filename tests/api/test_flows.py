"""`/v4/flows`."""

from __future__ import annotations

import pytest

from .asserts import assert_invalid, assert_v4_error


def test_a_new_flow_is_shown_whole(joe):
    flow = joe.post("/v4/flows/", json={"name": "python-flow", "description": "made by a client"}).json()
    assert flow["name"] == "python-flow"
    assert flow["creator"] == flow["updater"] == {"id": 2}
    assert (flow["folder"], flow["workspace"]) == (None, {"id": 1})
    assert flow["createdAt"].endswith("Z") and len(flow["createdAt"]) == len("2019-08-20T17:46:28.000Z")


def test_a_new_flow_has_no_nodes(joe, flow):
    assert joe.get(f"/v4/flows/{flow}?embed=flowNodes.recipe").json()["flowNodes"] == {"data": []}


def test_recipes_are_embedded_by_name(joe, flow, recipe):
    nodes = joe.get(f"/v4/flows/{flow}?embed=flowNodes.recipe").json()["flowNodes"]["data"]
    assert [(node["wrangled"], node["recipe"]["name"]) for node in nodes] == [(False, "orders"), (True, "clean orders")]
    assert nodes[1]["id"] == recipe


def test_without_recipe_it_is_a_reference(joe, flow, recipe):
    node = joe.get(f"/v4/flows/{flow}?embed=flownodes(limit=1,fields=id;recipe,sort=-id)").json()["flowNodes"]["data"]
    assert node == [{"id": recipe, "recipe": {"id": node[0]["recipe"]["id"]}}]


def test_all_associations_can_be_embedded(joe, flow, recipe):
    names = "creator,updater,workspace,folder,flowNodes.flow.creator,flowEdges,snapshots,flowRuns,webhookFlowTasks,"
    found = joe.get(f"/v4/flows/{flow}?embed={names}flowRunParameterOverrides,associatedPeople").json()
    assert found["creator"]["email"] == "joe@example.com"
    assert found["flowEdges"]["data"][0]["outputFlowNode"] == {"id": recipe}
    assert (found["flowRuns"], found["folder"]) == ({"data": []}, None)


@pytest.mark.parametrize("embed", ["foo", "flowNodes.foo", "*", "creator,foo(limit=1)"])
def test_an_unknown_association_lists_the_valid_ones(joe, flow, embed):
    assert_invalid(joe.get(f"/v4/flows/{flow}?embed={embed}"), "Valid associations are ")


@pytest.mark.parametrize(
    "embed", ["flowNodes(", "flowNodes(limit=x)", "flowNodes(color=red)", "a b", ".".join(["flowNodes.flow"] * 9)]
)
def test_an_unreadable_embed_is_refused(joe, flow, embed):
    assert_invalid(joe.get(f"/v4/flows/{flow}", params={"embed": embed}), "embed: ")


def test_an_empty_embed_means_nothing(joe, flow):
    assert joe.get(f"/v4/flows/{flow}?embed=&includeDeleted=False").status_code == 200


def test_fields_cut_the_answer(joe, flow):
    assert joe.get(f"/v4/flows/{flow}?fields=id;name").json() == {"id": flow, "name": "sales"}


def test_patch_answers_the_short_form(joe, flow):
    answer = joe.patch(f"/v4/flows/{flow}", json={"name": "renamed"}).json()
    assert set(answer) == {"id", "updatedAt", "updater"}
    assert joe.put(f"/v4/flows/{flow}", json={"description": "d"}).json()["name"] == "renamed"


def test_a_taken_name_gets_a_number_when_asked(joe, flow):
    names = [joe.post("/v4/flows", json={"name": "sales", "incrementName": True}).json()["name"] for _ in range(2)]
    assert names == ["sales (2)", "sales (3)"]
    assert joe.post("/v4/flows", json={"name": "sales"}).json()["name"] == "sales"


def test_newest_comes_first(joe, flow):
    newest = joe.post("/v4/flows", json={"name": "other"}).json()["id"]
    assert joe.get("/v4/flows?limit=1").json()["data"][0]["id"] == newest


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("noLimit=true&sort=name", ["ant", "Bee", "cat"]),
        ("sort=-name&limit=2", ["cat", "Bee"]),
        ("sort=name&offset=1&limit=1", ["Bee"]),
        ("filter=be", ["Bee"]),
        ("filter=be&filterType=contains", ["Bee"]),
        ("filter=be&filterType=exact", []),
        ("filter=bee&filterType=exactIgnoreCase", ["Bee"]),
        ("filter=be&filterType=exactIgnoreCase", []),
        ("filter=Bee&filterType=exact&filterFields=name,description", ["Bee"]),
        ("filter=%25", []),
        ("limit=0", []),
        ("folderId=3", []),
        ("flowsFilter=owned&sort=name", ["ant", "Bee", "cat"]),
        ("flowsFilter=shared", []),
    ],
)
def test_lists_filter_sort_and_page(joe, query, names):
    for name in ("cat", "ant", "Bee"):
        joe.post("/v4/flows", json={"name": name})
    found = [flow["name"] for flow in joe.get(f"/v4/flows?{query}").json()["data"]]
    assert sorted(found, key=str.lower) == sorted(names, key=str.lower) and len(found) == len(names)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sort=colour", "sort: no field 'colour', valid fields are id, createdAt"),
        ("filter=x&filterFields=colour", "filterFields: no field 'colour'"),
        ("limit=ten", "limit: expected a whole number, got 'ten'"),
        ("offset=-1", "offset: expected a whole number"),
        ("noLimit=perhaps", "noLimit: expected true or false"),
        ("filterType=odd", "filterType"),
        ("flowsFilter=mine", "flowsFilter"),
        ("filter=a%00b", "NUL"),
    ],
)
def test_a_bad_list_query_is_refused(joe, query, words):
    assert_invalid(joe.get(f"/v4/flows?{query}"), words)


def test_lists_count_what_they_do_not_show(joe):
    for number in range(30):
        joe.post("/v4/flows", json={"name": f"flow {number}"})
    page = joe.get("/v4/flows").json()
    assert (len(page["data"]), page["count"]) == (25, 30)
    assert joe.get("/v4/flows/count?filter=flow 1").json() == {"count": 11}


def test_deleting_hides_the_flow_and_what_is_in_it(joe, flow, recipe, output, dataset):
    assert joe.delete(f"/v4/flows/{flow}").status_code == 204
    assert_v4_error(joe.get(f"/v4/flows/{flow}"), 410, "GoneException", f"flow {flow} was deleted")
    assert joe.get(f"/v4/flows/{flow}?includeDeleted=true").json()["deletedAt"]
    assert joe.get("/v4/flows").json()["data"] == []
    assert joe.get("/v4/flows?includeDeleted=1").json()["count"] == 1
    assert joe.get(f"/v4/wrangledDatasets/{recipe}").status_code == 410
    assert joe.get(f"/v4/outputObjects/{output}").status_code == 410
    assert joe.get("/v4/writeSettings").json()["data"] == []
    assert joe.get(f"/v4/importedDatasets/{dataset}").status_code == 200


def test_people_see_only_their_own_flows(admin, joe, flow):
    foreign = admin.post("/v4/flows", json={"name": "secret"}).json()["id"]
    assert [item["id"] for item in joe.get("/v4/flows").json()["data"]] == [flow]
    assert_v4_error(joe.get(f"/v4/flows/{foreign}"), 403, "AccessControlException", f"no right on flow {foreign}")
    assert_v4_error(joe.delete(f"/v4/flows/{foreign}"), 403, "AccessControlException")
    assert admin.get(f"/v4/flows/{flow}").status_code == 200


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "name: field required"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": 5}, "name: input should be a valid string"),
        ({"name": "a\0b"}, "NUL"),
        ({"name": "a", "settings": {"deep": ["\0"]}}, "NUL"),
        ({"name": "a", "settings": []}, "settings"),
        ({"name": "a", "folderId": 3}, "folder 3 not found"),
        ([], "expected an object"),
        ("text", "expected an object"),
        (None, ""),
    ],
)
def test_a_bad_flow_is_refused(joe, body, words):
    assert_invalid(joe.post("/v4/flows", json=body), words)


def test_half_a_character_is_refused(joe):
    assert_invalid(joe.post("/v4/flows", content='{"name": "a", "settings": {"\\ud800": 1}}'), "surrogate")


def test_names_of_properties_are_read_in_any_case(joe):
    assert joe.post("/v4/flows", json={"NAME": "loud", "unknown": 1}).json()["name"] == "loud"


def test_inputs_and_outputs(joe, flow, recipe, output):
    assert [item["name"] for item in joe.get(f"/v4/flows/{flow}/inputs").json()["data"]] == ["orders"]
    outputs = joe.get(f"/v4/flows/{flow}/outputs?embed=writeSettings").json()["data"]
    assert [(item["id"], len(item["writeSettings"]["data"])) for item in outputs] == [(output, 1)]


def test_inputs_are_found_through_references(joe, recipe):
    other = joe.post("/v4/flows", json={"name": "other"}).json()["id"]
    body = {"wrangledDataset": {"id": recipe}, "flow": {"id": other}, "name": "report"}
    assert joe.post("/v4/wrangledDatasets", json=body).status_code == 201
    assert [item["name"] for item in joe.get(f"/v4/flows/{other}/inputs").json()["data"]] == ["orders"]


def test_validate_lists_recipes_with_their_errors(joe, flow, recipe):
    found = joe.get(f"/v4/flows/{flow}/validate").json()["data"]
    assert [(item["flowNodeId"], item["name"], item["errors"]) for item in found] == [(recipe, "clean orders", [])]


@pytest.mark.parametrize("copy_datasources", [False, True])
def test_a_copy_stands_on_its_own(joe, flow, recipe, output, dataset, copy_datasources):
    joe.post(f"/v4/flows/{flow}/parameters", json={"overrideKey": "r", "value": {"variable": {"value": "1"}}})
    copy = joe.post(f"/v4/flows/{flow}/copy", json={"name": "", "copyDatasources": copy_datasources}).json()
    assert copy["name"] == "sales (copy)"
    joe.delete(f"/v4/flows/{flow}")
    nodes = joe.get(f"/v4/flows/{copy['id']}?embed=flowNodes.recipe,flowNodes.outputObjects").json()["flowNodes"][
        "data"
    ]
    assert [node["recipe"]["name"] for node in nodes] == ["orders", "clean orders"]
    assert nodes[1]["outputObjects"]["data"][0]["execution"] == "photon"
    inputs = joe.get(f"/v4/flows/{copy['id']}/inputs").json()["data"]
    assert (inputs[0]["id"] == dataset) is not copy_datasources
    assert joe.get(f"/v4/flows/{copy['id']}/parameters/r").json()["value"] == {"variable": {"value": "1"}}
    assert joe.post("/v4/jobGroups", json={"wrangledDataset": {"id": nodes[1]["id"]}}).status_code == 201


def test_a_copy_needs_no_body(joe, flow):
    assert joe.post(f"/v4/flows/{flow}/copy", headers={"Content-Type": "application/json"}).status_code == 201


def test_parameters(joe, flow):
    body = {"overrideKey": "varRegion", "value": {"variable": {"value": "01"}}}
    assert joe.post(f"/v4/flows/{flow}/parameters", json=body).json()["overrideKey"] == "varRegion"
    assert_v4_error(joe.post(f"/v4/flows/{flow}/parameters", json=body), 409, "ConflictException", "varRegion")
    assert joe.get(f"/v4/flows/{flow}/parameters").json()["count"] == 1
    assert joe.get(f"/v4/flows/{flow}/parameters/VARREGION").status_code == 404
    assert joe.delete(f"/v4/flows/{flow}/parameters/varRegion").status_code == 204
    assert joe.get(f"/v4/flows/{flow}/parameters/varRegion").status_code == 404


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("1st", {"variable": {"value": "x"}}, "no parameter name"),
        ("col", {"variable": {"value": "x"}}, "$col is a built-in name"),
        ("ok", {"pattern": {"wildcard": {}}}, "a pattern parameter cannot stand here"),
        ("ok", {"colour": {}}, "unknown type 'colour'"),
        ("ok", {"variable": {}}, "value.variable.value: expected a text"),
        ("ok", "x", "value"),
    ],
)
def test_a_bad_parameter_is_refused(joe, flow, key, value, words):
    assert_invalid(joe.post(f"/v4/flows/{flow}/parameters", json={"overrideKey": key, "value": value}), words)
