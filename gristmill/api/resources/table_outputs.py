"""How publications and SQL scripts are shown (api 3.10, 3.11)."""

from __future__ import annotations

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, View, declare
from gristmill.api.resources.common import facts_of, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS
from gristmill.model.tables import Connection, OutputObject, Publication, SqlScript


def publication_view(row: Publication, view: View) -> Json:
    """A table output."""
    return {
        "id": row.id,
        "path": row.path,
        "tableName": row.table_name,
        "targetType": row.target_type,
        "action": row.action,
        "parameters": row.parameters or {},
        "runParameters": row.run_parameters or [],
        "outputObject": reference(row.output_object_id),
        "connection": reference(row.connection_id),
        **stamps(row),
    }


def sql_script_view(row: SqlScript, view: View) -> Json:
    """Statements that run before or after the recipe."""
    return {
        "id": row.id,
        "sqlScript": row.sql_script,
        "type": row.type,
        "vendor": row.vendor,
        "runParameters": row.run_parameters or [],
        "outputObject": reference(row.output_object_id),
        "connection": reference(row.connection_id),
        **stamps(row),
    }


_ASSOCIATIONS = (
    Association("outputObject", "outputObjects", one_by("output_object_id", OutputObject)),
    Association("connection", "connections", one_by("connection_id", Connection)),
    Association("runParameters", "facts", facts_of(lambda row: row.run_parameters or []), many=True),
    *PERSONS,
)
PUBLICATIONS = declare(
    Resource(
        "publications",
        Publication,
        publication_view,
        _ASSOCIATIONS,
        columns={
            **stamp_columns(Publication),
            "name": Publication.table_name,
            "tableName": Publication.table_name,
            "targetType": Publication.target_type,
            "action": Publication.action,
        },
    )
)
SQL_SCRIPTS = declare(
    Resource(
        "sqlScripts",
        SqlScript,
        sql_script_view,
        _ASSOCIATIONS,
        columns={
            **stamp_columns(SqlScript),
            "name": SqlScript.sql_script,
            "type": SqlScript.type,
            "vendor": SqlScript.vendor,
        },
    )
)
