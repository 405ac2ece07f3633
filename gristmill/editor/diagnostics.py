"""What is wrong with a recipe while it is being written."""

from __future__ import annotations

from pathlib import Path

from gristmill.editor.checking import problems_of
from gristmill.editor.surroundings import Surroundings
from gristmill.problems import Problem, RunError, Span

START = Span(1, 1, 1, 1)


def diagnose(file: Path, text: str, beside: Surroundings) -> list[Problem]:
    """The problems of `gristmill recipe check`, of columns too where data lies beside the file; each has a place.

    Data that cannot be read is a warning at the start, and columns are not checked.
    """
    complaints = [] if beside.complaint is None else [beside.complaint]
    try:
        problems = problems_of(file, text, beside.inputs, beside.params)
    except RunError as error:
        complaints += [problem.message for problem in error.problems]
        problems = problems_of(file, text, (), beside.params)
    unread = [
        Problem("inputs", f"columns are not checked: {complaint}", severity="warning", span=START)
        for complaint in complaints
    ]
    return [*unread, *(problem for problem in problems if problem.span is not None)]
