"""From options and settings to the cluster that Databricks is asked for (platform 7.2 to 7.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from gristmill.engines.databricks.options import OptionError, Options, Values, host_of, read_options
from gristmill.problems import quoted
from gristmill.settings import Settings

Json = dict[str, Any]
USER, JOB = "USER", "JOB"
AWS = "awsAttributes."
POLICY = "clusterPolicyId"
SMALL_MACHINES = {"azure": "Standard_D3_v2", "aws": "i3.xlarge"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as it is wanted.

    `specification` is `new_cluster` of the Jobs API; the ids of `pool_name` and `driver_pool_name` are still to be put
    in by `with_pools`. `notes` say which options were left out and why.
    """

    mode: str
    service_url: str
    specification: Json
    pool_name: str = ""
    driver_pool_name: str = ""
    notes: tuple[str, ...] = ()


def plan_cluster(
    settings: Settings, options: Options, tags: Mapping[str, str] | None = None, fixed: Collection[str] = ()
) -> Cluster:
    """The cluster for a run with these options.

    `fixed` are the attributes that the cluster policy decides, where there is one. Raises OptionError for a value of
    the wrong type, an unknown mode, a workspace or place of logs that is not permitted.
    """
    given, notes = _under_policy(settings, options)
    values = Values(settings, read_options(given))
    pool, pool_name = values.first_of("poolId", "poolName")
    driver_pool, driver_pool_name = values.first_of("driverPoolId", "driverPoolName")
    has_pool = bool(pool or pool_name)
    machines = {**_pools(pool, driver_pool), **({} if has_pool else _machines(values))}
    specification: Json = {**_runtime(values), **_workers(values), **machines}
    mode = _mode(values)
    if values[POLICY]:
        specification = {key: value for key, value in specification.items() if not _is_fixed(key, fixed)}
        specification |= {"policy_id": values[POLICY], "apply_policy_default_values": True}
    else:
        specification |= {**_rest(values, has_pool), **_logs(values), **_autotermination(values, mode)}
    if tags:
        specification["custom_tags"] = dict(tags)
    notes = (*notes, *_notes_on_cloud(values))
    return Cluster(mode, _service_url(values), specification, pool_name, driver_pool_name, notes)


def with_pools(cluster: Cluster, pools: Iterable[tuple[str, str]]) -> Cluster:
    """The same cluster with the ids of its pools; `pools` are `(id, name)` of all there are.

    Raises OptionError for a name that no pool has, or several.
    """
    known = list(pools)
    found: Json = {}
    for field, name in (("instance_pool_id", cluster.pool_name), ("driver_instance_pool_id", cluster.driver_pool_name)):
        if name:
            found[field] = _pool_id(name, known)
    return replace(cluster, specification={**cluster.specification, **found}, pool_name="", driver_pool_name="")


def _pool_id(name: str, pools: Iterable[tuple[str, str]]) -> str:
    ids = [id for id, known in pools if known == name]
    if len(ids) != 1:
        raise OptionError(f"databricksOptions poolName: {'no' if not ids else 'more than one'} pool {quoted(name)}")
    return ids[0]


def _under_policy(settings: Settings, options: Options) -> tuple[Options, tuple[str, ...]]:
    """With a cluster policy, of the settings or the run, no other option of the run counts (platform 7.4)."""
    if not (options.get(POLICY) or (POLICY not in options and settings.databricks_cluster_policy_id)):
        return options, ()
    others = [key for key in options if key != POLICY]
    notes = (f"databricksOptions {key}: ignored, a cluster policy is in use" for key in others)
    return {key: value for key, value in options.items() if key == POLICY}, tuple(notes)


def _notes_on_cloud(values: Values) -> tuple[str, ...]:
    """What only Amazon's cloud knows is dropped elsewhere."""
    foreign = [key for key in values.given if key.startswith(AWS) and values.cloud != "aws"]
    return tuple(f"databricksOptions {key}: ignored, the workspace is not on AWS" for key in foreign)


