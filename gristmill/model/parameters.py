"""Parameters: definitions, flow-level overrides, and the values of a run (platform 1).

A parameter is told by its name alone: datasets, outputs and recipes that use one name share one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.errors import ConflictError, InvalidError, MissingError
from gristmill.model.tables import Flow, FlowParameter, FlowRunParameterOverride
from gristmill.problems import quoted

Json = dict[str, Any]
Definition = tuple[str, str]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\- ]{0,254}")
_BUILT_IN = frozenset({"col", "sourcerownumber", "filepath", "filename", "rownumber"})
_KINDS = ("variable", "selector", "timestamp", "dateRange", "pattern")
_PLACES = ("path",)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The values of a run by name, and for each where it came from: `default`, `flow` or `run`."""

    values: Mapping[str, str]
    facts: tuple[Json, ...]


def parameter_name(text: str) -> str:
    """The name without the `$` that people type. Raises InvalidError for a name that recipes could not write."""
    name = text.removeprefix("$")
    if not _NAME.fullmatch(name):
        raise InvalidError(
            f"overrideKey: {quoted(text)} is no parameter name (a letter, then letters, digits, _ . - blank)"
        )
    if name in _BUILT_IN:
        raise InvalidError(f"overrideKey: ${name} is a built-in name")
    return name


def variable_value(value: object, field: str = "value") -> str:
    """The text in `{"variable": {"value": "01"}}`; numbers and booleans become text.

    Raises InvalidError for other kinds of parameters and other shapes.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        raise InvalidError(f'{field}: expected {{"variable": {{"value": "…"}}}}')
    kind = next(iter(value))
    if kind != "variable":
        known = f"not supported: parameter of type {kind}" if kind in _KINDS else f"unknown type {quoted(kind)}"
        raise InvalidError(f'{field}: {known}; use {{"variable": {{"value": "…"}}}}')
    inner = value["variable"]
    text = inner.get("value") if isinstance(inner, Mapping) else None
    if not isinstance(text, (str, int, float, bool)):
        raise InvalidError(f"{field}.variable.value: expected a text")
    return plain_text(text)


def plain_text(value: str | float | bool) -> str:
    """A parameter's value as text: `true`, `1.5`, `02` (api 4.7)."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def check_run_parameters(parameters: object, template: str | None) -> list[Json]:
    """The `runParameters` of a dataset or an output, checked against the path that they are put into.

    Raises InvalidError for other kinds than path variables and for places outside the path.
    """
    items = parameters.get("data") if isinstance(parameters, Mapping) else parameters
    if items is None:
        return []
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise InvalidError("runParameters: expected a list")
    return [_run_parameter(item, template or "", f"runParameters[{index}]") for index, item in enumerate(items)]


def defaults_of(run_parameters: Iterable[Json] | None) -> list[Definition]:
    """Names and defaults of checked `runParameters`."""
    return [(item["overrideKey"], variable_value(item["value"])) for item in run_parameters or ()]


def insert(template: str, run_parameters: Iterable[Json] | None, values: Mapping[str, str]) -> str:
    """The path with its parameters put in, from the last place to the first so that the places stay right (api 3.5)."""
    places = [
        (place["index"], place.get("order", 0), item["overrideKey"])
        for item in run_parameters or ()
        for place in item["insertionIndices"]
    ]
    for index, _, name in sorted(places, reverse=True):
        template = template[:index] + values[name] + template[index:]
    return template


def resolve(
    session: Session, flow_ids: Sequence[int], definitions: Iterable[Definition], run: Mapping[str, str]
) -> Resolved:
    """The value of every parameter: run request, else override of a flow, else default (platform 1.6).

    `flow_ids` begins with the flow that runs; flows that it refers to follow. `definitions` are those of datasets and
    outputs; the flows' own are read here. Names in `run` that nobody defines are ignored.
    """
    defaults: dict[str, str] = {}
    for row in _of_flows(session, FlowParameter, flow_ids):
        defaults.setdefault(row.override_key, variable_value(row.value))
    for name, default in definitions:
        defaults.setdefault(name, default)
    overrides: dict[str, str] = {}
    for override in _of_flows(session, FlowRunParameterOverride, flow_ids):
        overrides.setdefault(override.override_key, variable_value(override.value))
    facts = [_fact(name, default, overrides, run) for name, default in defaults.items()]
    return Resolved({fact["name"]: fact["value"] for fact in facts}, tuple(facts))


