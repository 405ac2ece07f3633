"""What the declarations say of a function or a transform, as Markdown: for the reference and for editors."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gristmill.functions.declare import Argument, Function, FunctionKind
from gristmill.plan.expressions import Scalar
from gristmill.transforms.base import Example, Transform
from gristmill.transforms.binders import Parameter
from gristmill.transforms.column_lists import ColumnList
from gristmill.types.numbers import print_boolean, print_number

KINDS = {
    FunctionKind.SCALAR: "looks at one row",
    FunctionKind.AGGREGATE: "aggregate: looks at the rows of a group",
    FunctionKind.WINDOW: "window function: looks at the rows around, in their order",
}
# names of the menus for the types whose own names only recipes show (types 2)
TYPES = {"Float": "Decimal", "Bool": "Boolean", "Map": "Object", "String": "text"}
LOOSE = ("Float", "String")
Cells = tuple[str | None, ...]


# -- functions ---------------------------------------------------------------------------------------


def function_text(function: Function) -> Iterator[str]:
    """The paragraphs about a function: signature, what it does, arguments, examples."""
    yield f"`{function.signature}`"
    yield function.doc
    yield f"Result: {result(function)}. Kind: {KINDS[function.kind]}."
    if function.takes:
        rows = [[f"`{item.name}`", _taken(item), "yes" if item.required else "no", item.doc] for item in function.takes]
        yield table(["argument", "takes", "required", ""], rows)
    if function.examples:
        rows = [[code(text), printed(value)] for text, value in function.examples.items()]
        yield table(["example", "result"], rows)


def result(function: Function) -> str:
    """The declared type; for a rule over the arguments, the rule's own sentence."""
    rule = function.returns
    if inspect.getdoc(rule):
        return (inspect.getdoc(rule) or "").split("\n")[0].split(" (")[0].rstrip(".")
    name = rule(()).logical.name
    # a function that plans whole values may find a closer type than the loose ones
    open_ = function.plan is not None and function.takes and name in LOOSE
    return TYPES.get(name, name) + (", or what the arguments decide" if open_ else "")


def _taken(argument: Argument) -> str:
    """What an argument may be: kind, legal words, bounds, default."""
    notes = [f"several: {argument.want.value}" if argument.many else argument.want.value]
    if argument.words:
        notes.append(", ".join(f"`{word}`" for word in argument.words))
    if argument.low is not None:
        notes.append(f"from {argument.low}")
    if argument.high is not None:
        notes.append(f"to {argument.high}")
    if not argument.required and argument.default not in (None, ()):
        notes.append(f"default {code(_plain(argument.default))}")
    return "; ".join(notes)


def printed(value: Scalar) -> str:
    """An example's result as a file shows it."""
    if value is None:
        return "*null*"
    return code(_plain(value)) if value != "" else "*empty*"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return print_boolean(value)
    if isinstance(value, tuple):
        return ",".join(map(_plain, value))
    return print_number(value) or "" if isinstance(value, int | float) else str(value)


# -- transforms --------------------------------------------------------------------------------------


def transform_text(transform: type[Transform]) -> Iterator[str]:
    """The paragraphs about a transform: its title, what it does, parameters, examples."""
    old = f" Also written {', '.join(f'`{name}`' for name in transform.aliases)}." if transform.aliases else ""
    yield f"In the application: {transform.title}.{old}"
    yield from (" ".join(paragraph.split()) for paragraph in (inspect.getdoc(transform) or "").split("\n\n"))
    if not transform.built:
        yield "Not built: recipes with this step parse and keep it; running it answers `not supported`."
    if transform.parameters:
        headings = ["parameter", "takes", "required", "default", "old spellings", ""]
        yield table(headings, [_row(item) for item in transform.parameters.values()])
    for example in transform.examples:
        yield from _example(example)


def parameter_text(parameter: Parameter) -> str:
    """A parameter: what it is for, how it is written, its default."""
    key, takes, required, default, old, doc = _row(parameter)
    notes = [
        "required" if required == "yes" else "",
        f"default {default}" if default else "",
        f"old: {old}" if old else "",
    ]
    return "; ".join([f"{key} {doc} ({takes})", *filter(None, notes)])


def _row(parameter: Parameter) -> list[str]:
    words = ", ".join(f"`{word}`" for word in parameter.words)
    takes = f"{parameter.kind.value}: {words}" if words else parameter.kind.value
    old = [*parameter.old, *parameter.synonyms]
    return [
        f"`{parameter.key}:`",
        takes,
        "yes" if parameter.required else "no",
        _default(parameter),
        ", ".join(f"`{spelling}`" for spelling in old),
        parameter.doc,
    ]


def _default(parameter: Parameter) -> str:
    if parameter.required or parameter.default in (None, (), ColumnList(())):
        return ""
    return code(_plain(parameter.default)) if parameter.default != "" else "*empty*"


def _example(example: Example) -> Iterator[str]:
    yield rows_of(example.before)
    yield f"```\n{example.step}\n```"
    yield rows_of(example.after)


def rows_of(columns: Mapping[str, Cells]) -> str:
    """A small table of an example; null cells are empty."""
    rows = zip(*columns.values(), strict=True)
    return table(list(columns), [[code(cell) if cell else "" for cell in row] for row in rows])


def joined(paragraphs: Iterable[str]) -> str:
    """Paragraphs as one text."""
    return "\n\n".join(paragraphs) + "\n"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """A code span for any text of one line; it says visibly where lines end."""
    shown = text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    fence = "``" if "`" in shown else "`"
    # Markdown takes one blank off both ends of a span
    padded = f" {shown} " if fence == "``" or (shown[:1] == " " and shown[-1:] == " ") else shown
    return f"{fence}{padded}{fence}"
