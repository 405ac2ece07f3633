"""Bodies of table outputs and SQL scripts (api 3.10, 3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from gristmill.api.errors import invalid
from gristmill.api.inputs import Id, Name, V4Body

RunParameterList = list[dict[str, Any]] | dict[str, Any]
NamePart = Annotated[str, Field(min_length=1, max_length=255)]


class PublicationFields(V4Body):
    """A table output; everything may be left out in a change or an override."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"connection": "connectionId"}

    path: list[NamePart] | None = None
    table_name: Name | None = None
    target_type: str | None = None
    action: str | None = None
    connection_id: Id | None = None
    parameters: dict[str, Any] | None = None
    run_parameters: RunParameterList | None = None

    def columns(self) -> dict[str, Any]:
        """What the client has sent, by column names."""
        sent = self.given("output_object_id")
        may_be_null = ("connection_id", "parameters", "run_parameters")
        return {key: value for key, value in sent.items() if value is not None or key in may_be_null}

    def wire(self) -> dict[str, Any]:
        """What the client has sent, by wire names."""
        return self.model_dump(by_alias=True, exclude_none=True)


class NewPublication(PublicationFields):
    """A complete table output."""

    path: list[NamePart]
    table_name: Name
    target_type: str
    action: str


class AdHocPublication(V4Body):
    """A table for the result of a run that has ended."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"connection": "connectionId"}

    connection_id: Id
    path: list[NamePart]
    table: Name | None = None
    table_name: Name | None = None
    action: str
    input_format: Name
    flow_node_id: Id | None = None
    parameters: dict[str, Any] | None = None

    def publication(self, vendor: str) -> dict[str, Any]:
        """The same as a run resolves it. Raises ApiError 400 when no table is named."""
        name = self.table or self.table_name
        if name is None:
            raise invalid("table: missing")
        return {
            "id": None,
            "path": self.path,
            "tableName": name,
            "targetType": vendor,
            "action": self.action,
            "connectionId": self.connection_id,
            "parameters": self.parameters or {},
        }


class SqlScriptFields(V4Body):
    """Statements beside a run; everything may be left out in a change."""

    REFERENCES: ClassVar[Mapping[str, str]] = {"connection": "connectionId"}

    sql_script: Annotated[str, Field(min_length=1, max_length=1_000_000)] | None = None
    type: str | None = None
    vendor: Name | None = None
    connection_id: Id | None = None
    run_parameters: RunParameterList | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_alias(cls, data: Any) -> Any:
        # the dbt adapter writes it so
        if isinstance(data, Mapping) and "connection_id" in data and "connectionId" not in data:
            return {**data, "connectionId": data["connection_id"]}
        return data

    def columns(self) -> dict[str, Any]:
        """What the client has sent, by column names."""
        sent = self.given("output_object_id")
        may_be_null = ("connection_id", "run_parameters")
        return {key: value for key, value in sent.items() if value is not None or key in may_be_null}


class NewSqlScript(SqlScriptFields):
    """A complete script."""

    sql_script: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    type: str
    vendor: Name
