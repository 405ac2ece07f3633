"""Expressions: task trees ⇄ the language's tree (language 9.1-9.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gristmill.language import tree
from gristmill.language.calls import called
from gristmill.language.printer import INFIX
from gristmill.language.scanner import NUMBER, WORD
from gristmill.recipe.tasks import nodes
from gristmill.recipe.tasks.names import argument, by_name, function_type, parameter_names, takes_list
from gristmill.recipe.tasks.nodes import CURRENT, Json, UnknownNodeError

# Variables of the text that are functions in task trees.
VARIABLE_FUNCTIONS = {"sourcerownumber": "SourceRowNumber", "filepath": "FilePath"}
_VARIABLE_OF = {function.upper(): name for name, function in VARIABLE_FUNCTIONS.items()}
INTEGER_LOW, INTEGER_HIGH = -(2**31), 2**31 - 1

Tables = Mapping[str, str] | None
"""Table ids and the names of their datasets when reading, the other way round when writing; None in steps that know
the current table only."""


# -- reading -------------------------------------------------------------------------------------


def read_expression(node: object, tables: Tables) -> tree.Expression:
    """The expression that a node stands for. Raises UnknownNodeError."""
    kind = nodes.kind_of(node)
    assert isinstance(node, dict)
    match kind:
        case "func":
            return _call(node, tables)
        case "constant":
            return _constant(node)
        case "column" if nodes.type_of(node) == "ColumnRange":
            return read_range(node)
        case "column":
            return read_column(node, tables)
        case "variable":
            return tree.Variable(nodes.text_of(node))
        case "enumerable" | "bundle":
            return _word(nodes.text_of(node))
        case "array" | "matrix":
            return tree.Array(tuple(read_expression(item, tables) for item in nodes.items_of(node)))
    raise UnknownNodeError(f"a node of kind {kind!r}")


def _word(word: str) -> tree.Expression:
    return tree.Name(word) if WORD.fullmatch(word) else tree.Text(word)


def read_column(node: Json, tables: Tables) -> tree.Name | tree.Qualified:
    """A single column, with its dataset where the node names a table."""
    if nodes.type_of(node) != "Column":
        raise UnknownNodeError("a list of columns where one is wanted")
    name, relation = nodes.text_of(node), node.get("relation")
    if relation is None or tables is None:
        return tree.Name(name)
    return tree.Qualified(tables.get(str(relation), CURRENT), name)


def read_range(node: Json) -> tree.Range:
    """The columns of a range; its ends may also be one text `first~last`."""
    value = node.get("value")
    ends = value.split("~") if isinstance(value, str) else value
    if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, str) for end in ends):
        return tree.Range(ends[0], ends[1])
    raise UnknownNodeError(f"the range {value!r}")


def _constant(node: Json) -> tree.Expression:
    value = node.get("value")
    match nodes.type_of(node):
        case "String" if isinstance(value, str):
            return tree.Text(value)
        case "Pattern" if isinstance(value, str):
            return tree.Pattern(value)
        case "Regex" if isinstance(value, str):
            return tree.Regex(value)
        case "RegExp" if isinstance(value, str):
            return tree.Regex(value.removeprefix("/").removesuffix("/"))
        case "Bool" if isinstance(value, bool):
            return tree.Boolean(value)
        case "Integer" | "Float" if not isinstance(value, bool):
            return _number(value, whole=nodes.type_of(node) == "Integer")
        case "Null":
            return tree.Call("NULL", ())
    raise UnknownNodeError(f"a constant of type {nodes.type_of(node)!r}")


def _number(value: Any, *, whole: bool) -> tree.Expression:
    """Integers beyond 32 bits are stored as Float, and JSON may have lost the point of `5.0`."""
    if isinstance(value, str) and NUMBER.fullmatch(value.removeprefix("-")):
        return tree.Decimal(value)
    if isinstance(value, int):
        small = INTEGER_LOW <= value <= INTEGER_HIGH
        return tree.Integer(value) if whole or not small else tree.Decimal(f"{value}.0")
    if isinstance(value, float) and math.isfinite(value):
        return tree.Integer(int(value)) if whole and value.is_integer() else tree.Decimal(repr(value))
    raise UnknownNodeError(f"the number {value!r}")


def _call(node: Json, tables: Tables) -> tree.Expression:
    name = nodes.type_of(node).upper()
    if not WORD.fullmatch(name):
        raise UnknownNodeError(f"the function {name!r}")
    parameters = nodes.parameters_of(node)
    if name in _VARIABLE_OF and not parameters:
        return tree.Variable(_VARIABLE_OF[name])
    return called(name, tuple(read_expression(item, tables) for item in _in_order(name, parameters)))


def _in_order(name: str, parameters: Json) -> list[Any]:
    """The arguments by the known names of the function, the others behind them as they stand in the document."""
    known = parameter_names(name)
    parameters = by_name(name, parameters)
    last = max((place for place, key in enumerate(known) if key in parameters), default=-1)
    ordered = [parameters[key] if key in parameters else _left_out(name, place) for place, key in enumerate(known)]
    return ordered[: last + 1] + [value for key, value in parameters.items() if key not in known]


def _left_out(name: str, place: int) -> Json:
    """The default of an argument that is left out before another one."""
    declared = argument(name, place)
    value = declared.default if declared is not None else None
    if isinstance(value, bool):
        return nodes.constant("Bool", value)
    if isinstance(value, int):
        return nodes.constant("Integer", value)
    return nodes.text(value) if isinstance(value, str) else nodes.func("Null", {})


# -- writing -------------------------------------------------------------------------------------


def write_expression(node: tree.Expression, tables: Tables) -> Json:
    """The node that stands for an expression. Raises UnknownNodeError for a dataset that the step does not name."""
    match node:
        case tree.Call():
            return _func(node, tables)
        case tree.Array():
            return nodes.array(write_expression(item, tables) for item in node.items)
        case tree.Name():
            return nodes.column(node.name)
        case tree.Range():
            return {"kind": "column", "type": "ColumnRange", "value": [node.first, node.last], "relation": None}
        case tree.Qualified():
            return nodes.column(node.name, table_of(node.dataset, tables))
        case tree.Variable() if node.name in VARIABLE_FUNCTIONS:
            return nodes.func(VARIABLE_FUNCTIONS[node.name], {})
        case tree.Variable():
            return {"kind": "variable", "type": "Variable", "value": node.name}
        case tree.Text():
            return nodes.text(node.value)
        case tree.Pattern():
            return nodes.constant("Pattern", node.value)
        case tree.Regex():
            return nodes.constant("Regex", node.value)
        case tree.Boolean():
            return nodes.constant("Bool", node.value)
        case tree.Integer():
            small = INTEGER_LOW <= node.value <= INTEGER_HIGH
            return nodes.constant("Integer" if small else "Float", node.value)
        case tree.Decimal():
            value = float(node.text)
            return nodes.constant("Float", value if math.isfinite(value) else node.text)


def table_of(dataset: str, tables: Tables) -> str:
    """The id of a dataset's table."""
    if tables is None or dataset not in tables:
        raise UnknownNodeError(f"the dataset {dataset!r} is not named by the step")
    return tables[dataset]


