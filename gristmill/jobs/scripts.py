"""A recipe as a Python script for clients (api 3.8): written by a process of its own, for the engine looks at data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from gristmill.model.definition import chain_of, job_of, values_of
from gristmill.model.tables import OutputObject
from gristmill.problems import Problem, RecipeError
from gristmill.recipe.job import Job
from gristmill.settings import Settings

SECONDS = 60


def job_of_output(session: Session, settings: Settings, output: OutputObject) -> Job:
    """The job of an output object's recipe, without outputs."""
    chain = chain_of(session, output.flow_node)
    return job_of(settings, chain, values_of(session, chain), look_again=True)


def python_script(job: Job, scratch: Path, names: Sequence[str] = ()) -> str:
    """The script of a job, for frames whose columns are called as the dataset's, or `names` in their place.

    Raises RecipeError, which says why, where there is none.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="script-", dir=scratch) as folder:
        limits = replace(job.limits, scratch=folder)
        request = {"job": replace(job, limits=limits).as_json(), "names": list(names)}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "gristmill.engines.plain"],
                input=json.dumps(request),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _no_script(f"the recipe needs more than {SECONDS} seconds on its data") from None
    if done.returncode != 0:
        raise _no_script("the recipe cannot be written as a script")
    answer = json.loads(done.stdout)
    if "script" not in answer:
        raise RecipeError(Problem("not-supported", sentence) for sentence in answer["problems"])
    return str(answer["script"])


def _no_script(message: str) -> RecipeError:
    return RecipeError(Problem("not-supported", f"not supported: {message}"))
