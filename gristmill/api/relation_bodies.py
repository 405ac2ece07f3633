"""The part of a dataset's body that names a table or a query (api 3.5, kinds 3 and 4)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from gristmill.api.inputs import Id, V4Body
from gristmill.model.relations import NewRelation, sql_text

Part = Annotated[str, Field(min_length=1, max_length=255)]
Names = list[Part]


def _one_text(value: object) -> object:
    return sql_text(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value


class RelationFields(V4Body):
    """`connectionId` with `jdbcTable`, or with `raw`: a SELECT in the database's own dialect."""

    REFERENCES: ClassVar[dict[str, str]] = {"connection": "connectionId"}

    connection_id: Id | None = None
    jdbc_type: Literal["TABLE", "VIEW"] | None = None
    jdbc_path: Names | None = None
    relational_path: Names | None = None
    jdbc_table: Part | None = None
    table_name: Part | None = None
    columns: Names | None = None
    filter: str | None = None
    raw: Annotated[str, Field(min_length=1), BeforeValidator(_one_text)] | None = None
    disable_type_inference: bool | None = None

    def relation(self, name: str, description: str | None, run_parameters: object) -> NewRelation:
        """The relation in the model's terms."""
        return NewRelation(
            name=name,
            description=description,
            path=tuple(self.jdbc_path or self.relational_path or ()),
            table=self.jdbc_table or self.table_name,
            columns=None if self.columns is None else tuple(self.columns),
            filter=self.filter,
            sql=self.raw,
            run_parameters=run_parameters,
            disable_type_inference=self.disable_type_inference,
        )

    def relation_changes(self) -> dict[str, Any]:
        """What the client has sent of it, by the keys of a stored relation."""
        given = {
            "path": self.jdbc_path or self.relational_path,
            "table": self.jdbc_table or self.table_name,
            "columns": self.columns,
            "filter": self.filter,
            "sql": self.raw,
        }
        return {key: value for key, value in given.items() if value is not None}
