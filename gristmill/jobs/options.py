"""What the options of engines mean for a job before it begins: notes in its log, or the reason why it cannot run."""

from __future__ import annotations

import json
from typing import Any

from gristmill.engines.databricks.clusters import Cluster, plan_cluster
from gristmill.engines.databricks.options import OptionError
from gristmill.engines.spark.process import is_settable
from gristmill.jobs.failures import JobError
from gristmill.jobs.journal import Journal
from gristmill.model.engine_options import NAMES, in_force, notes_of, spark_text
from gristmill.settings import Settings

Json = dict[str, Any]
HEEDS = {
    "spark": ("spark",),
    "emrSpark": ("spark",),
    "dataprocSpark": ("spark",),
    "databricksSpark": ("databricks",),
    "dataflow": ("dataflow",),
}


def look_at_options(settings: Settings, execution: str, options: Json | None, journal: Journal) -> None:
    """Write down which options hold and which do not. Raises JobError for a value that the engine cannot take."""
    for note in notes_of(options):
        journal.log("warning", note)
    heeded = HEEDS.get(execution, ())
    for name, title in NAMES.items():
        found = in_force((options or {}).get(name))
        own = [entry for entry in (options or {}).get(name, ()) if entry["source"] != "settings"]
        if name in heeded and found and name != "databricks":
            journal.log("info", f"{title}: {json.dumps(found, ensure_ascii=False)}")
            _tell_unsettable(execution, found, journal)
        elif name not in heeded and found and own:
            journal.log("info", f"{title}: not used by running environment {execution}")
    if execution == "databricksSpark":
        _tell_cluster(journal, databricks_cluster(settings, options))


def spark_properties(settings: Settings, options: Json | None) -> dict[str, str]:
    """The properties that a Spark engine is started with: those of the settings, under those of output and run."""
    general = {key: spark_text(key, text) for key, text in settings.spark_props}
    # what the run keeps of the settings is for people: it has no secrets
    own = [entry for entry in (options or {}).get("spark", ()) if entry["source"] != "settings"]
    return {**general, **in_force(own)}


def databricks_cluster(settings: Settings, options: Json | None) -> Cluster:
    """The cluster that a run with these options asks for. Raises JobError that names an option."""
    try:
        return plan_cluster(settings, in_force((options or {}).get("databricks")))
    except OptionError as error:
        raise JobError("BadOption", str(error)) from None


def _tell_unsettable(execution: str, found: Json, journal: Journal) -> None:
    for key in found:
        if execution == "spark" and not is_settable(key):
            journal.log("warning", f"sparkOptions {key}: not used, Spark on this machine does without it")


def _tell_cluster(journal: Journal, cluster: Cluster) -> None:
    for note in cluster.notes:
        journal.log("warning", note)
    names = {"poolName": cluster.pool_name, "driverPoolName": cluster.driver_pool_name}
    facts = {"clusterMode": cluster.mode, **{key: name for key, name in names.items() if name}}
    text = json.dumps({**facts, "new_cluster": cluster.specification}, ensure_ascii=False)
    journal.log("info", f"Databricks cluster: {text}")
