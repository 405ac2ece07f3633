"""Where steps begin in recipe text: on a line whose first word is a transform (language 2.1)."""

from __future__ import annotations

from gristmill.language.grammar import Grammar
from gristmill.language.scanner import BLANKS, WORD


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
