"""Publishing: a staged file goes into a table, whole or not at all (api 4.5, platform 4.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlglot import exp

from gristmill.problems import TransientError, plural, quoted, run_error
from gristmill.storage.tables.incoming import Fit, Incoming, Staged
from gristmill.storage.tables.login import Login
from gristmill.storage.tables.session import Described, Existing, Session, UnknownStateError, connect
from gristmill.storage.tables.statements import NewColumn, beside, shown
from gristmill.storage.tables.steps import Ask, Change, Commit, Load, Run, leftovers, steps_of
from gristmill.storage.tables.vendor import Vendor

Json = dict[str, Any]


class Talk(Protocol):
    """Whom the work tells what it does."""

    def progress(self, percent: int) -> None: ...

    def log(self, level: str, message: str) -> None: ...

    def ask(self, question: Json) -> None:
        """Tell something that must be noted before the work goes on."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What to publish: `file` is the staged result, `stamp` makes a new name where one is taken.

    `parameters` may hold `upsertKeys` and `maxVarcharLength`.
    """

    file: str
    path: tuple[str, ...]
    table: str
    action: str
    stamp: str
    mark: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> Json:
        return {
            "file": self.file,
            "path": list(self.path),
            "table": self.table,
            "action": self.action,
            "stamp": self.stamp,
            "mark": self.mark,
            "parameters": dict(self.parameters),
        }

    @classmethod
    def from_json(cls, document: Json) -> Publication:
        return cls(**{**document, "path": tuple(document["path"])})


def work(task: Json, talk: Talk) -> Json:
    """What an engine process does with `{"login", "publication", "threads"}`: see `publish`."""
    login = Login.from_json(task["login"])
    return publish(login, Publication.from_json(task["publication"]), talk, threads=task.get("threads", 0))


def publish(login: Login, publication: Publication, talk: Talk, *, threads: int = 0) -> Json:
    """Bring the staged rows into the table.

    Answers `{"table", "name", "rows", "columns": {name: type}, "nulled": {name: count}}`. Raises RunError when it
    cannot be done: then the table is as it was; TransientError when trying again may help; UnknownStateError when
    nobody knows.
    """
    session = connect(login)
    try:
        with Staged(publication.file, threads) as staged:
            return _publish(session, publication, staged, talk)
    finally:
        session.close()


def _publish(session: Session, publication: Publication, staged: Staged, talk: Talk) -> Json:
    target = session.place(publication.path, publication.table)
    session.lock(shown(target))
    described = session.describe(target)
    if publication.action == "create" and described is not None:
        target, described = _free(session, target, publication.stamp), None
    if described is not None and described.is_view:
        raise run_error(f"{shown(target)} is a view: tables only can be loaded")
    incoming = staged.columns()
    change, fits = _change(session, publication, target, described, incoming, staged)
    nulled = staged.lost(fits)
    for step in leftovers(change):
        session.run(step.tree)
    rows = _carry_out(session, change, fits, staged, talk)
    for name, count in nulled.items():
        talk.log("warning", f"column {name}: {count} values written as null because {shown(target)} cannot hold them")
    types = {name: fit.native for name, fit in zip(change.names, fits, strict=True)}
    return {"table": shown(target), "name": target.name, "rows": rows, "columns": types, "nulled": nulled}


def _carry_out(session: Session, change: Change, fits: Sequence[Fit], staged: Staged, talk: Talk) -> int:
    rows, asked = 0, False
    try:
        for step in steps_of(change):
            match step:
                case Run():
                    session.run(step.tree)
                case Load():
                    rows = session.load(step.table, fits, step.columns, staged, talk.progress)
                    talk.log("info", f"loaded {plural(rows, 'row')} into {shown(step.table)}")
                case Ask():
                    talk.ask({"table": shown(change.target), "rows": rows})
                    asked = True
                case Commit():
                    session.commit()
    except TransientError as error:
        raise UnknownStateError(error.problems) if asked else error from None
    return rows


def _change(
    session: Session,
    publication: Publication,
    target: exp.Table,
    described: Described | None,
    incoming: Sequence[Incoming],
    staged: Staged,
) -> tuple[Change, list[Fit]]:
    keys: tuple[str, ...] = ()
    if described is None or publication.action == "dropAndLoad":
        fits = _new_fits(session.vendor, incoming, publication.parameters.get("maxVarcharLength"))
        names = tuple(item.name for item in incoming)
    else:
        matched = _matched(target, described, incoming)
        fits = [_fit(session, target, item, column) for item, column in zip(incoming, matched, strict=True)]
        names = tuple(column.name for column in matched)
        keys = _keys(publication, target, described, names) if publication.action == "upsert" else ()
        _refuse_repeated(staged, fits, names, keys)
    change = Change(
        vendor=session.vendor,
        action=publication.action,
        target=target,
        names=names,
        new=tuple(NewColumn(name, fit.native) for name, fit in zip(names, fits, strict=True)),
        exists=described is not None,
        keys=keys,
        is_linked=described is not None and described.is_linked,
        mark=publication.mark,
    )
    return change, fits


def _new_fits(vendor: Vendor, incoming: Sequence[Incoming], length: object) -> list[Fit]:
    return [Fit(item, _created(vendor, item, length), vendor) for item in incoming]


def _created(vendor: Vendor, item: Incoming, length: object) -> str:
    """The type of a new column; texts are as long as they like unless somebody has set a limit (types 13)."""
    native = vendor.created(item.type)
    is_text = vendor.is_text(native)
    if item.type.name == "Datetime" and not is_text and "s" in (item.type.format or "").split("SS")[-1]:
        return native + vendor.ways.fraction
    if isinstance(length, int) and length > 0 and is_text:
        name = vendor.ways.limited or native.partition("(")[0]
        return f"{name}({length})"
    return native


def _matched(target: exp.Table, described: Described, incoming: Sequence[Incoming]) -> list[Existing]:
    """The table's column for each of ours: by name, in the same case or else in any."""
    exact = {column.name: column for column in described.columns}
    folded = {column.name.casefold(): column for column in reversed(described.columns)}
    found: list[Existing] = []
    missing: list[str] = []
    for item in incoming:
        column = exact.get(item.name) or folded.get(item.name.casefold())
        if column is None or column in found:
            missing.append(item.name)
        else:
            found.append(column)
    there = ", ".join(column.name for column in described.columns)
    if missing:
        names = ", ".join(map(quoted, missing))
        raise run_error(f"schema mismatch: table {shown(target)} has no column {names} (it has: {there})")
    for column in found:
        if column.is_fixed:
            raise run_error(f"schema mismatch: {shown(target)} computes its column {quoted(column.name)} itself")
    for column in described.columns:
        if column.is_needed and column not in found:
            message = f"schema mismatch: {shown(target)} needs a value for its column {quoted(column.name)}"
            raise run_error(message, hint="Add the column to the recipe, or give it a default in the database.")
    return found


