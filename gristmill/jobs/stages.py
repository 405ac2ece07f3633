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

REFUSAL = "refusal"
"""In the payload of a job: why it fails before it begins."""


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


@dataclass(frozen=True, slots=True)
class RunScript:
    """Run statements on a connection, before (`pre`) or after (`post`) everything else; `script` is resolved."""

    type: ClassVar[JobType] = JobType.SQL_EXECUTION
    position: int
    script: Json
    after: tuple[int, ...] = ()

    def as_json(self) -> Json:
        return {"type": self.type.value, "position": self.position, "script": self.script, "after": list(self.after)}

    def explain(self) -> str:
        return f"run a {self.script['type']} script on connection {self.script['connectionId']}"


@dataclass(frozen=True, slots=True)
class Ingest:
    """Bring a table or query into a file that the engine reads; `source` is its place among the job's sources."""

    type: ClassVar[JobType] = JobType.INGEST
    source: int
    relation: Json
    after: tuple[int, ...] = ()

    def as_json(self) -> Json:
        return {"type": self.type.value, "source": self.source, "relation": self.relation, "after": list(self.after)}

    def explain(self) -> str:
        return f"read source {self.source + 1} from connection {self.relation['connectionId']}"


@dataclass(frozen=True, slots=True)
class Convert:
    """Turn a workbook or JSON document into a form that the engine reads; `source` as in `Ingest`."""

    type: ClassVar[JobType] = JobType.FILE_CONVERTER
    source: int
    after: tuple[int, ...] = ()

    def as_json(self) -> Json:
        return {"type": self.type.value, "source": self.source, "after": list(self.after)}

    def explain(self) -> str:
        return f"convert source {self.source + 1}"


@dataclass(frozen=True, slots=True)
class Publish:
    """Bring the result into a table. `position` is that of the resolved publication among those of the run."""

    type: ClassVar[JobType] = JobType.PUBLISH
    position: int
    publication: Json
    after: tuple[int, ...]

    def as_json(self) -> Json:
        return {
            "type": self.type.value,
            "position": self.position,
            "publication": self.publication,
            "after": list(self.after),
        }

    def explain(self) -> str:
        return f"{self.publication['action']} {'.'.join([*self.publication['path'], self.publication['tableName']])}"


@dataclass(frozen=True, slots=True)
class MakeProfile:
    """Keep the visual profile of the result."""

    type: ClassVar[JobType] = JobType.PROFILE
    execution: str
    after: tuple[int, ...]

    def as_json(self) -> Json:
        return {"type": self.type.value, "execution": self.execution, "after": list(self.after)}

    def explain(self) -> str:
        return "profile the result"


Reader = Write | Publish | MakeProfile  # they wait for what the recipe's run writes
Stage = RunScript | Ingest | Convert | Wrangle | Write | Publish | MakeProfile


def plan_job(request: RunRequest) -> tuple[Stage, ...]:
    """The stages of a run in order of execution (api 4.12).

    `pre` scripts, then what brings tables and converted files here, then the recipe, then a writer for each write
    setting, a publisher for each table and the profile side by side, then `post` scripts.
    """
    scripts = list(enumerate(request.scripts))
    stages: list[Stage] = [RunScript(at, script) for at, script in scripts if script["type"] == "pre"]
    before = tuple(range(len(stages)))
    stages += [Ingest(source, relation, before) for source, relation in request.relations.items()]
    stages += [Convert(source, before) for source in request.conversions]
    arrivals = tuple(range(len(before), len(stages)))
    wrangle = (len(stages),)
    stages.append(Wrangle(request.execution, arrivals or before))
    stages += [Write(at, setting, wrangle) for at, setting in enumerate(request.outputs)]
    stages += [Publish(at, publication, wrangle) for at, publication in enumerate(request.publications)]
    if request.profiler:
        stages.append(MakeProfile(request.execution, wrangle))
    behind = tuple(range(wrangle[0] + 1, len(stages)))
    stages += [RunScript(at, script, behind) for at, script in scripts if script["type"] == "post"]
    return tuple(stages)


def sink_key(reader: Reader) -> str:
    """Under which name the `wrangle` job's result tells what it wrote for this stage: `filewriter-0`, `publish`."""
    return f"{reader.type.value}-{reader.position}" if isinstance(reader, Write) else reader.type.value


def stage_from_json(document: Json) -> Stage:
    """The reverse of `as_json`. Raises ValueError for a kind of stage that this program does not know."""
    after = tuple(document["after"])
    match document["type"]:
        case JobType.SQL_EXECUTION:
            return RunScript(document["position"], document["script"], after)
        case JobType.INGEST:
            return Ingest(document["source"], document["relation"], after)
        case JobType.FILE_CONVERTER:
            return Convert(document["source"], after)
        case JobType.WRANGLE:
            return Wrangle(document["execution"], after)
        case JobType.FILE_WRITER:
            return Write(document["position"], document["setting"], after)
        case JobType.PUBLISH:
            return Publish(document["position"], document["publication"], after)
        case JobType.PROFILE:
            return MakeProfile(document["execution"], after)
        case other:
            raise ValueError(f"stage of type {other!r}, this program knows {', '.join(JobType)}")


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
