"""Lists: filter, sort and page over any table (api 1.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, String, Text, UnaryExpression, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gristmill.model.errors import InvalidError

T = TypeVar("T")
Column = InstrumentedAttribute[Any] | ColumnElement[Any]
Columns = Mapping[str, Column]
DEFAULT_LIMIT = 25


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of a list is wanted. `limit` None means all; `sort` holds field names, `-` before descending ones.

    `filter` is a part of the text, in any case; with `exact` the whole of it, with `any_case` that in any case.
    """

    limit: int | None = DEFAULT_LIMIT
    offset: int = 0
    sort: tuple[str, ...] = ()
    filter: str = ""
    filter_fields: tuple[str, ...] = ("name",)
    exact: bool = False
    any_case: bool = False
    include_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and how many there are in all."""

    rows: Sequence[T]
    count: int


def page(session: Session, statement: Select[T], listing: Listing, columns: Columns) -> Page[T]:
    """The rows of `statement` that `listing` asks for; `columns` are the fields by which it may be sorted and filtered.

    Raises InvalidError for a field that is not one of `columns`.
    """
    matching = statement.where(*_filters(listing, columns))
    ordered = matching.order_by(*_order(listing.sort, columns)).offset(listing.offset).limit(listing.limit)
    return Page(session.scalars(ordered).all(), count(session, statement, listing, columns))


def count(session: Session, statement: Select[T], listing: Listing, columns: Columns) -> int:
    """How many rows `listing` matches, whatever its limit."""
    matching = statement.where(*_filters(listing, columns)).order_by(None)
    return session.scalar(select(func.count()).select_from(matching.subquery())) or 0


def _filters(listing: Listing, columns: Columns) -> list[ColumnElement[bool]]:
    if not listing.filter:
        return []
    texts = [cast(_column(name, columns, "filterFields"), Text) for name in listing.filter_fields]
    if listing.exact and listing.any_case:
        return [or_(*(func.lower(text) == func.lower(listing.filter) for text in texts))]
    if listing.exact:
        return [or_(*(text == listing.filter for text in texts))]
    return [or_(*(text.icontains(listing.filter, autoescape=True) for text in texts))]


def _order(sort: Sequence[str], columns: Columns) -> list[UnaryExpression[Any]]:
    order = []
    for key in sort:
        column = _column(key.removeprefix("-"), columns, "sort")
        column = func.lower(column) if isinstance(column.type, String) else column
        order.append(column.desc() if key.startswith("-") else column.asc())
    return order


def _column(name: str, columns: Columns, parameter: str) -> Column:
    column = columns.get(name)
    if column is None:
        raise InvalidError(f"{parameter}: no field {name!r}, valid fields are {', '.join(columns)}")
    return column
