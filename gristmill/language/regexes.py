"""Users' regular expressions, read by a parser of our own and translated for RE2 and Python (language 5.8).

Class A goes to RE2. Class B – look-around and back-references – goes to the `regex` package with a time limit.
Class C is refused with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gristmill.language.tokens import ANY, SPACE_CLASS
from gristmill.problems import Problem, RecipeError, quoted

MOST_REPETITIONS = 1000
POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")
POSIX_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t\x20", "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9", "graph": r"\x21-\x7E", "lower": "a-z", "print": r"\x20-\x7E",
    "punct": r"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E", "space": r"\t\n\x0B\f\r\x20", "upper": "A-Z",
    "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})")
GROUP = re.compile(r"\(\?(?:P?<(?P<name>[A-Za-z_]\w*)>|(?P<look><?[=!])|(?P<flags>[a-zA-Z-]*)(?P<end>[:)])|)")
PYTHON_SPACE = SPACE_CLASS.replace("\\x{", "\\u").replace("}", "")
LITERAL_ESCAPES = {"n": r"\n", "r": r"\r", "t": r"\t", "f": r"\f", "v": r"\x0B"}
CLASSES = {"d": "0-9", "w": "A-Za-z0-9_"}


@dataclass(frozen=True, slots=True)
class Translated:
    """An expression in RE2's and in Python's spelling."""

    re2: str
    python: str
    groups: int
    needs_backtracking: bool


def bad_regex(message: str) -> RecipeError:
    return RecipeError(Problem("bad-regex", f"regular expression: {message}"))


def translate(source: str) -> Translated:
    """The expression for the engines. Raises RecipeError `bad-regex` for class C and for what is malformed."""
    reader = _Reader(source)
    reader.read()
    result = Translated("".join(reader.re2), "".join(reader.python), reader.groups, reader.backtracking)
    _try(result)
    return result


def _try(result: Translated) -> None:
    if result.needs_backtracking:
        import regex

        try:
            regex.compile(result.python, regex.VERSION1)
        except regex.error as error:
            raise bad_regex(str(error)) from None
        return
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(result.re2, options)
    except re2.error as error:
        message = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise bad_regex(message) from None


class _Reader:
    """Reads the expression once and writes both spellings."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.re2: list[str] = []
        self.python: list[str] = []
        self.groups = 0
        self.flags: list[frozenset[str]] = [frozenset()]  # of the groups that are open, the innermost last
        self.backtracking = False
        self._is_set = False  # whether the escape that was read last stands for several characters

    def read(self) -> None:
        while self.at < len(self.source):
            self._piece()
        if len(self.flags) > 1:
            raise bad_regex("'(' is not closed")

    def _emit(self, re2: str, python: str | None = None) -> None:
        self.re2.append(re2)
        self.python.append(re2 if python is None else python)

    def _piece(self) -> None:
        char = self.source[self.at]
        if char == "\\":
            self._escape()
        elif char == "[":
            self._class()
        elif char == "(":
            self._open()
        elif char == ")":
            self.flags.pop()
            if not self.flags:
                raise bad_regex("')' without '('")
            self.at += 1
            self._emit(")")
        elif match := QUANTIFIER.match(self.source, self.at):
            self._repeat(match.group())
        else:
            self.at += 1
            self._emit(*self._special(char))

    def _special(self, char: str) -> tuple[str, str]:
        """A character outside of classes; what the user's flags make of it is said with it."""
        flags = self.flags[-1]
        if char in ("^", "$") and "m" in flags:
            return f"(?m:{char})", f"(?m:{char})"
        if char == ".":
            return (ANY, ANY) if "s" in flags else (r"[^\n]", r"[^\n]")
        return {"^": (r"\A", r"\A"), "$": (r"\z", r"\Z")}.get(char, (char, char))

    def _repeat(self, quantifier: str) -> None:
        for number in re.findall("[0-9]+", quantifier):
            if int(number) > MOST_REPETITIONS:
                raise bad_regex(f"{quoted(quantifier)}: at most {MOST_REPETITIONS} repetitions")
        self.at += len(quantifier)
        after = self.source[self.at : self.at + 1]
        if after == "+":
            raise bad_regex(f"possessive quantifier {quoted(quantifier + '+')} is not supported")
        if after == "?":
            self.at += 1
            quantifier += "?"
        self._emit(quantifier)

    def _open(self) -> None:
        self.flags.append(self.flags[-1])
        if not self.source.startswith("(?", self.at):
            self.groups += 1
            self.at += 1
            self._emit("(")
            return
        match = GROUP.match(self.source, self.at)
        if match is None or match.end() == self.at + 2:
            raise bad_regex(f"{quoted(self.source[self.at : self.at + 4])} is not supported")
        self.at = match.end()
        if match.group("name"):
            self.groups += 1
            self._emit(f"(?P<{match.group('name')}>")
        elif match.group("look"):
            self.backtracking = True
            self._emit(f"(?{match.group('look')}")
        else:
            self._flags(match)

    def _flags(self, match: re.Match[str]) -> None:
        flags = match.group("flags")
        if not re.fullmatch(r"[ism]*(?:-[ism]+)?", flags):
            raise bad_regex(f"{quoted(match.group())} is not supported")
        if match.group("end") == ")":
            self.flags.pop()
        on, _, off = flags.partition("-")
        self.flags[-1] = (self.flags[-1] | set(on)) - set(off)
        self._emit(match.group())

    def _escape(self) -> None:
        """An escape outside of a class."""
        char = self.source[self.at + 1 : self.at + 2]
        if char and char in "123456789":
            self.backtracking = True
            number = re.match(r"[0-9]+", self.source[self.at + 1 :])
            assert number is not None
            self.at += 1 + len(number.group())
            self._emit("", f"(?:\\{number.group()})")
        elif char in ("b", "B"):
            self.at += 2
            ascii_boundary = r"(?:(?<![A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<=[A-Za-z0-9_])(?![A-Za-z0-9_]))"
            not_boundary = r"(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))"
            self._emit(f"\\{char}", ascii_boundary if char == "b" else not_boundary)
        elif char in ("A", "z", "Z"):
            self.at += 2
            self._emit(r"\A" if char == "A" else r"\z", r"\A" if char == "A" else r"\Z")
        elif char and char in "KGRXCE":
            raise bad_regex(f"{quoted(chr(92) + char)} is not supported")
        else:
            re2, python = self._member()
            self._emit(*((f"[{re2}]", f"[{python}]") if self._is_set else (re2, python)))

    def _class(self) -> None:
        """A bracketed class."""
        start = self.at
        self.at += 1
        negated = self.source.startswith("^", self.at)
        self.at += negated
        members: list[tuple[str, str]] = []
        while True:
            if self.at >= len(self.source):
                raise bad_regex(f"'[' at position {start + 1} is not closed")
            if self.source[self.at] == "]" and members:
                self.at += 1
                break
            members.append(self._class_member())
        opening = "[^" if negated else "["
        self._emit(
            f"{opening}{''.join(re2 for re2, _ in members)}]", f"{opening}{''.join(python for _, python in members)}]"
        )

    def _class_member(self) -> tuple[str, str]:
        char = self.source[self.at]
        if match := POSIX.match(self.source, self.at):
            self.at = match.end()
            if match.group(2) not in POSIX_CLASSES:
                raise bad_regex(f"there is no class {quoted(match.group())}")
            return match.group(), f"[{match.group(1)}{POSIX_CLASSES[match.group(2)]}]"
        if char == "\\":
            return self._member()
        self.at += 1
        if char == "-":
            return char, char
        escaped = f"\\{char}" if char in "[]&~|" else char
        return escaped, escaped

    def _member(self) -> tuple[str, str]:
        """An escape as it stands in a class, RE2's and Python's spelling."""
        char = self.source[self.at + 1 : self.at + 2]
        rest = self.source[self.at + 2 :]
        self._is_set = False
        if not char:
            raise bad_regex("'\\' at the end")
        if char.lower() in ("d", "w", "s"):
            return self._predefined(char)
        if char in LITERAL_ESCAPES:
            self.at += 2
            return LITERAL_ESCAPES[char], LITERAL_ESCAPES[char]
        if char == "c" and rest[:1].isalpha():
            return self._code(ord(rest[0].upper()) ^ 64, 3)
        for prefix, pattern in (("x", r"\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2})"), ("u", r"([0-9A-Fa-f]{4})")):
            if char == prefix and (match := re.match(pattern, rest)):
                digits = next(part for part in match.groups() if part)
                return self._code(int(digits, 16), 2 + match.end())
        if char in ("p", "P") and (match := re.match(r"\{\^?[A-Za-z_]+\}|[A-Z]", rest)):
            self.at += 2 + match.end()
            self._is_set = True
            return f"\\{char}{match.group()}", f"\\{char}{match.group()}"
        if char.isalnum():
            raise bad_regex(f"{quoted(chr(92) + char)} is not supported")
        self.at += 2
        return f"\\{char}", f"\\{char}"

    def _predefined(self, char: str) -> tuple[str, str]:
        """ASCII digits and words, Unicode white space."""
        self.at += 2
        self._is_set = True
        lower = char.lower()
        if char.islower():
            return (SPACE_CLASS, PYTHON_SPACE) if lower == "s" else (CLASSES[lower], CLASSES[lower])
        if lower == "s":
            return _complement(), _complement(python=True)
        posix = {"d": "[:^digit:]", "w": "[:^word:]"}[lower]
        return posix, {"d": r"\x00-/:-\U0010FFFF", "w": r"\x00-/:-@\[-\^`{-\U0010FFFF"}[lower]

    def _code(self, code: int, length: int) -> tuple[str, str]:
        if code > 0x10FFFF:
            raise bad_regex(f"there is no character {code:X}")
        self.at += length
        return f"\\x{{{code:X}}}", f"\\U{code:08X}"


def _complement(*, python: bool = False) -> str:
    """Everything that is no white space, as ranges."""
    spaces = sorted(
        [9, 10, 11, 12, 13, 32, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF]
    )
    ranges, low = [], 0
    for space in [*spaces, 0x110000]:
        if space > low:
            ranges.append((low, space - 1))
        low = space + 1
    form = "\\U{:08X}-\\U{:08X}" if python else "\\x{{{:X}}}-\\x{{{:X}}}"
    return "".join(form.format(low, high) for low, high in ranges)
