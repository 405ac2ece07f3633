"""Names of datasets in a step. They are free text: what a step may hold behind them tells where they end."""

from __future__ import annotations

import re
from contextlib import suppress

from gristmill.language import tree
from gristmill.language.grammar import Grammar, TransformGrammar
from gristmill.language.scanner import Scanner, syntax_error
from gristmill.language.step_lines import next_step
from gristmill.problems import RecipeError


class DatasetNames:
    """Reads names of datasets. `known` are those of the recipe's inputs."""

    def __init__(self, scanner: Scanner, transform: TransformGrammar, grammar: Grammar, known: tuple[str, ...]) -> None:
        self.scanner = scanner
        self.transform = transform
        self.grammar = grammar
        self.known = known
        self.end = -1

    def _end(self) -> int:
        """Where the step ends at the latest."""
        if self.end < self.scanner.at:
            self.end = next_step(self.scanner.text, self.scanner.at, self.grammar)
        return self.end

    def ahead(self) -> list[str]:
        """The names behind `with:`, wherever it stands in the step; nothing is read over."""
        scanner = self.scanner
        at, names = scanner.at, []
        for found in re.compile(r"(?:^|(?<=\s))with\s*:", re.IGNORECASE).finditer(scanner.text, at, self._end()):
            scanner.at = found.end()
            scanner.skip()
            with suppress(RecipeError):  # the words may stand within a text
                names += [item.name for item in self.read() if isinstance(item, tree.Dataset)]
        scanner.at = at
        return names

    def read(self) -> tuple[tree.Value, ...]:
        """Free text up to the next parameter or step, separated by commas."""
        result: list[tree.Value] = []
        while True:
            self.scanner.skip()
            result.append(self._dataset())
            if not self.scanner.accept(","):
                return tuple(result)

    def _dataset(self) -> tree.Dataset:
        scanner = self.scanner
        start = scanner.at
        if scanner.char == "{":
            name = scanner.braced()
            span = scanner.span(start)
            scanner.skip()
            return tree.Dataset(name, span=span)
        end = self._end_of_name(start)
        name = scanner.text[start:end].strip()
        if not name:
            raise syntax_error(f"expected a dataset before {scanner.found()}", scanner.here())
        scanner.at = end
        return tree.Dataset(re.sub(r"\s*\n\s*", " ", name), span=scanner.span(start, start + len(name)))

    def _end_of_name(self, start: int) -> int:
        """Before the next comma or known parameter of the step, at the latest at its last line.

        A comma without a blank behind it may belong to a name: it ends only one that the recipe knows.
        """
        text = self.scanner.text
        end = self._end()
        for match in re.compile(r",(?:\s|$)|(,)|(?<=\s)([^\W\d]\w*)[^\S\n]*:", re.MULTILINE).finditer(text, start, end):
            comma, key = match.groups()
            if key is not None and self.transform.parameter(key) is None:
                continue
            if comma is None or self._is_known(text, start, match.start()):
                return match.start()
        return end

    def _is_known(self, text: str, start: int, end: int) -> bool:
        """Whether an input has exactly this name, and none has a longer one that stands here."""
        here = [name for name in self.known if text[start : start + len(name)].casefold() == name.casefold()]
        return max(map(len, here), default=-1) == end - start
