"""Rooms that are not built yet, replaced by the least that the model and the API need from them."""

from __future__ import annotations

import importlib
import re
import sys
import uuid
from dataclasses import replace
from types import ModuleType, SimpleNamespace


def install() -> None:
    """Put stand-ins in the place of every room of which a module cannot be imported."""
    for room in ROOMS:
        try:
            for name in room:
                importlib.import_module(name)
        except Exception:
            for name, facts in room.items():
                module = ModuleType(name)
                vars(module).update(facts)
                sys.modules[name] = module


class Transforms:
    def transform(self, name):
        return name if name in ("header", "join", "union", "rename", "derive") else None


def check(job):
    found = []
    for recipe in job.recipes:
        _, problems = parse(recipe.text, Transforms())
        found += [replace(problem, node=recipe.name) for problem in problems]
    return found


def parse(text, grammar, datasets=()):
    from gristmill.language.tree import Comment, Dataset, Parameter, Recipe, Step
    from gristmill.problems import Problem, Span

    steps, problems = [], []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        if line.startswith("//"):
            steps.append(Comment(line[2:]))
            continue
        word, _, rest = line.partition(" ")
        if grammar.transform(word) is None:
            span = Span(number, 1, number, len(word) + 1)
            problems.append(Problem("unknown-transform", f"unknown transform '{word}'", step=number, span=span))
        named = re.search(r"with: (\w+)", rest)
        parameters = (Parameter("with", (Dataset(named[1]),)),) if named else ()
        steps.append(Step(word, parameters))
    return Recipe(tuple(steps)), problems


def submit(session, request):
    from gristmill.model.job_tables import Job, JobEdge, JobGroup, JobType, Snapshot

    by = {"creator_id": request.creator_id, "updater_id": request.creator_id}
    group = JobGroup(
        session_id=str(uuid.uuid4()),
        ranfrom=request.ranfrom,
        ranfor=request.ranfor,
        execution=request.execution,
        profiling_enabled=request.profiler,
        ignore_recipe_errors=request.ignore_recipe_errors,
        reference_date=request.reference_date,
        parameters=list(request.parameters),
        overrides=request.overrides,
        outputs=list(request.outputs),
        flow_node_id=request.flow_node_id,
        workspace_id=request.workspace_id,
        snapshot=Snapshot(definition=request.job, **by),
        **by,
    )
    wrangle = Job(type=JobType.WRANGLE, execution_language=request.execution, **by)
    writers = [Job(type=JobType.FILE_WRITER, write_setting=output, **by) for output in request.outputs]
    group.jobs = [wrangle, *writers]
    for position, job in enumerate(group.jobs):
        job.position = position
    session.add(group)
    session.flush()
    for writer in writers:
        session.add(JobEdge(job_group_id=group.id, source_job_id=wrangle.id, target_job_id=writer.id))
    session.flush()
    return group


def cancel(session, group):
    from gristmill.model.job_tables import FINAL, Status

    stopped = [job for job in group.jobs if job.status not in FINAL]
    for job in stopped:
        job.status = Status.CANCELED
    group.status = Status.CANCELED
    return [job.id for job in stopped]


class Worker:
    def __init__(self, settings, sessions):
        self.facts = SimpleNamespace(settings=settings, sessions=sessions)

    def start(self):
        pass

    def stop(self):
        pass


ROOMS = (
    {
        "gristmill.language.parser": {"parse": parse},
        "gristmill.transforms.registry": {"TRANSFORMS": Transforms()},
        "gristmill.recipe.check": {"check": check},
    },
    {
        "gristmill.jobs.submit": {"submit": submit},
        "gristmill.jobs.cancel": {"cancel": cancel},
        "gristmill.jobs.worker": {"Worker": Worker},
    },
)