def create_flow_parameter(session: Session, caller: Caller, flow: Flow, key: str, value: Json) -> FlowParameter:
    """Define `$key` in a flow. Raises ConflictError when the flow has it already."""
    name = parameter_name(key)
    variable_value(value)
    if any(row.override_key == name for row in flow_parameters(session, flow)):
        raise ConflictError(f"flow {flow.id} has a parameter {quoted(name)} already")
    row = FlowParameter(flow_id=flow.id, override_key=name, value=value, **made_by(caller))
    session.add(row)
    session.flush()
    return row


def flow_parameters(session: Session, flow: Flow) -> list[FlowParameter]:
    """The parameters that a flow defines, in the order in which they were made."""
    return _of_flows(session, FlowParameter, [flow.id])


def flow_parameter(session: Session, flow: Flow, key: str) -> FlowParameter:
    """The parameter of that name. Raises MissingError."""
    name = key.removeprefix("$")
    for row in flow_parameters(session, flow):
        if row.override_key == name:
            return row
    raise MissingError(f"flow {flow.id} has no parameter {quoted(name)}")


def delete_flow_parameter(session: Session, caller: Caller, flow: Flow, key: str) -> None:
    """Remove a parameter from a flow; recipes that use it become invalid."""
    hide(flow_parameter(session, flow, key), caller)


def parameters_of_flow(session: Session, flow: Flow) -> list[FlowParameter | FlowRunParameterOverride]:
    """The parameters and the flow-level overrides of a flow."""
    return [*flow_parameters(session, flow), *_of_flows(session, FlowRunParameterOverride, [flow.id])]


def override_in_flow(session: Session, caller: Caller, flow: Flow, key: str, value: Json) -> FlowRunParameterOverride:
    """Let `value` stand for the parameter in all runs of the flow; an earlier override of the name is replaced."""
    variable_value(value)
    name = parameter_name(key)
    earlier: list[FlowRunParameterOverride] = _of_flows(session, FlowRunParameterOverride, [flow.id])
    for row in earlier:
        if row.override_key == name:
            row.value = value
            touch(row, caller)
            return row
    row = FlowRunParameterOverride(flow_id=flow.id, override_key=name, value=value, **made_by(caller))
    session.add(row)
    session.flush()
    return row


def change_override(
    caller: Caller, row: FlowRunParameterOverride, key: str | None, value: Json | None
) -> FlowRunParameterOverride:
    """Change the name or the value of a flow-level override; a name that the flow has already is refused on commit."""
    if key is not None:
        row.override_key = parameter_name(key)
    if value is not None:
        variable_value(value)
        row.value = value
    touch(row, caller)
    return row


def _fact(name: str, default: str, overrides: Mapping[str, str], run: Mapping[str, str]) -> Json:
    if name in run:
        return {"name": name, "value": run[name], "source": "run"}
    if name in overrides:
        return {"name": name, "value": overrides[name], "source": "flow"}
    return {"name": name, "value": default, "source": "default"}


def _of_flows(session: Session, table: Any, flow_ids: Sequence[int]) -> list[Any]:
    rows = session.scalars(select(table).where(table.flow_id.in_(flow_ids), table.deleted_at.is_(None)))
    return sorted(rows, key=lambda row: (flow_ids.index(row.flow_id), row.id))


def _run_parameter(item: object, template: str, field: str) -> Json:
    if not isinstance(item, Mapping):
        raise InvalidError(f"{field}: expected an object")
    place = item.get("type", "path")
    if place not in _PLACES:
        raise InvalidError(f"{field}.type: not supported: parameter in {quoted(place)}; only 'path' is")
    name = item.get("overrideKey")
    if not isinstance(name, str):
        raise InvalidError(f"{field}.overrideKey: expected a text")
    variable_value(item.get("value"), f"{field}.value")
    places = [_place(place, template, field) for place in item.get("insertionIndices") or ()]
    if not places:
        raise InvalidError(f"{field}.insertionIndices: at least one place is needed")
    return {"type": "path", "overrideKey": parameter_name(name), "insertionIndices": places, "value": item["value"]}


def _place(place: object, template: str, field: str) -> Json:
    index = place.get("index") if isinstance(place, Mapping) else None
    order = place.get("order", 0) if isinstance(place, Mapping) else None
    if not isinstance(index, int) or not isinstance(order, int) or not 0 <= index <= len(template):
        raise InvalidError(f"{field}.insertionIndices: expected index 0 to {len(template)} and order as whole numbers")
    return {"index": index, "order": order}
