"""Recipe text becomes a syntax tree. Steps have no terminator: the grammar tells where one ends (language 2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

from gristmill.language import tree
from gristmill.language.expressions import TOO_DEEP, Expressions, parse_expression
from gristmill.language.grammar import Grammar, Kind, TransformGrammar
from gristmill.language.scanner import BLANKS, WORD, Scanner, syntax_error
from gristmill.problems import Problem, RecipeError, did_you_mean, quoted

__all__ = ["parse", "parse_expression"]

LINE_END = re.compile(r"\r+\n")  # a text that went through two programs may have `\r\r\n`
ALWAYS_KNOWN = ("current_dataset", "MISSING")
NUMBERS_IN_PARENTHESES = re.compile(r"\(\s*(?=-?[0-9]+\s*,)")  # `at: (2,4)`, as the product's documentation has it


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
        reader = _StepReader(scanner, transform, self.grammar, self.known, found)
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


def next_step(text: str, start: int, grammar: Grammar) -> int:
    """Where the next line begins whose first word is a transform, or that is a comment; else the end."""
    at = start
    while (line := text.find("\n", at)) >= 0:
        at = line + 1
        if begins_step(text, at, grammar):
            return line
    return len(text)


def begins_step(text: str, at: int, grammar: Grammar) -> bool:
    """Whether a line that begins here begins a step."""
    blanks = BLANKS.match(text, at)
    assert blanks is not None
    at = blanks.end()
    if text.startswith(("//", "--"), at):
        return True
    word = WORD.match(text, at)
    if word is None or grammar.transform(word.group()) is None:
        return False
    rest = BLANKS.match(text, word.end())
    assert rest is not None
    return not text.startswith(":", rest.end())


class _StepReader:
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
        self.known = known
        self.end = -1
        datasets: tuple[str, ...] = ()
        if self._takes_datasets():
            datasets = (*known, *self._named_datasets())
        self.expressions = Expressions(scanner, found, datasets)
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

    def parameters(self) -> tuple[tree.Parameter, ...]:
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
                raise syntax_error(f"expected a parameter before {scanner.found()}", scanner.here())
            result.append(self._parameter(key, result))

    def _at_comment(self) -> bool:
        return self.scanner.starts("//") or (self.scanner.starts("--") and self.scanner.at_line_start())

    def _parameter(self, key: str, before: list[tree.Parameter]) -> tree.Parameter:
        scanner = self.scanner
        start = scanner.at
        scanner.at += len(key)
        scanner.expect(":")
        span = scanner.span(start, start + len(key))
        declared = self.transform.parameter(key)
        if declared is None:
            message = f"{quoted(self.transform.name)} has no parameter {quoted(key)}"
            hint = did_you_mean(key, (item.key for item in self.transform.parameters.values()))
            self.found.append(Problem("unknown-parameter", message, hint=hint, severity="warning", span=span))
        if any(key.casefold() == other.name.casefold() for other in before):
            raise RecipeError(Problem("duplicate-parameter", f"parameter {quoted(key)} is given twice", span=span))
        kind = declared.kind if declared is not None else Kind.FLEXIBLE
        scanner.skip()
        if kind is Kind.DATASETS:
            return tree.Parameter(key, self._datasets(), span=span)
        listed = NUMBERS_IN_PARENTHESES.match(scanner.text, scanner.at) if kind is Kind.EXPRESSIONS else None
        scanner.at = listed.end() if listed is not None else scanner.at
        values = self._values(self.readers[kind])
        if listed is not None:
            scanner.expect(")")
        return tree.Parameter(key, values, span=span)

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

    # -- datasets --------------------------------------------------------------------------------

    def _takes_datasets(self) -> bool:
        declared = self.transform.parameter("with")
        return declared is not None and declared.kind is Kind.DATASETS

    def _end(self) -> int:
        """Where the step ends at the latest."""
        if self.end < self.scanner.at:
            self.end = next_step(self.scanner.text, self.scanner.at, self.grammar)
        return self.end

    def _named_datasets(self) -> list[str]:
        """The names behind `with:`, wherever it stands in the step."""
        scanner = self.scanner
        at, names = scanner.at, []
        for found in re.compile(r"(?:^|(?<=\s))with\s*:", re.IGNORECASE).finditer(scanner.text, at, self._end()):
            scanner.at = found.end()
            scanner.skip()
            with suppress(RecipeError):  # the words may stand within a text
                names += [item.name for item in self._datasets() if isinstance(item, tree.Dataset)]
        scanner.at = at
        return names

    def _datasets(self) -> tuple[tree.Value, ...]:
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
