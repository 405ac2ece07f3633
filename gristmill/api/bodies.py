"""Bodies that several routers read: write settings, output objects, parameters, references to a flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from gristmill.api.errors import invalid
from gristmill.api.inputs import Flag, Id, Name, V4Body
from gristmill.api.table_bodies import NewPublication, NewSqlScript
from gristmill.model.engine_options import hide_secrets
from gristmill.model.outputs import COMPRESSIONS


def _data(value: object) -> object:
    return value["data"] if isinstance(value, Mapping) and "data" in value else value


def _pairs(value: object) -> object:
    """`{"maxWorkers": 8}` as `[{"key": "maxWorkers", "value": 8}]`."""
    value = _data(value)
    return [{"key": key, "value": item} for key, item in value.items()] if isinstance(value, Mapping) else value


Scalar = str | bool | int | float


class KeyValue(V4Body):
    """`{"key": "varRegion", "value": "02"}`."""

    key: str
    value: Scalar


KeyValueList = Annotated[list[KeyValue], BeforeValidator(_data, json_schema_input_type=list[KeyValue])]
KeyValueObject = Annotated[
    list[KeyValue], BeforeValidator(_pairs, json_schema_input_type=list[KeyValue] | dict[str, Scalar])
]


def option_pairs(options: list[KeyValue] | None) -> list[dict[str, Any]] | None:
    """Options of an engine as they are kept, without values that are secrets."""
    return None if options is None else hide_secrets(pair.model_dump() for pair in options)


class FlowReference(V4Body):
    """`{"flow": {"id": 12}}`."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"flow": "flowId"}

    flow_id: Id


class WriteSettingFields(V4Body):
    """A file output (api 3.9); everything may be left out in a change."""

    path: Annotated[str, Field(min_length=1)] | None = None
    action: str | None = None
    format: str | None = None
    compression: str | None = None
    header: bool | None = None
    as_single_file: bool | None = None
    delim: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    has_quotes: bool | None = None
    include_mismatches: bool | None = None
    prefix: str | None = None
    suffix: str | None = None
    connection_id: Id | None = None
    dynamic_path: str | None = None
    run_parameters: list[dict[str, Any]] | dict[str, Any] | None = None

    def columns(self) -> dict[str, Any]:
        """What the client has sent, by column names; null stands for the default."""
        refuse_connection(self)
        defaults = {"compression": COMPRESSIONS[0], "delim": ","}
        switches = ("header", "as_single_file", "has_quotes", "include_mismatches")
        sent = self.given("connection_id", "output_object_id")
        defaults |= dict.fromkeys(switches, False)  # type: ignore[arg-type]
        return {key: defaults.get(key) if value is None else value for key, value in sent.items()}


class NewWriteSetting(WriteSettingFields):
    """A complete file output."""

    path: Annotated[str, Field(min_length=1)]
    action: str
    format: str


def refuse_connection(body: WriteSettingFields) -> None:
    """Raises ApiError 400: this server keeps no connections."""
    if body.connection_id is not None:
        raise invalid(f"connectionId: connection {body.connection_id} not found")


class SchemaDriftOptions(V4Body):
    """Whether columns are compared with those of the import, and whether a difference stops the run."""

    schema_validation: Flag | None = None
    stop_job_on_errors_found: Flag | None = None

    def kept(self) -> dict[str, bool]:
        """What the client has said, with wire names."""
        return self.model_dump(by_alias=True, exclude_none=True)


class OutputObjectFields(V4Body):
    """An output object (api 3.8); lists of what this server cannot write must be empty."""

    execution: Name | None = None
    profiler: bool | None = None
    ignore_recipe_errors: bool | None = None
    name: str | None = None
    description: str | None = None
    write_settings: Annotated[list[NewWriteSetting], BeforeValidator(_data)] | None = None
    publications: Annotated[list[NewPublication], BeforeValidator(_data)] | None = None
    sql_scripts: Annotated[list[NewSqlScript], BeforeValidator(_data)] | None = None
    output_object_spark_options: KeyValueList | None = None
    output_object_databricks_options: KeyValueObject | None = None
    output_object_schema_drift_options: SchemaDriftOptions | None = None

    def columns(self) -> dict[str, Any]:
        """The own columns of the output object that the client has sent."""
        sent = self.given("write_settings", "publications", "sql_scripts", "flow_node_id")
        nullable = ("name", "description", *_OPTIONS)
        fields = {key: value for key, value in sent.items() if value is not None or key in nullable}
        return {_OPTIONS.get(key, key): self._kept(key, value) for key, value in fields.items()}

    def _kept(self, field: str, value: Any) -> Any:
        if value is None or field not in _OPTIONS:
            return value
        options = getattr(self, field)
        return options.kept() if isinstance(options, SchemaDriftOptions) else option_pairs(options)

    def settings(self) -> list[dict[str, Any]] | None:
        """The write settings that the client has sent, by column names; None where there is no list."""
        return None if self.write_settings is None else [row.columns() for row in self.write_settings]

    def tables(self) -> list[dict[str, Any]] | None:
        """The publications that the client has sent, by column names; None where there is no list."""
        return None if self.publications is None else [row.columns() for row in self.publications]

    def scripts(self) -> list[dict[str, Any]] | None:
        """The SQL scripts that the client has sent, by column names; None where there is no list."""
        return None if self.sql_scripts is None else [row.columns() for row in self.sql_scripts]


# field → column
_OPTIONS = {
    f"output_object_{column}": column for column in ("spark_options", "databricks_options", "schema_drift_options")
}


class ParameterValue(V4Body):
    """A parameter by name: `{"overrideKey": "varRegion", "value": {"variable": {"value": "02"}}}`."""

    override_key: Name
    value: dict[str, Any]