def _is_fixed(field: str, fixed: Collection[str]) -> bool:
    names = ("autoscale", "num_workers") if field in ("autoscale", "num_workers") else (field,)
    return any(attribute.partition(".")[0] in names for attribute in fixed)


def _mode(values: Values) -> str:
    mode = str(values["clusterMode"]).upper()
    if mode not in (USER, JOB):
        shown = quoted(values["clusterMode"])
        raise OptionError(f"databricksOptions clusterMode: invalid value {shown}, valid values are {USER}, {JOB}")
    return mode


def _runtime(values: Values) -> Json:
    """Without a version the newest with long support is asked for when the cluster is made."""
    return {"spark_version": values["sparkVersion"]} if values["sparkVersion"] else {}


def _workers(values: Values) -> Json:
    fewest, most = values["minWorkers"], values["maxWorkers"]
    if "minWorkers" not in values.given and most < fewest:
        fewest = most
    return {"num_workers": most} if fewest == most else {"autoscale": {"min_workers": fewest, "max_workers": most}}


def _pools(pool: str, driver_pool: str) -> Json:
    found = {"instance_pool_id": pool, "driver_instance_pool_id": driver_pool}
    return {field: id for field, id in found.items() if id}


def _machines(values: Values) -> Json:
    machines = {
        "node_type_id": values["workerNodeType"] or SMALL_MACHINES.get(values.cloud, ""),
        "driver_node_type_id": values["driverNodeType"],
    }
    return {field: machine for field, machine in machines.items() if machine}


def _rest(values: Values, has_pool: bool) -> Json:
    """What belongs to the pool where there is one."""
    if has_pool:
        return {}
    encryption = {"enable_local_disk_encryption": values["enableLocalDiskEncryption"]}
    return {**encryption, "aws_attributes": _aws(values)} if values.cloud == "aws" else encryption


def _aws(values: Values) -> Json:
    percent = Decimal(str(values[f"{AWS}spotBidPricePercent"])).to_integral_value(ROUND_HALF_UP)
    attributes = {
        "availability": values[f"{AWS}availability"],
        "zone_id": values[f"{AWS}availabilityZone"],
        "first_on_demand": values[f"{AWS}firstOnDemandInstances"],
        "instance_profile_arn": values[f"{AWS}instanceProfileArn"],
        "spot_bid_price_percent": int(percent),
        "ebs_volume_type": values[f"{AWS}ebsVolume.type"],
        "ebs_volume_count": values[f"{AWS}ebsVolume.count"] or None,
        "ebs_volume_size": values[f"{AWS}ebsVolume.size"] or None,
    }
    return {field: value for field, value in attributes.items() if value not in (None, "")}


def _logs(values: Values) -> Json:
    place = values["logsDestination"]
    if not place:
        return {}
    if place.startswith("dbfs:/"):
        return {"cluster_log_conf": {"dbfs": {"destination": place}}}
    if place.startswith("/Volumes/"):
        return {"cluster_log_conf": {"volumes": {"destination": place}}}
    if place.startswith("s3://"):
        region = values.settings.databricks_aws_region
        return {"cluster_log_conf": {"s3": {"destination": place, **({"region": region} if region else {})}}}
    raise OptionError(f"databricksOptions logsDestination: expected dbfs:/, s3:// or /Volumes/, got {quoted(place)}")


def _autotermination(values: Values, mode: str) -> Json:
    """A job's own cluster ends with the job."""
    if mode == JOB:
        return {}
    return {"autotermination_minutes": values["autoterminationMinutes"] if values["enableAutotermination"] else 0}


def _service_url(values: Values) -> str:
    """The workspace. Tokens go there, so a run may name only those that an administrator knows."""
    url, settings = str(values["serviceUrl"]), values.settings
    if "serviceUrl" not in values.given:
        return url
    known = {host_of(item) for item in (settings.databricks_service_url, *settings.databricks_allowed_service_urls)}
    if not url.startswith("https://") or host_of(url) not in known - {""}:
        raise OptionError(f"databricksOptions serviceUrl: {quoted(url)} is none of databricks.allowedServiceUrls")
    return url
