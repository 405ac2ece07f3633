"""Options of engines: who may set which, and what holds for a run (api 4.4; platform 2.9, 6, 7).

The options of a run are lists of entries `{"key", "value", "source", "ignored"}`, the stronger ones later: `source` is
`settings`, `outputObject` or `run`, `ignored` says why an entry does not hold, or is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from gristmill.model.access import Caller
from gristmill.model.tables import OutputObject
from gristmill.model.workspace import switch
from gristmill.problems import did_you_mean
from gristmill.settings import TABLE, Reach, Settings

if TYPE_CHECKING:
    from gristmill.model.runs import RunOrder

Json = dict[str, Any]
Entries = Sequence[Json]
Judge = Callable[[str], str | None]  # why an option does not hold

NAMES = {"spark": "sparkOptions", "databricks": "databricksOptions", "dataflow": "dataflowOptions"}
SPARK_OFFERED = (
    "spark.driver.memory",
    "spark.executor.memory",
    "spark.executor.cores",
    "transformer.dataframe.checkpoint.threshold",
)
DATABRICKS_KEYS = tuple(
    row.key.removeprefix("databricks.")
    for row in TABLE.values()
    if row.reach is Reach.OPTION and row.key.startswith("databricks.")
)
DATAFLOW_KEYS = (
    "region",
    "zone",
    "machineType",
    "network",
    "subnetwork",
    "autoscalingAlgorithm",
    "serviceAccount",
    "numWorkers",
    "maxNumWorkers",
    "usePublicIps",
    "labels",
)
HIDDEN = "***"
_SECRET = re.compile(r"secret|password|token", re.IGNORECASE)
_NEVER = re.compile(r"spark\.(master|submit\..*|jars.*|plugins|extraListeners|.*\bextraClassPath)", re.IGNORECASE)
_MEMORY = re.compile(r"spark\.(driver|executor)\.memory(Overhead)?|spark\.driver\.maxResultSize")
_SIZE = re.compile(r"(\d+)([kmgtp]?)b?")


def options_of_run(
    session: Session, settings: Settings, caller: Caller, output: OutputObject | None, order: RunOrder
) -> Json:
    """What `RunRequest.options` holds of engines: entries by `spark`, `databricks`, `dataflow`."""
    props = [{"key": key, "value": text} for key, text in settings.spark_props]
    spark = [("outputObject", output.spark_options if output else None), ("run", order.spark_options)]
    databricks = [("outputObject", output.databricks_options if output else None), ("run", order.databricks_options)]
    dataflow = [{"key": key, "value": item} for key, item in (order.dataflow_options or {}).items()]
    general = [_spark_entry(entry) for entry in _entries(props, "settings", lambda _: None)]

    def switched(key: str) -> Any:
        return switch(session, settings, caller.workspace_id, key)

    options = {
        "spark": [*general, *map(_spark_entry, _judged(spark, lambda: _spark_judge(switched)))],
        "databricks": _judged(databricks, lambda: _databricks_judge(switched)),
        "dataflow": _entries(dataflow, "run", lambda key: _unknown(key, DATAFLOW_KEYS)),
    }
    return {name: entries for name, entries in options.items() if entries}


def in_force(entries: Entries | None) -> Json:
    """The options that hold, by key: of equal keys the strongest."""
    return {entry["key"]: entry["value"] for entry in entries or () if entry["ignored"] is None}


def notes_of(options: Json | None) -> list[str]:
    """What was asked for and does not hold, a sentence each."""
    return [
        f"{NAMES[name]} {entry['key']}: ignored, {entry['ignored']}"
        for name in NAMES
        for entry in (options or {}).get(name, ())
        if entry["ignored"] is not None
    ]


def shown_options(entries: Entries | None) -> list[Json]:
    """Entries as the API shows them."""
    return [
        {
            "key": entry["key"],
            "value": entry["value"],
            "source": entry["source"],
            "applied": entry["ignored"] is None,
            "reason": entry["ignored"],
        }
        for entry in entries or ()
    ]


def hide_secrets(options: Iterable[Json]) -> list[Json]:
    """`{"key", "value"}` pairs without the values of what is named like a secret."""
    return [{**pair, "value": HIDDEN} if _SECRET.search(pair["key"]) else dict(pair) for pair in options]


def spark_text(key: str, value: object) -> str:
    """A Spark property's value as Spark reads it: `4GB` and `4 gb` are `4g`, a bare number of memory is in MiB."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    size = _SIZE.fullmatch(re.sub(r"\s", "", text).lower()) if _MEMORY.fullmatch(key) else None
    if size is None:
        return text
    is_bare_memory = not size[2] and key != "spark.driver.maxResultSize"
    return size[1] + ("m" if is_bare_memory and size[0] == size[1] else size[2])


def _spark_entry(entry: Json) -> Json:
    return {**entry, "value": spark_text(entry["key"], entry["value"])}


def _entries(pairs: Iterable[Json] | None, source: str, judge: Judge) -> list[Json]:
    return [{**pair, "source": source, "ignored": judge(pair["key"])} for pair in hide_secrets(pairs or ())]


def _judged(given: Iterable[tuple[str, Entries | None]], judge: Callable[[], Judge]) -> list[Json]:
    """Entries of several sources; the administrator's switches are asked for only when there are any."""
    present = [(source, pairs) for source, pairs in given if pairs]
    if not present:
        return []
    decide = judge()
    return [entry for source, pairs in present for entry in _entries(pairs, source, decide)]


def _spark_judge(switched: Callable[[str], Any]) -> Judge:
    is_enabled = switched("spark.customOptions.enabled")
    allowed = _words(switched("spark.customOptions.allowed"))

    def judge(key: str) -> str | None:
        if not is_enabled:
            return "Spark options are switched off (spark.customOptions.enabled)"
        if _NEVER.fullmatch(key) or _SECRET.search(key):
            return "this property is never a run's to set"
        if key not in SPARK_OFFERED and key not in allowed:
            return "an administrator would have to name it in spark.customOptions.allowed"
        return None

    return judge


def _databricks_judge(switched: Callable[[str], Any]) -> Judge:
    is_enabled = switched("databricks.jobOverrides.enabled")
    allowed = _words(switched("databricks.jobOverrides.allowed"))

    def judge(key: str) -> str | None:
        if not is_enabled:
            return "Databricks options are switched off (databricks.jobOverrides.enabled)"
        if key in DATABRICKS_KEYS and allowed and key not in allowed:
            return "an administrator would have to name it in databricks.jobOverrides.allowed"
        return _unknown(key, DATABRICKS_KEYS)

    return judge


def _unknown(key: str, known: Sequence[str]) -> str | None:
    if key in known:
        return None
    hint = did_you_mean(key, known)
    return "there is no such option" + (f". {hint}" if hint else "")


def _words(text: str) -> frozenset[str]:
    return frozenset(re.split(r"[\s,;]+", text.strip())) - {""}
