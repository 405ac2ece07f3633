"""What holds for every route: credentials, wrong types, spelling of paths, media types, one error shape."""

from __future__ import annotations

import re

import pytest

from gristmill.api.app import ROUTERS
from gristmill.api.errors import server_fault
from gristmill.api.paths import PathIndex

from .asserts import assert_v4_error

ROUTES = [(method, route.path) for router in ROUTERS for route in router.routes for method in sorted(route.methods)]
WITH_BODY = [(method, path) for method, path in ROUTES if method in ("POST", "PUT", "PATCH")]
NO_BODY = ("/cancel",)
ODD = ["0", "-1", "x", "1.5", "9" * 18, "9" * 40, "%00", "%F0%9F%98%80", "1%20", "٣"]


def _fill(path: str, value: str = "1") -> str:
    return re.sub(r"\{[a-z_]+\}", value, path)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_without_credentials(anyone, method, path):
    assert_v4_error(anyone.request(method, _fill(path)), 401, "MissingPersonException")


@pytest.mark.parametrize(("method", "path"), [item for item in ROUTES if "{" in item[1]])
def test_odd_ids_are_never_our_fault(joe, method, path):
    for value in ODD:
        answer = joe.request(method, _fill(path, value), json={} if method in ("POST", "PUT", "PATCH") else None)
        assert answer.status_code in (400, 403, 404, 410, 415), (value, answer.text)
        assert_v4_error(answer, answer.status_code, answer.json()["exception"]["name"])


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_malformed_bodies_are_never_our_fault(admin, method, path):
    bodies = [
        "{",
        "[]",
        "5",
        '"x"',
        "null",
        "NaN",
        '{"a": ' * 5000,
        '{"name": 1e999}',
        '{"id": ' + "9" * 5000 + "}",
        "\xff",
    ]
    for body in bodies:
        answer = admin.request(
            method, _fill(path), content=body.encode("latin-1"), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code < 500, (body[:40], answer.text)


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_wrong_types_are_never_our_fault(joe, recipe, output, group, method, path):
    names = set(re.findall(r'"(\w+)": ', str(joe.get("/v4/open-api-spec").json()).replace("'", '"')))
    for value in (5, "x", [], {}, True, [[]], {"id": []}, {"data": 1}, "\ud7ff", 2**70):
        answer = joe.request(method, _fill(path), json=dict.fromkeys(names, value))
        assert answer.status_code < 500, (value, answer.text)


@pytest.mark.parametrize(("method", "path"), [item for item in ROUTES if item[0] == "GET"])
def test_odd_queries_are_never_our_fault(joe, recipe, output, group, method, path):
    queries = [
        "limit=9999999999999999999999&offset=99999999999999999999999",
        "sort=,,-",
        "filter=%F0&filterFields=,",
        "embed=((",
        "fields=;;",
    ]
    for query in (
        *queries,
        "flowNodeId=x",
        "flowNodeId=99999999999999999999999",
        "offset=%00",
        "embed=creator.creator",
    ):
        assert joe.get(f"{_fill(path)}?{query}").status_code < 500, query


@pytest.mark.parametrize("path", ["/v4/flows", "/V4/FLOWS", "/v4/Flows/", "/v4/flows//?limit=1"])
def test_paths_are_read_in_any_case_with_or_without_slash(joe, path):
    assert joe.get(path, follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/v4/jobgroups/5/STATUS/", "/v4/jobGroups/5/status"),
        ("/v4/flows/COUNT", "/v4/flows/count"),
        ("/v4/flows/5/Parameters/Count", "/v4/flows/5/parameters/Count"),
        ("/v4/things/Count", "/v4/things/Count"),
        ("/v4/flows/count/inputs", "/v4/flows/count/inputs"),
        ("/v4/flows//inputs", "/v4/flows//inputs"),
        ("/", "/"),
    ],
)
def test_only_fixed_segments_change(path, canonical):
    templates = [
        "/v4/jobGroups/{id}/status",
        "/v4/flows/count",
        "/v4/flows/{id}/inputs",
        "/v4/flows/{id}/parameters/{key}",
    ]
    assert PathIndex(templates).canonical(path) == canonical