def _func(node: tree.Call, tables: Tables) -> Json:
    known = parameter_names(node.function)
    keys = [known[place] if place < len(known) else f"arg{place + 1}" for place in range(len(node.args))]
    parameters = {
        key: _argument(node.function, place, arg, tables)
        for place, (key, arg) in enumerate(zip(keys, node.args, strict=True))
    }
    infix = node.function in INFIX or node.function == "NOT"
    return nodes.func(function_type(node.function), parameters, {"infix": True} if infix else None)


def _argument(function: str, place: int, arg: tree.Expression, tables: Tables) -> Json:
    declared = argument(function, place)
    if isinstance(arg, tree.Name) and not arg.braced and declared is not None and arg.name in declared.words:
        return nodes.word("enumerable", arg.name)
    node = write_expression(arg, tables)
    return nodes.array([node]) if takes_list(function, place) and not isinstance(arg, tree.Array) else node


# -- the form that both agree on -----------------------------------------------------------------


def canonical(node: tree.Expression) -> tree.Expression:
    """The expression as it comes back from a task tree: lists in brackets, decimals by their value."""
    match node:
        case tree.Call() if node.function in _VARIABLE_OF and not node.args:
            return tree.Variable(_VARIABLE_OF[node.function])
        case tree.Call():
            return tree.Call(
                node.function, tuple(_listed(node.function, *numbered) for numbered in enumerate(node.args))
            )
        case tree.Array():
            return tree.Array(tuple(map(canonical, node.items)))
        case tree.Decimal() if math.isfinite(float(node.text)):
            return tree.Decimal(repr(float(node.text)))
    return node


def _listed(function: str, place: int, arg: tree.Expression) -> tree.Expression:
    plain = canonical(arg)
    return tree.Array((plain,)) if takes_list(function, place) and not isinstance(arg, tree.Array) else plain
