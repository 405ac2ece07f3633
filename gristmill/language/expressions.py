"""Expressions of recipe text: one method per level of precedence (language 4.1)."""

from __future__ import annotations

from collections.abc import Sequence

from gristmill.language import tree
from gristmill.language.printer import braced
from gristmill.language.scanner import NUMBER, Scanner, syntax_error
from gristmill.problems import Problem, RecipeError, Span

DEEPEST, TALLEST = 100, 200
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
# Operators with their functions and how strongly they bind; two characters go before one (language 4.1).
OPERATORS = {
    "||": ("OR", 1), "&&": ("AND", 2),
    "==": ("EQUAL", 4), "!=": ("NOTEQUAL", 4), "<>": ("NOTEQUAL", 4),
    "<=": ("LESSTHANEQUAL", 4), ">=": ("GREATERTHANEQUAL", 4),
    "<": ("LESSTHAN", 4), ">": ("GREATERTHAN", 4), "=": ("EQUAL", 4),
    "+": ("ADD", 5), "-": ("SUBTRACT", 5), "*": ("MULTIPLY", 6), "/": ("DIVIDE", 6), "%": ("MOD", 6), "^": ("POW", 7),
}  # fmt: skip
NOT, COMPARISON, POWER = 3, 4, 7
WRONG = {"=<": "<=", "=>": ">=", "=!": "!="}
# Other spellings of functions, read but never written (functions-a 2).
ALIASES = {
    "PARSEINTEGER": "PARSEINT", "PARSEBOOLEAN": "PARSEBOOL", "PARSEDECIMAL": "PARSEFLOAT", "CEIL": "CEILING",
    "POWER": "POW", "LENGTH": "LEN", "SUBSTR": "SUBSTRING", "TRUNCATE": "TRUNC", "ISEMPTY": "ISMISSING",
}  # fmt: skip


