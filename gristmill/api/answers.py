"""Answers that all resources share: one object, a page of a list, a count, the short form of a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from gristmill.api.embedding import Json, Resource, View, pick, read_embed, render
from gristmill.api.inputs import ItemQuery, ListQuery
from gristmill.model.access import Caller, find, visible
from gristmill.model.clock import iso
from gristmill.model.listing import count, page
from gristmill.model.tables import Stamped
from gristmill.settings import Settings

Conditions = Sequence[ColumnElement[bool]]


def one(session: Session, settings: Settings, caller: Caller, resource: Resource, id: int, query: ItemQuery) -> Json:
    """The object that a path names, as its query wants it."""
    row = find(session, resource.table, id, caller, include_deleted=query.include_deleted)
    return shown(session, settings, resource, row, query.embed, query.fields)


def shown(
    session: Session, settings: Settings, resource: Resource, row: Any, embed: str = "", fields: Sequence[str] = ()
) -> Json:
    """One object as clients see it."""
    tree = read_embed(resource, embed)
    return pick(render(View(session, settings), resource, [row], tree)[0], fields, tree)


def listed(
    session: Session,
    settings: Settings,
    caller: Caller,
    resource: Resource,
    query: ListQuery,
    *where: ColumnElement[bool],
    statement: Select[Any] | None = None,
) -> Json:
    """The page of a list that a query asks for: `{"data": […], "count": n}`."""
    tree = read_embed(resource, query.embed)
    listing = query.listing
    if not listing.sort:
        listing = replace(listing, sort=resource.sort)
    wanted = _statement(caller, resource, query, where, statement)
    found = page(session, wanted, listing, resource.columns)
    items = render(View(session, settings), resource, found.rows, tree)
    return {"data": [pick(item, query.fields, tree) for item in items], "count": found.count}


def counted(
    session: Session,
    caller: Caller,
    resource: Resource,
    query: ListQuery,
    *where: ColumnElement[bool],
    statement: Select[Any] | None = None,
) -> Json:
    """How many objects a list would have: `{"count": 12}`."""
    wanted = _statement(caller, resource, query, where, statement)
    return {"count": count(session, wanted, query.listing, resource.columns)}


def many(session: Session, settings: Settings, resource: Resource, rows: Sequence[Any], embed: str = "") -> Json:
    """Objects in the given order: `{"data": […], "count": n}`."""
    items = render(View(session, settings), resource, rows, read_embed(resource, embed))
    return {"data": items, "count": len(items)}


def changed(row: Stamped) -> Json:
    """The short form that a PATCH answers (api 1.8)."""
    return {"id": row.id, "updatedAt": iso(row.updated_at), "updater": reference(row.updater_id)}


def reference(id: int | None) -> Json | None:
    """`{"id": 5}`, or null."""
    return None if id is None else {"id": id}


def _statement(
    caller: Caller, resource: Resource, query: ListQuery, where: Conditions, statement: Select[Any] | None
) -> Select[Any]:
    table = resource.table
    wanted = (select(table) if statement is None else statement).where(visible(table, caller), *where)
    return wanted if query.listing.include_deleted else wanted.where(table.deleted_at.is_(None))
