"""Values of parameters: task trees ⇄ the language's tree, by the kind that the transform declares."""

from __future__ import annotations

from typing import Any

from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.language.scanner import WORD
from gristmill.recipe.tasks import nodes
from gristmill.recipe.tasks.expressions import (
    Tables,
    canonical,
    read_column,
    read_expression,
    read_range,
    table_of,
    write_expression,
)
from gristmill.recipe.tasks.nodes import CURRENT, Json, UnknownNodeError
from gristmill.transforms.base import Transform

DESCENDING = "Desc"
# Words that task trees hold as `enumerable`; the others are a `bundle`, a choice that brings parameters of its own.
ENUMERABLES = frozenset({
    ("drop", "action"), ("filter", "action"), ("groupby", "type"), ("join", "type"), ("nest", "into"),
})  # fmt: skip
WILDCARD = {"includeLineage": False, "includeFileLineage": False}
PAIRS_IN_ARRAYS = frozenset({("convertpattern", "cases")})
LISTS = frozenset({Kind.EXPRESSIONS, Kind.ORDER, Kind.PAIRS, Kind.MAPPING, Kind.JOIN_COLUMNS})
TABLES_IN_LISTS = frozenset({"union"})


def kind(transform: type[Transform], key: str) -> Kind:
    """How the values of a parameter are written; one that the transform does not declare may be anything."""
    declared = transform.parameter(key)
    return declared.kind if declared is not None else Kind.FLEXIBLE


# -- reading -------------------------------------------------------------------------------------


def read_values(transform: type[Transform], key: str, node: Any, tables: Tables) -> tuple[tree.Value, ...]:
    """The values of one parameter. Raises UnknownNodeError."""
    what = kind(transform, key)
    listed = nodes.kind_of(node) in ("array", "matrix") and what is not Kind.EXPRESSION and what is not Kind.CONDITION
    return tuple(_value(what, item, tables) for item in (nodes.items_of(node) if listed else (node,)))


def _value(what: Kind, node: Any, tables: Tables) -> tree.Value:
    match what:
        case Kind.COLUMNS:
            return _columns(node)
        case Kind.WORDS if nodes.kind_of(node) in ("bundle", "enumerable") and WORD.fullmatch(nodes.text_of(node)):
            return tree.Word(nodes.text_of(node))
        case Kind.ORDER:
            return _order_item(node, tables)
        case Kind.DATASETS:
            return tree.Dataset((tables or {}).get(nodes.text_of(node), CURRENT))
        case Kind.JOIN_COLUMNS:
            return tree.OutputColumn(_output(node), read_column(node, tables))
        case Kind.QUALIFIED:
            return read_column(node, tables)
        case Kind.MAPPING:
            return _mapped(node, tables)
    return read_expression(node, tables)


def _columns(node: Any) -> tree.Value:
    if nodes.kind_of(node) != "column":
        return read_expression(node, None)
    match nodes.type_of(node):
        case "Wildcard":
            return tree.Everything()
        case "ColumnRange":
            return read_range(node)
    return read_column(node, None)


def _order_item(node: Any, tables: Tables) -> tree.Value:
    if nodes.kind_of(node) == "func" and nodes.type_of(node) == DESCENDING:
        key = nodes.parameters_of(node).get("col")
        return tree.OrderItem(read_expression(key, tables), descending=True)
    written = nodes.constant_text(node)
    if written is not None:
        return tree.OrderItem(tree.Name(written.removeprefix("-")), descending=written.startswith("-"))
    return tree.OrderItem(read_expression(node, tables))


def _output(node: Any) -> str:
    names = node.get("as") if isinstance(node, dict) else None
    return str(names[0]) if isinstance(names, list) and names else nodes.text_of(node)


def _mapped(node: Any, tables: Tables) -> tree.Value:
    value = node.get("value") if isinstance(node, dict) else None
    if nodes.kind_of(node) != "map" or not isinstance(value, dict):
        raise UnknownNodeError("a mapping is expected")
    sources = tuple(read_column(item, tables) for item in nodes.items_of(value.get("sources")))
    return tree.MappedColumn(nodes.text_of(value.get("as")), sources)


# -- writing -------------------------------------------------------------------------------------


def write_values(transform: type[Transform], parameter: tree.Parameter, tables: Tables) -> Json:
    """The node of one parameter. Raises UnknownNodeError."""
    written = [_node(transform, parameter, value, tables) for value in parameter.values]
    if kind(transform, parameter.name) is Kind.PAIRS and (transform.name, parameter.name) not in PAIRS_IN_ARRAYS:
        return {"kind": "matrix", "type": "Matrix", "value": written}
    return written[0] if len(written) == 1 and not _is_list(transform, parameter) else nodes.array(written)


def _is_list(transform: type[Transform], parameter: tree.Parameter) -> bool:
    """Whether even one value stands in an array."""
    declared = transform.parameter(parameter.name)
    if declared is None:
        return isinstance(parameter.values[0], tree.Array)
    if declared.kind is Kind.DATASETS:
        return transform.name in TABLES_IN_LISTS
    return declared.kind in (*LISTS, Kind.FLEXIBLE) or (declared.kind is Kind.COLUMNS and declared.takes_many)


def _node(transform: type[Transform], parameter: tree.Parameter, value: tree.Value, tables: Tables) -> Json:
    match value:
        case tree.Word():
            listed = (transform.name, parameter.name) in ENUMERABLES
            return nodes.word("enumerable" if listed else "bundle", value.word)
        case tree.Everything():
            return {"kind": "column", "type": "Wildcard", "value": "*", "relation": None, "annotations": WILDCARD}
        case tree.OrderItem():
            key = write_expression(value.key, tables)
            return nodes.func(DESCENDING, {"col": key}) if value.descending else key
        case tree.Dataset():
            return nodes.table(table_of(value.name, tables))
        case tree.OutputColumn():
            return {**write_expression(value.source, tables), "as": [value.name]}
        case tree.MappedColumn():
            sources = nodes.array(write_expression(source, tables) for source in value.sources)
            return {"kind": "map", "type": "Map", "value": {"sources": sources, "as": nodes.text(value.name)}}
    return write_expression(value, tables)


# -- the form that both agree on -----------------------------------------------------------------


def canonical_value(value: tree.Value) -> tree.Value:
    """The value as it comes back from a task tree."""
    match value:
        case tree.OrderItem():
            return tree.OrderItem(canonical(value.key), value.descending)
        case tree.Everything() | tree.Word() | tree.Dataset() | tree.OutputColumn() | tree.MappedColumn():
            return value
    return canonical(value)
