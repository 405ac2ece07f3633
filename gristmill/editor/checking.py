"""What can be said of a recipe before it runs: in editors and by `gristmill recipe check`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.editor.inputs import NamedInput
from gristmill.editor.looking import looked_at
from gristmill.language import tree
from gristmill.language.parser import parse
from gristmill.recipe.check import check
from gristmill.recipe.job import Job, RecipeText, Source
from gristmill.transforms.registry import TRANSFORMS

if TYPE_CHECKING:
    from gristmill.problems import Problem

VARIABLE = re.compile(r"\$\{?([^\W\d]\w*)")
ANY_VALUE = "1"  # a parameter nobody gave: a text that is a number too


def problems_of(file: Path, text: str, inputs: Sequence[NamedInput], params: Mapping[str, str]) -> list[Problem]:
    """All errors and warnings; of columns only where inputs are given. Raises RunError for inputs that cannot be read.

    Without inputs every dataset may be there and have any columns; a parameter without a value may have any.
    """
    return check(job_of(file, text, inputs, params))


def job_of(file: Path, text: str, inputs: Sequence[NamedInput], params: Mapping[str, str]) -> Job:
    """The recipe over its inputs, whose columns are looked at. Raises RunError for inputs that cannot be read."""
    if inputs:
        sources = tuple(Source(item.names[0], item.reading) for item in inputs)
        names = {name: f"source:{at}" for at, item in enumerate(inputs) for name in item.names}
    else:
        found = datasets_of(text)
        sources = tuple(Source(name, {}) for name in ("", *found))
        names = {name: f"source:{at}" for at, name in enumerate(found, 1)}
    job = Job(
        sources=sources,
        recipes=(RecipeText(file.stem, text, "source:0", names),),
        parameters=dict.fromkeys(VARIABLE.findall(text), ANY_VALUE) | dict(params),
        reference_date=datetime.now(UTC).isoformat(),
    )
    return looked_at(job) if inputs else job


def datasets_of(text: str) -> list[str]:
    """The datasets that the steps name in `with:`."""
    named = (node.name for node in nodes(parse(text, TRANSFORMS)[0]) if isinstance(node, tree.Dataset))
    return list(dict.fromkeys(name for name in named if name != "MISSING"))


def nodes(node: object) -> Iterator[object]:
    """A tree's nodes, from the top."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        if isinstance(part, tuple):
            stack.extend(reversed(part))
        elif is_dataclass(part):
            stack.extend(getattr(part, item.name) for item in fields(part) if item.name != "span")
