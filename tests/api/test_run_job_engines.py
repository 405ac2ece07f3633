"""Engines and their options: Spark, Databricks, and who may set what."""

from __future__ import annotations

import json
import re

import pytest

from gristmill.engines.databricks.clusters import plan_cluster
from gristmill.model.engine_options import DATABRICKS_KEYS, in_force
from gristmill.model.job_tables import JobGroup
from gristmill.settings import Settings

from .asserts import assert_invalid

EMBED = "embed=jobGroupSparkOptions,jobGroupDatabricksOptions,jobGroupDataflowOptions"
SPARK = [{"key": "spark.executor.cores", "value": "2"}, {"key": "spark.executor.memory", "value": "4GB"}]
DATABRICKS = [
    {"key": "maxWorkers", "value": 8},
    {"key": "poolId", "value": "pool-123456789"},
    {"key": "enableLocalDiskEncryption", "value": True},
]
VALUES = {
    "autoterminationMinutes": 30,
    "awsAttributes.availability": "SPOT",
    "awsAttributes.availabilityZone": "us-west-2a",
    "awsAttributes.ebsVolume.count": 1,
    "awsAttributes.ebsVolume.size": 100,
    "awsAttributes.ebsVolume.type": "GENERAL_PURPOSE_SSD",
    "awsAttributes.firstOnDemandInstances": 2,
    "awsAttributes.instanceProfileArn": "arn:aws:iam::1:instance-profile/x",
    "awsAttributes.spotBidPricePercent": 87.5,
    "clusterMode": "JOB",
    "clusterPolicyId": "",
    "driverNodeType": "i3.2xlarge",
    "enableAutotermination": True,
    "enableLocalDiskEncryption": True,
    "logsDestination": "dbfs:/logs",
    "maxWorkers": 8,
    "minWorkers": 2,
    "poolId": "",
    "poolName": "",
    "driverPoolId": "",
    "driverPoolName": "",
    "serviceUrl": "https://dbc-1.cloud.databricks.com",
    "sparkVersion": "15.4.x-scala2.12",
    "workerNodeType": "i3.xlarge",
}


def _run(joe, recipe, **overrides):
    return joe.post("/v4/jobGroups", json={"wrangledDataset": {"id": recipe}, "overrides": overrides})


def _shown(joe, recipe, **overrides):
    answer = _run(joe, recipe, **overrides)
    assert answer.status_code == 201, answer.text
    found = joe.get(f"/v4/jobGroups/{answer.json()['id']}?{EMBED}").json()
    return {name: found[f"jobGroup{name}Options"]["data"] for name in ("Spark", "Databricks", "Dataflow")}


def _stored(server, group) -> JobGroup:
    with server.sessions.read() as session:
        return session.get(JobGroup, group)


def _holding(entries):
    return {entry["key"]: entry["value"] for entry in entries if entry["applied"]}


@pytest.fixture
def configure(admin):
    def configure(**changes):
        body = {"configuration": [{"key": key.replace("_", "."), "value": value} for key, value in changes.items()]}
        answer = admin.patch("/v4/workspaces/current/configuration", json=body)
        assert answer.status_code == 200, answer.text

    return configure


@pytest.mark.page("when it is enabled, sparkOptions set properties of Spark for the run")
def test_the_spark_sample(joe, recipe, output, configure):
    configure(spark_customOptions_enabled=True)
    found = _shown(joe, recipe, execution="spark", sparkOptions=SPARK)["Spark"]
    assert _holding(found) == {"spark.executor.cores": "2", "spark.executor.memory": "4g"}
    assert {entry["source"] for entry in found} == {"run"}


