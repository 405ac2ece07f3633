"""Problems as people read them: one line each on stderr, with the recipe line and the guilty place underlined."""

from __future__ import annotations

from collections.abc import Iterable

import click

from gristmill.problems import MAX_REPORTED, Problem, ProblemError, RecipeError, Span

WIDTH = 100
_BEFORE = 40


def say(line: str) -> None:
    """One line on stderr."""
    click.echo(line, err=True)


def complain(error: ProblemError, recipe: str | None = None) -> int:
    """Print the problems of `error`; the exit code that they mean."""
    show(error.problems, recipe)
    return 2 if isinstance(error, RecipeError) else 1


def show(problems: Iterable[Problem], recipe: str | None = None) -> None:
    """Print problems; with the recipe's text, the place of each."""
    lines = recipe.split("\n") if recipe is not None else []
    listed = list(problems)
    for problem in listed[:MAX_REPORTED]:
        say(("warning: " if problem.severity == "warning" else "") + problem.text())
        if problem.span is not None and problem.span.line <= len(lines):
            for line in excerpt(lines[problem.span.line - 1], problem.span):
                say(line)
    if len(listed) > MAX_REPORTED:
        say(f"… and {len(listed) - MAX_REPORTED} more")


def excerpt(line: str, span: Span) -> tuple[str, str]:
    """The recipe line, cut to the neighbourhood of `span` when it is long, and its underline."""
    line = line.rstrip("\r").replace("\t", " ")
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line)
    first = 0 if len(line) <= WIDTH else max(0, min(start - _BEFORE, len(line) - WIDTH))
    head = "…" if first else ""
    shown = head + line[first : first + WIDTH] + ("…" if first + WIDTH < len(line) else "")
    length = max(1, min(end, first + WIDTH) - start)
    number = str(span.line)
    margin = " " * len(number)
    return f"  {number} │ {shown}", f"  {margin} │ {' ' * (start - first + len(head))}{'─' * length}"
