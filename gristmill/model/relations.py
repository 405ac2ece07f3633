"""Imported datasets that are tables or queries (api 3.5, kinds 3 and 4)."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from gristmill.model.access import Caller, made_by, touch
from gristmill.model.connections import login_of, usable_connection
from gristmill.model.errors import InvalidError
from gristmill.model.parameter_values import check_run_parameters, defaults_of
from gristmill.model.readings import columns_from_json
from gristmill.model.resolving import Resolved
from gristmill.model.sql_parameters import SqlText
from gristmill.model.tables import Connection, ImportedDataset, Recipe
from gristmill.problems import ProblemError
from gristmill.recipe.job import Source
from gristmill.settings import Settings
from gristmill.storage.reading import Reading
from gristmill.storage.tables.reading import checked_sql, read_relation
from gristmill.storage.tables.vendors import vendor_named

Json = dict[str, Any]
TYPE = "jdbc"
INSPECTED_ROWS = 1000


@dataclass(frozen=True, slots=True)
class NewRelation:
    """What a client says about a table (`path`, `table`, `columns`, `filter`) or a query (`sql`)."""

    name: str
    description: str | None = None
    path: tuple[str, ...] = ()
    table: str | None = None
    columns: tuple[str, ...] | None = None
    filter: str | None = None
    sql: str | None = None
    run_parameters: object = None
    disable_type_inference: bool | None = None

    def relation(self) -> Json:
        """As it is stored. Raises InvalidError when it names neither a table nor a query."""
        if self.sql is not None:
            return {"sql": self.sql}
        if not self.table:
            raise InvalidError("jdbcTable: a dataset of a connection needs jdbcTable, or raw with a SELECT")
        columns = None if self.columns is None else list(self.columns)
        return {"path": list(self.path), "table": self.table, "columns": columns, "filter": self.filter}


@dataclass(slots=True)
class Looked:
    """What a look at a relation has found; `reading` is None where the database did not answer."""

    reading: Json | None = None
    columns: list[Json] = field(default_factory=list)


def create_relation(
    session: Session, caller: Caller, connection: Connection, new: NewRelation, looked: Looked
) -> ImportedDataset:
    """Import a table or a query. It need not exist yet; parameters stand in the text of a query only."""
    relation = new.relation()
    parameters = check_run_parameters(new.run_parameters, {"sql": new.sql} if new.sql is not None else {})
    _refuse_no_select(connection, new, parameters)
    dataset = ImportedDataset(
        name=new.name,
        description=new.description,
        uri=f"{TYPE}:{connection.uuid}/{'/'.join([*new.path, new.table or 'query'])}",
        path="",
        type=TYPE,
        options={},
        connection=connection,
        relation=relation,
        is_dynamic=bool(parameters),
        run_parameters=parameters,
        disable_type_inference=_infers_nothing(connection, new.disable_type_inference),
        workspace_id=caller.workspace_id,
        parsing_recipe=Recipe(name=new.name, **made_by(caller)),
        **made_by(caller),
    )
    remember(dataset, looked)
    session.add(dataset)
    session.flush()
    return dataset


def change_relation(
    session: Session, caller: Caller, dataset: ImportedDataset, changes: Mapping[str, Any], run_parameters: object
) -> None:
    """Change table, columns, filter or query, whatever `changes` holds; what was known of the columns is forgotten."""
    relation = dict(dataset.relation or {})
    if changes.get("sql") is not None:
        relation = {"sql": changes["sql"]}
    for key in ("path", "table", "columns", "filter"):
        if key in changes and "sql" not in relation:
            relation[key] = list(changes[key]) if key in ("path", "columns") and changes[key] else changes[key]
    if relation != dataset.relation:
        dataset.relation, dataset.detected = relation, None
    if run_parameters is not None:
        template = {"sql": relation["sql"]} if "sql" in relation else {}
        dataset.run_parameters = check_run_parameters(run_parameters, template)
        dataset.is_dynamic = bool(dataset.run_parameters)
    touch(dataset, caller)
    session.flush()


def look_at_relation(settings: Settings, connection: Connection, new: NewRelation) -> Looked:
    """The columns of a relation by its first rows, its parameters at their defaults; best done before a session begins.

    A database that does not answer is no error: then the first run finds out (api 3.5).
    """
    relation = new.relation()
    if new.sql is not None:
        parameters = check_run_parameters(new.run_parameters, {"sql": new.sql})
        values = Resolved({item.name: item.default for item in defaults_of(parameters)})
        raw = settings.connectivity_custom_sql_raw_parameters
        sql = SqlText(values, raw).put_in(new.sql, parameters, connection.vendor)
        relation["sql"] = sql if parameters else new.sql
    options = options_of(_infers_nothing(connection, new.disable_type_inference))
    try:
        login = login_of(settings, connection, statement_seconds=settings.connectivity_query_timeout_seconds)
        with tempfile.TemporaryDirectory(prefix="gristmill-look-") as folder:
            file = Path(folder) / "head.parquet"
            found = read_relation(with_changes(login, read_only=True), relation, file, options, INSPECTED_ROWS)
    except (ProblemError, OSError):
        return Looked()
    return Looked({**found["reading"], "files": []}, found["columns"])


def look_again(settings: Settings, connection: Connection, dataset: ImportedDataset) -> Looked:
    """The present columns of a dataset's relation. Raises InvalidError where the database does not tell them."""
    relation = dataset.relation or {}
    known = {key: relation[key] for key in ("table", "filter", "sql") if relation.get(key) is not None}
    columns = None if relation.get("columns") is None else tuple(relation["columns"])
    new = NewRelation(
        dataset.name,
        path=tuple(relation.get("path") or ()),
        columns=columns,
        run_parameters=dataset.run_parameters or None,
        disable_type_inference=dataset.disable_type_inference,
        **known,
    )
    looked = look_at_relation(settings, connection, new)
    if looked.reading is None:
        raise InvalidError(f"{connection.name} does not tell the columns of this table or query: they stay as they are")
    return looked


