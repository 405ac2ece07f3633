"""Reading recipe text: position, white space, words and quoted things."""

from __future__ import annotations

import re
from bisect import bisect_right

from gristmill.problems import Problem, RecipeError, Span

WORD = re.compile(r"[^\W\d]\w*")
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
BLANKS = re.compile(r"[^\S\n]*")
ASIDE = re.compile(r"\n\s*(?://|--)")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def syntax_error(message: str, span: Span, hint: str | None = None) -> RecipeError:
    """A `syntax` problem at a place."""
    return RecipeError(Problem("syntax", message, hint=hint, span=span))


class Scanner:
    """A position in a text. What it reads it answers decoded; errors carry their place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int | None = None) -> Span:
        """The stretch from `start` to `end`, by default to the present position."""
        end = self.at if end is None else end
        first, last = bisect_right(self._lines, start) - 1, bisect_right(self._lines, end) - 1
        return Span(first + 1, start - self._lines[first] + 1, last + 1, end - self._lines[last] + 1)

    @property
    def char(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self) -> None:
        """Over blanks and line ends, but not to a line that is a comment: that belongs to nobody's parameters."""
        while True:
            match = BLANKS.match(self.text, self.at)
            assert match is not None
            self.at = match.end()
            if self.char != "\n" or ASIDE.match(self.text, self.at):
                return
            self.at += 1

    def at_line_start(self) -> bool:
        """Whether only blanks stand before on this line."""
        line = self._lines[bisect_right(self._lines, self.at) - 1]
        return not self.text[line : self.at].strip()

    def starts(self, what: str) -> bool:
        return self.text.startswith(what, self.at)

    def word(self) -> str | None:
        """The word here, not read yet."""
        match = WORD.match(self.text, self.at)
        return match.group() if match else None

    def key(self) -> str | None:
        """The word here if a colon follows it: the key of a parameter. Not read yet."""
        match = WORD.match(self.text, self.at)
        if match is None:
            return None
        rest = BLANKS.match(self.text, match.end())
        assert rest is not None
        return match.group() if self.text.startswith(":", rest.end()) else None

    def accept(self, what: str) -> bool:
        """Read these characters if they stand here."""
        if self.starts(what):
            self.at += len(what)
            return True
        return False

    def expect(self, what: str) -> None:
        """Read these characters, or raise `expected … before …`."""
        self.skip()
        if not self.accept(what):
            raise syntax_error(f"expected '{what}' before {self.found()}", self.here())

    def found(self) -> str:
        """What stands here, for messages."""
        if not self.char:
            return "the end of the recipe"
        if self.char == "\n":
            return "the end of the line"
        return f"'{self.word() or self.char}'"

    def here(self) -> Span:
        """The span of the word or character here."""
        return self.span(self.at, self.at + max(len(self.word() or self.char), 1))

    def string(self) -> str:
        """A quoted text, decoded; the quote stands here."""
        start, quote = self.at, self.char
        pieces: list[str] = []
        at = start + 1
        stop = re.compile(f"[{quote}\\\\]")
        while True:
            match = stop.search(self.text, at)
            if match is None:
                raise syntax_error("string is not closed", self.span(start, start + 1))
            pieces.append(self.text[at : match.start()])
            at = match.end()
            if match.group() == quote:
                self.at = at
                return "".join(pieces)
            piece, at = self._escape(at)
            pieces.append(piece)

    def _escape(self, at: int) -> tuple[str, int]:
        """What an escape means; a backslash before any other character is that character."""
        char = self.text[at : at + 1]
        if char == "u" and re.fullmatch(r"[0-9A-Fa-f]{4}", code := self.text[at + 1 : at + 5]):
            return chr(int(code, 16)), at + 5
        return ESCAPES.get(char, char), at + 1

    def raw(self, delimiter: str, what: str) -> str:
        """The text up to a delimiter that no odd number of backslashes precedes; it may not span lines."""
        start = self.at
        match = re.compile(rf"(?:[^{re.escape(delimiter)}\\\n]|\\[^\n])*").match(self.text, start + 1)
        assert match is not None
        if not self.text.startswith(delimiter, match.end()):
            raise syntax_error(f"{what} is not closed", self.span(start, start + 1))
        self.at = match.end() + 1
        return match.group()

    def braced(self) -> str:
        """A name in braces: `\\}` and `\\\\` are escaped, inner braces must match."""
        start = self.at
        depth, at, pieces = 0, start, []
        while at < len(self.text):
            char = self.text[at]
            if char == "\\" and self.text[at + 1 : at + 2] in ("{", "}", "\\"):
                pieces.append(self.text[at + 1])
                at += 2
                continue
            if char == "\n":
                break
            depth += (char == "{") - (char == "}")
            at += 1
            if depth == 0:
                self.at = at
                return "".join(pieces[1:])
            pieces.append(char)
        raise syntax_error("'{' is not closed", self.span(start, start + 1))
