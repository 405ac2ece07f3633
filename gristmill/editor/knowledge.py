"""The names that a place in a recipe may use: columns, datasets, run parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gristmill.editor.checking import VARIABLE, datasets_of, job_of, nodes
from gristmill.editor.surroundings import Surroundings
from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.language.parser import parse
from gristmill.plan.rows import Rows
from gristmill.problems import RunError
from gristmill.recipe.compile import compile_job
from gristmill.recipe.job import Job
from gristmill.transforms.binders import Parameter
from gristmill.transforms.registry import TRANSFORMS
from gristmill.transforms.scope import BUILT_IN

NEW = "as"  # the key under which transforms take the names of the columns that they make


@dataclass(frozen=True, slots=True)
class Known:
    """Columns with the names of their types (empty where nobody knows), datasets with their columns, parameters."""

    columns: Mapping[str, str] = field(default_factory=dict)
    datasets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


def known_before(file: Path, text: str, step: int, beside: Surroundings) -> Known:
    """What is known before the step that begins at an offset.

    Without data beside the file these are the columns that steps make and those that other steps name.
    """
    try:
        job = job_of(file, text[:step], beside.inputs, beside.params)
    except RunError:
        job = job_of(file, text[:step], (), beside.params)
    rows = compile_job(job).rows
    columns = {item.name: item.value.typing.logical.name for item in rows.fields}
    return Known(
        columns | (dict.fromkeys(_named(text, rows), "")),
        _datasets(job, text),
        {name: beside.params.get(name, "") for name in (*beside.params, *_variables(text))},
    )


def _named(text: str, rows: Rows) -> Iterator[str]:
    """The columns that the recipe names, where the rows do not tell."""
    if not rows.open:
        return
    steps = (step for step in parse(text, TRANSFORMS)[0].steps if isinstance(step, tree.Step))
    for transform, parameter in ((TRANSFORMS[step.transform], item) for step in steps for item in step.parameters):
        declared = transform.parameter(parameter.name)
        if declared is not None:
            yield from (name for name in _columns_in(declared, parameter) if rows.position(name) is None)


def _columns_in(declared: Parameter, parameter: tree.Parameter) -> Iterator[str]:
    if declared.kind in (Kind.COLUMNS, Kind.ORDER):
        yield from (node.name for node in nodes(parameter.values) if isinstance(node, tree.Name))
    elif declared.key == NEW:
        yield from (node.value for node in nodes(parameter.values) if isinstance(node, tree.Text))


def _datasets(job: Job, text: str) -> dict[str, tuple[str, ...]]:
    """Each input by its shortest name, and by the names that the text uses."""
    [recipe] = job.recipes
    sources = {f"source:{at}": source for at, source in enumerate(job.sources)}
    shortest = {node: name for name, node in sorted(recipe.inputs.items(), key=lambda item: -len(item[0]))}
    columns = {name: sources[node].columns or () for name, node in recipe.inputs.items()}
    names = dict.fromkeys((*shortest.values(), *datasets_of(text)))
    return {name: tuple(column.name for column in columns.get(name, ())) for name in names}


def _variables(text: str) -> list[str]:
    return [name for name in dict.fromkeys(VARIABLE.findall(text)) if name not in BUILT_IN and name != "col"]
