"""A recipe's tasks become steps. What the language cannot say is kept word for word, so that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.language.parser import parse
from gristmill.language.printer import print_step
from gristmill.problems import Problem, quoted
from gristmill.recipe.tasks import nodes
from gristmill.recipe.tasks.nodes import ARTIFACT, MISSING, PORT, Json, UnknownNodeError
from gristmill.recipe.tasks.values import canonical_value, kind, read_values
from gristmill.transforms.base import Transform
from gristmill.transforms.registry import TRANSFORMS

UNREADABLE = "Unreadable"
FOREIGN = frozenset({"load", "task"})  # steps of the text that are no tasks of their own
_CONTEXT = ("table", "artifactTable")  # parameters that say where the rows are, which the text does not


@dataclass(frozen=True, slots=True)
class ReadRecipe:
    """A recipe's steps, with what its tasks tell besides.

    `location` is where the first rows come from: `portId://null`, `id://33`. `load` is the task that says so.
    `datasets` are the other inputs as the text names them, with their ports. `columns` are the names of new columns
    that the product has recorded, by step number from 1.
    """

    recipe: tree.Recipe
    load: Json | None = None
    datasets: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def location(self) -> str | None:
        """Where the first rows come from."""
        return nodes.location_of(self.load)


def read_recipe(
    tasks: Sequence[Any],
    ports: Mapping[int, str],
    artifacts: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> ReadRecipe:
    """The steps of a recipe.

    `ports` names the dataset behind each port beyond the first; a port without name has no input any more. `artifacts`
    are the value mappings of standardize steps, by id. A task that has no text form becomes the step `task`, which
    holds its JSON; each is a problem of the severity `warning`.
    """
    return _Reader(ports, artifacts or {}).read(tasks)


class _Reader:
    def __init__(self, ports: Mapping[int, str], artifacts: Mapping[int, Sequence[tuple[str, str]]]) -> None:
        self.ports = ports
        self.artifacts = artifacts
        self.tables: dict[str, str] = {}
        self.mappings: dict[str, Sequence[tuple[str, str]]] = {}
        self.datasets: dict[str, int] = {}
        self.columns: dict[int, tuple[str, ...]] = {}
        self.steps: list[tree.AnyStep] = []
        self.problems: list[Problem] = []
        self.load: Json | None = None

    def read(self, tasks: Sequence[Any]) -> ReadRecipe:
        for number, task in enumerate(map(_object, tasks)):
            if not self._loads(task, first=number == 0):
                self.steps.append(self._step(task))
        return ReadRecipe(tree.Recipe(tuple(self.steps)), self.load, self.datasets, self.columns, tuple(self.problems))

    def _loads(self, task: Any, *, first: bool) -> bool:
        """Whether the task only makes an input known."""
        location = nodes.location_of(task)
        if location is None:
            return False
        if first:
            self.load = task
            return True
        port, artifact = _number_in(location, PORT), _number_in(location, ARTIFACT)
        table = str(task.get("outputName"))
        if port is not None:
            name = self.ports.get(port, MISSING)
            self.tables[table] = name
            self.datasets.setdefault(name, port)
        elif artifact is not None and artifact in self.artifacts:
            self.mappings[table] = self.artifacts[artifact]
        return port is not None or artifact in self.artifacts

    def _step(self, task: Any) -> tree.AnyStep:
        try:
            step, columns = self._readable(task)
        except (UnknownNodeError, RecursionError) as error:
            return self._kept(task, str(error))
        if not self._is_text(step):
            return self._kept(task, "it cannot be written as text")
        if columns:
            self.columns[len(self.steps) + 1] = columns
        return step

    def _readable(self, task: Any) -> tuple[tree.AnyStep, tuple[str, ...]]:
        if nodes.kind_of(task) != "task":
            raise UnknownNodeError("it is no task")
        parameters = nodes.parameters_of(task)
        name = nodes.type_of(task)
        if name == "Comment":
            return _comment(nodes.text_of(parameters.get("comment"))), ()
        if name == UNREADABLE:
            return _written_as_text(nodes.text_of(parameters.get("text")), tuple(self.tables.values())), ()
        transform = TRANSFORMS.transform(name)
        if transform is None or transform.name in FOREIGN:
            raise UnknownNodeError(f"no transform {quoted(name)}")
        if transform.name == "standardize":
            parameters = self._with_mapping(parameters)
        return read_step(transform, parameters, self.tables)

    def _with_mapping(self, parameters: Json) -> Json:
        """The pairs of a standardize step stand in a file of the package, in text they stand in the step."""
        node = parameters.get("artifactTable")
        if node is None:
            return parameters
        pairs = self.mappings.get(nodes.text_of(node))
        if pairs is None:
            raise UnknownNodeError("its values are not in the package")
        matrix = nodes.array(nodes.array([nodes.text(old), nodes.text(new)]) for old, new in pairs)
        return {**parameters, "mapping": matrix}

    def _is_text(self, step: tree.AnyStep) -> bool:
        """Whether the step's text reads as this very step."""
        again, problems = parse(print_step(step), TRANSFORMS, tuple(self.tables.values()))
        return again.steps == (step,) and all(problem.severity != "error" for problem in problems)

    def _kept(self, task: Any, reason: str) -> tree.AnyStep:
        name = str(task.get("type")) if isinstance(task, dict) else "?"
        number = len(self.steps) + 1
        message = f"not supported: step of type {quoted(name)}: {reason}"
        self.problems.append(Problem("unsupported", message, severity="warning", step=number, transform=name.lower()))
        return tree.Step("task", (tree.Parameter("json", (tree.Text(json.dumps(task)),)),))


