"""A package's document becomes a `Package`, whatever its dialect."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from gristmill.recipe.packages.fields import Fields, package_error
from gristmill.recipe.packages.flat import nested
from gristmill.recipe.packages.flow import (
    Connection,
    Datasource,
    Edge,
    Flow,
    Node,
    Output,
    Package,
    Publication,
    RunParameter,
    Webhook,
    WriteSetting,
)
from gristmill.recipe.packages.places import PATH, in_text

SUSPECT = re.compile(r"\\u[dD][89a-fA-F]|\\u0000|\\x00|\\0|[\ud800-\udfff\0]")
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
FLAT, NESTED = "flat", "nested"
TOO_DEEP = "the package's document is nested too deeply"


def read_package(text: str, artifacts: Mapping[int, bytes] | None = None) -> Package:
    """The package in a document's text. `artifacts` are the contents of its data files by storage id.

    Raises PackageError, a RecipeError, that names the place of what cannot be understood.
    """
    document = Fields.of(parsed(text))
    data = document.child("data")
    flat = "flownodes" in data.values
    if not flat and "flows" not in data.values:
        raise package_error("this is no flow package: it has no data.flows", "Export the flow again.")
    metadata = document.child("metadata")
    mappings, lost = _artifacts(data, artifacts or {})
    inner = Fields(nested(data), "data") if flat else data
    return Package(
        dialect=FLAT if flat else NESTED,
        version=metadata.text("trifactaVersion"),
        metadata=metadata.values,
        primary=tuple(number for number in metadata.items("primaryFlowIds") if isinstance(number, int)),
        flows=tuple(_flow(flow) for flow in inner.children("flows")),
        connections=tuple(_connection(item) for item in inner.children("connections")),
        artifacts=mappings,
        lost=lost,
    )


def parsed(text: str) -> Any:
    """The value of a JSON text, or of the JSON5 that newer releases write."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise package_error(TOO_DEEP) from None
    except ValueError as error:
        value = _json5(text, str(error))
    if SUSPECT.search(text):
        _refuse_unwritable(value)
    return value


def _refuse_unwritable(value: Any) -> None:
    r"""NUL, and half a character such as a lone `\ud83d`, can be written nowhere."""
    written = json.dumps(value, ensure_ascii=False)
    if NUL.search(written):
        raise package_error("the package's document holds a NUL character")
    try:
        written.encode()
    except UnicodeEncodeError:
        raise package_error("the package's document holds half of a character") from None


def _json5(text: str, reason: str) -> Any:
    import pyjson5

    try:
        return pyjson5.decode(text, 500)
    except pyjson5.Json5NestingTooDeep:
        raise package_error(TOO_DEEP) from None
    except (pyjson5.Json5Exception, ValueError):
        raise package_error(f"the package's document is not JSON: {reason}") from None


# -- artifacts -----------------------------------------------------------------------------------


def _artifacts(
    data: Fields, files: Mapping[int, bytes]
) -> tuple[dict[int, tuple[tuple[str, str], ...]], tuple[int, ...]]:
    """The value mappings by artifact id, and the ids of those whose file is not there."""
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    lost: list[int] = []
    for artifact in data.children("artifacts"):
        storage = artifact.number("artifactStorageId")
        if storage is None or storage not in files:
            lost.append(artifact.id())
        else:
            found[artifact.id()] = _pairs(files[storage], artifact.where("artifactStorageId"))
    return found, tuple(lost)


def _pairs(content: bytes, place: str) -> tuple[tuple[str, str], ...]:
    """Lines of `{"input": "old", "output": "new"}` (language 10.5)."""
    pairs = []
    for number, line in enumerate(content.decode("utf-8", errors="replace").split("\n"), 1):
        if line.strip():
            try:
                row = Fields.of(json.loads(line), f"line {number} of the file of {place}")
            except (ValueError, RecursionError):
                raise package_error(f"line {number} of the file of {place} is not JSON") from None
            pairs.append((row.text("input"), row.text("output")))
    return tuple(pairs)


# -- flows ---------------------------------------------------------------------------------------


def _flow(flow: Fields) -> Flow:
    recipes = {recipe.id(): recipe for recipe in flow.children("recipes")}
    sources = {source.number("parsingScriptId"): _datasource(source) for source in flow.children("datasources")}
    return Flow(
        id=flow.id(),
        name=flow.text("name"),
        description=flow.text("description"),
        nodes=tuple(_node(node, recipes, sources) for node in flow.children("flownodes")),
        edges=tuple(
            Edge(edge.id("inFlowNodeId"), edge.id("outFlowNodeId"), edge.number("outPortId"))
            for edge in flow.children("flowedges")
        ),
        outputs=tuple(_output(output) for output in flow.children("outputobjects")),
        parameters=_parameters(flow, "runparameters"),
        overrides=tuple(_override(item) for item in flow.children("flowrunparameteroverrides")),
        webhooks=tuple(_webhook(item) for item in flow.children("webhookflowtasks")),
        notes=tuple(unquote(note.text("content")) for note in flow.children("notes")),
        document=flow.values,
    )


