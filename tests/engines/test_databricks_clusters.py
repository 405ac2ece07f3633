"""Which cluster Databricks is asked for: every option, the settings behind it, pools, policies, clouds."""

from __future__ import annotations

import pytest

from gristmill.engines.databricks.clusters import plan_cluster, with_pools
from gristmill.engines.databricks.options import OptionError
from gristmill.model.engine_options import DATABRICKS_KEYS
from gristmill.settings import Settings

AZURE = "https://adb-1.2.azuredatabricks.net"
DEFAULT_AWS = {
    "availability": "SPOT_WITH_FALLBACK",
    "zone_id": "auto",
    "first_on_demand": 1,
    "spot_bid_price_percent": 100,
}
DEFAULT = {
    "autoscale": {"min_workers": 1, "max_workers": 10},
    "node_type_id": "i3.xlarge",
    "enable_local_disk_encryption": False,
    "aws_attributes": DEFAULT_AWS,
    "autotermination_minutes": 60,
}


def _plan(options=(), fixed=(), **settings):
    return plan_cluster(Settings(**settings), dict(options), fixed=fixed)


def _changed(**changes):
    return {key: value for key, value in {**DEFAULT, **changes}.items() if value is not None}


def _aws(**changes):
    return _changed(aws_attributes={**DEFAULT_AWS, **changes})


OPTIONS = [
    ({}, DEFAULT),
    ({"autoterminationMinutes": 15}, _changed(autotermination_minutes=15)),
    ({"autoterminationMinutes": 15, "enableAutotermination": False}, _changed(autotermination_minutes=0)),
    ({"enableAutotermination": "true"}, DEFAULT),
    ({"clusterMode": "job"}, _changed(autotermination_minutes=None)),
    ({"driverNodeType": "m5.large"}, _changed(driver_node_type_id="m5.large")),
    ({"workerNodeType": "m5.large"}, _changed(node_type_id="m5.large")),
    ({"sparkVersion": "15.4.x-scala2.12"}, _changed(spark_version="15.4.x-scala2.12")),
    ({"maxWorkers": 8}, _changed(autoscale={"min_workers": 1, "max_workers": 8})),
    ({"maxWorkers": "8", "minWorkers": "2"}, _changed(autoscale={"min_workers": 2, "max_workers": 8})),
    ({"maxWorkers": 3, "minWorkers": 3}, _changed(autoscale=None, num_workers=3)),
    ({"maxWorkers": 0}, _changed(autoscale=None, num_workers=0)),
    ({"enableLocalDiskEncryption": True}, _changed(enable_local_disk_encryption=True)),
    ({"logsDestination": "dbfs:/l"}, _changed(cluster_log_conf={"dbfs": {"destination": "dbfs:/l"}})),
    ({"logsDestination": "/Volumes/l"}, _changed(cluster_log_conf={"volumes": {"destination": "/Volumes/l"}})),
    ({"logsDestination": "s3://b/l"}, _changed(cluster_log_conf={"s3": {"destination": "s3://b/l"}})),
    ({"awsAttributes.availability": "SPOT"}, _aws(availability="SPOT")),
    ({"awsAttributes.availabilityZone": "us-east-1a"}, _aws(zone_id="us-east-1a")),
    ({"awsAttributes.firstOnDemandInstances": 0}, _aws(first_on_demand=0)),
    ({"awsAttributes.instanceProfileArn": "arn:x"}, _aws(instance_profile_arn="arn:x")),
    ({"awsAttributes.spotBidPricePercent": 80.5}, _aws(spot_bid_price_percent=81)),
    ({"awsAttributes.spotBidPricePercent": "80.4"}, _aws(spot_bid_price_percent=80)),
    (
        {
            "awsAttributes.ebsVolume.type": "GENERAL_PURPOSE_SSD",
            "awsAttributes.ebsVolume.count": 2,
            "awsAttributes.ebsVolume.size": 100,
        },
        _aws(ebs_volume_type="GENERAL_PURPOSE_SSD", ebs_volume_count=2, ebs_volume_size=100),
    ),
]
POOLED = {"autoscale": {"min_workers": 1, "max_workers": 10}, "autotermination_minutes": 60}


@pytest.mark.parametrize(("options", "expected"), OPTIONS)
def test_options(options, expected):
    assert _plan(options).specification == expected


def test_every_option_is_tried():
    elsewhere = {"serviceUrl", "clusterPolicyId", "poolId", "poolName", "driverPoolId", "driverPoolName"}
    assert {key for options, _ in OPTIONS for key in options} | elsewhere == set(DATABRICKS_KEYS)
    assert len(DATABRICKS_KEYS) == 24


def test_settings_stand_behind_the_options():
    settings = {"databricks_min_workers": 4, "databricks_worker_node_type": "m5.large", "databricks_aws_region": "eu-1"}
    found = _plan({"logsDestination": "s3://b/l"}, **settings).specification
    assert (found["autoscale"], found["node_type_id"]) == ({"min_workers": 4, "max_workers": 10}, "m5.large")
    assert found["cluster_log_conf"]["s3"] == {"destination": "s3://b/l", "region": "eu-1"}


def test_fewer_workers_than_the_general_minimum():
    found = _plan({"maxWorkers": 2}, databricks_min_workers=4).specification
    assert found["num_workers"] == 2 and "autoscale" not in found