@pytest.mark.page("the feature and the properties to override must be enabled by an administrator")
def test_spark_options_are_off_until_an_administrator_allows_them(joe, recipe, output, configure):
    more = [*SPARK, {"key": "spark.sql.shuffle.partitions", "value": 8}, {"key": "spark.master", "value": "local"}]

    def held():
        return set(_holding(_shown(joe, recipe, sparkOptions=more)["Spark"]))

    off = _shown(joe, recipe, sparkOptions=SPARK)["Spark"]
    assert [entry["reason"] for entry in off] == ["Spark options are switched off (spark.customOptions.enabled)"] * 2
    configure(spark_customOptions_enabled=True)
    assert held() == {"spark.executor.cores", "spark.executor.memory"}
    configure(spark_customOptions_allowed="spark.sql.shuffle.partitions, spark.master")
    assert held() == {"spark.executor.cores", "spark.executor.memory", "spark.sql.shuffle.partitions"}


@pytest.mark.page("maxWorkers, poolId and enableLocalDiskEncryption reach the cluster on Databricks")
def test_the_databricks_sample(joe, recipe, output, server):
    overrides = {"execution": "databricksSpark", "profiler": True, "databricksOptions": DATABRICKS}
    answer = _run(joe, recipe, **overrides)
    group = _stored(server, answer.json()["id"])
    assert (answer.status_code, group.execution, group.profiling_enabled) == (201, "databricksSpark", True)
    wrangle = joe.get(f"/v4/jobGroups/{group.id}/jobs").json()["data"][0]
    assert wrangle["executionLanguage"] == "databricksSpark"
    held = in_force(group.options["databricks"])
    assert held == {"maxWorkers": 8, "poolId": "pool-123456789", "enableLocalDiskEncryption": True}
    specification = plan_cluster(Settings(), held).specification
    assert specification["autoscale"] == {"min_workers": 1, "max_workers": 8}
    assert specification["instance_pool_id"] == "pool-123456789"
    del held["poolId"]  # the disks of a pool are the pool's affair
    assert plan_cluster(Settings(), held).specification["enable_local_disk_encryption"] is True


def _reference(recipe, form) -> str:
    """The page's list of all options, as printed or with the brackets that JSON wants."""
    pairs = ",\n".join(f"{json.dumps(key)} : {json.dumps(value)}" for key, value in VALUES.items())
    opening, closing = ("[", ",]") if form == "as printed" else ("{", "}")
    return f'{{"wrangledDataset": {{"id": {recipe}}}, "overrides": {{"databricksOptions": {opening}{pairs}{closing}}}}}'


@pytest.mark.page("the reference list of Databricks options is no JSON as printed: 400")
def test_the_reference_list_as_printed(joe, recipe, output):
    headers = {"Content-Type": "application/json"}
    answer = joe.post("/v4/jobGroups", content=_reference(recipe, "as printed"), headers=headers)
    assert_invalid(answer, "malformed JSON")
    assert joe.get("/v4/jobGroups/count").json() == {"count": 0}


@pytest.mark.page("all 24 options can be overridden, as an object or as a list of keys and values")
@pytest.mark.parametrize("form", ["object", "list"])
def test_the_reference_list_in_json(joe, recipe, output, server, form):
    body = json.loads(_reference(recipe, "object"))
    if form == "list":
        pairs = [{"key": key, "value": value} for key, value in VALUES.items()]
        body["overrides"]["databricksOptions"] = pairs
    group = _stored(server, joe.post("/v4/jobGroups", json=body).json()["id"])
    held = in_force(group.options["databricks"])
    assert held == VALUES and set(held) == set(DATABRICKS_KEYS)
    settings = Settings(databricks_allowed_service_urls=("https://dbc-1.cloud.databricks.com",))
    assert plan_cluster(settings, held).specification == {
        "spark_version": "15.4.x-scala2.12",
        "autoscale": {"min_workers": 2, "max_workers": 8},
        "node_type_id": "i3.xlarge",
        "driver_node_type_id": "i3.2xlarge",
        "enable_local_disk_encryption": True,
        "cluster_log_conf": {"dbfs": {"destination": "dbfs:/logs"}},
        "aws_attributes": {
            "availability": "SPOT",
            "zone_id": "us-west-2a",
            "first_on_demand": 2,
            "instance_profile_arn": "arn:aws:iam::1:instance-profile/x",
            "spot_bid_price_percent": 88,
            "ebs_volume_type": "GENERAL_PURPOSE_SSD",
            "ebs_volume_count": 1,
            "ebs_volume_size": 100,
        },
    }


