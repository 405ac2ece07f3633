"""Tells what a place in a recipe may hold from the text before it: also where that is not finished."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gristmill.editor.cursor import Call, Cursor, Where
from gristmill.language.grammar import Kind
from gristmill.language.scanner import BLANKS, NUMBER, WORD
from gristmill.language.step_lines import begins_step
from gristmill.transforms.base import Transform
from gristmill.transforms.binders import Parameter
from gristmill.transforms.registry import TRANSFORMS

_TOKEN = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<literal>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\\n]|\\[^\n])*`)"
    r"|(?P<name>\{(?:[^{}\\\n]|\\.)*\})"
    r"|(?P<variable>\$(?:\{[^}\n]*\}?|\w*))"
    rf"|(?P<number>{NUMBER.pattern})"
    rf"|(?P<word>{WORD.pattern})"
    r"|(?P<open>['\"`{].*)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\n]|\\[^\n])*/")
_KEY = re.compile(r"(?<=\s)([^\W\d]\w*)[^\S\n]*:")
_OPENING, _CLOSING = "([{", ")]}"


def cursor_at(text: str, offset: int) -> Cursor:
    """What a place may hold. The text counts from there on only as far as it tells a key."""
    return _Walk(text, offset).cursor()


def word_end(text: str, offset: int) -> int:
    """Where the word ends that an offset lies in or at whose end it lies."""
    match = re.compile(r"\w*").match(text, offset)
    assert match is not None
    return match.end()


@dataclass(slots=True)
class _Level:
    """Something in brackets; `function` is None where they are not those of a call."""

    function: str | None
    argument: int = 0


@dataclass(slots=True)
class _Walk:
    """Reads over the tokens from the step's line to the place."""

    text: str
    offset: int
    at: int = 0
    step: int = 0
    transform: type[Transform] | None = None
    parameter: Parameter | None = None
    given: list[str] = field(default_factory=list)
    item: int = 0
    levels: list[_Level] = field(default_factory=list)
    choices: int = 0
    expecting: bool = False  # whether a value has to follow
    at_line_start: bool = True
    function: str | None = None
    word: int = -1  # where the word at the place begins
    within: bool = False  # the place lies in a text or a comment

    def cursor(self) -> Cursor:
        self.at = self.step = _line_of_step(self.text, self.offset)
        while self.at < self.offset and self.word < 0 and not self.within:
            self._next()
        start = self.word if self.word >= 0 else self.offset
        where = self._where()
        line = self.text.rfind("\n", 0, start) + 1
        return Cursor(
            where,
            self.text[start : self.offset],
            start,
            start if where is Where.STEP else self.step,
            self.transform,
            self.parameter,
            tuple(self.given),
            self.item,
            tuple(Call(level.function, level.argument) for level in self.levels if level.function),
            indented=start > line,
        )

    def _where(self) -> Where:
        if self.within:
            return Where.NOTHING
        if self.expecting and (self.parameter is not None or self.levels):
            return Where.VALUE
        if self.at_line_start and not self.levels:
            return Where.STEP
        if self.transform is None or self.levels or self.expecting:
            return Where.NOTHING
        return Where.PARAMETER

    # -- tokens ------------------------------------------------------------------------------------------

    def _next(self) -> None:
        if self.at_line_start and self.text.startswith(("//", "--"), self.at) and not self.expecting:
            self._comment()
            return
        if self.expecting and not self.levels and self.parameter and self.parameter.kind is Kind.DATASETS:
            self._datasets()
            return
        if self._in_regex():
            self.within = True
            return
        token = self._token()
        start, self.at = self.at, token.end()
        kind = token.lastgroup
        if kind == "blank":
            self.at_line_start = self.at_line_start or "\n" in token.group()
            return
        if kind == "open":
            self._opened(start)
        elif kind in ("word", "variable") and token.end() >= self.offset:
            self.word = start
            return
        elif kind == "word":
            self._word(token.group(), start)
        elif kind == "sign":
            self._sign(token.group())
        else:
            self._value()
        self.at_line_start = False

    def _token(self) -> re.Match[str]:
        """The token here; what begins before the place is read no further than to it."""
        regex = _REGEX.match(self.text, self.at, self.offset) if self.expecting else None
        if regex is not None:
            return regex
        token = _TOKEN.match(self.text, self.at, self.offset)
        assert token is not None
        return token

    def _in_regex(self) -> bool:
        """Whether a regular expression begins here that does not end before the place."""
        if not self.expecting or self.text[self.at] != "/":
            return False
        return _REGEX.match(self.text, self.at, self.offset) is None and "\n" not in self.text[self.at : self.offset]

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end
        self.transform = None
        self.within = self.at >= self.offset

    def _opened(self, start: int) -> None:
        """An opening quote or brace without its end: within it, only a column's name may be completed."""
        if self.text[start] != "{":
            self.within = True
        elif self.parameter is not None and self.parameter.kind is Kind.MAPPING:
            self.at = start + 1
            self._sign("{")
        else:
            self.word, self.at = start, self.offset

    def _value(self) -> None:
        self.expecting, self.function = False, None

    def _word(self, word: str, start: int) -> None:
        rest = BLANKS.match(self.text, self.at)
        assert rest is not None
        if self._is_key(word, rest.end()):
            self._key(word)
            self.at = rest.end() + 1
        elif self.text.startswith("(", rest.end()):
            self.function = word.upper()
            self.expecting = False
        elif not self.expecting and not self.levels and (self.at_line_start or TRANSFORMS.transform(word)):
            self._step(word, start)
        else:
            self._value()

    def _is_key(self, word: str, end: int) -> bool:
        if self.transform is None or self.choices or not self.text.startswith(":", end):
            return False
        return not self.levels or self.transform.parameter(word) is not None

    def _key(self, word: str) -> None:
        assert self.transform is not None
        self.given.append(word.casefold())
        self.parameter = self.transform.parameter(word)
        self.item, self.expecting, self.function = 0, True, None
        self.levels.clear()

    def _step(self, word: str, start: int) -> None:
        """A step begins, though maybe an unknown one."""
        self.step, self.transform, self.parameter = start, TRANSFORMS.transform(word), None
        self.given.clear()
        self.item, self.expecting, self.choices = 0, False, 0

    def _sign(self, sign: str) -> None:
        if sign in _OPENING:
            self.levels.append(_Level((self.function or "") if sign == "(" else None))
        elif sign in _CLOSING:
            if self.levels:
                self.levels.pop()
        elif sign == ",":
            self._comma()
        elif sign in "?:":
            self.choices = max(0, self.choices + (1 if sign == "?" else -1))
        everything = sign == "*" and self.expecting
        self.expecting = sign not in _CLOSING and not everything and self.transform is not None
        self.function = None

    def _comma(self) -> None:
        if self.levels:
            self.levels[-1].argument += 1
        else:
            self.item += 1

    def _datasets(self) -> None:
        """Free text up to the next key; a line that ends without a comma ends it too."""
        assert self.transform is not None
        for key in _KEY.finditer(self.text, self.at, self.offset):
            if self.transform.parameter(key[1]) is not None:
                self.at, self.expecting = key.start(), False
                return
        line = self.text.find("\n", self.at, self.offset)
        written = self.text[self.at : self.offset if line < 0 else line]
        if line >= 0:
            self.at = line
            self.expecting = not written.strip() or written.rstrip().endswith(",")
            self.at += self.expecting
            return
        last = written.rpartition(",")[2]
        self.item = written.count(",")
        self.word, self.at = self.offset - len(last.lstrip()), self.offset


def _line_of_step(text: str, offset: int) -> int:
    """Where the last line before the place begins that begins a step or is a comment; 0 where there is none."""
    line = text.rfind("\n", 0, offset) + 1
    while line and not begins_step(text, line, TRANSFORMS):
        line = text.rfind("\n", 0, line - 1) + 1
    return line
