"""The values of parameters in a run, and texts with the values put in (platform 1.5, 1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.parameter_values import (
    ENVIRONMENT,
    Definition,
    definition_of,
    expression_of,
    stamp_format,
    text_of,
)
from gristmill.model.tables import EnvironmentParameter, FlowParameter, FlowRunParameterOverride
from gristmill.problems import did_you_mean, quoted
from gristmill.storage.matching import Dated, Part, Text
from gristmill.types.date_ranges import amount_of, date_range, step
from gristmill.types.stamps import print_stamp, zone_of

Json = dict[str, Any]
ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The values of a run by name, and for each its type and where it came from: `default`, `flow` or `run`.

    `troubles` say what makes the run fail, `notes` what to tell in its log. `reference` is the run's "now".
    """

    values: Mapping[str, str]
    facts: tuple[Json, ...] = ()
    reference: datetime = field(default_factory=lambda: datetime.now(UTC))
    troubles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def recipe_values(self, *, environment: bool) -> dict[str, str]:
        """What recipes may read; parameters of the environment only where `environment` permits it."""
        return {name: text for name, text in self.values.items() if environment or not name.startswith(ENVIRONMENT)}

    def put_in(self, template: str, run_parameters: Iterable[Json] | None, place: str | None = None) -> str:
        """The text with variables, selectors and timestamps put in; with `place` only those of that type."""
        parts = self.parts(template, run_parameters, place)
        return "".join(part.text for part in parts if isinstance(part, Text))

    def parts(
        self,
        template: str,
        run_parameters: Iterable[Json] | None,
        place: str | None = None,
        *,
        nested: bool = False,
    ) -> list[Part]:
        """The text in parts: what is certain, and the patterns and ranges between (api 3.5)."""
        parts: list[Part] = []
        at = 0
        for index, item in _insertions(run_parameters, place):
            parts += [Text(template[at:index]), self._part(item, nested=nested)]
            at = index
        return [*parts, Text(template[at:])]

    def _part(self, item: Json, *, nested: bool) -> Part:
        name, value = item["overrideKey"], item["value"] or {}
        if name is not None and name in self.values:
            return Text(self.values[name])
        if "timestamp" in value:
            return Text(self.stamp(value["timestamp"]))
        if "dateRange" in value:
            return Dated(date_range(value["dateRange"], self.reference, ZONE))
        if "pattern" in value:
            return expression_of(value, nested=nested)
        return Text(text_of(value) if value else "")

    def stamp(self, details: Mapping[str, Any]) -> str:
        """The text of a timestamp parameter at the reference date."""
        zone = str(details.get("timezone") or ZONE)
        instant = self.reference
        if details.get("offset") is not None:
            number, unit = amount_of(details["offset"])
            instant = step(instant.astimezone(zone_of(zone)), number, unit)
        return print_stamp(instant, str(stamp_format(details)), zone)


def insert(template: str, run_parameters: Iterable[Json] | None, values: Mapping[str, str]) -> str:
    """The text with the values put in, from the last place to the first so that the places stay right (api 3.5)."""
    return Resolved(values).put_in(template, run_parameters)


def resolve(
    session: Session,
    flow_ids: Sequence[int],
    definitions: Iterable[Definition],
    run: Mapping[str, str],
    reference: datetime | None = None,
) -> Resolved:
    """The value of every parameter: run request, else override of a flow, else default (platform 1.6).

    `flow_ids` begins with the flow that runs; flows that it refers to follow. `definitions` are those of datasets and
    outputs; the flows' own are read here. Names in `run` that nobody defines are ignored and noted.
    """
    defined: dict[str, Definition] = {}
    for row in _of_flows(session, FlowParameter, flow_ids):
        defined.setdefault(row.override_key, definition_of(row.override_key, row.value))
    for definition in definitions:
        defined.setdefault(definition.name, definition)
    overrides: dict[str, str] = {}
    for override in _of_flows(session, FlowRunParameterOverride, flow_ids):
        overrides.setdefault(override.override_key, text_of(override.value))
    environment = _environment(session)
    facts = [_fact(item, overrides, run, environment) for item in defined.values()]
    troubles = (_trouble(item, fact, environment) for item, fact in zip(defined.values(), facts, strict=True))
    return Resolved(
        {**environment, **{fact["name"]: fact["value"] for fact in facts}},
        tuple(facts),
        reference or datetime.now(UTC),
        tuple(trouble for trouble in troubles if trouble),
        tuple(_notes(run, defined)),
    )


def _fact(
    item: Definition, overrides: Mapping[str, str], run: Mapping[str, str], environment: Mapping[str, str]
) -> Json:
    name = item.name
    value, source = item.default, "default"
    if item.kind == "environment":
        value, source = environment.get(name, ""), "environment"
    elif name in run:
        value, source = run[name], "run"
    elif name in overrides:
        value, source = overrides[name], "flow"
    return {"name": name, "type": item.kind, "value": value, "source": source}


def _trouble(item: Definition, fact: Json, environment: Mapping[str, str]) -> str | None:
    if item.kind == "environment" and item.name not in environment:
        return f"environment parameter {quoted(item.name)} does not exist"
    if item.options is None or fact["value"] in item.options:
        return None
    options = ", ".join(map(quoted, item.options))
    return f"parameter {quoted(item.name)}: invalid value {quoted(fact['value'])}, valid values are {options}"


def _notes(run: Mapping[str, str], defined: Mapping[str, Definition]) -> Iterable[str]:
    for name in run:
        if name.startswith(ENVIRONMENT) and name in defined:
            yield f"runParameters: {quoted(name)} belongs to the environment and was not overridden"
        elif name not in defined:
            hint = did_you_mean(name, defined)
            yield f"runParameters: no parameter of this run is called {quoted(name)}" + (f". {hint}" if hint else "")


def _environment(session: Session) -> dict[str, str]:
    rows = session.scalars(select(EnvironmentParameter).where(EnvironmentParameter.deleted_at.is_(None)))
    return {row.override_key: text_of(row.value) for row in rows}


def _insertions(run_parameters: Iterable[Json] | None, place: str | None) -> list[tuple[int, Json]]:
    """Places and parameters from left to right; `order` counts where several stand at one place."""
    found = [
        (at["index"], at.get("order", 0), number, item)
        for number, item in enumerate(run_parameters or ())
        if place is None or item.get("type", "path") == place
        for at in item["insertionIndices"]
    ]
    return [(index, item) for index, _, _, item in sorted(found, key=lambda entry: entry[:3])]


def _of_flows(session: Session, table: Any, flow_ids: Sequence[int]) -> list[Any]:
    rows = session.scalars(select(table).where(table.flow_id.in_(flow_ids), table.deleted_at.is_(None)))
    return sorted(rows, key=lambda row: (flow_ids.index(row.flow_id), row.id))
