"""The parameters of a step in recipe text, each in the way of writing that its transform declares (language 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from gristmill.language import tree
from gristmill.language.datasets import DatasetNames
from gristmill.language.expressions import Expressions
from gristmill.language.grammar import Grammar, Kind, TransformGrammar
from gristmill.language.scanner import Scanner, syntax_error
from gristmill.problems import Problem, RecipeError, Span, did_you_mean, quoted

NUMBERS_IN_PARENTHESES = re.compile(r"\(\s*(?=-?[0-9]+\s*,)")  # `at: (2,4)`, as the product's documentation has it

# words of SQL that people write behind an expression, and what stands for them here
MEANT = {"and": "Write && for it.", "or": "Write || for it.", "desc": "Write - before the column: order: -a."}


class StepReader:
    """Reads the parameters of one step."""

    def __init__(
        self,
        scanner: Scanner,
        transform: TransformGrammar,
        grammar: Grammar,
        known: tuple[str, ...],
        found: list[Problem],
    ) -> None:
        self.scanner = scanner
        self.transform = transform
        self.grammar = grammar
        self.found = found
        self.datasets = DatasetNames(scanner, transform, grammar, known)
        named = (*known, *self.datasets.ahead()) if self._takes_datasets() else ()
        self.expressions = Expressions(scanner, found, named)
        self.readers: dict[Kind, Callable[[], tree.Value]] = {
            Kind.COLUMNS: self._column_item,
            Kind.EXPRESSION: self.expressions.expression,
            Kind.EXPRESSIONS: self.expressions.expression,
            Kind.CONDITION: self.expressions.expression,
            Kind.FLEXIBLE: self.expressions.expression,
            Kind.WORDS: self._word,
            Kind.ORDER: self._order_item,
            Kind.PAIRS: self.expressions.array,
            Kind.JOIN_COLUMNS: self._join_column,
            Kind.QUALIFIED: self._qualified,
            Kind.MAPPING: self._mapped_column,
        }

    def _takes_datasets(self) -> bool:
        declared = self.transform.parameter("with")
        return declared is not None and declared.kind is Kind.DATASETS

    def parameters(self) -> tuple[tree.Parameter, ...]:
        """Everything up to the end of the step."""
        scanner = self.scanner
        result: list[tree.Parameter] = []
        while True:
            scanner.skip()
            if not scanner.char or scanner.char == "\n" or self._at_comment():
                return tuple(result)
            key = scanner.key()
            if key is None:
                word = scanner.word()
                if word is not None and (self.grammar.transform(word) is not None or scanner.at_line_start()):
                    return tuple(result)  # a word at the start of a line is a step, though maybe an unknown one
                hint = MEANT.get((word or "").lower())
                raise syntax_error(f"expected a parameter before {scanner.found()}", scanner.here(), hint)
            result.append(self._parameter(key, result))

    def _at_comment(self) -> bool:
        return self.scanner.starts("//") or (self.scanner.starts("--") and self.scanner.at_line_start())

    def _parameter(self, key: str, before: list[tree.Parameter]) -> tree.Parameter:
        scanner = self.scanner
        start = scanner.at
        scanner.at += len(key)
        scanner.expect(":")
        span = scanner.span(start, start + len(key))
        kind = self._kind(key, span)
        if any(key.casefold() == other.name.casefold() for other in before):
            raise RecipeError(Problem("duplicate-parameter", f"parameter {quoted(key)} is given twice", span=span))
        scanner.skip()
        if kind is Kind.DATASETS:
            return tree.Parameter(key, self.datasets.read(), span=span)
        listed = NUMBERS_IN_PARENTHESES.match(scanner.text, scanner.at) if kind is Kind.EXPRESSIONS else None
        scanner.at = listed.end() if listed is not None else scanner.at
        values = self._values(self.readers[kind])
        if listed is not None:
            scanner.expect(")")
        return tree.Parameter(key, values, span=span)

    def _kind(self, key: str, span: Span) -> Kind:
        """How the value is written; that of a parameter which the transform does not have can be anything."""
        declared = self.transform.parameter(key)
        if declared is not None:
            return declared.kind
        message = f"{quoted(self.transform.name)} has no parameter {quoted(key)}"
        hint = did_you_mean(key, (item.key for item in self.transform.parameters.values()))
        self.found.append(Problem("unknown-parameter", message, hint=hint, severity="warning", span=span))
        return Kind.FLEXIBLE

    def _values(self, read: Callable[[], tree.Value]) -> tuple[tree.Value, ...]:
        values = []
        while True:
            self.scanner.skip()
            values.append(read())
            self.scanner.skip()
            if not self.scanner.accept(","):
                return tuple(values)

    # -- kinds of values -------------------------------------------------------------------------

    def _column_item(self) -> tree.Value:
        scanner = self.scanner
        start = scanner.at
        if scanner.accept("*"):
            return tree.Everything(span=scanner.span(start))
        if scanner.char in "'\"" and scanner.char:
            return tree.Text(scanner.string(), span=scanner.span(start))
        if scanner.char == "$":
            return self.expressions.expression()
        if scanner.key() is not None:
            raise syntax_error(f"expected a column before {scanner.found()}", scanner.here())
        braced = scanner.char == "{"
        first = self.expressions.column_name()
        after = scanner.at
        scanner.skip()
        if scanner.accept("~"):
            scanner.skip()
            last = self.expressions.column_name()
            return tree.Range(first, last, span=scanner.span(start))
        scanner.at = after
        return tree.Name(first, span=scanner.span(start), braced=braced)

    def _word(self) -> tree.Value:
        """A bare word; anything else is read as an expression (settype's texts)."""
        scanner = self.scanner
        start = scanner.at
        word = scanner.word()
        if word is None or word in ("true", "false"):
            return self.expressions.expression()
        if scanner.key() is not None:
            raise syntax_error(f"expected a word before {scanner.found()}", scanner.here())
        scanner.at += len(word)
        return tree.Word(word, span=scanner.span(start))

    def _order_item(self) -> tree.Value:
        start = self.scanner.at
        descending = self.scanner.accept("-")
        self.scanner.skip()
        key = self.expressions.expression()
        return tree.OrderItem(key, descending, span=self.scanner.span(start))

    def _join_column(self) -> tree.Value:
        start = self.scanner.at
        name = self.expressions.column_name()
        self.scanner.expect("=")
        self.scanner.skip()
        return tree.OutputColumn(name, self._source(), span=self.scanner.span(start))

    def _qualified(self) -> tree.Value:
        return self._source()

    def _source(self) -> tree.Qualified | tree.Name:
        """`dataset.column` by a known name, else by the last point before a name, else a bare column."""
        scanner = self.scanner
        start = scanner.at
        found = self.expressions.dataset_column()
        if found is not None:
            return found
        dataset = self._guessed_dataset()
        if dataset is not None:
            return tree.Qualified(dataset, self.expressions.column_name(), span=scanner.span(start))
        return tree.Name(self.expressions.column_name(), span=scanner.span(start))

    def _guessed_dataset(self) -> str | None:
        """The name before the last point before a column, read over; None where there is no such point."""
        scanner = self.scanner
        start = scanner.at
        if scanner.char == "{":
            with suppress(RecipeError):  # a column's name in braces is read again, and its error told, by the caller
                name = scanner.braced()
                if scanner.accept("."):
                    return name
            scanner.at = start
            return None
        guess = re.compile(r"([^{}\n,=:]*)\.(?=[^\W\d]|\{)").match(scanner.text, start)
        if guess is None:
            return None
        scanner.at = guess.end()
        return guess[1]

    def _mapped_column(self) -> tree.Value:
        """`{'as': 'name', 'sources': a.x,b.y}`."""
        scanner = self.scanner
        start = scanner.at
        scanner.expect("{")
        self._literal_key("as")
        scanner.skip()
        if scanner.char not in ("'", '"'):
            raise syntax_error(f"expected a text before {scanner.found()}", scanner.here())
        name = scanner.string()
        scanner.expect(",")
        self._literal_key("sources")
        sources = []
        while True:
            scanner.skip()
            sources.append(self._source())
            scanner.skip()
            if not scanner.accept(","):
                break
        scanner.expect("}")
        return tree.MappedColumn(name, tuple(sources), span=scanner.span(start))

    def _literal_key(self, key: str) -> None:
        scanner = self.scanner
        scanner.skip()
        if scanner.char not in ("'", '"') or scanner.string() != key:
            raise syntax_error(f"expected '{key}' here", scanner.here())
        scanner.expect(":")
