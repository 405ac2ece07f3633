"""`/v4/flowRunParameterOverrides`."""

from __future__ import annotations

from .asserts import assert_invalid, assert_v4_error

VALUE = {"variable": {"value": "02"}}


def test_create_read_change_delete(joe, flow):
    made = joe.post("/v4/flowRunParameterOverrides", json={"flowId": flow, "overrideKey": "$r", "value": VALUE}).json()
    assert (made["flowId"], made["overrideKey"], made["value"]) == (flow, "r", VALUE)
    address = f"/v4/flowRunParameterOverrides/{made['id']}"
    assert joe.get(address).json()["flow"] == {"id": flow}
    assert joe.patch(address, json={"value": {"variable": {"value": 3}}}).status_code == 200
    assert joe.get(address).json()["value"] == {"variable": {"value": 3}}
    assert joe.put(address, json={"overrideKey": "s"}).json()["overrideKey"] == "s"
    assert joe.delete(address).status_code == 204
    assert joe.get(address).status_code == 410


def test_a_second_override_of_a_name_replaces_the_first(joe, flow):
    bodies = [{"flow": {"id": flow}, "overrideKey": "r", "value": {"variable": {"value": text}}} for text in "ab"]
    first, second = (joe.post("/v4/flowRunParameterOverrides", json=body).json() for body in bodies)
    assert (first["id"], second["value"]) == (second["id"], {"variable": {"value": "b"}})


def test_a_name_is_taken_once(joe, flow):
    made = [
        joe.post("/v4/flowRunParameterOverrides", json={"flowId": flow, "overrideKey": key, "value": VALUE}).json()[
            "id"
        ]
        for key in "ab"
    ]
    answer = joe.patch(f"/v4/flowRunParameterOverrides/{made[0]}", json={"overrideKey": "b"})
    assert_v4_error(answer, 409, "ConflictException")
    joe.delete(f"/v4/flowRunParameterOverrides/{made[1]}")
    assert joe.patch(f"/v4/flowRunParameterOverrides/{made[0]}", json={"overrideKey": "b"}).status_code == 200


def test_other_kinds_are_refused(joe, flow):
    body = {"flowId": flow, "overrideKey": "r", "value": {"selector": {"default": "a"}}}
    assert_invalid(joe.post("/v4/flowRunParameterOverrides", json=body), "options: expected a list of texts")
