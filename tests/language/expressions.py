"""Expressions alone, as no recipe has them."""

from __future__ import annotations

from gristmill.language import tree
from gristmill.language.expressions import Expressions
from gristmill.language.scanner import Scanner
from gristmill.problems import Problem, RecipeError


def parse_expression(text: str) -> tree.Expression:
    """One expression. Raises RecipeError where it cannot be read to its end."""
    scanner = Scanner(text)
    problems: list[Problem] = []
    result = Expressions(scanner, problems).expression()
    scanner.skip()
    if scanner.char:
        raise RecipeError(Problem("syntax", f"expected an operator before {scanner.found()}", span=scanner.here()))
    return result