@pytest.mark.parametrize(
    "path", ["/", "/v4", "/v4/unicorns", "/v4/flows/1/run", "/v4/flows/1//inputs", "/v3/flows", "/docs"]
)
def test_unknown_routes(joe, path):
    assert_v4_error(joe.get(path), 404, "RouteNotFoundException", f"no route for GET {path.rstrip('/')}"[:18])


def test_a_wrong_method_names_the_right_ones(joe):
    answer = joe.delete("/v4/flows")
    assert_v4_error(answer, 404, "RouteNotFoundException", "no route for DELETE /v4/flows, allowed: ")


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
def test_other_media_types_are_refused(joe, media):
    answer = joe.post("/v4/flows", content=b'{"name": "a"}', headers={"Content-Type": media})
    assert_v4_error(answer, 415, "UnsupportedMediaTypeException", "this address takes application/json")


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "application/json; charset=utf-8"}, {"Content-Type": "application/vnd.x+json"}]
)
def test_json_is_read_with_and_without_content_type(joe, headers):
    assert joe.post("/v4/flows", content=b'{"name": "a"}', headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200),
        ("*/*", 200),
        ("application/json", 200),
        ("text/html, */*;q=0.1", 200),
        ("text/html", 415),
        ("image/*", 415),
    ],
)
def test_only_json_is_answered(joe, accept, status):
    assert joe.get("/v4/flows", headers={"Accept": accept}).status_code == status


def test_get_and_delete_may_carry_a_content_type(joe, flow):
    headers = {"Content-Type": "application/json"}
    assert joe.get("/v4/flows", headers=headers).status_code == 200
    assert joe.delete(f"/v4/flows/{flow}", headers=headers).content == b""


def test_every_answer_has_its_own_request_id(joe):
    ids = {joe.get(path).headers["x-trifacta-request-id"] for path in ("/v4/flows", "/v4/flows", "/nowhere")}
    assert len(ids) == 3


def test_malformed_json_says_where(joe):
    answer = joe.post("/v4/flows", content=b'{"name": }', headers={"Content-Type": "application/json"})
    assert_v4_error(answer, 400, "ValidationFailed", "malformed JSON: Expecting value at character 9")


@pytest.mark.parametrize("body", [b'{"name": "\xff"}', b"[" * 100_000])
def test_bodies_that_nobody_can_read(joe, body):
    answer = joe.post("/v4/flows", content=body, headers={"Content-Type": "application/json"})
    assert_v4_error(answer, 400, "ValidationFailed", "malformed body: expected JSON in UTF-8")
    assert_v4_error(joe.post("/v4/flows"), 400, "ValidationFailed", "body: field required")


def test_our_own_fault_shows_nothing_of_it(joe, monkeypatch, caplog):
    monkeypatch.setattr("gristmill.model.flows.create_flow", lambda *_, **__: 1 / 0)
    answer = joe.post("/v4/flows", json={"name": "a"})
    assert_v4_error(answer, 500, "InternalServerError")
    assert "division" not in answer.text
    assert any(record.exc_info for record in caplog.records)
    assert answer.json() == {"exception": {"name": "InternalServerError", **_said()}}


def _said() -> dict[str, object]:
    fault = server_fault()
    return {"message": fault.message, "details": fault.details}


def test_large_bodies_are_refused(joe, monkeypatch):
    monkeypatch.setattr("gristmill.api.routing.MAX_JSON_BYTES", 1000)
    for body in (b'{"name": "' + b"a" * 1000 + b'"}', (b"a" * 100 for _ in range(11))):
        answer = joe.post("/v4/flows", content=body, headers={"Content-Type": "application/json"})
        assert_v4_error(answer, 413, "ValidationFailed", "larger than this server permits")


def test_version_and_document(joe):
    assert joe.get("/v4/version").json()["version"] == "9.7.0-compat"
    document = joe.get("/v4/open-api-spec").json()
    assert set(document["paths"]["/v4/flows/{id}"]) == {"get", "patch", "put", "delete"}
    assert all(operation["summary"] for path in document["paths"].values() for operation in path.values())
