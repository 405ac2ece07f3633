"""Folders: what people keep their flows in (api 2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, touch
from gristmill.model.tables import Flow, Folder

Changes = Mapping[str, Any]


def create_folder(session: Session, caller: Caller, fields: Changes) -> Folder:
    """Make an empty folder."""
    folder = Folder(**fields, workspace_id=caller.workspace_id, **made_by(caller))
    session.add(folder)
    session.flush()
    return folder


def change_folder(caller: Caller, folder: Folder, fields: Changes) -> Folder:
    """Change name and description."""
    for column, value in fields.items():
        setattr(folder, column, value)
    touch(folder, caller)
    return folder


def delete_folder(session: Session, caller: Caller, folder: Folder) -> None:
    """Delete a folder; its flows stay, in no folder."""
    for flow in session.scalars(select(Flow).where(Flow.folder_id == folder.id)):
        flow.folder_id = None
    hide(folder, caller)


def fill_folder(caller: Caller, folder: Folder, flows: Mapping[int, Flow]) -> None:
    """Put flows that came with a package into a folder."""
    for flow in flows.values():
        flow.folder_id = folder.id
        touch(flow, caller)
