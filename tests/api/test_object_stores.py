"""Files on a real S3 protocol server: sources from any bucket and folder, outputs, downloads."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from gristmill.api.app import create_app
from gristmill.settings import Settings
from gristmill.settings.kinds import Texts

from .asserts import assert_v4_error
from .conftest import ADMIN, ADMIN_PASSWORD
from .running import Desk

pytestmark = pytest.mark.slow
HEAD = "code,name\n"
UNION = (
    "union with: {airlines - region 2} mapping:"
    " {'as': 'code', 'sources': current_dataset.code,{airlines - region 2}.code},"
    "{'as': 'name', 'sources': current_dataset.name,{airlines - region 2}.name}"
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture(scope="module")
def client(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(
        home=tmp_path_factory.mktemp("s3"),
        admin_email=ADMIN,
        admin_password=ADMIN_PASSWORD,
        storage_s3_endpoint=endpoint,
        storage_s3_region="us-east-1",
        storage_s3_key="key",
        storage_s3_secret="secret",
        storage_default_bucket="my-bucket",
        storage_buckets=Texts(("my-bucket", "my-new-bucket", "no-such-bucket")),
    )
    with TestClient(create_app(settings)) as client:
        client.auth = (ADMIN, ADMIN_PASSWORD)
        yield client


class Buckets:
    """The server's own view of its objects, by a client that is none of ours."""

    def __init__(self, endpoint: str) -> None:
        import boto3

        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        self.client: Any = boto3.client("s3", endpoint_url=endpoint, **keys)
        for bucket in ("my-bucket", "my-new-bucket", "others"):
            self.client.create_bucket(Bucket=bucket)

    def put(self, bucket: str, **objects: str) -> None:
        for key, text in objects.items():
            self.client.put_object(Bucket=bucket, Key=key, Body=text.encode())

    def keys(self, bucket: str, prefix: str) -> list[str]:
        found = self.client.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [item["Key"].removeprefix(prefix) for item in found.get("Contents", ())]

    def text(self, bucket: str, key: str) -> str:
        return self.client.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


@pytest.fixture(scope="module")
def buckets(endpoint: str) -> Buckets:
    return Buckets(endpoint)


@pytest.fixture
def desk(client: TestClient, request: pytest.FixtureRequest) -> Desk:
    flow = client.post("/v4/flows", json={"name": request.node.name[:200]}).json()["id"]
    settings = client.app.state.settings
    folder = settings.data / f"desk{flow}"
    folder.mkdir(parents=True)
    return Desk(client, folder, flow)


@pytest.fixture
def place() -> str:
    """A folder of its own in a bucket."""
    return f"t{uuid.uuid4().hex}/"


def _csv(desk: Desk, uri: str, name: str = "d", **more: Any) -> int:
    return desk.post("importedDatasets", name=name, uri=uri, **more)["id"]


SAMPLE = """{ "wrangledDataset": { "id": 28629 }, "overrides": { "datasources": { "airlines - region 1": [
"s3://my-new-bucket/test-override-input/airlines3.csv", "s3://my-new-bucket/test-override-input/airlines4.csv",
"s3://my-new-bucket/other/airlines5.csv" ], "airlines - region 2": [
"s3://my-new-bucket/test-override-input/airlines1.csv", ] } } }"""


