"""The tables of a run: what is written, which statements run beside it, which sources come out of databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from gristmill.model.parameter_values import Definition, check_run_parameters, defaults_of
from gristmill.model.relations import options_of
from gristmill.model.table_outputs import (
    Put,
    PutSql,
    publications_of,
    resolve_publication,
    resolve_publication_override,
    resolve_script,
    sql_scripts_of,
)
from gristmill.model.tables import ImportedDataset, OutputObject, Publication, SqlScript

Json = dict[str, Any]
Given = Sequence[Json] | None
"""The publications of a run's overrides; None where there are none (api 4.3)."""


@dataclass(frozen=True, slots=True)
class RunTables:
    """The stored publications and scripts of an output object."""

    publications: Sequence[Publication] = ()
    scripts: Sequence[SqlScript] = field(default=())

    @classmethod
    def of(cls, session: Session, output: OutputObject | None) -> RunTables:
        if output is None:
            return cls()
        return cls(publications_of(session, output), sql_scripts_of(session, output))

    def has_output(self, given: Given) -> bool:
        """Whether a table would be written."""
        return bool(self.publications if given is None else given)

    def definitions(self, given: Given) -> list[Definition]:
        """The parameters in names of tables and in scripts."""
        stored: Iterable[Any] = (*(self.publications if given is None else ()), *self.scripts)
        own = [
            item
            for one in given or ()
            for item in defaults_of(check_run_parameters(one.get("runParameters"), one.get("tableName")))
        ]
        return [*own, *(item for row in stored for item in defaults_of(row.run_parameters))]

    def resolved_publications(self, given: Given, put: Put) -> tuple[Json, ...]:
        """What to write: those of the overrides, else the stored ones."""
        if given is None:
            return tuple(resolve_publication(row, put) for row in self.publications)
        return tuple(resolve_publication_override(one, place, put) for place, one in enumerate(given))

    def resolved_scripts(self, put: PutSql) -> tuple[Json, ...]:
        """The statements to run."""
        return tuple(resolve_script(row, put) for row in self.scripts)


def relations_of(datasets: Sequence[ImportedDataset], put: PutSql) -> dict[int, Json]:
    """The tables and queries among the sources of a run, by their place."""
    return {
        place: _relation(dataset, put)
        for place, dataset in enumerate(datasets)
        if dataset.connection_id is not None and dataset.relation is not None
    }


def _relation(dataset: ImportedDataset, put: PutSql) -> Json:
    relation = dict(dataset.relation or {})
    if "sql" in relation and dataset.run_parameters:
        vendor = "" if dataset.connection is None else dataset.connection.vendor
        relation["sql"] = put(relation["sql"], dataset.run_parameters, vendor)
    options = options_of(dataset.disable_type_inference)
    return {"connectionId": dataset.connection_id, "datasetId": dataset.id, "options": options, **relation}
