"""`POST /v4/flows/:id/importAndAddDatasetToFlow` and `POST /v2/vfs`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from .asserts import assert_invalid, assert_v4_error

CSV = b"a,b\n1,2\n"


def _upload(client, flow, name: str = "pyfacta_sales", content: bytes = CSV):
    return client.post(f"/v4/flows/{flow}/importAndAddDatasetToFlow", files={"file": (name, content)})


def _files(settings) -> list[Path]:
    return [path for path in settings.uploads.rglob("*") if path.is_file()]


def test_an_upload_becomes_a_dataset_with_a_recipe(joe, flow, settings):
    answer = _upload(joe, flow)
    made = answer.json()
    assert answer.status_code == 201
    assert (made["wrangledDatasetName"], made["importedDatasetName"], made["flowId"]) == (
        "pyfacta_sales",
        "pyfacta_sales",
        flow,
    )
    nodes = joe.get(f"/v4/flows/{flow}?embed=flowNodes.recipe").json()["flowNodes"]["data"]
    assert [(node["id"], node["wrangled"], node["recipe"]["name"]) for node in nodes] == [
        (made["flowNodeId"], False, "pyfacta_sales"),
        (made["wrangledDatasetId"], True, "pyfacta_sales"),
    ]
    dataset = joe.get(f"/v4/importedDatasets/{made['importedDatasetId']}").json()
    assert (dataset["size"], dataset["hasStructuring"]) == (str(len(CSV)), True)
    assert [file.read_bytes() for file in _files(settings)] == [CSV]


def test_a_taken_name_gets_a_number(joe, flow):
    names = [_upload(joe, flow).json()["wrangledDatasetName"] for _ in range(3)]
    assert names == ["pyfacta_sales", "pyfacta_sales (2)", "pyfacta_sales (3)"]


@pytest.mark.parametrize(
    ("name", "shown", "file"),
    [
        ("orders.csv", "orders", "data.csv"),
        ("orders.CSV.gz", "orders", "data.CSV.gz"),
        ("../../../etc/passwd", "passwd", "data"),
        ("C:\\temp\\orders.xlsx", "orders", "data.xlsx"),
        ("a.b.c", "a.b.c", "data"),
        (".csv", ".csv", "data"),
        ("x" * 500, "x" * 200, "data"),
        ("a.sh", "a.sh", "data"),
    ],
)
def test_the_clients_name_is_never_a_path(joe, flow, settings, name, shown, file):
    made = _upload(joe, flow, name).json()
    assert made["importedDatasetName"] == shown
    (stored,) = _files(settings)
    assert stored.name == file
    assert stored.is_relative_to(settings.uploads / "2")


def test_a_missing_part_is_refused(joe, flow, settings):
    address = f"/v4/flows/{flow}/importAndAddDatasetToFlow"
    assert_invalid(joe.post(address, files={"data": ("a", b"x")}), "part named 'file'")
    assert_invalid(joe.post(address, data={"file": "text"}, files={"x": ("", b"")}), "part named 'file'")
    assert_v4_error(joe.post(address, json={}), 415, "UnsupportedMediaTypeException", "multipart/form-data")
    assert_v4_error(joe.post(address), 400, "ValidationFailed")
    broken = joe.post(address, content=b"nonsense", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert_v4_error(broken, 400, "ValidationFailed")
    assert _files(settings) == []


def test_large_files_are_refused(joe, flow, server, settings):
    limited = replace(settings, upload_max_bytes=100)
    server.client.app.state.settings = limited
    try:
        assert_invalid(_upload(joe, flow, content=b"x" * 101), "has 101 bytes, at most 100")
        assert _upload(joe, flow, content=b"x" * 100).status_code == 201
    finally:
        server.client.app.state.settings = settings


def test_uploads_can_be_switched_off(joe, flow, server, settings):
    server.client.app.state.settings = replace(settings, upload_enabled=False)
    try:
        assert_v4_error(_upload(joe, flow), 403, "AccessControlException", "switched off")
    finally:
        server.client.app.state.settings = settings


def test_an_unknown_flow_is_not_found_before_anything_is_kept(joe, settings):
    assert_v4_error(_upload(joe, 99), 404, "NotFoundException", "flow 99 not found")
    assert _files(settings) == []


def test_the_file_goes_with_the_last_dataset_that_reads_it(joe, flow, settings):
    dataset = _upload(joe, flow).json()["importedDatasetId"]
    copy = joe.post(f"/v4/importedDatasets/{dataset}/copy").json()["id"]
    joe.delete(f"/v4/importedDatasets/{dataset}")
    assert len(_files(settings)) == 1
    joe.delete(f"/v4/importedDatasets/{copy}")
    assert _files(settings) == []


def test_a_file_is_kept_for_an_import_by_its_path(joe, settings):
    """What older versions of the SDK send: the place that they ask for is where their own uploads lie."""
    home = joe.get("/v4/people/current").json()["uploadDir"]
    address = f"/v2/vfs?storageConfig%5Bprotocol%5d=file&uploadDir={home}"
    kept = joe.post(address, files={"file": ("../tmp_x/orders.csv", CSV)}).json()
    (file,) = _files(settings)
    assert (kept["name"], kept["path"]) == ("orders", f"/trifacta/uploads/{file.relative_to(settings.uploads)}")
    body = {"name": kept["name"], "uri": f"{kept['type']}://{kept['bucket']}{kept['path']}"}
    dataset = joe.post("/v4/importedDatasets", json=body).json()
    assert (dataset["size"], dataset["storageLocation"]["fullUri"]) == (str(len(CSV)), f"file://{file}")


def test_keeping_a_file_has_the_rules_of_uploads(joe, server, settings):
    assert_invalid(joe.post("/v2/vfs", files={"data": ("a", b"x")}), "part named 'file'")
    server.client.app.state.settings = replace(settings, upload_enabled=False)
    try:
        assert_v4_error(joe.post("/v2/vfs", files={"file": ("a", CSV)}), 403, "AccessControlException", "switched off")
    finally:
        server.client.app.state.settings = settings
    assert _files(settings) == []
