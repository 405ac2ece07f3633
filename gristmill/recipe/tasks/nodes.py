"""The JSON nodes of task trees (language 9.1): building them, and looking into them without trust."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]

MAIN = "portId://null"
PORT = "portId://"
ARTIFACT = "artifactId://"
CURRENT = "current_dataset"
MISSING = "MISSING"


class UnknownNodeError(Exception):
    """A node that has no counterpart in the language; the step around it is kept as it is."""


def task(kind: str, parameters: Json, *, hidden: bool = False, output: str | None = None) -> Json:
    """One step."""
    return {
        "kind": "task",
        "type": kind,
        "parameters": parameters,
        "annotations": {"hidden": True} if hidden else {},
        "outputName": output,
    }


def func(kind: str, parameters: Json, annotations: Json | None = None) -> Json:
    return {"kind": "func", "type": kind, "parameters": parameters, "annotations": annotations or {}}


def constant(kind: str, value: object) -> Json:
    return {"kind": "constant", "type": kind, "value": value}


def text(value: str) -> Json:
    return constant("String", value)


def column(name: str, relation: str | None = None, *, output: str | None = None) -> Json:
    """A column of the current table, or of the table with that id; `output` names it in a join's result."""
    node = {"kind": "column", "type": "Column", "value": name, "relation": relation}
    return node if output is None else {**node, "as": [output]}


def array(values: Iterable[Json]) -> Json:
    return {"kind": "array", "type": "Array", "value": list(values)}


def word(kind: str, value: str) -> Json:
    """A bare word: `enumerable` or `bundle`."""
    return {"kind": kind, "type": kind.capitalize(), "value": value}


def table(name: str) -> Json:
    return {"kind": "table", "type": "Table", "value": name}


def load(location: str, output: str) -> Json:
    """The hidden step that gives a recipe one of its inputs."""
    parameters = {"format": func("FormatBlob", {}), "location": text(location)}
    return task("Load", parameters, hidden=True, output=output)


def kind_of(node: object) -> str:
    """`func`, `column`, …; raises UnknownNodeError for what is no node."""
    if isinstance(node, dict) and isinstance(node.get("kind"), str):
        return str(node["kind"])
    raise UnknownNodeError(f"no node: {node!r}")


def type_of(node: object) -> str:
    """`Column`, `String`, …; '' where the node has none. Raises UnknownNodeError for what is no node."""
    if isinstance(node, dict):
        return str(node.get("type", ""))
    raise UnknownNodeError(f"no node: {node!r}")


def location_of(task: object) -> str | None:
    """Where a Load takes its rows from; None for any other task."""
    if not isinstance(task, dict) or task.get("type") != "Load":
        return None
    parameters = task.get("parameters")
    return (constant_text(parameters.get("location")) if isinstance(parameters, dict) else None) or ""


def text_of(node: object) -> str:
    """The text that a node holds as its value: of a constant, a word, a table, a column."""
    value = node.get("value") if isinstance(node, dict) else None
    if isinstance(value, str):
        return value
    raise UnknownNodeError(f"no text: {node!r}")


def items_of(node: object) -> Sequence[Any]:
    """The elements of an array or matrix."""
    value = node.get("value") if isinstance(node, dict) else None
    if isinstance(value, list):
        return value
    raise UnknownNodeError(f"no list: {node!r}")


def parameters_of(node: Json) -> Json:
    """The parameters of a task or function."""
    parameters = node.get("parameters") or {}
    if isinstance(parameters, dict):
        return parameters
    raise UnknownNodeError(f"no parameters: {node!r}")


def constant_text(node: object) -> str | None:
    """The text of a String constant, None for any other node."""
    if isinstance(node, dict) and node.get("kind") == "constant" and isinstance(node.get("value"), str):
        return str(node["value"])
    return None


def names_of(node: object) -> tuple[str, ...]:
    """The texts of an array of constants, or of one constant; empty for anything else."""
    nodes = node["value"] if isinstance(node, dict) and isinstance(node.get("value"), list) else [node]
    names = [constant_text(item) for item in nodes]
    return tuple(name for name in names if name is not None) if None not in names else ()
