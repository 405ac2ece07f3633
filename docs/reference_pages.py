"""The reference: a page for each group of functions and of transforms, written from their declarations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from gristmill.editor.reference import function_text, joined, transform_text
from gristmill.functions.declare import Function
from gristmill.functions.registry import FUNCTIONS
from gristmill.transforms.base import Transform
from gristmill.transforms.registry import TRANSFORMS

RUN = "The examples run as tests: `tests/{room}/test_examples.py`."
Page = Iterator[str]


def reference_pages() -> dict[str, str]:
    """The text of every page by its file name under docs/reference/."""
    functions = {group: _function_page(group, members) for group, members in function_groups()}
    transforms = {group: _transform_page(group, members) for group, members in transform_groups()}
    pages = {f"functions-{group}.md": text for group, text in functions.items()}
    pages |= {f"transforms-{group}.md": text for group, text in transforms.items()}
    return pages | {"index.md": joined(_index())}


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
    return joined(_page(f"Functions: {group}", "functions", (_function(item) for item in functions)))


def _function(function: Function) -> Page:
    yield f"## {function.name}"
    yield from function_text(function)


# -- transforms --------------------------------------------------------------------------------------


def _transform_page(group: str, transforms: Sequence[type[Transform]]) -> str:
    return joined(_page(f"Transforms: {group}", "transforms", (_transform(item) for item in transforms)))


def _transform(transform: type[Transform]) -> Page:
    yield f"## {transform.name}"
    yield from transform_text(transform)


# -- Markdown ----------------------------------------------------------------------------------------


def _page(title: str, room: str, sections: Iterator[Page]) -> Page:
    yield f"# {title}"
    yield f"Written by `make docs`. {RUN.format(room=room)} [All of the reference](index.md)."
    for section in sections:
        yield from section
