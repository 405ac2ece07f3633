"""What a run consists of, decided before anything happens: stages and what waits for what (api 4.12).

`plan_job` decides. Three readers do: the worker runs a stage, `explain` tells it to a person, `job_graph` to a client.
A new kind of stage is a class here, a place in `plan_job` and a function in `worker`'s table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gristmill.model.job_tables import JobType

if TYPE_CHECKING:  # it brings the compiler along
    from gristmill.model.runs import RunRequest

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wrangle:
    """Run the recipe with everything upstream of it and write every output, still hidden.

    `execution` is the running environment that was asked for. `after` are the places of the stages it waits for.
    """

    type: ClassVar[JobType] = JobType.WRANGLE
    execution: str
    after: tuple[int, ...] = ()

    def as_json(self) -> Json:
        return {"type": self.type.value, "execution": self.execution, "after": list(self.after)}

    def explain(self) -> str:
        return f"run the recipe on {self.execution}"


@dataclass(frozen=True, slots=True)
class Write:
    """Give a written output its final name. `position` is that of the resolved write setting among the outputs."""

    type: ClassVar[JobType] = JobType.FILE_WRITER
    position: int
    setting: Json
    after: tuple[int, ...]

    def as_json(self) -> Json:
        return {
            "type": self.type.value,
            "position": self.position,
            "setting": self.setting,
            "after": list(self.after),
        }

    def explain(self) -> str:
        return f"{self.setting['action']} {self.setting['path']} ({self.setting['format']})"


Stage = Wrangle | Write


def plan_job(request: RunRequest) -> tuple[Stage, ...]:
    """The stages of a run in order of execution: the recipe, then one writer for each write setting."""
    wrangle = Wrangle(request.execution)
    writers = (Write(position, setting, after=(0,)) for position, setting in enumerate(request.outputs))
    return (wrangle, *writers)


def stage_from_json(document: Json) -> Stage:
    """The reverse of `as_json`. Raises ValueError for a kind of stage that this program does not know."""
    after = tuple(document["after"])
    if document["type"] == Wrangle.type:
        return Wrangle(document["execution"], after)
    if document["type"] == Write.type:
        return Write(document["position"], document["setting"], after)
    raise ValueError(f"stage of type {document['type']!r}, this program knows {Wrangle.type} and {Write.type}")


def explain(stages: Sequence[Stage]) -> str:
    """The stages for people, a line each: `2. create /out/a.csv (csv), after 1`."""
    return "\n".join(
        f"{place}. {stage.explain()}"
        + (f", after {', '.join(str(other + 1) for other in stage.after)}" if stage.after else "")
        for place, stage in enumerate(stages, start=1)
    )


def edges(stages: Sequence[Stage]) -> list[tuple[int, int]]:
    """`(source, target)` places: the target waits for the source."""
    return [(source, target) for target, stage in enumerate(stages) for source in stage.after]


def job_graph(stages: Sequence[Stage], ids: Sequence[int]) -> Json:
    """The graph as the API answers it; `ids` are the job ids of the stages, in order (api 4.9)."""
    return {
        "vertices": list(ids),
        "edges": [{"source": ids[source], "target": ids[target]} for source, target in edges(stages)],
    }
