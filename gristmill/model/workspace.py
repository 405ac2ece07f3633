"""The workspace and its switches (platform 11.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller
from gristmill.model.clock import now
from gristmill.model.errors import ForbiddenError, InvalidError
from gristmill.model.tables import Workspace, WorkspaceSwitch
from gristmill.problems import did_you_mean, quoted
from gristmill.settings import TABLE, Reach, Setting, SettingError, Settings, read_value

Switches = dict[str, Any]


def ensure_workspace(session: Session) -> Workspace:
    """The only workspace; it is made when there is none."""
    workspace = session.scalars(select(Workspace).order_by(Workspace.id).limit(1)).first()
    if workspace is None:
        workspace = Workspace(name="default")
        session.add(workspace)
        session.flush()
    return workspace


def configuration(session: Session, settings: Settings, workspace_id: int) -> Switches:
    """The switches in force, and the server settings that the API may show, by key."""
    changed = _changed(session, workspace_id)
    return {
        row.key: _plain(changed.get(row.key, getattr(settings, row.attribute)))
        for row in TABLE.values()
        if row.reach in (Reach.SHOWN, Reach.SWITCH)
    }


def switch(session: Session, settings: Settings, workspace_id: int, key: str) -> Any:
    """The value in force of one switch."""
    stored = session.get(WorkspaceSwitch, (workspace_id, key))
    return getattr(settings, TABLE[key].attribute) if stored is None else stored.value


def require_switch(session: Session, settings: Settings, workspace_id: int, key: str, what: str) -> None:
    """Raises ForbiddenError `export is switched off: …` where the switch of `what` is false."""
    if not switch(session, settings, workspace_id, key):
        raise ForbiddenError(f"{what} is switched off in this workspace: an administrator can set {key}")


def change_configuration(session: Session, caller: Caller, changes: Iterable[tuple[str, object]]) -> None:
    """Change switches of the workspace.

    Raises ForbiddenError for people who are no administrators, InvalidError for unknown keys, for server settings and
    for values of the wrong kind; then nothing is changed.
    """
    if not caller.is_admin:
        raise ForbiddenError("only administrators may change the workspace configuration")
    values = [(row, _read(row, value)) for row, value in ((_switch_row(key), value) for key, value in changes)]
    for row, value in values:
        session.merge(WorkspaceSwitch(workspace_id=caller.workspace_id, key=row.key, value=value))
    workspace = session.get_one(Workspace, caller.workspace_id)
    workspace.updated_at = now()


def _changed(session: Session, workspace_id: int) -> Switches:
    rows = session.scalars(select(WorkspaceSwitch).where(WorkspaceSwitch.workspace_id == workspace_id))
    return {row.key: row.value for row in rows}


def _switch_row(key: str) -> Setting:
    row = TABLE.get(key)
    if row is None:
        hint = did_you_mean(key, TABLE)
        raise InvalidError(f"unknown setting {quoted(key)}" + (f". {hint}" if hint else ""))
    if row.reach is not Reach.SWITCH:
        raise InvalidError(f"{key} is a server setting: set {row.environment} or config.toml and start the server anew")
    return row


def _read(row: Setting, value: object) -> Any:
    try:
        return read_value(row, value)
    except SettingError as error:
        raise InvalidError(str(error)) from None


def _plain(value: Any) -> Any:
    return [str(item) for item in value] if isinstance(value, tuple) else value
