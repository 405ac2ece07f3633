"""What a publication does, decided before anything happens: one list of steps per action (api 4.5).

Where the database can take back a new table, everything is one transaction. Elsewhere rows are loaded beside the target
and the last statement swaps the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from gristmill.problems import quoted, run_error
from gristmill.storage.tables.statements import (
    NewColumn,
    beside,
    create,
    create_empty,
    create_like,
    delete_all,
    drop,
    insert_all,
    named,
    replace_by,
    shown,
    truncate,
    upsert,
)
from gristmill.storage.tables.vendor import Update, Vendor

ACTIONS = ("create", "load", "createAndLoad", "truncateAndLoad", "dropAndLoad", "upsert")


@dataclass(frozen=True, slots=True)
class Run:
    """Run a statement."""

    tree: exp.Expr


@dataclass(frozen=True, slots=True)
class Load:
    """Bring the rows into some columns of a table."""

    table: exp.Table
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Say that what follows makes the result visible, and wait until that is noted."""


@dataclass(frozen=True, slots=True)
class Commit:
    """End the transaction well."""


Step = Run | Load | Ask | Commit


@dataclass(frozen=True, slots=True)
class Change:
    """A publication in terms of the database: what is there, what shall be.

    `names` are the columns to load as the table spells them, `new` those of a table to make. `is_linked`: triggers or
    foreign keys hang on the table, which a table in its place would not have. `mark` tells our own tables apart.
    """

    vendor: Vendor
    action: str
    target: exp.Table
    names: tuple[str, ...]
    new: tuple[NewColumn, ...]
    exists: bool
    keys: tuple[str, ...] = ()
    is_linked: bool = False
    mark: str = "gristmill"

    @property
    def staging(self) -> exp.Table:
        """Where rows are loaded that must not be seen yet."""
        return beside(self.target, f"{self.mark}_new")

    @property
    def old(self) -> exp.Table:
        """What the target is called once another table has taken its place."""
        return beside(self.target, f"{self.mark}_old")


def steps_of(change: Change) -> list[Step]:
    """The steps of a publication. Raises RunError where the action does not fit the database or the table."""
    if change.action not in ACTIONS:
        raise run_error(f"action: invalid value {quoted(change.action)}, valid values are {', '.join(ACTIONS)}")
    if change.action in ("load", "truncateAndLoad", "upsert") and not change.exists:
        raise run_error(f"table not found: {shown(change.target)}; {change.action} needs an existing table")
    match change.action:
        case "truncateAndLoad":
            return _emptied(change)
        case "dropAndLoad":
            return _dropped(change)
        case "upsert":
            return _upserted(change)
        case "create":
            return _made(change)
        case _:
            return _appended(change) if change.exists else _made(change)


def leftovers(change: Change) -> list[Run]:
    """Removes what an earlier attempt may have left beside the target."""
    if change.vendor.can.ddl_rollback:
        return []
    return [Run(drop(table, if_exists=True)) for table in (change.staging, change.old)]


def _made(change: Change) -> list[Step]:
    made = Run(create(change.target, change.new, change.vendor))
    if change.vendor.can.ddl_rollback:
        return [made, Load(change.target, change.names), Ask(), Commit()]
    return _swapped(change, create(change.staging, change.new, change.vendor), exists=False)


def _appended(change: Change) -> list[Step]:
    if change.vendor.can.rollback:
        return [Load(change.target, change.names), Ask(), Commit()]
    # without transactions one statement is whole or absent
    moved = insert_all(change.target, change.names, change.staging)
    return [*_staged(change, temporary=False), Ask(), Run(moved), Run(drop(change.staging))]


def _emptied(change: Change) -> list[Step]:
    can = change.vendor.can
    if can.truncate_rollback or can.ddl_rollback or (can.rollback and (change.is_linked or not can.like)):
        empty = truncate(change.target) if can.truncate_rollback else delete_all(change.target)
        return [Run(empty), Load(change.target, change.names), Ask(), Commit()]
    return _swapped(change, create_like(change.staging, change.target), exists=True, is_same=True)


def _dropped(change: Change) -> list[Step]:
    if change.vendor.can.ddl_rollback:
        gone: list[Step] = [Run(drop(change.target))] if change.exists else []
        return [*gone, *_made(change)]
    return _swapped(change, create(change.staging, change.new, change.vendor), exists=change.exists)


def _upserted(change: Change) -> list[Step]:
    how = change.vendor.can.update
    if how is Update.NEVER:
        raise run_error(f"not supported: upsert into {change.vendor.title} tables")
    temporary = change.vendor.can.rollback and change.vendor.can.temporary
    staging = _temporary(change) if temporary else change.staging
    merged = [Run(tree) for tree in upsert(change.target, staging, change.names, change.keys, how)]
    if temporary:
        return [*_staged(change, temporary=True), *merged, Ask(), Commit()]
    return [*_staged(change, temporary=False), Ask(), *merged, Commit(), Run(drop(staging))]


def _temporary(change: Change) -> exp.Table:
    """A table of this session only; most databases take no place before its name."""
    ways = change.vendor.ways
    name = f"{ways.temporary}{change.mark}_new"
    return beside(change.target, name) if ways.is_placed else named(name)


def _staged(change: Change, *, temporary: bool) -> list[Step]:
    staging = _temporary(change) if temporary else change.staging
    is_told_by_name = staging.name.startswith("#")
    made = create_empty(staging, change.target, change.names, temporary=temporary and not is_told_by_name)
    return [Run(made), Load(staging, change.names)]


def _swapped(change: Change, made: exp.Expr, *, exists: bool, is_same: bool = False) -> list[Step]:
    put = replace_by(change.target, change.staging, change.old, change.vendor, exists=exists, is_same=is_same)
    return [
        Run(made),
        Load(change.staging, change.names),
        Commit(),
        Ask(),
        *(Run(tree) for tree in put),
        *leftovers(change),
    ]


def texts(change: Change, steps: Sequence[Step]) -> list[str]:
    """The steps for people, SQL in the vendor's dialect; reviews and tests read them."""
    dialect = change.vendor.dialect
    lines = []
    for step in steps:
        match step:
            case Run():
                lines.append(step.tree.sql(dialect=dialect))
            case Load():
                names = ", ".join(exp.to_identifier(name, quoted=True).sql(dialect=dialect) for name in step.columns)
                lines.append(f"-- load {step.table.sql(dialect=dialect)} ({names})")
            case Ask():
                lines.append("-- commit is noted")
            case Commit():
                lines.append("COMMIT")
    return lines
