"""Whether the columns of a run's sources may differ from those of the import, and for which sources it is asked.

Platform 2.9. What differs is found when the run begins, by `gristmill.jobs.drift`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from gristmill.model.access import Caller
from gristmill.model.tables import ImportedDataset, OutputObject
from gristmill.model.workspace import switch
from gristmill.settings import Settings

Json = dict[str, Any]
SWITCHES = {"schemaValidation": "jobs.schemaValidation", "stopJobOnErrorsFound": "jobs.failOnSchemaDrift"}


def drift_options(
    session: Session, settings: Settings, caller: Caller, output: OutputObject | None, given: Mapping[str, Any] | None
) -> dict[str, bool]:
    """What holds for a run: its own options, else those of the output object, else the workspace's switches."""
    stored = (output.schema_drift_options if output is not None else None) or {}
    found = {}
    for name, key in SWITCHES.items():
        values = ((given or {}).get(name), stored.get(name), switch(session, settings, caller.workspace_id, key))
        found[name] = next(bool(value) for value in values if value is not None)
    return found


def drift_of_run(
    options: Mapping[str, bool], datasets: Sequence[ImportedDataset], sources: Sequence[Json], swapped: Collection[str]
) -> Json | None:
    """The part `schemaDrift` of `RunRequest.options`; None where nothing is to be compared.

    `sources` are those of the job document. `columns` in the answer holds the names of the columns at the import, by
    the place of the source. Files that are as they were when they were looked at are not looked at again.
    """
    if not options["schemaValidation"]:
        return None
    columns = {
        str(place): [column["name"] for column in dataset.detected["columns"]]
        for place, (dataset, source) in enumerate(zip(datasets, sources, strict=True))
        if dataset.detected is not None and (source["columns"] is None or dataset.name in swapped)
    }
    return {**options, "columns": columns} if columns else None
