"""Parameters of the workspace, `env.…`, that administrators set and no run overrides (platform 1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by
from gristmill.model.errors import ConflictError, ForbiddenError, InvalidError
from gristmill.model.parameter_values import ENVIRONMENT, check_value, parameter_name
from gristmill.model.tables import EnvironmentParameter, FlowNode, ImportedDataset, OutputObject, WriteSetting
from gristmill.problems import quoted

Json = dict[str, Any]


def create_environment_parameter(session: Session, caller: Caller, key: str, value: Json) -> EnvironmentParameter:
    """Define `env.…` for everybody. Raises ForbiddenError for people who are no administrators, ConflictError for a
    name that is taken.
    """
    _refuse_others(caller)
    name = parameter_name(key)
    if not name.startswith(ENVIRONMENT):
        raise InvalidError(f"overrideKey: names of environment parameters begin with {ENVIRONMENT}, got {quoted(key)}")
    check_value(value, ("variable",))
    taken = select(EnvironmentParameter).where(
        EnvironmentParameter.override_key == name, EnvironmentParameter.deleted_at.is_(None)
    )
    if session.scalars(taken).first() is not None:
        raise ConflictError(f"the workspace has a parameter {quoted(name)} already")
    row = EnvironmentParameter(override_key=name, value=value, workspace_id=caller.workspace_id, **made_by(caller))
    session.add(row)
    session.flush()
    return row


def delete_environment_parameter(caller: Caller, row: EnvironmentParameter) -> None:
    """Remove a parameter; runs of what uses it fail from now on."""
    _refuse_others(caller)
    hide(row, caller)


def usage_of(session: Session, rows: Sequence[EnvironmentParameter]) -> dict[str, Json]:
    """How many datasets and outputs use each parameter, and the flows in which those outputs are, by its name."""
    datasets = session.scalars(select(ImportedDataset.run_parameters).where(ImportedDataset.deleted_at.is_(None)))
    used_in = [_names(parameters) for parameters in datasets]
    outputs = session.execute(
        select(WriteSetting.run_parameters, FlowNode.flow_id)
        .join(OutputObject, OutputObject.id == WriteSetting.output_object_id)
        .join(FlowNode, FlowNode.id == OutputObject.flow_node_id)
        .where(WriteSetting.deleted_at.is_(None), OutputObject.deleted_at.is_(None))
    )
    written_by = [(_names(parameters), flow_id) for parameters, flow_id in outputs]
    return {
        name: {
            "importedDatasets": sum(name in names for names in used_in),
            "writeSettings": sum(name in names for names, _ in written_by),
            "flows": [{"id": flow} for flow in sorted({flow for names, flow in written_by if name in names})],
        }
        for name in (row.override_key for row in rows)
    }


def _names(run_parameters: Any) -> set[str]:
    return {item["overrideKey"] for item in run_parameters or () if item.get("overrideKey")}


def _refuse_others(caller: Caller) -> None:
    if not caller.is_admin:
        raise ForbiddenError("only administrators may change environment parameters")