def test_a_pool_brings_its_machines_along():
    options = {"poolId": "pool-1", "workerNodeType": "m5.large", "awsAttributes.availability": "SPOT"}
    both = {**options, "driverPoolId": "pool-2", "enableLocalDiskEncryption": True}
    assert _plan(options).specification == {**POOLED, "instance_pool_id": "pool-1"}
    ids = {"instance_pool_id": "pool-1", "driver_instance_pool_id": "pool-2"}
    assert _plan(both).specification == {**POOLED, **ids}


def test_pools_by_name():
    cluster = _plan({"poolName": "small", "driverPoolName": "big"}, databricks_pool_id="of the settings")
    assert (cluster.pool_name, cluster.driver_pool_name) == ("small", "big")
    found = with_pools(cluster, [("pool-1", "small"), ("pool-2", "big")]).specification
    assert found == {**POOLED, "instance_pool_id": "pool-1", "driver_instance_pool_id": "pool-2"}
    for pools, words in (([], "no pool 'small'"), ([("a", "small"), ("b", "small")], "more than one pool 'small'")):
        with pytest.raises(OptionError, match=words):
            with_pools(cluster, pools)
    assert _plan({"poolName": "small", "poolId": "pool-9"}).pool_name == ""


def test_with_a_policy_no_other_option_counts():
    options = {"clusterPolicyId": "p1", "maxWorkers": 99, "sparkVersion": "x", "clusterMode": "nonsense"}
    cluster = _plan(options, databricks_spark_version="15.4.x")
    assert cluster.specification == {
        "policy_id": "p1",
        "apply_policy_default_values": True,
        "spark_version": "15.4.x",
        "autoscale": {"min_workers": 1, "max_workers": 10},
        "node_type_id": "i3.xlarge",
    }
    ignored = [f"databricksOptions {key}: ignored, a cluster policy is in use" for key in list(options)[1:]]
    assert list(cluster.notes) == ignored


def test_what_the_policy_fixes_is_not_sent():
    fixed = ("spark_version", "autoscale.max_workers", "node_type_id")
    found = _plan({}, fixed, databricks_cluster_policy_id="p0", databricks_spark_version="15.4.x").specification
    assert found == {"policy_id": "p0", "apply_policy_default_values": True}


def test_a_run_may_do_without_the_general_policy():
    assert "policy_id" not in _plan({"clusterPolicyId": ""}, databricks_cluster_policy_id="p0").specification


@pytest.mark.parametrize(
    ("settings", "machine", "has_aws"),
    [
        ({}, "i3.xlarge", True),
        ({"databricks_service_url": "https://dbc-1.cloud.databricks.com"}, "i3.xlarge", True),
        ({"databricks_service_url": AZURE}, "Standard_D3_v2", False),
        ({"databricks_service_url": "https://1.gcp.databricks.com"}, None, False),
        ({"databricks_service_url": "https://databricks.intern", "databricks_cloud": "azure"}, "Standard_D3_v2", False),
    ],
)
def test_clouds(settings, machine, has_aws):
    cluster = _plan({"awsAttributes.availability": "SPOT"}, **settings)
    assert cluster.specification.get("node_type_id") == machine
    assert ("aws_attributes" in cluster.specification) == has_aws
    note = "databricksOptions awsAttributes.availability: ignored, the workspace is not on AWS"
    assert cluster.notes == (() if has_aws else (note,))


def test_a_run_may_name_only_known_workspaces():
    known = {
        "databricks_service_url": AZURE,
        "databricks_allowed_service_urls": ("https://dbc-1.cloud.databricks.com/",),
    }
    assert _plan({}, **known).service_url == AZURE
    other = _plan({"serviceUrl": "https://DBC-1.cloud.databricks.com"}, **known)
    assert other.service_url == "https://DBC-1.cloud.databricks.com" and "aws_attributes" in other.specification
    for url in (
        "https://evil.example.com",
        "http://dbc-1.cloud.databricks.com",
        f"{AZURE}@evil.example.com",
        "https://[::1",
        "",
    ):
        with pytest.raises(OptionError, match=r"serviceUrl: .* is none of databricks\.allowedServiceUrls"):
            _plan({"serviceUrl": url}, **known)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"maxWorkers": "many"}, "databricksOptions maxWorkers: expected whole number, got 'many'"),
        ({"maxWorkers": 8.5}, "maxWorkers: expected whole number, got '8.5'"),
        ({"minWorkers": True}, "minWorkers: expected whole number, got 'True'"),
        ({"enableLocalDiskEncryption": "perhaps"}, "enableLocalDiskEncryption: expected true or false, got 'perhaps'"),
        ({"enableAutotermination": 1}, "enableAutotermination: expected true or false, got 1"),
        ({"poolId": 7}, "poolId: expected text, got '7'"),
        ({"awsAttributes.spotBidPricePercent": "half"}, "spotBidPricePercent: expected number, got 'half'"),
        ({"awsAttributes.spotBidPricePercent": "nan"}, "spotBidPricePercent: expected number, got 'nan'"),
        ({"clusterMode": "SINGLE"}, "clusterMode: invalid value 'SINGLE', valid values are USER, JOB"),
        ({"logsDestination": "/tmp"}, "logsDestination: expected dbfs:/, s3:// or /Volumes/, got '/tmp'"),
    ],
)
def test_values_of_the_wrong_kind_name_their_option(options, words):
    with pytest.raises(OptionError) as error:
        _plan(options)
    assert words in str(error.value)


def test_tags():
    cluster = plan_cluster(Settings(), {}, {"gristmill-jobgroup": "7"})
    assert cluster.specification["custom_tags"] == {"gristmill-jobgroup": "7"}