def read_step(
    transform: type[Transform], parameters: Json, tables: Mapping[str, str]
) -> tuple[tree.Step, tuple[str, ...]]:
    """A step by its transform's declarations, and the recorded names of the columns that it makes."""
    combines = kind(transform, "with") is Kind.DATASETS
    columns: tuple[str, ...] = ()
    given: list[tree.Parameter] = []
    for key, node in parameters.items():
        if key in _CONTEXT or node is None:
            continue
        if key == "as" and (transform.parameter("as") is None or nodes.kind_of(node) == "array"):
            columns = nodes.names_of(node)
            if transform.parameter("as") is None:
                continue
            node = nodes.items_of(node)[0] if len(columns) == 1 else node
        values = read_values(transform, key, node, tables if combines else None)
        if values:  # packages write empty lists for what is not given: `col` of a pivot without columns
            given.append(tree.Parameter(key, values))
    return canonical_step(tree.Step(transform.name, tuple(given))), columns


def canonical_step(step: tree.Step) -> tree.Step:
    """The step as it comes back from a task tree: parameters in the declared order, values in one spelling."""
    transform = TRANSFORMS[step.transform]
    declared = list(transform.parameters)
    last = len(declared)
    places = {key: declared.index(attribute) for key, attribute in transform.keys.items()}
    ordered = sorted(step.parameters, key=lambda item: places.get(item.name.casefold(), last))
    return tree.Step(
        transform.name,
        tuple(
            tree.Parameter(_spelled(transform, item.name), tuple(map(canonical_value, item.values))) for item in ordered
        ),
    )


def _spelled(transform: type[Transform], key: str) -> str:
    declared = transform.parameter(key)
    if declared is None:
        return key
    return next(spelling for spelling in (declared.key, *declared.old) if spelling.casefold() == key.casefold())


def _comment(text: str) -> tree.AnyStep:
    """A comment of one line; one of several lines is the step that says the same."""
    if "\n" in text or text.endswith("\r"):
        return tree.Step("comment", (tree.Parameter("comment", (tree.Text(text),)),))
    return tree.Comment(text)


def _written_as_text(text: str, datasets: Sequence[str]) -> tree.AnyStep:
    """A step that the writer has kept as text."""
    recipe, _ = parse(text, TRANSFORMS, datasets)
    match recipe.steps:
        case (tree.Step() as step,):
            return canonical_step(step)
    raise UnknownNodeError("its text is no step")


def ports_by_step(tasks: Sequence[Any]) -> list[list[int]]:
    """The ports that are loaded before each step."""
    steps: list[list[int]] = [[]]
    for task in map(_object, tasks):
        location = nodes.location_of(task)
        if location is None:
            steps.append([])
        elif (port := _number_in(location, PORT)) is not None:
            steps[-1].append(port)
    return steps


def _object(task: Any) -> Any:
    """A task; old releases may hold it as a text."""
    if not isinstance(task, str):
        return task
    try:
        return json.loads(task)
    except (ValueError, RecursionError):
        return None


def _number_in(location: str, scheme: str) -> int | None:
    rest = location.removeprefix(scheme)
    return int(rest) if rest != location and rest.isdecimal() else None