def _fit(session: Session, target: exp.Table, item: Incoming, column: Existing) -> Fit:
    """Raises RunError when the column does not take values of that type (types 13.2)."""
    vendor = session.vendor
    is_text = item.is_soft and item.physical == "VARCHAR"  # of texts whose type nobody set the table's decides
    if not is_text and not vendor.takes(item.type, column.native):
        raise run_error(
            f"schema mismatch: column {quoted(item.name)} is {item.type.name},"
            f" column {quoted(column.name)} of {shown(target)} is {column.native}"
        )
    return Fit(item, column.native, vendor)


def _keys(publication: Publication, target: exp.Table, described: Described, names: Sequence[str]) -> tuple[str, ...]:
    """The columns that tell rows apart: `upsertKeys`, else the primary key (platform 4.8)."""
    given = publication.parameters.get("upsertKeys") or list(described.keys)
    if not isinstance(given, list) or not given:
        hint = "Name key columns in parameters.upsertKeys."
        raise run_error(f"upsert: table {shown(target)} has no primary key", hint=hint)
    folded = {name.casefold(): name for name in names}
    missing = [str(key) for key in given if str(key).casefold() not in folded]
    if missing:
        raise run_error(f"upsert: the result has no key column {', '.join(map(quoted, missing))}")
    return tuple(folded[str(key).casefold()] for key in given)


def _refuse_repeated(staged: Staged, fits: Sequence[Fit], names: Sequence[str], keys: Sequence[str]) -> None:
    if not keys:
        return
    chosen = [fit for fit, name in zip(fits, names, strict=True) if name in keys]
    repeated = staged.repeated(chosen)
    if repeated:
        raise run_error(f"upsert: {repeated} rows of the result share their key ({', '.join(keys)}) with another one")


def _free(session: Session, target: exp.Table, stamp: str) -> exp.Table:
    """The first name that nobody has: with the run's time, then with a number behind it (decisions 45)."""
    name, number = f"{target.name}_{stamp}", 0
    while session.describe(beside(target, name)) is not None:
        number += 1
        name = f"{target.name}_{stamp}_{number}"
    return beside(target, name)
