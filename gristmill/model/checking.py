"""Checks of a whole job without data, remembered: most runs repeat a recipe that was checked before."""

from __future__ import annotations

import json
from functools import lru_cache

from gristmill.problems import Problem, RecipeError
from gristmill.recipe.check import check
from gristmill.recipe.job import Job

REMEMBERED = 256
TOO_DEEP = Problem("syntax", "an expression is nested too deeply")
_ANY_DATE = "1970-01-01T00:00:00Z"


def problems_of(job: Job) -> tuple[Problem, ...]:
    """Everything that is wrong with the recipes of a job, warnings included."""
    document = job.as_json() | {"seed": 0, "referenceDate": _ANY_DATE}
    return _problems(json.dumps(document, sort_keys=True))


def errors_of(job: Job) -> tuple[Problem, ...]:
    """What stops a run of the job."""
    return tuple(problem for problem in problems_of(job) if problem.severity == "error")


def refuse_errors(job: Job) -> None:
    """Raises RecipeError with all errors of the job's recipes."""
    errors = errors_of(job)
    if errors:
        raise RecipeError(errors)


@lru_cache(maxsize=REMEMBERED)
def _problems(document: str) -> tuple[Problem, ...]:
    try:
        return tuple(check(Job.from_json(json.loads(document))))
    except RecursionError:
        return (TOO_DEEP,)