def refresh(caller: Caller, dataset: ImportedDataset, looked: Looked) -> None:
    """Keep what a new look has found."""
    remember(dataset, looked)
    touch(dataset, caller)


def remember(dataset: ImportedDataset, looked: Looked) -> None:
    """Keep what was found, for whoever edits recipes; every run looks again."""
    dataset.detected = None if looked.reading is None else {"reading": looked.reading, "columns": looked.columns}


def relation_source(dataset: ImportedDataset) -> Source:
    """A table or query as recipes see it before its rows are here."""
    if dataset.detected is None:
        bare = Reading((), "parquet", options_of(dataset.disable_type_inference)).as_json()
        return Source(dataset.name, {**bare, "records": False}, None)
    reading = {**dataset.detected["reading"], "records": False}
    return Source(dataset.name, reading, columns_from_json(dataset.detected["columns"]))


def connection_for(session: Session, caller: Caller, id: int) -> Connection:
    """The connection that a new dataset names. Raises InvalidError."""
    try:
        return usable_connection(session, caller, id)
    except ProblemError as error:
        raise InvalidError(f"connectionId: {error}") from None


def options_of(infers_nothing: bool) -> Json:
    """How the rows are looked at."""
    return {"disableTypeInference": True} if infers_nothing else {}


def sql_text(raw: str | Sequence[str] | None) -> str | None:
    """`raw` as one text; older clients send a list of lines."""
    return raw if raw is None or isinstance(raw, str) else "\n".join(raw)


def _infers_nothing(connection: Connection, own: bool | None) -> bool:
    """The dataset's switch wins over the connection's (types 7.3)."""
    return connection.disable_type_inference if own is None else own


def _refuse_no_select(connection: Connection, new: NewRelation, parameters: list[Json]) -> None:
    if new.sql is None or parameters:
        return
    try:
        checked_sql(new.sql, vendor_named(connection.vendor).dialect)
    except ProblemError as error:
        raise InvalidError(str(error)) from None
