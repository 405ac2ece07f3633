"""Expressions of recipe text: operators by how strongly they bind (language 4.1)."""

from __future__ import annotations

from collections.abc import Sequence

from gristmill.language import tree
from gristmill.language.calls import height
from gristmill.language.operands import Operands
from gristmill.language.scanner import NUMBER, Scanner, syntax_error
from gristmill.problems import Problem

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


class Expressions(Operands):
    """Reads expressions from a scanner. `datasets` are the names that may stand before a column's name."""

    def __init__(self, scanner: Scanner, problems: list[Problem], datasets: Sequence[str] = ()) -> None:
        super().__init__(scanner, datasets)
        self.problems = problems
        self.depth = 0

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
        result = self.number(negative=True, start=start) if literal else self.operand()
        for _ in range(signs - literal):
            result = tree.Call("NEGATE", (result,), span=self.scanner.span(start))
        return result

    def _accepts(self, sign: str) -> bool:
        self.scanner.skip()
        return self.scanner.accept(sign)
