"""Publications and SQL scripts: tables that a run writes, statements before and after it (api 3.10, 3.11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from gristmill.model.access import Caller, hide, made_by, refer, touch
from gristmill.model.errors import InvalidError
from gristmill.model.parameter_values import check_run_parameters
from gristmill.model.tables import Connection, OutputObject, Publication, SqlScript
from gristmill.problems import quoted
from gristmill.storage.tables.steps import ACTIONS

Json = dict[str, Any]
Changes = Mapping[str, Any]
Put = Callable[[str, Any], str]
PutSql = Callable[[str, Any, str], str]
"""Puts the values of a run's parameters into a text."""

Row = TypeVar("Row", Publication, SqlScript)
SCRIPT_TYPES = ("pre", "post")
# wire name → default in an override
PUBLICATION_DEFAULTS: Json = {"path": [], "action": "create", "targetType": "", "connectionId": None, "parameters": {}}


def create_publication(session: Session, caller: Caller, output: OutputObject, fields: Changes) -> Publication:
    """Add a table output. Raises InvalidError for an action or connection that does not exist (api 3.10)."""
    row = Publication(output_object=output, **_checked_publication(session, caller, fields, ""), **made_by(caller))
    session.add(row)
    session.flush()
    return row


def change_publication(session: Session, caller: Caller, row: Publication, fields: Changes) -> Publication:
    """Change a table output; what `fields` does not name stays."""
    return _change(session, caller, row, _checked_publication(session, caller, fields, row.table_name))


def publications_of(session: Session, output: OutputObject) -> list[Publication]:
    """The table outputs of an output object, by id."""
    live = select(Publication).where(Publication.output_object_id == output.id, Publication.deleted_at.is_(None))
    return list(session.scalars(live.order_by(Publication.id)))


def create_sql_script(session: Session, caller: Caller, output: OutputObject, fields: Changes) -> SqlScript:
    """Add statements that run before or after the recipe. They are not looked at before they run (api 3.11)."""
    row = SqlScript(output_object=output, **_checked_script(session, caller, fields, ""), **made_by(caller))
    session.add(row)
    session.flush()
    return row


def change_sql_script(session: Session, caller: Caller, row: SqlScript, fields: Changes) -> SqlScript:
    """Change a script; what `fields` does not name stays."""
    return _change(session, caller, row, _checked_script(session, caller, fields, row.sql_script))


def sql_scripts_of(session: Session, output: OutputObject) -> list[SqlScript]:
    """The scripts of an output object, by id."""
    live = select(SqlScript).where(SqlScript.output_object_id == output.id, SqlScript.deleted_at.is_(None))
    return list(session.scalars(live.order_by(SqlScript.id)))


def replace_members(
    session: Session,
    caller: Caller,
    output: OutputObject,
    publications: Sequence[Changes] | None,
    scripts: Sequence[Changes] | None,
) -> None:
    """Put lists of table outputs and scripts in the place of the present ones; None leaves them as they are."""
    if publications is not None:
        for publication in publications_of(session, output):
            hide(publication, caller)
        for fields in publications:
            create_publication(session, caller, output, fields)
    if scripts is not None:
        for script in sql_scripts_of(session, output):
            hide(script, caller)
        for fields in scripts:
            create_sql_script(session, caller, output, fields)


def resolve_publication(row: Publication, put: Put) -> Json:
    """A stored table output as a run uses it, parameters put into the table's name."""
    return {
        "id": row.id,
        "path": list(row.path),
        "tableName": put(row.table_name, row.run_parameters) if row.run_parameters else row.table_name,
        "targetType": row.target_type,
        "action": row.action,
        "connectionId": row.connection_id,
        "parameters": row.parameters or {},
    }


def resolve_publication_override(given: Json, position: int, put: Put) -> Json:
    """A table output of a run's overrides; bad values make the run fail later (api 4.2, 4.5).

    Raises InvalidError when it names no table.
    """
    name = given.get("tableName")
    if not name:
        raise InvalidError(f"overrides.publications[{position}].tableName: missing")
    parameters = check_run_parameters(given.get("runParameters"), name)
    named = {key: given[key] for key in PUBLICATION_DEFAULTS if given.get(key) is not None}
    return {"id": None, **PUBLICATION_DEFAULTS, **named, "tableName": put(name, parameters) if parameters else name}


def resolve_script(row: SqlScript, put: PutSql) -> Json:
    """A stored script as a run uses it; `put` puts values into the SQL of a vendor."""
    return {
        "id": row.id,
        "sqlScript": put(row.sql_script, row.run_parameters, row.vendor) if row.run_parameters else row.sql_script,
        "type": row.type,
        "vendor": row.vendor,
        "connectionId": row.connection_id,
    }


def _change(session: Session, caller: Caller, row: Row, fields: Json) -> Row:
    for column, value in fields.items():
        setattr(row, column, value)
    touch(row, caller)
    session.flush()
    return row


def _checked_publication(session: Session, caller: Caller, fields: Changes, name: str) -> Json:
    if "action" in fields:
        _check_word("action", fields["action"], ACTIONS)
    _check_connection(session, caller, fields)
    return _with_parameters(fields, fields.get("table_name", name))


def _checked_script(session: Session, caller: Caller, fields: Changes, text: str) -> Json:
    if "type" in fields:
        _check_word("type", fields["type"], SCRIPT_TYPES)
    _check_connection(session, caller, fields)
    return _with_parameters(fields, fields.get("sql_script", text))


def _with_parameters(fields: Changes, template: str) -> Json:
    if "run_parameters" not in fields:
        return dict(fields)
    return {**fields, "run_parameters": check_run_parameters(fields["run_parameters"], template)}


def _check_word(field: str, value: object, words: Sequence[str]) -> None:
    if value not in words:
        raise InvalidError(f"{field}: invalid value {quoted(value)}, valid values are {', '.join(words)}")


def _check_connection(session: Session, caller: Caller, fields: Changes) -> None:
    if fields.get("connection_id") is not None:
        refer(session, Connection, fields["connection_id"], caller, "connectionId")
