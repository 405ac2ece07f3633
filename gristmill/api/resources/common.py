"""What the views of all resources share: stamps, references, and ways to load what belongs to an object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, Rows, declare
from gristmill.model.clock import iso
from gristmill.model.listing import Column
from gristmill.model.tables import Stamped

Load = Callable[[Session, Rows], Mapping[int, Rows]]


def stamps(row: Stamped) -> Json:
    """When and by whom an object was made and changed."""
    facts: Json = {
        "createdAt": iso(row.created_at),
        "updatedAt": iso(row.updated_at),
        "creator": reference(row.creator_id),
        "updater": reference(row.updater_id),
    }
    return facts if row.deleted_at is None else {**facts, "deletedAt": iso(row.deleted_at)}


def moment(value: int | None) -> str | None:
    """A point in time, or null."""
    return None if value is None else iso(value)


def stamp_columns(table: type[Stamped]) -> dict[str, Column]:
    """The fields by which every list may be sorted."""
    return {"id": table.id, "createdAt": table.created_at, "updatedAt": table.updated_at}


def one_by(attribute: str, table: type[Stamped]) -> Load:
    """Loads the row of `table` whose id stands in `attribute` of the owner."""

    def load(session: Session, rows: Rows) -> Mapping[int, Rows]:
        ids = {value for row in rows if (value := getattr(row, attribute)) is not None}
        found = {row.id: row for row in session.scalars(select(table).where(table.id.in_(ids)))} if ids else {}
        return {row.id: [found[getattr(row, attribute)]] for row in rows if getattr(row, attribute) in found}

    return load


def many_by(column: InstrumentedAttribute[Any], *, with_deleted: bool = False) -> Load:
    """Loads the rows whose `column` holds the owner's id, by id; deleted ones only where that is asked for."""
    table: Any = column.class_
    owner = attrgetter(column.key)

    def load(session: Session, rows: Rows) -> Mapping[int, Rows]:
        found = select(table).where(column.in_({row.id for row in rows})).order_by(table.id)
        grouped: defaultdict[int, list[Any]] = defaultdict(list)
        for row in session.scalars(found if with_deleted else found.where(table.deleted_at.is_(None))):
            grouped[owner(row)].append(row)
        return grouped

    return load


def nothing(session: Session, rows: Rows) -> Mapping[int, Rows]:
    """Loads nothing: for what this server does not keep."""
    return {}


def facts_of(read: Callable[[Any], list[Json]]) -> Load:
    """Takes ready facts out of the owner's own row."""

    def load(session: Session, rows: Rows) -> Mapping[int, Rows]:
        return {row.id: read(row) for row in rows}

    return load


# what is shown as it is stored, and what nothing can belong to
FACTS = declare(Resource("facts", Stamped, lambda fact, view: dict(fact)))


def empty(*names: str) -> tuple[Association, ...]:
    """To-many associations of kinds of objects that this server does not keep; clients get empty lists."""
    return tuple(Association(name, "facts", nothing, many=True) for name in names)


def absent(*names: str) -> tuple[Association, ...]:
    """To-one associations of kinds of objects that this server does not keep; clients get null."""
    return tuple(Association(name, "facts", nothing) for name in names)
