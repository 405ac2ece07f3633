"""What is in a flow, as plain values for people and programs: what joins its recipes. Nothing secret."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gristmill.recipe.packages.flow import (
    Datasource,
    Flow,
    Output,
    Package,
    Publication,
    RunParameter,
    Webhook,
    WriteSetting,
    filled_in,
)
from gristmill.recipe.packages.recipes import FlowRecipe

Json = dict[str, Any]


def described(package: Package, flow: Flow, recipes: Sequence[FlowRecipe], files: Mapping[int, str]) -> Json:
    """A flow with its recipes in the order in which they can run.

    `files` are the texts' names by node id; a recipe without one shows its text.
    """
    connections = {connection.id: connection.name for connection in package.connections}
    names = {recipe.node.id: recipe.node.name for recipe in recipes}
    return _short({
        "flow": flow.name,
        "description": flow.description,
        "notes": list(flow.notes),
        "version": package.version,
        "datasets": [_dataset(recipe, connections, files) for recipe in recipes if not recipe.node.wrangled],
        "recipes": [_recipe(recipe, files) for recipe in recipes if recipe.node.wrangled],
        "outputs": [_output(output, names, connections) for output in flow.outputs],
        "parameters": list(map(_parameter, flow.parameters)),
        "overrides": list(map(_parameter, flow.overrides)),
        "webhooks": [_webhook(webhook, names) for webhook in flow.webhooks],
        "connections": [
            {"name": connection.name, "vendor": connection.vendor, "uuid": connection.uuid}
            for connection in package.connections
        ],
    })  # fmt: skip


def _short(facts: Json) -> Json:
    """Without what is empty."""
    return {key: value for key, value in facts.items() if value not in (None, "", [], {}, ())}


def _text(recipe: FlowRecipe, files: Mapping[int, str]) -> Json:
    file = files.get(recipe.node.id)
    return {"text": recipe.text} if file is None else {"file": file}


def _recipe(recipe: FlowRecipe, files: Mapping[int, str]) -> Json:
    """`generatedColumns` are names that the product has recorded, by step; the text has no place for them."""
    columns = {str(step): list(names) for step, names in recipe.read.columns.items()}
    return {
        "name": recipe.node.name,
        "node": recipe.node.id,
        "steps": len(recipe.read.recipe.steps),
        **_text(recipe, files),
        **_short({
            "description": recipe.node.description,
            "input": _node(recipe.main),
            "datasets": {name: _node(source) for name, source in recipe.inputs.items()},
            "generatedColumns": columns,
            "reference": recipe.node.reference is not None or None,
            "uses": recipe.node.uses,
            "rules": list(recipe.node.rules),
            "problems": [problem.as_json() for problem in recipe.problems],
        }),
    }  # fmt: skip


def _node(node: Any) -> Json | None:
    return None if node is None else {"name": node.name, "node": node.id}


def _dataset(recipe: FlowRecipe, connections: Mapping[int, str], files: Mapping[int, str]) -> Json:
    structuring = _text(recipe, files) if recipe.read.recipe.steps else {}
    return {
        "name": recipe.node.name,
        "node": recipe.node.id,
        **(_source(recipe.node.datasource, connections) if recipe.node.datasource is not None else {}),
        **({"structuring": structuring.get("file", structuring.get("text"))} if structuring else {}),
    }


def _source(source: Datasource, connections: Mapping[int, str]) -> Json:
    return _short({
        "kind": source.kind,
        "location": source.location,
        "connection": _named(source.connection, connections),
        "template": source.template,
        "parameters": list(map(_parameter, source.parameters)),
        "columns": list(source.columns),
        "sheets": list(source.sheets),
    })  # fmt: skip


def _named(number: int | None, names: Mapping[int, str]) -> str | None:
    return None if number is None else names.get(number, str(number))


def _parameter(parameter: RunParameter) -> Json:
    facts: Json = {"name": parameter.name}
    facts |= {"value": parameter.value} if parameter.default is None else {"default": parameter.default}
    if parameter.insertions:
        facts["insertions"] = [{"index": index, "order": order} for index, order in parameter.insertions]
    return facts


def _output(output: Output, names: Mapping[int, str], connections: Mapping[int, str]) -> Json:
    return {
        "recipe": names.get(output.node),
        "engine": output.engine,
        "profile": output.profiles,
        **_short({
            "files": list(map(_file, output.files)),
            "tables": [_table(table, connections) for table in output.tables],
        }),
    }  # fmt: skip


def _file(setting: WriteSetting) -> Json:
    options = {
        key: setting.document[key]
        for key in ("compression", "header", "asSingleFile", "delim", "hasQuotes", "prefix", "suffix")
        if setting.document.get(key) is not None
    }
    return _short({
        "path": filled_in(setting.path, setting.parameters) or setting.path,
        "format": setting.format,
        "action": setting.action,
        "parameters": list(map(_parameter, setting.parameters)),
        **options,
    })  # fmt: skip


def _table(publication: Publication, connections: Mapping[int, str]) -> Json:
    return _short({
        "table": ".".join((*publication.path, publication.table)),
        "target": publication.target,
        "action": publication.action,
        "connection": _named(publication.connection, connections),
        "parameters": list(map(_parameter, publication.parameters)),
    })  # fmt: skip


def _webhook(webhook: Webhook, names: Mapping[int, str]) -> Json:
    """The names of the headers only, for their values may be tokens; the address without a login."""
    headers = webhook.document.get("headers")
    return _short({
        "name": webhook.name,
        "method": webhook.method,
        "url": re.sub(r"//[^/?#]*@", "//", webhook.url),
        "event": webhook.event,
        "recipes": [names.get(number, str(number)) for number in webhook.nodes],
        "headers": sorted(headers) if isinstance(headers, dict) else [],
    })  # fmt: skip