@pytest.mark.page(
    "the sample that replaces the files of two datasets; as it is printed, with a comma too many, it gets a 400",
    "the names are the display names of the datasets that are the recipe's sources",
    "a whole path may name another bucket",
    "the files of one dataset may lie in different folders",
    "the job of the recipe runs on the new files",
)
def test_the_sample_of_the_page(desk, buckets, place):
    buckets.put("my-bucket", **{f"{place}a.csv": HEAD + "AA,American\n", f"{place}b.csv": HEAD + "BA,British\n"})
    files = {f"test-override-input/airlines{n}.csv": f"{HEAD}{n},new\n" for n in (1, 3, 4)}
    buckets.put("my-new-bucket", **files, **{"other/airlines5.csv": HEAD + "5,new\n"})
    first = _csv(desk, f"s3://my-bucket/{place}a.csv", "airlines - region 1")
    second = _csv(desk, f"s3a://my-bucket/{place}b.csv", "airlines - region 2")
    recipe = desk.recipe(first, UNION, more=(second,))
    desk.output(recipe, f"{desk.folder}/out.csv")
    printed = SAMPLE.replace("28629", str(recipe))
    headers = {"content-type": "application/json"}
    refused = desk.client.post("/v4/jobGroups", content=printed, headers=headers)
    assert_v4_error(refused, 400, "ValidationFailed")
    group = desk.client.post("/v4/jobGroups", content=printed.replace('", ]', '" ]'), headers=headers)
    assert (group.status_code, group.json()["reason"]) == (201, "JobStarted")
    assert desk.end(group.json()["id"]) == "Complete"
    assert (desk.folder / "out.csv").read_text() == HEAD + "3,new\n4,new\n5,new\n1,new\n"
    assert desk.end(desk.run(recipe)) == "Complete"
    assert (desk.folder / "out.csv").read_text() == HEAD + "AA,American\nBA,British\n"


@pytest.mark.page("nothing checks before the run whether the files exist; where they do not, the job fails")
@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("s3://my-bucket/gone.csv", "file not found: s3://my-bucket/gone.csv"),
        ("s3://no-such-bucket/a.csv", "not found: "),
        ("s3://others/a.csv", "not permitted: 's3://others/a.csv'"),
    ],
)
def test_missing_files_fail_the_run_by_name(desk, buckets, place, uri, words):
    buckets.put("my-bucket", **{f"{place}a.csv": HEAD + "1,x\n"})
    recipe = desk.recipe(_csv(desk, f"s3://my-bucket/{place}a.csv"))
    assert words in desk.result(recipe, overrides={"datasources": {"d": [uri]}})


def test_a_dataset_on_a_store_is_looked_at(desk, buckets, place):
    buckets.put("my-bucket", **{f"{place}a.csv": HEAD + "1,x\n"})
    body = {"name": "d", "type": "s3", "bucket": "my-bucket", "path": f"/{place}a.csv"}
    found = desk.post("importedDatasets", **body)
    assert (found["isSchematized"], found["size"], found["bucket"]) == (True, "14", "my-bucket")
    assert found["storageLocation"]["fullUri"] == f"s3://my-bucket/{place}a.csv"


def test_names_of_all_kinds_and_filepath(desk, buckets, place):
    key = f"{place}a b%20é+#&?[1]*.csv"
    buckets.put("my-bucket", **{key: HEAD + "1,x\n", f"{place}a bX.csv": HEAD + "2,x\n"})
    recipe = desk.recipe(_csv(desk, f"s3://my-bucket/{key}"), "derive type: single value: $filepath as: 'file'")
    assert desk.result(recipe) == f"code,name,file\n1,x,/my-bucket/{key}\n"


def test_a_folder_and_a_pattern(desk, buckets, place):
    names = {"b.csv": 2, "a.csv": 1, "_c.csv": 3, "x/d.csv": 4}
    buckets.put("my-bucket", **{f"{place}{name}": f"{HEAD}{n},x\n" for name, n in names.items()})
    folder = f"s3://my-bucket/{place}"
    assert desk.result(desk.recipe(_csv(desk, folder))) == HEAD + "1,x\n2,x\n"
    place_of = {"insertionIndices": [{"index": len(place) + 1, "order": 0}], "type": "path"}
    bucket = {"type": "bucket", "overrideKey": "b", "insertionIndices": [{"index": 3, "order": 0}]}
    parameters = [
        {**place_of, "overrideKey": None, "value": {"pattern": {"wildcard": {}}}},
        {**bucket, "value": {"variable": {"value": "bucket"}}},
    ]
    at = {"type": "s3", "bucket": "my-bucket", "path": f"/{place}a.csv", "dynamicPath": f"/{place}.csv"}
    body = {**at, "dynamicBucket": "my-", "isDynamic": True, "runParameters": parameters}
    dataset = desk.post("importedDatasets", name="d", includeNestedFolders=True, **body)
    recipe = desk.recipe(dataset["id"])
    assert desk.result(recipe) == HEAD + "1,x\n2,x\n4,x\n"
    other = {"runParameters": {"overrides": {"data": [{"key": "b", "value": "new-bucket"}]}}}
    assert f"no files match 's3://my-new-bucket/{place}*.csv'" in desk.result(recipe, overrides=other)


