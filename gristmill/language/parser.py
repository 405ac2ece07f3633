"""Recipe text becomes a syntax tree. Steps have no terminator: the grammar tells where one ends (language 2.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gristmill.language import tree
from gristmill.language.expressions import TOO_DEEP
from gristmill.language.grammar import Grammar
from gristmill.language.parameters import StepReader
from gristmill.language.scanner import Scanner
from gristmill.language.step_lines import next_step
from gristmill.problems import Problem, RecipeError, did_you_mean, quoted

LINE_END = re.compile(r"\r+\n")  # a text that went through two programs may have `\r\r\n`
ALWAYS_KNOWN = ("current_dataset", "MISSING")


def parse(text: str, grammar: Grammar, datasets: Sequence[str] = ()) -> tuple[tree.Recipe, list[Problem]]:
    """The tree of a recipe and everything that is wrong with its text.

    `datasets` are the names of the recipe's inputs. A step that cannot be read is kept as `Unreadable`.
    """
    return _Parser(text, grammar, datasets).recipe()


class _Parser:
    def __init__(self, text: str, grammar: Grammar, datasets: Sequence[str]) -> None:
        self.scanner = Scanner(LINE_END.sub("\n", text.removeprefix("\ufeff")))
        self.grammar = grammar
        self.known = (*ALWAYS_KNOWN, *datasets)
        self.problems: list[Problem] = []
        self.steps: list[tree.AnyStep] = []

    def recipe(self) -> tuple[tree.Recipe, list[Problem]]:
        scanner = self.scanner
        while self._next_line():
            start = scanner.at
            if scanner.starts("--"):
                line = self._rest_of_line()
                self._warn("trivia", f"line is left out: {quoted(line)}", start)
            elif scanner.accept("//"):
                self.steps.append(tree.Comment(self._rest_of_line(), span=scanner.span(start)))
            else:
                self._step(start)
        return tree.Recipe(tuple(self.steps)), self.problems

    def _next_line(self) -> bool:
        scanner = self.scanner
        while scanner.char.isspace() or scanner.char == "\ufeff":
            scanner.at += 1
        return bool(scanner.char)

    def _rest_of_line(self) -> str:
        scanner = self.scanner
        end = scanner.text.find("\n", scanner.at)
        start, scanner.at = scanner.at, len(scanner.text) if end < 0 else end
        return scanner.text[start : scanner.at]

    def _warn(self, code: str, message: str, start: int) -> None:
        self.problems.append(
            Problem(code, message, severity="warning", step=len(self.steps) + 1, span=self.scanner.span(start))
        )

    # -- steps -----------------------------------------------------------------------------------

    def _step(self, start: int) -> None:
        name = self.scanner.word()
        found: list[Problem] = []
        try:
            step = self._read_step(start, name, found)
        except RecipeError as error:
            found += error.problems
            step = self._unreadable(start)
        except RecursionError:  # operators of every level within each other take more stack than their depth tells
            found.append(Problem("syntax", TOO_DEEP, span=self.scanner.here()))
            step = self._unreadable(start)
        number = len(self.steps) + 1
        self.problems += [problem.at(number, name) for problem in found]
        self.steps.append(step)

    def _read_step(self, start: int, name: str | None, found: list[Problem]) -> tree.AnyStep:
        scanner = self.scanner
        transform = self.grammar.transform(name) if name else None
        if name is None or transform is None:
            message = f"unknown transform {quoted(name)}" if name else f"expected a step before {scanner.found()}"
            hint = did_you_mean(name, self._transform_names()) if name else None
            code = "unknown-transform" if name else "syntax"
            raise RecipeError(Problem(code, message, hint=hint, span=scanner.here()))
        scanner.at += len(name)
        reader = StepReader(scanner, transform, self.grammar, self.known, found)
        parameters = reader.parameters()
        return tree.Step(transform.name, parameters, span=scanner.span(start, start + len(name)))

    def _transform_names(self) -> Sequence[str]:
        return tuple(self.grammar) if hasattr(self.grammar, "__iter__") else ()  # type: ignore[arg-type]

    def _unreadable(self, start: int) -> tree.Unreadable:
        """The step's text up to the next line that begins a step or a comment."""
        scanner = self.scanner
        end = next_step(scanner.text, start, self.grammar)
        scanner.at = end
        text = scanner.text[start:end].rstrip()
        return tree.Unreadable(text, span=scanner.span(start, start + len(text)))
