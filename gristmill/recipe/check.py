"""What is wrong with a job's recipes, without touching any data."""

from __future__ import annotations

from gristmill.problems import MAX_REPORTED, Problem
from gristmill.recipe.compile import compile_job
from gristmill.recipe.job import Job


def check(job: Job) -> list[Problem]:
    """All errors and warnings that can be told without data, in the order of recipes and steps (language 12.1)."""
    problems = compile_job(job).problems
    if len(problems) <= MAX_REPORTED:
        return problems
    rest = len(problems) - MAX_REPORTED
    return [*problems[:MAX_REPORTED], Problem("more", f"… and {rest} more")]
