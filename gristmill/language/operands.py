"""What stands between the operators of recipe text: literals, names, variables, lists and calls (language 3)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from gristmill.language import tree
from gristmill.language.calls import called
from gristmill.language.printer import braced
from gristmill.language.scanner import NUMBER, Scanner, syntax_error

LONGEST = 100  # digits of an integer


class Operands(ABC):
    """Reads operands from a scanner. `datasets` are the names that may stand before a column's name."""

    def __init__(self, scanner: Scanner, datasets: Sequence[str]) -> None:
        self.scanner = scanner
        self.datasets = sorted(filter(None, datasets), key=len, reverse=True)
        self.choices = 0

    @abstractmethod
    def expression(self) -> tree.Expression:
        """One expression, operators included."""

    def _start(self) -> int:
        self.scanner.skip()
        return self.scanner.at

    def operand(self) -> tree.Expression:
        """The operand that stands here."""
        scanner = self.scanner
        start = self._start()
        char = scanner.char
        if (dataset := self.dataset_column()) is not None:
            return dataset
        match char:
            case "(":
                scanner.at += 1
                inner = self.expression()
                scanner.expect(")")
                return inner
            case "[":
                return self.array()
            case "'" | '"':
                return tree.Text(scanner.string(), span=scanner.span(start))
            case "`":
                return tree.Pattern(scanner.raw("`", "pattern"), span=scanner.span(start))
            case "/":
                regex = scanner.raw("/", "regular expression").replace("\\/", "/")
                return tree.Regex(regex, span=scanner.span(start))
            case "{":
                return tree.Name(scanner.braced(), span=scanner.span(start), braced=True)
            case "$":
                return self._variable(start)
        if NUMBER.match(scanner.text, scanner.at):
            return self.number(negative=False, start=start)
        return self._named(start)

    def number(self, *, negative: bool, start: int) -> tree.Expression:
        """The number here, whose signs from `start` on are read."""
        match = NUMBER.match(self.scanner.text, self.scanner.at)
        assert match is not None
        self.scanner.at = match.end()
        written = match.group()
        sign = "-" if negative else ""
        span = self.scanner.span(start)
        if written.isdigit() and len(written) <= LONGEST:
            return tree.Integer(int(sign + written), span=span)
        return tree.Decimal(sign + written, span=span)

    def _variable(self, start: int) -> tree.Expression:
        scanner = self.scanner
        scanner.at += 1
        if scanner.char == "{":
            return tree.Variable(scanner.braced(), span=scanner.span(start))
        name = scanner.word()
        if name is None:
            raise syntax_error("expected a parameter's name after '$'", scanner.here())
        scanner.at += len(name)
        return tree.Variable(name, span=scanner.span(start))

    def _named(self, start: int) -> tree.Expression:
        scanner = self.scanner
        name = scanner.word()
        if name is None or (scanner.key() is not None and not self.choices):
            raise syntax_error(f"expected a value before {scanner.found()}", scanner.here())
        scanner.at += len(name)
        after = scanner.at
        while scanner.char in (" ", "\t"):
            scanner.at += 1
        if scanner.char == "(":
            return self._call(name.upper(), start)
        scanner.at = after
        if name in ("true", "false"):
            return tree.Boolean(name == "true", span=scanner.span(start))
        return tree.Name(name, span=scanner.span(start))

    def _call(self, name: str, start: int) -> tree.Expression:
        scanner = self.scanner
        scanner.at += 1
        choices, self.choices = self.choices, 0
        args = self._items(")")
        self.choices = choices
        # the error of an unknown function points at its name
        span = scanner.span(start, start + len(name))
        return called(name, args, span)

    def array(self) -> tree.Array:
        """`[a, b]`; the bracket stands here."""
        start = self._start()
        self.scanner.expect("[")
        choices, self.choices = self.choices, 0
        items = self._items("]", ranges=True)
        self.choices = choices
        return tree.Array(items, span=self.scanner.span(start))

    def _items(self, closing: str, *, ranges: bool = False) -> tuple[tree.Expression, ...]:
        items: list[tree.Expression] = []
        self.scanner.skip()
        if self.scanner.accept(closing):
            return ()
        while True:
            item = self.expression()
            self.scanner.skip()
            items.append(self._range(item) if ranges and isinstance(item, tree.Name) else item)
            if not self.scanner.accept(","):
                self.scanner.expect(closing)
                return tuple(items)

    def _range(self, first: tree.Name) -> tree.Expression:
        """`first~last` where a `~` stands here (language 3.2)."""
        if not self.scanner.accept("~"):
            return first
        self.scanner.skip()
        last = self.column_name()
        self.scanner.skip()
        return tree.Range(first.name, last, span=first.span)

    # -- datasets --------------------------------------------------------------------------------

    def dataset_column(self) -> tree.Qualified | None:
        """`dataset.column` by the longest known name that stands here; the exact spelling goes before others."""
        scanner = self.scanner
        start = scanner.at
        for fold in (str, str.casefold):
            for name in self.datasets:
                for written in (name, "{" + name + "}", braced(name)):
                    end = start + len(written)
                    if scanner.text.startswith(".", end) and fold(scanner.text[start:end]) == fold(written):
                        scanner.at = end + 1
                        return tree.Qualified(name, self.column_name(), span=scanner.span(start))
        return None

    def column_name(self) -> str:
        """A column's name: a word or anything in braces."""
        scanner = self.scanner
        if scanner.char == "{":
            return scanner.braced()
        name = scanner.word()
        if name is None:
            raise syntax_error(f"expected a column before {scanner.found()}", scanner.here())
        scanner.at += len(name)
        return name
