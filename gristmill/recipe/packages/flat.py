"""Dialect A, tables side by side, becomes the nested shape (language 10.2)."""

from __future__ import annotations

from collections.abc import Iterable

from gristmill.recipe.packages.fields import Fields, Json

_OF_OUTPUT = ("writesettings", "publications", "outputobjectdataflowoptions")


class Tables:
    """The rows of the flat dialect, looked up by one of their columns."""

    def __init__(self, data: Fields) -> None:
        self.data = data
        self.indexes: dict[tuple[str, str], dict[object, list[Fields]]] = {}

    def rows(self, table: str, column: str, value: object) -> list[Fields]:
        """The rows of a table that hold the value in the column, deleted ones left out."""
        index = self.indexes.get((table, column))
        if index is None:
            index = self.indexes.setdefault((table, column), {})
            for row in self.data.children(table):
                if row.values.get("deleted_at") is None:
                    index.setdefault(_key(row.values.get(column)), []).append(row)
        return index.get(_key(value), []) if value is not None else []

    def row(self, table: str, column: str, value: object) -> Json | None:
        """The first such row; None where there is none or the value is null."""
        found = self.rows(table, column, value)
        return found[0].values if found else None

    def documents(self, table: str, column: str, value: object) -> list[Json]:
        return [dict(row.values) for row in self.rows(table, column, value)]

    def of_all(self, table: str, column: str, values: Iterable[object]) -> list[Json]:
        """The rows of each of the values, in their order, each value once."""
        return [row for value in dict.fromkeys(values) for row in self.documents(table, column, value)]


def _key(value: object) -> object:
    """An id to look up; what is none equals nothing else."""
    return value if isinstance(value, int | str) else object()


def nested(data: Fields) -> Json:
    """The `data` of the nested dialect."""
    tables = Tables(data)
    return {
        "artifacts": data.items("artifacts"),
        "connections": data.items("connections"),
        "flows": [_flow(flow, tables) for flow in data.children("flows")],
    }


def _flow(flow: Fields, tables: Tables) -> Json:
    number = flow.id()
    flow_nodes = tables.rows("flownodes", "flowId", number)
    scripts = [node.number("scriptId") for node in flow_nodes]
    return {
        **flow.values,
        "flownodes": [dict(node.values) for node in flow_nodes],
        "flowedges": tables.documents("flowedges", "flowId", number),
        "references": [node.values["referenceinfo"] for node in flow_nodes if node.values.get("referenceinfo")],
        "flowrunparameteroverrides": tables.documents("flowrunparameteroverrides", "flowId", number)
        or flow.items("flowRunParameterOverrides"),
        "runparameters": [_parameter(row, tables) for row in tables.rows("runparameters", "flowId", number)],
        "recipes": [_recipe(row, tables) for row in tables.of_all("editablescripts", "id", scripts)],
        "outputobjects": [
            _output(row, tables)
            for row in tables.of_all("outputobjects", "flowNodeId", [node.id() for node in flow_nodes])
        ],
        "datasources": [_datasource(row, tables) for row in tables.of_all("datasources", "parsingScriptId", scripts)],
        "webhookflowtasks": tables.documents("webhookflowtasks", "flowId", number),
    }


def _recipe(script: Json, tables: Tables) -> Json:
    """A script with the steps of its current edit; other edits are history."""
    lines = sorted(
        tables.rows("editsscriptlines", "editId", script.get("currentEditId")),
        key=lambda line: line.number("index") or 0,
    )
    steps = []
    for line in lines:
        step = tables.row("scriptlines", "id", line.values.get("scriptlineId"))
        if step is not None:
            steps.append({**step, "portId": line.values.get("portId")})
    return {**script, "steps": steps}


def _datasource(source: Json, tables: Tables) -> Json:
    location = tables.row("storagelocations", "id", source.get("storageLocationId")) or {}
    number = source.get("id")
    relational = tables.row("relationalsources", "datasourceId", number)
    converted = tables.row("convertedsources", "datasourceId", number)
    return {
        **{key: location.get(key) for key in ("path", "type", "bucket", "container", "blobHost")},
        **source,
        "storageLocation": location,
        **({} if relational is None else {"relationalsource": relational}),
        **({} if converted is None else {"convertedSource": converted}),
        "runParameters": [_parameter(row, tables) for row in tables.rows("runparameters", "datasourceId", number)],
    }


def _output(output: Json, tables: Tables) -> Json:
    parts = {table: tables.documents(table, "outputObjectId", output.get("id")) for table in _OF_OUTPUT}
    for table, column in (("writesettings", "writeSettingId"), ("publications", "publicationId")):
        for row in parts[table]:
            of = tables.rows("runparameters", column, row.get("id"))
            row["runParameters"] = [_parameter(parameter, tables) for parameter in of]
    return {**output, **parts}


def _parameter(row: Fields, tables: Tables) -> Json:
    """A parameter with the edit that holds its value and its places."""
    edit = tables.row("runparameteredits", "id", row.values.get("runParameterEditId"))
    return {**row.values, "runParameterEdit": edit or {}}
