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
    """What holds for a run: its own options, else those of the output object, else the workspace's switches.

    With `columns_to_compare` as `columns` they are the part `schemaDrift` of `RunRequest.options`.
    """
    stored = (output.schema_drift_options if output is not None else None) or {}
    found = {}
    for name, key in SWITCHES.items():
        values = ((given or {}).get(name), stored.get(name), switch(session, settings, caller.workspace_id, key))
        found[name] = next(bool(value) for value in values if value is not None)
    return found


def columns_to_compare(
    datasets: Sequence[ImportedDataset], sources: Sequence[Json], swapped: Collection[str]
) -> dict[str, list[str]]:
    """The names of the columns at the import, by the place of the source; `sources` are those of the job document.

    Files that are as they were when they were looked at are not looked at again.
    """
    return {
        str(place): [column["name"] for column in dataset.detected["columns"]]
        for place, (dataset, source) in enumerate(zip(datasets, sources, strict=True))
        if dataset.detected is not None and (source["columns"] is None or dataset.name in swapped)
    }
