"""How output objects and write settings are shown (api 3.8, 3.9)."""

from __future__ import annotations

from gristmill.api.answers import reference
from gristmill.api.embedding import Association, Json, Resource, View, declare
from gristmill.api.resources.common import absent, facts_of, many_by, one_by, stamp_columns, stamps
from gristmill.api.resources.people import PERSONS
from gristmill.model.outputs import file_facts
from gristmill.model.tables import FlowNode, OutputObject, Publication, SqlScript, WriteSetting


def output_object_view(output: OutputObject, view: View) -> Json:
    """An output object; the recipe in both spellings that clients know."""
    return {
        "id": output.id,
        "execution": output.execution,
        "profiler": output.profiler,
        "isAdhoc": output.is_adhoc,
        "ignoreRecipeErrors": output.ignore_recipe_errors,
        "name": output.name,
        "description": output.description,
        "flowNode": reference(output.flow_node_id),
        "flownode": reference(output.flow_node_id),
        **stamps(output),
    }


def write_setting_view(row: WriteSetting, view: View) -> Json:
    """A file output."""
    return {
        "id": row.id,
        "path": row.path,
        **file_facts(row),
        "dynamicPath": row.dynamic_path,
        "runParameters": row.run_parameters or [],
        "outputObjectId": row.output_object_id,
        "outputObject": reference(row.output_object_id),
        **stamps(row),
    }


def _spark(output: OutputObject) -> list[Json]:
    return output.spark_options or []


def _databricks(output: OutputObject) -> list[Json]:
    return output.databricks_options or []


def _drift(output: OutputObject) -> list[Json]:
    return [output.schema_drift_options or {}]


OUTPUT_OBJECTS = declare(
    Resource(
        "outputObjects",
        OutputObject,
        output_object_view,
        (
            Association("writeSettings", "writeSettings", many_by(WriteSetting.output_object_id), many=True),
            Association("publications", "publications", many_by(Publication.output_object_id), many=True),
            Association("sqlScripts", "sqlScripts", many_by(SqlScript.output_object_id), many=True),
            Association("flowNode", "flowNodes", one_by("flow_node_id", FlowNode)),
            Association("outputObjectSparkOptions", "facts", facts_of(_spark), many=True),
            Association("outputObjectDatabricksOptions", "facts", facts_of(_databricks), many=True),
            Association("outputObjectSchemaDriftOptions", "facts", facts_of(_drift)),
            *PERSONS,
        ),
        columns={
            **stamp_columns(OutputObject),
            "name": OutputObject.name,
            "description": OutputObject.description,
            "execution": OutputObject.execution,
            "isAdhoc": OutputObject.is_adhoc,
        },
    )
)
WRITE_SETTINGS = declare(
    Resource(
        "writeSettings",
        WriteSetting,
        write_setting_view,
        (
            Association("outputObject", "outputObjects", one_by("output_object_id", OutputObject)),
            *absent("connection"),
            Association("runParameters", "facts", facts_of(lambda row: row.run_parameters or []), many=True),
            *PERSONS,
        ),
        columns={
            **stamp_columns(WriteSetting),
            "name": WriteSetting.path,
            "path": WriteSetting.path,
            "format": WriteSetting.format,
            "action": WriteSetting.action,
        },
    )
)