@pytest.mark.page("options that begin with awsAttributes apply to Databricks on AWS only")
def test_aws_options_elsewhere(joe, recipe, output, server):
    group = _run(joe, recipe, databricksOptions={"awsAttributes.availability": "SPOT"}).json()["id"]
    held = in_force(_stored(server, group).options["databricks"])
    cluster = plan_cluster(Settings(databricks_service_url="https://adb-1.2.azuredatabricks.net"), held)
    assert "aws_attributes" not in cluster.specification and "not on AWS" in cluster.notes[0]


@pytest.mark.page("with a cluster policy all overrides but clusterPolicyId are ignored")
def test_a_cluster_policy(joe, recipe, output, server):
    given = [*DATABRICKS, {"key": "clusterPolicyId", "value": "policy-1"}]
    held = in_force(_stored(server, _run(joe, recipe, databricksOptions=given).json()["id"]).options["databricks"])
    cluster = plan_cluster(Settings(), held)
    assert cluster.specification["policy_id"] == "policy-1"
    assert cluster.specification["autoscale"]["max_workers"] == 10 and "instance_pool_id" not in cluster.specification
    assert len(cluster.notes) == 3


def test_databricks_options_under_an_administrator(joe, recipe, output, configure):
    given = [*DATABRICKS, {"key": "maxWorker", "value": 1}]
    found = _shown(joe, recipe, databricksOptions=given)["Databricks"]
    assert found[3]["reason"] == "there is no such option. Did you mean 'maxWorkers'?"
    configure(databricks_jobOverrides_allowed="maxWorkers,poolName")
    assert _holding(_shown(joe, recipe, databricksOptions=given)["Databricks"]) == {"maxWorkers": 8}
    configure(databricks_jobOverrides_enabled=False)
    assert _holding(_shown(joe, recipe, databricksOptions=given)["Databricks"]) == {}


def test_options_of_the_output_object_lie_below_those_of_the_run(joe, recipe, output, configure):
    configure(spark_customOptions_enabled=True)
    body = {
        "outputObjectSparkOptions": [
            {"key": "spark.executor.cores", "value": "1"},
            {"key": "spark.driver.memory", "value": "3 gb"},
        ],
        "outputObjectDatabricksOptions": {"maxWorkers": 5, "minWorkers": 2},
    }
    assert joe.patch(f"/v4/outputObjects/{output}", json=body).status_code == 200
    found = _shown(joe, recipe, sparkOptions=SPARK, databricksOptions={"maxWorkers": 8})
    assert [(entry["value"], entry["source"]) for entry in found["Spark"]] == [
        ("1", "outputObject"),
        ("3g", "outputObject"),
        ("2", "run"),
        ("4g", "run"),
    ]
    assert _holding(found["Spark"])["spark.executor.cores"] == "2"
    assert _holding(found["Databricks"]) == {"maxWorkers": 8, "minWorkers": 2}
    assert _holding(_shown(joe, recipe)["Spark"])["spark.executor.cores"] == "1"