def _node(node: Fields, recipes: Mapping[int, Fields], sources: Mapping[int | None, Datasource]) -> Node:
    script = node.number("scriptId")
    recipe = recipes.get(script) if script is not None else None
    source = sources.get(script) if script is not None else None
    return Node(
        id=node.id(),
        name=(recipe.text("name") if recipe is not None else "") or f"node {node.id()}",
        wrangled=node.flag("wrangled"),
        tasks=() if recipe is None else tuple(step.values.get("task") for step in recipe.children("steps")),
        description="" if recipe is None else recipe.text("description"),
        recipe_id=script,
        datasource=source,
        reference=node.number("referenceId"),
        uses=node.number("flowNodeId"),
        rules=() if recipe is None else tuple(rule.values for rule in recipe.children("dqScriptRules")),
    )


def _datasource(source: Fields) -> Datasource:
    _check(source, ("bucket", "container", "host", "userinfo", "dynamicBucket"), ())
    location, table = source.child("storageLocation"), source.child("relationalsource")
    dynamic = source.flag("isDynamic")
    return Datasource(
        id=source.id(),
        kind=source.text("type") or location.text("type"),
        path=source.text("path") or location.text("path"),
        uri=location.text("fullUri") if "://" in location.text("fullUri") else "",
        connection=source.number("connectionId"),
        template=source.text("dynamicPath") if dynamic and source.values.get("dynamicPath") is not None else None,
        parameters=_parameters(source, "runParameters"),
        schema=table.texts("relationalPath"),
        table=table.text("tableName"),
        columns=table.texts("columns"),
        query=table.texts("raw"),
        sheets=source.child("convertedSource").texts("selection"),
        structured=source.flag("hasStructuring"),
        infers_types=not source.flag("disableTypeInference"),
        document=source.values,
    )


def _output(output: Fields) -> Output:
    _check(output, (), ("isAdhoc", "ignoreRecipeErrors"))
    return Output(
        id=output.id(),
        node=output.id("flowNodeId"),
        engine=output.text("execution"),
        profiles=output.flag("profiler"),
        files=tuple(_file(item) for item in output.children("writesettings")),
        tables=tuple(_table(item) for item in output.children("publications")),
        document=output.values,
    )


def _file(item: Fields) -> WriteSetting:
    _check(item, ("compression", "delim", "prefix", "suffix"), ("header", "asSingleFile", "hasQuotes"))
    _check(item, (), ("includeMismatches",))
    path = item.text("path")
    parameters = tuple(
        replace(one, kind=PATH, insertions=in_text(path, one.kind, one.insertions))
        for one in _parameters(item, "runParameters")
    )
    return WriteSetting(path, item.text("format"), item.text("action"), parameters, item.values)


def _table(item: Fields) -> Publication:
    item.child("parameters")
    return Publication(
        path=item.texts("path"),
        table=item.text("tableName"),
        action=item.text("action"),
        target=item.text("targetType"),
        connection=item.number("connectionId"),
        parameters=_parameters(item, "runParameters"),
        document=item.values,
    )


def _check(item: Fields, texts: Sequence[str], flags: Sequence[str]) -> None:
    """Facts that stay in the document are of the kinds that they have to be."""
    for key in texts:
        item.text(key)
    for key in flags:
        item.flag(key)


def _parameters(parent: Fields, key: str) -> tuple[RunParameter, ...]:
    return tuple(_parameter(item) for item in parent.children(key))


def _parameter(item: Fields) -> RunParameter:
    edit = item.child("runParameterEdit")
    places = tuple(
        (place.number("index") or 0, place.number("order") or 0) for place in edit.children("insertionIndices")
    )
    return RunParameter(edit.text("overrideKey"), item.text("type"), edit.child("value").values, places)


def _override(item: Fields) -> RunParameter:
    return RunParameter(item.text("overrideKey"), "override", item.child("value").values)


def _connection(item: Fields) -> Connection:
    return Connection(item.id(), item.text("name"), item.text("vendor"), item.text("uuid"), item.values)


def _webhook(item: Fields) -> Webhook:
    _check(item, ("body", "secretKey", "triggerObject"), ("sslVerification", "retryOnFailure"))
    item.child("headers")
    return Webhook(
        id=item.id(),
        name=item.text("name"),
        url=item.text("url"),
        method=item.text("method"),
        event=item.text("triggerEvent"),
        nodes=tuple(node.id() for node in item.children("flownodes")),
        document=item.values,
    )