@pytest.fixture
def rows(desk, buckets, place):
    """A recipe of one row."""
    return desk.recipe(desk.dataset("d", desk.file("a.csv", HEAD + "1,x\n")))


def _write(desk, recipe, path, **setting):
    setting = {"path": path, "format": "csv", "header": True, "asSingleFile": True, **setting}
    group = desk.run(recipe, overrides={"writesettings": [setting]})
    assert desk.end(group) == "Complete"
    return group


def test_create_append_and_overwrite_on_a_store(desk, buckets, place, rows):
    path = f"s3://my-bucket/{place}out.csv"
    for _ in range(2):
        _write(desk, rows, path, suffix="_increment")
    _write(desk, rows, path, action="append")
    assert buckets.keys("my-bucket", place) == ["out.csv", "out_1.csv"]
    assert buckets.text("my-bucket", f"{place}out.csv") == HEAD + "1,x\n1,x\n"
    _write(desk, rows, path, action="overwrite", prefix="p-")
    group = _write(desk, rows, path, action="overwrite")
    assert buckets.text("my-bucket", f"{place}out.csv") == HEAD + "1,x\n"
    assert buckets.keys("my-bucket", place) == ["out.csv", "out_1.csv", "p-out.csv"]
    jobs = desk.client.get(f"/v4/jobGroups/{group}?embed=jobs.scriptResults").json()["jobs"]["data"]
    (result,) = [found for job in jobs for found in job["scriptResults"]["data"]]
    assert desk.client.get(f"/v4/scriptResults/{result['id']}/download").text == HEAD + "1,x\n"
    assert [file["uri"] for file in desk.client.get(f"/v4/jobGroups/{group}/outputs").json()["files"]] == [path]


def test_parts_on_a_store(desk, buckets, place, rows):
    path = f"s3://my-bucket/{place}out"
    for _ in range(2):
        _write(desk, rows, path, asSingleFile=False)
    _write(desk, rows, path, asSingleFile=False, action="append")
    assert buckets.keys("my-bucket", place) == ["out/part-00000.csv", "out/part-00001.csv", "out_1/part-00000.csv"]
    group = _write(desk, rows, path, asSingleFile=False, action="overwrite")
    assert buckets.keys("my-bucket", f"{place}out/") == ["part-00002.csv"]
    (result,) = desk.client.get(f"/v4/jobGroups/{group}/scriptResults").json()["data"]
    assert desk.client.get(f"/v4/scriptResults/{result['id']}/download").text == HEAD + "1,x\n"


def test_a_store_that_refuses_fails_the_job(desk, rows):
    setting = {"path": "s3://no-such-bucket/out.csv", "asSingleFile": True}
    assert "not found: no-such-bucket" in desk.end(desk.run(rows, overrides={"writesettings": [setting]}))
    assert "not permitted" in desk.end(desk.run(rows, overrides={"writesettings": [{"path": "s3://others/o"}]}))


def test_clients_are_told_of_the_bucket(desk):
    found = desk.client.get("/v4/awsConfigs/current?limit=1").json()
    assert (found["defaultBucket"], found["extraBuckets"]) == ("my-bucket", ["my-new-bucket", "no-such-bucket"])
    assert "secret" not in found


def test_a_flow_run_fetches_a_file_once(desk, buckets, place):
    buckets.put("my-bucket", **{f"{place}a.csv": HEAD + "AA,American\n"})
    dataset = _csv(desk, f"s3://my-bucket/{place}a.csv")
    for name in ("one", "two"):
        desk.output(desk.recipe(dataset, name=name), desk.folder / f"{name}.csv")
    groups = [item["id"] for item in desk.post(f"flows/{desk.flow}/run")["data"]]
    assert [desk.end(group) for group in groups] == ["Complete", "Complete"]
    assert [(desk.folder / f"{name}.csv").read_text() for name in ("one", "two")] == [HEAD + "AA,American\n"] * 2
    assert "".join(map(desk.log, groups)).count("taken over from another output") == 1
