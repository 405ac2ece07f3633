"""Match texts – literals, Trifacta patterns, regular expressions – compiled for the engines (language 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gristmill.language import tree
from gristmill.language.regexes import translate
from gristmill.language.tokens import ANY, TOKENS
from gristmill.problems import Problem, RecipeError, did_you_mean, quoted

Kind = Literal["literal", "pattern", "regex"]
_KINDS: dict[type, Kind] = {tree.Text: "literal", tree.Pattern: "pattern", tree.Regex: "regex"}
SPECIAL = "\\.^$*+?()[]{}|-/"
ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A match text. `regex` is RE2 syntax; `python_regex` is for what RE2 lacks, where `needs_backtracking` is set."""

    kind: Kind
    source: str
    regex: str
    groups: int = 0
    needs_backtracking: bool = False
    python_regex: str = ""
    ignore_case: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether exactly this text is meant, letter by letter."""
        return self.kind == "literal" and not self.ignore_case


def compile_pattern(node: tree.Value, ignore_case: bool = False) -> CompiledPattern:
    """The pattern of a literal node. Raises RecipeError `bad-pattern` or `bad-regex` at the node."""
    assert isinstance(node, tree.Text | tree.Pattern | tree.Regex)
    try:
        return _compile(_KINDS[type(node)], node.value, ignore_case)
    except RecipeError as error:
        problem = error.problems[0]
        raise RecipeError(Problem(problem.code, problem.message, hint=problem.hint, span=node.span)) from None


@lru_cache(maxsize=1024)
def _compile(kind: Kind, source: str, ignore_case: bool) -> CompiledPattern:
    flag = "(?i)" if ignore_case else ""
    if kind == "literal":
        return CompiledPattern("literal", source, flag + escape(source), ignore_case=ignore_case)
    if kind == "pattern":
        reader = _Reader(source)
        return CompiledPattern("pattern", source, flag + reader.pattern(), reader.groups, ignore_case=ignore_case)
    found = translate(source)
    return CompiledPattern(
        "regex",
        source,
        flag + found.re2,
        found.groups,
        found.needs_backtracking,
        flag + found.python,
        ignore_case,
    )


def escape(text: str) -> str:
    """The expression that matches exactly this text, in RE2 and Python alike."""
    return "".join(f"\\{char}" if char in SPECIAL else char for char in text)


def bad_pattern(message: str, hint: str | None = None) -> RecipeError:
    return RecipeError(Problem("bad-pattern", message, hint=hint))


QUANTIFIER = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
CLASS = re.compile(r"\{(!?)\[((?:[^\]\\]|\\.|\](?!\}))*)\]\}", re.DOTALL)
DIGITS = re.compile(r"([0-9]+)-digits")


class _Reader:
    """Reads a Trifacta pattern once from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.groups = 0

    def pattern(self) -> str:
        """The whole pattern."""
        result = self._branches(final=True)
        if self.at < len(self.source):
            raise bad_pattern(f"unexpected {quoted(self.source[self.at])} in the pattern")
        return result

    def _branches(self, *, final: bool) -> str:
        branches = [self._branch(final=final)]
        while self.source.startswith("|", self.at):
            self.at += 1
            branches.append(self._branch(final=final))
        return "|".join(branches)

    def _branch(self, *, final: bool) -> str:
        """A quantified any-character takes as little as possible, but all of the rest as the last piece (5.4)."""
        pieces: list[str] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            pieces.append(self._piece(final=final))
        return "".join(pieces)

    def _piece(self, *, final: bool) -> str:
        if self.source[self.at] in "?*+" or QUANTIFIER.match(self.source, self.at):
            raise bad_pattern(f"there is nothing to repeat before {quoted(self.source[self.at :][:9])}")
        if self.source[self.at] == "(":
            return self._group(final)
        atom = self._atom()
        quantifier = self._quantifier()
        lazy = quantifier and atom == ANY and not (final and self._is_end())
        return f"{atom}{quantifier}{'?' if lazy else ''}"

    def _group(self, final: bool) -> str:
        """A group is final if it is the last piece and not repeated; its end is looked up before it is read."""
        self.groups += 1
        start = self.at
        end = self._closing(start)
        after = end + 1
        repeated = self.source[after : after + 1] in ("?", "*", "+") and after < len(self.source)
        repeated = repeated or QUANTIFIER.match(self.source, after) is not None
        last = after >= len(self.source) or self.source[after] in "|)"
        self.at = start + 1
        inner = self._branches(final=final and last and not repeated)
        if not self.source.startswith(")", self.at):
            raise bad_pattern("')' is missing in the pattern")
        self.at += 1
        return f"({inner}){self._quantifier()}"

    def _closing(self, start: int) -> int:
        depth, at = 0, start
        while at < len(self.source):
            char = self.source[at]
            if char == "\\":
                at += 1
            elif char == "{" and (match := CLASS.match(self.source, at)):
                at = match.end() - 1
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return at
            at += 1
        raise bad_pattern("'(' is not closed in the pattern")

    def _is_end(self) -> bool:
        return self.at >= len(self.source) or self.source[self.at] in "|)"

    def _quantifier(self) -> str:
        char = self.source[self.at : self.at + 1]
        if char and char in "?*+":
            self.at += 1
            return char
        match = QUANTIFIER.match(self.source, self.at)
        if match is None:
            return ""
        if any(int(number) > 1000 for number in match.group(1, 3) if number):
            raise bad_pattern(f"{quoted(match.group())}: at most 1000 repetitions")
        if match.group(3) and int(match.group(3)) < int(match.group(1)):
            raise bad_pattern(f"{quoted(match.group())}: the second number is smaller than the first")
        self.at = match.end()
        return match.group()

    def _atom(self) -> str:
        char = self.source[self.at]
        if char == "{":
            return self._token()
        self.at += 1
        if char == "%":
            return ANY
        if char == "#":
            return "[0-9]"
        if char == "\\":
            escaped = self.source[self.at : self.at + 1]
            self.at += 1
            return escape(ESCAPED.get(escaped, escaped or "\\"))
        if char == "}":
            raise bad_pattern("'}' without '{' in the pattern, write \\} for the character")
        return escape(char)

    def _token(self) -> str:
        found = CLASS.match(self.source, self.at)
        if found is not None:
            self.at = found.end()
            return _class(found.group(2), negated=bool(found.group(1)))
        end = self.source.find("}", self.at)
        if end < 0:
            raise bad_pattern("'{' is not closed in the pattern, write \\{ for the character")
        name = self.source[self.at + 1 : end]
        self.at = end + 1
        if digits := DIGITS.fullmatch(name):
            return f"(?:[0-9]{{{digits.group(1)}}})"
        if name in TOKENS:
            return TOKENS[name]
        nearest = did_you_mean(name, TOKENS)
        hint = re.sub(r"'([^']+)'", r"'{\1}'", nearest) if nearest else None
        raise bad_pattern(f"unknown pattern token {quoted('{' + name + '}')}", hint)


def _class(content: str, *, negated: bool) -> str:
    """A character class; only ranges and escapes mean anything in it."""
    pieces: list[str] = []
    at = 0
    while at < len(content):
        char = content[at]
        if char == "\\" and at + 1 < len(content):
            at += 1
            pieces.append(_member(ESCAPED.get(content[at], content[at])))
        elif char == "-" and pieces and at + 1 < len(content):
            pieces.append("-")
        else:
            pieces.append(_member(char))
        at += 1
    if not pieces:
        raise bad_pattern("the character class is empty")
    return f"[{'^' if negated else ''}{''.join(pieces)}]"


def _member(char: str) -> str:
    return f"\\{char}" if char in "\\]^-[" else char
