"""`{"job": …, "names": […]}` on stdin becomes the Python script that gives its result, as JSON on stdout.

The server runs this in a process of its own, as it runs jobs: the engine never shares one with it.
"""

from __future__ import annotations

import json
import sys

from gristmill.engines.duckdb.looking import look_at
from gristmill.engines.plain.python import python_script
from gristmill.problems import ProblemError
from gristmill.recipe.job import Job


def main() -> None:
    """`{"script": …}`, or `{"problems": […]}` where there is none."""
    request = json.load(sys.stdin)
    job, names = Job.from_json(request["job"]), request["names"]
    try:
        answer: dict[str, object] = {"script": look_at(job, lambda looked: python_script(looked, {}, names))}
    except ProblemError as error:
        answer = {"problems": [problem.text() for problem in error.problems]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
