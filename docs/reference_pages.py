"""The reference: a page for each group of functions and of transforms, written from their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from gristmill.functions.declare import Argument, Function, FunctionKind
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Scalar
from gristmill.transforms.base import Example, Transform
from gristmill.transforms.parameters import ColumnList, Parameter
from gristmill.transforms.registry import TRANSFORMS
from gristmill.types.numbers import print_boolean, print_number

RUN = "The examples run as tests: `tests/{room}/test_examples.py`."
KINDS = {
    FunctionKind.SCALAR: "looks at one row",
    FunctionKind.AGGREGATE: "aggregate: looks at the rows of a group",
    FunctionKind.WINDOW: "window function: looks at the rows around, in their order",
}
# names of the menus for the types whose own names only recipes show (types 2)
TYPES = {"Float": "Decimal", "Bool": "Boolean", "Map": "Object", "String": "text"}
LOOSE = ("Float", "String")
Cells = tuple[str | None, ...]
Page = Iterator[str]


def reference_pages() -> dict[str, str]:
    """The text of every page by its file name under docs/reference/."""
    functions = {group: _function_page(group, members) for group, members in function_groups()}
    transforms = {group: _transform_page(group, members) for group, members in transform_groups()}
    pages = {f"functions-{group}.md": text for group, text in functions.items()}
    pages |= {f"transforms-{group}.md": text for group, text in transforms.items()}
    return pages | {"index.md": _joined(_index())}


def function_groups() -> list[tuple[str, list[Function]]]:
    """The functions that recipes can name, by group and name."""
    public = [function for function in FUNCTIONS.values() if not function.hidden]
    ordered = sorted(public, key=lambda function: (function.group, function.name))
    return [(group, list(members)) for group, members in groupby(ordered, key=lambda function: function.group)]


def transform_groups() -> list[tuple[str, list[type[Transform]]]]:
    """All transforms by group and name."""
    ordered = sorted(TRANSFORMS.values(), key=lambda transform: (transform.group_name, transform.name))
    return [(group, list(members)) for group, members in groupby(ordered, key=lambda transform: transform.group_name)]


def _index() -> Page:
    yield "# Reference"
    yield "Written by `make docs` from the declarations of the program. " + RUN.format(room="{functions,transforms}")
    yield "## Functions"
    for group, functions in function_groups():
        names = (f"[{item.name}](functions-{group}.md#{item.name.lower()})" for item in functions)
        yield f"**{group}**: {' · '.join(names)}"
    yield "## Transforms"
    for group, transforms in transform_groups():
        names = (f"[{item.name}](transforms-{group}.md#{item.name})" for item in transforms)
        yield f"**{group}**: {' · '.join(names)}"


# -- functions ---------------------------------------------------------------------------------------


def _function_page(group: str, functions: Sequence[Function]) -> str:
    return _joined(_page(f"Functions: {group}", "functions", (_function(item) for item in functions)))


def _function(function: Function) -> Page:
    yield f"## {function.name}"
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


def _transform_page(group: str, transforms: Sequence[type[Transform]]) -> str:
    return _joined(_page(f"Transforms: {group}", "transforms", (_transform(item) for item in transforms)))


def _transform(transform: type[Transform]) -> Page:
    yield f"## {transform.name}"
    old = f" Also written {', '.join(f'`{name}`' for name in transform.aliases)}." if transform.aliases else ""
    yield f"In the application: {transform.title}.{old}"
    yield from (" ".join(paragraph.split()) for paragraph in (inspect.getdoc(transform) or "").split("\n\n"))
    if not transform.built:
        yield "Not built: recipes with this step parse and keep it; running it answers `not supported`."
    if transform.parameters:
        headings = ["parameter", "takes", "required", "default", "old spellings", ""]
        yield table(headings, [_parameter(item) for item in transform.parameters.values()])
    for example in transform.examples:
        yield from _example(example)


def _parameter(parameter: Parameter) -> list[str]:
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


def _example(example: Example) -> Page:
    yield rows_of(example.before)
    yield f"```\n{example.step}\n```"
    yield rows_of(example.after)


def rows_of(columns: Mapping[str, Cells]) -> str:
    """A small table of an example; null cells are empty."""
    rows = zip(*columns.values(), strict=True)
    return table(list(columns), [[code(cell) if cell else "" for cell in row] for row in rows])


# -- Markdown ----------------------------------------------------------------------------------------


def _page(title: str, room: str, sections: Iterator[Page]) -> Page:
    yield f"# {title}"
    yield f"Written by `make docs`. {RUN.format(room=room)} [All of the reference](index.md)."
    for section in sections:
        yield from section


def _joined(paragraphs: Page) -> str:
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
