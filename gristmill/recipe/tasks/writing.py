"""Steps become tasks of the nested dialect, hidden loads included (language 9.4, 10.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1

from gristmill.language import tree
from gristmill.language.grammar import Kind
from gristmill.language.printer import print_step
from gristmill.problems import RecipeError
from gristmill.recipe.tasks import nodes
from gristmill.recipe.tasks.names import task_type
from gristmill.recipe.tasks.nodes import ARTIFACT, CURRENT, MAIN, MISSING, PORT, Json, UnknownNodeError
from gristmill.recipe.tasks.reading import FOREIGN, UNREADABLE, canonical_step, read_step
from gristmill.recipe.tasks.values import kind, write_values
from gristmill.transforms.declared import kept_task
from gristmill.transforms.registry import TRANSFORMS


@dataclass(frozen=True, slots=True)
class WrittenRecipe:
    """A recipe's steps as a package holds them: the task of each with the port that it loads.

    `datasets` names what each port stands for, None for an input that no longer exists. `artifacts` are the value
    mappings of standardize steps by the number in their location.
    """

    steps: tuple[Json, ...]
    datasets: Mapping[int, str | None] = field(default_factory=dict)
    artifacts: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[Json, ...]:
        return tuple(step["task"] for step in self.steps)

    def as_json(self) -> Json:
        """`steps`, `inputs` by port, and `artifacts` where there are some."""
        document: Json = {
            "steps": list(self.steps),
            "inputs": {str(port): name for port, name in self.datasets.items()},
        }
        if self.artifacts:
            document["artifacts"] = {str(number): list(map(list, pairs)) for number, pairs in self.artifacts.items()}
        return document


def write_recipe(
    recipe: tree.Recipe,
    recipe_id: int = 1,
    load: Json | None = None,
    columns: Mapping[int, tuple[str, ...]] | None = None,
    first_artifact: int = 1,
) -> WrittenRecipe:
    """The tasks of a recipe. `columns` are names of new columns by step number, as they are known.

    `load` is the first task where the rows do not come from another node. Artifacts are numbered from
    `first_artifact`.
    """
    return _Writer(recipe_id, columns or {}, first_artifact).write(recipe, load)


class _Writer:
    def __init__(self, recipe_id: int, columns: Mapping[int, tuple[str, ...]], first_artifact: int) -> None:
        self.recipe_id = recipe_id
        self.columns = columns
        self.next_artifact = first_artifact
        self.steps: list[Json] = []
        self.datasets: dict[int, str | None] = {}
        self.artifacts: dict[int, tuple[tuple[str, str], ...]] = {}

    def write(self, recipe: tree.Recipe, load: Json | None) -> WrittenRecipe:
        self._add(load or main_load(self.recipe_id))
        for number, step in enumerate(recipe.steps, 1):
            self._step(step, self.columns.get(number, ()))
        return WrittenRecipe(tuple(self.steps), self.datasets, self.artifacts)

    def _step(self, step: tree.AnyStep, columns: tuple[str, ...]) -> None:
        if isinstance(step, tree.Comment):
            self._add(nodes.task("Comment", {"comment": nodes.text(step.text)}))
        elif isinstance(step, tree.Unreadable):
            self._add(unreadable_task(step.text))
        elif (kept := kept_task(step)) is not None:
            self._add(kept)
        elif step.transform == "standardize" and not self._standardize(step):
            self._add(unreadable_task(print_step(step)))
        elif step.transform != "standardize":
            self._transform(step, columns)

    def _transform(self, step: tree.Step, columns: tuple[str, ...]) -> None:
        tables = self._tables(step)
        task = _readable_task(step, tables)
        if task is None:
            return self._add(unreadable_task(print_step(step)))
        for name, table in (tables or {}).items():
            if name != CURRENT:
                self._load(name, table)
        if tables is not None:
            task["parameters"]["table"] = nodes.table(tables[CURRENT])
        if columns and "as" not in task["parameters"]:
            task["parameters"]["as"] = nodes.array(map(nodes.text, columns))
        return self._add(task)

    def _tables(self, step: tree.Step) -> dict[str, str] | None:
        """The ids of the tables that the step names; None for a step that knows the current one only."""
        if kind(TRANSFORMS[step.transform], "with") is not Kind.DATASETS:
            return None
        named = [value.name for item in step.parameters for value in item.values if isinstance(value, tree.Dataset)]
        tables = {CURRENT: self._current()}
        for name in named:
            port = self._next_port() + len(tables) - 1
            tables.setdefault(name, table_id(f"{self.recipe_id}:{port}"))
        return tables

    def _next_port(self) -> int:
        return len(self.datasets) + 1

    def _current(self) -> str:
        return table_id(json.dumps([step["task"] for step in self.steps], sort_keys=True))

    def _load(self, name: str, table: str) -> None:
        port = self._next_port()
        self.datasets[port] = None if name == MISSING else name
        self._add(nodes.load(f"{PORT}{port}", table), port)

    def _standardize(self, step: tree.Step) -> bool:
        """Write the step with its values beside the recipe; false for one that holds more than that."""
        given = {item.name: item.values for item in step.parameters}
        pairs = tuple(_text_pair(value) for value in given.get("mapping", ()))
        if set(given) != {"col", "mapping"} or len(given["col"]) != 1 or None in pairs:
            return False
        number = self.next_artifact
        self.next_artifact += 1
        self.artifacts[number] = tuple(pair for pair in pairs if pair is not None)
        table = table_id(f"{self.recipe_id}:artifact {number}")
        current = self._current()
        column = tree.Parameter("col", given["col"])
        parameters = {
            "table": nodes.table(current),
            "artifactTable": nodes.table(table),
            "col": write_values(TRANSFORMS["standardize"], column, None),
        }
        self._add(nodes.load(f"{ARTIFACT}{number}", table), artifact=number)
        self._add(nodes.task("Standardize", parameters))
        return True

    def _add(self, task: Json, port: int | None = None, artifact: int | None = None) -> None:
        self.steps.append({
            "task": task,
            "portId": port,
            "id": len(self.steps) + 1,
            "hash": sha1(json.dumps(task, sort_keys=True).encode()).hexdigest(),
            "columnMetadata": None,
            "tableData": None,
            "pbemappingartifacts": [],
            "targetmappingartifacts": [] if artifact is None else [{"artifactId": artifact}],
        })  # fmt: skip


def main_load(recipe_id: int) -> Json:
    """The first step of a recipe whose rows come from another node."""
    task = nodes.load(MAIN, f"original_datasource_{recipe_id}")
    task["parameters"] |= {"enableLineage": nodes.constant("Bool", True), "as": nodes.array([nodes.text("column1")])}
    return task


def table_id(meaning: str) -> str:
    """The id of a table: the same for the same meaning."""
    return f"table_{sha1(meaning.encode()).hexdigest()}"


def unreadable_task(text: str) -> Json:
    """A step that task trees cannot say: its text."""
    return nodes.task(UNREADABLE, {"text": nodes.text(text)})


def _readable_task(step: tree.Step, tables: Mapping[str, str] | None) -> Json | None:
    """The task of a step if it reads as the very step."""
    transform = TRANSFORMS[step.transform]
    wanted = canonical_step(step)
    if step.transform == "comment":
        return _comment_task(wanted)
    if step.transform in FOREIGN:
        return None
    try:
        parameters = {item.name: write_values(transform, item, tables) for item in wanted.parameters}
        names = {table: name for name, table in (tables or {}).items()}
        again, _ = read_step(transform, parameters, names)
    except (UnknownNodeError, RecipeError):
        return None
    return nodes.task(task_type(transform.name), parameters) if again == wanted else None


def _comment_task(step: tree.Step) -> Json | None:
    values = [value for item in step.parameters for value in item.values]
    if len(values) == 1 and isinstance(values[0], tree.Text):
        return nodes.task("Comment", {"comment": nodes.text(values[0].value)})
    return None


def _text_pair(value: tree.Value) -> tuple[str, str] | None:
    match value:
        case tree.Array(items=(tree.Text(value=old), tree.Text(value=new))):
            return old, new
    return None