def test_options_of_output_objects_are_kept_shown_and_copied(joe, flow, recipe):
    pairs = [{"key": "spark.executor.cores", "value": "1"}, {"key": "spark.my.password", "value": "pa55"}]
    body = {
        "flowNodeId": recipe,
        "outputObjectSparkOptions": {"data": pairs},
        "outputObjectDatabricksOptions": {"maxWorkers": 5},
        "outputObjectSchemaDriftOptions": {"schemaValidation": "false"},
    }
    id = joe.post("/v4/outputObjects", json=body).json()["id"]
    copy = joe.post(f"/v4/flows/{flow}/copy").json()["id"]
    twin = joe.get(f"/v4/flows/{copy}/outputs").json()["data"][0]["id"]
    embed = "outputObjectSparkOptions,outputObjectDatabricksOptions,outputObjectSchemaDriftOptions"
    for output in (id, twin):
        found = joe.get(f"/v4/outputObjects/{output}?embed={embed}").json()
        assert found["outputObjectSparkOptions"] == {"data": [pairs[0], {**pairs[1], "value": "***"}]}
        assert found["outputObjectDatabricksOptions"] == {"data": [{"key": "maxWorkers", "value": 5}]}
        assert found["outputObjectSchemaDriftOptions"] == {"schemaValidation": False}
    joe.put(f"/v4/outputObjects/{id}", json={"outputObjectSparkOptions": []})
    assert joe.get(f"/v4/outputObjects/{id}?embed={embed}").json()["outputObjectSparkOptions"] == {"data": []}


def test_dataflow_options_are_shown(joe, recipe, output):
    found = _shown(joe, recipe, dataflowOptions={"region": "eu", "labels": [{"key": "a", "value": "b"}], "zonee": 1})
    assert _holding(found["Dataflow"]) == {"region": "eu", "labels": [{"key": "a", "value": "b"}]}


def test_secrets_among_options_are_not_kept(joe, recipe, output, server):
    given = [{"key": "spark.hadoop.fs.s3a.secret.key", "value": "pa55"}]
    group = _stored(server, _run(joe, recipe, sparkOptions=given).json()["id"])
    assert "pa55" not in json.dumps([group.options, group.overrides])


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"sparkOptions": {"a": 1}}, "overrides.sparkOptions"),
        ({"sparkOptions": [{"key": "a"}]}, "overrides.sparkOptions.0.value"),
        ({"sparkOptions": [{"key": 1, "value": "x"}]}, "overrides.sparkOptions.0.key"),
        ({"databricksOptions": [{"key": "maxWorkers", "value": [8]}]}, "overrides.databricksOptions.0.value"),
        ({"databricksOptions": {"maxWorkers": None}}, "overrides.databricksOptions.0.value"),
        ({"databricksOptions": "maxWorkers"}, "overrides.databricksOptions"),
        ({"dataflowOptions": []}, "overrides.dataflowOptions"),
    ],
)
def test_options_in_the_wrong_shape(joe, recipe, output, override, words):
    assert_invalid(_run(joe, recipe, **override), words)


ENGINES = ["photon", "spark", "databricksSpark", "emrSpark", "dataflow"]
FURTHER = ["amp", "xml-amp", "dataprocSpark", "bigquery", "databricksSql", "abacus"]


@pytest.mark.page("overrides.execution may be photon, spark, databricksSpark, emrSpark or dataflow")
@pytest.mark.parametrize("execution", [*ENGINES, *FURTHER])
def test_every_engine_is_accepted_and_echoed(joe, recipe, output, execution):
    group = _run(joe, recipe, execution=execution).json()["id"]
    assert joe.get(f"/v4/jobGroups/{group}/jobs").json()["data"][0]["executionLanguage"] == execution


def test_the_bundle_holds_the_options(joe, recipe, output):
    import io
    import zipfile

    group = _run(joe, recipe, databricksOptions=DATABRICKS).json()["id"]
    archive = zipfile.ZipFile(io.BytesIO(joe.get(f"/v4/jobGroups/{group}/logs").content))
    kept = json.loads(archive.read(f"job-{group}-logs/jobgroup.json"))
    assert [entry["key"] for entry in kept["options"]["databricks"]] == [pair["key"] for pair in DATABRICKS]
    assert re.search("maxWorkers", json.dumps(kept["overrides"]))
