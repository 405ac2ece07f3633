"""What string functions look for (functions-a 1.6): a literal text, a pattern, or the plain text of a cell."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.functions.folding import folded
from gristmill.functions.searching import source_of
from gristmill.language import tree
from gristmill.language.patterns import CompiledPattern, compile_pattern
from gristmill.plan.expressions import Expr, Literal
from gristmill.plan.values import Value
from gristmill.plan.views import Context, text_view

Written = tree.Text | tree.Pattern | tree.Regex | Value
Source = tuple[str, bool]
"""A regular expression, and whether it needs backtracking."""


@dataclass(frozen=True, slots=True)
class Target:
    """Either a `pattern`, or a plain `text`: a literal or what a cell holds."""

    ignore_case: bool
    pattern: CompiledPattern | None = None
    text: Expr | None = None

    @property
    def source(self) -> Source | None:
        """The pattern for routines; None for a plain text."""
        return None if self.pattern is None else (source_of(self.pattern), self.pattern.needs_backtracking)

    def sides(self, s: Expr) -> tuple[Expr, Expr]:
        """The searched text and the plain one to find in it, both folded where case does not matter."""
        assert self.text is not None
        return (folded(s), folded(self.text)) if self.ignore_case else (s, self.text)


def target(written: Written, ignore_case: bool, context: Context) -> Target:
    """The bound argument of a pattern parameter. Raises RecipeError for a malformed pattern."""
    if isinstance(written, Value):
        return Target(ignore_case, text=text_view(written, context))
    if isinstance(written, tree.Text):
        return Target(ignore_case, text=Literal(written.value))
    return Target(ignore_case, pattern=compile_pattern(written, ignore_case))
