"""Regular expressions of RE2 in Java's spelling, where both match the same and Java cannot run away."""

from __future__ import annotations

import re
from functools import cache

from gristmill.functions.moments import ISO_TEXT
from gristmill.functions.nested import JSON_NUMBER
from gristmill.functions.reading import OUTER_BLANKS
from gristmill.types.patterns import PATTERNS

# Of more than one unbounded repetition Java may try every division of a text between them; these are known to be safe.
_SAFE_TYPES = ("Integer", "Float", "Bool", "SSN", "Gender", "Zipcode", "Httpcodes", "Creditcard")
TRUSTED = frozenset(
    (ISO_TEXT, JSON_NUMBER, *(f"{OUTER_BLANKS}(?:{PATTERNS[name]}){OUTER_BLANKS}" for name in _SAFE_TYPES))
)
_TOKEN = re.compile(
    r"""
    (?P<class>\[\^?(?:\\x\{[0-9A-Fa-f]+\}|\\[^pPQE]|[^\\\[\]&])+\])
  | (?P<escape>\\(?:x\{[0-9A-Fa-f]+\}|[AznrtfdDwW]|[^A-Za-z0-9]))
  | (?P<group>\((?:\?:)?|\))
  | (?P<unbounded>(?:[*+]|\{[0-9]+,\})\??)
  | (?P<bounded>(?:\?|\{[0-9]+(?:,[0-9]+)?\})\??)
  | (?P<mark>[.^$|])
  | (?P<plain>[^\\\[\](){}*+?.^$|])
    """,
    re.VERBOSE,
)
_MARKS = {".": r"[^\n]", "^": r"\A", "$": r"\z", "|": "|"}


@cache
def java_pattern(pattern: str) -> str | None:
    """The pattern for Java, or None: then RE2 itself has to do it."""
    written: list[str] = []
    unbounded = at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        at = token.end()
        unbounded += token["unbounded"] is not None
        text = _MARKS[token["mark"]] if token["mark"] else token[0]
        written.append(_class(text) if token["class"] else text)
    if unbounded > 1 and pattern not in TRUSTED:
        return None
    return "".join(written)


def _class(text: str) -> str:
    """A class; RE2's \\s has no vertical tab, Java's has."""
    return re.sub(r"\\s", r"\\t\\n\\f\\r\\x20", text)
