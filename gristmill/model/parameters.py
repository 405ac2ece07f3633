"""Parameters that a flow defines, and the values that stand for parameters in all of its runs (platform 1.6).

A parameter is told by its name alone: datasets, outputs and recipes that use one name share one value.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.errors import ConflictError, InvalidError, MissingError
from gristmill.model.parameter_values import ENVIRONMENT, check_value, parameter_name
from gristmill.model.tables import Flow, FlowParameter, FlowRunParameterOverride
from gristmill.problems import quoted

Json = dict[str, Any]


def create_flow_parameter(session: Session, caller: Caller, flow: Flow, key: str, value: Json) -> FlowParameter:
    """Define `$key` in a flow. Raises ConflictError when the flow has it already."""
    name = _own_name(key)
    check_value(value)
    if any(row.override_key == name for row in flow_parameters(session, flow)):
        raise ConflictError(f"flow {flow.id} has a parameter {quoted(name)} already")
    row = FlowParameter(flow_id=flow.id, override_key=name, value=value, **made_by(caller))
    session.add(row)
    session.flush()
    return row


def flow_parameters(session: Session, flow: Flow) -> list[FlowParameter]:
    """The parameters that a flow defines, in the order in which they were made."""
    return _of_flow(session, FlowParameter, flow)


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
    return [*flow_parameters(session, flow), *_of_flow(session, FlowRunParameterOverride, flow)]


def override_in_flow(session: Session, caller: Caller, flow: Flow, key: str, value: Json) -> FlowRunParameterOverride:
    """Let `value` stand for the parameter in all runs of the flow; an earlier override of the name is replaced."""
    check_value(value)
    name = _own_name(key)
    earlier: list[FlowRunParameterOverride] = _of_flow(session, FlowRunParameterOverride, flow)
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
        row.override_key = _own_name(key)
    if value is not None:
        check_value(value)
        row.value = value
    touch(row, caller)
    return row


def _own_name(key: str) -> str:
    name = parameter_name(key)
    if name.startswith(ENVIRONMENT):
        raise InvalidError(f"overrideKey: {quoted(name)} is the name of an environment parameter")
    return name


def _of_flow(session: Session, table: Any, flow: Flow) -> list[Any]:
    return list(
        session.scalars(select(table).where(table.flow_id == flow.id, table.deleted_at.is_(None)).order_by(table.id))
    )