class Expressions:
    """Reads expressions from a scanner. `datasets` are the names that may stand before a column's name."""

    def __init__(self, scanner: Scanner, problems: list[Problem], datasets: Sequence[str] = ()) -> None:
        self.scanner = scanner
        self.problems = problems
        self.datasets = sorted(filter(None, datasets), key=len, reverse=True)
        self.depth = 0
        self.choices = 0

    def expression(self) -> tree.Expression:
        """One expression, the old `test ? then : else` included."""
        start = self._start()
        self._deeper()
        test = self._operators(1)
        result = self._choice(test, start) if self._accepts("?") else test
        self.depth -= 1
        if not self.depth and self.scanner.at - start > DEEPEST and height(result) > TALLEST:
            raise syntax_error(TOO_DEEP, self.scanner.span(start))
        return result

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise syntax_error(TOO_DEEP, self.scanner.here())

    def _choice(self, test: tree.Expression, start: int) -> tree.Expression:
        self.choices += 1
        then = self.expression()
        self.choices -= 1
        self.scanner.expect(":")
        otherwise = self.expression()
        return tree.Call("IF", (test, then, otherwise), span=self.scanner.span(start))

    def _operators(self, least: int) -> tree.Expression:
        """Operands with the operators between them that bind at least so strongly."""
        start = self._start()
        result = self._not() if least <= NOT and self._at_not() else self._unary()
        while (found := self._operator(least)) is not None:
            function, level = found
            if level == POWER:  # from the right
                self._deeper()
                right = self._operators(level)
                self.depth -= 1
            else:
                right = self._operators(level + 1)
            result = tree.Call(function, (result, right), span=self.scanner.span(start))
            if level == COMPARISON:
                self._refuse_comparison()
        return result

    def _at_not(self) -> bool:
        return self.scanner.char == "!" and not self.scanner.starts("!=")

    def _not(self) -> tree.Expression:
        start, nots = self.scanner.at, 0
        while self._at_not():
            self.scanner.at += 1
            self.scanner.skip()
            nots += 1
        result = self._operators(COMPARISON)
        for _ in range(nots):
            result = tree.Call("NOT", (result,), span=self.scanner.span(start))
        return result

    def _operator(self, least: int) -> tuple[str, int] | None:
        """Read the operator here if it binds strongly enough."""
        scanner = self.scanner
        scanner.skip()
        sign = scanner.text[scanner.at : scanner.at + 2]
        if sign in WRONG:
            message = f"operator '{sign}' does not exist, use '{WRONG[sign]}'"
            raise syntax_error(message, scanner.span(scanner.at, scanner.at + 2))
        if sign not in OPERATORS:
            sign = sign[:1]
        found = OPERATORS.get(sign)
        if found is None or found[1] < least or (scanner.starts("--") and scanner.at_line_start()):
            return None
        if sign == "=":
            span = scanner.span(scanner.at, scanner.at + 1)
            warning = Problem("single-equals", "a single '=' is read as '=='", severity="warning", span=span)
            self.problems.append(warning)
        scanner.at += len(sign)
        return found

    def _refuse_comparison(self) -> None:
        at = self.scanner.at
        found = self._operator(COMPARISON)
        if found is not None and found[1] == COMPARISON:
            raise syntax_error("comparisons cannot be chained, use '&&'", self.scanner.span(at, at + 1))

    def _unary(self) -> tree.Expression:
        start = self._start()
        signs = 0
        while self.scanner.accept("-"):
            signs += 1
            self.scanner.skip()
        literal = signs > 0 and NUMBER.match(self.scanner.text, self.scanner.at) is not None
        result = self._number(negative=True, start=start) if literal else self._primary()
        for _ in range(signs - literal):
            result = tree.Call("NEGATE", (result,), span=self.scanner.span(start))
        return result

    def _accepts(self, sign: str) -> bool:
        self.scanner.skip()
        return self.scanner.accept(sign)

    def _start(self) -> int:
        self.scanner.skip()
        return self.scanner.at

    # -- operands --------------------------------------------------------------------------------

    def _primary(self) -> tree.Expression:
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
            return self._number(negative=False, start=start)
        return self._named(start)

    def _number(self, *, negative: bool, start: int) -> tree.Expression:
        match = NUMBER.match(self.scanner.text, self.scanner.at)
        assert match is not None
        self.scanner.at = match.end()
        written = match.group()
        sign = "-" if negative else ""
        span = self.scanner.span(start)
        if written.isdigit() and len(written) <= DEEPEST:
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


def height(expression: tree.Expression) -> int:
    """How many calls and arrays lie within each other."""
    level: list[tree.Expression] = [expression]
    levels = 0
    while level:
        level = [
            child
            for node in level
            for child in (
                node.args if isinstance(node, tree.Call) else node.items if isinstance(node, tree.Array) else ()
            )
        ]
        levels += 1
    return levels


def called(name: str, args: tuple[tree.Expression, ...], span: Span | None = None) -> tree.Call:
    """The call in the main spelling; AND and OR of more than two nest from the left."""
    name = ALIASES.get(name, name)
    if name == "CONCAT":
        return tree.Call("MERGE", args if args and isinstance(args[0], tree.Array) else (tree.Array(args),), span=span)
    if name in ("AND", "OR") and len(args) > 2:
        result = tree.Call(name, args[:2], span=span)
        for arg in args[2:]:
            result = tree.Call(name, (result, arg), span=span)
        return result
    return tree.Call(name, args, span=span)


def parse_expression(text: str) -> tree.Expression:
    """One expression. Raises RecipeError where it cannot be read to its end."""
    scanner = Scanner(text)
    problems: list[Problem] = []
    result = Expressions(scanner, problems).expression()
    scanner.skip()
    if scanner.char:
        raise RecipeError(Problem("syntax", f"expected an operator before {scanner.found()}", span=scanner.here()))
    return result
