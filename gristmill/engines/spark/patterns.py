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
    (?P<any>\(\?s:\.\))
  | (?P<class>\[\^?(?:\\x\{[0-9A-Fa-f]+\}|\\[^pPQE]|[^\\\[\]&])+\])
  | (?P<escape>\\(?:x\{[0-9A-Fa-f]+\}|[AznrtfdDwW]|[^A-Za-z0-9]))
  | (?P<named>\(\?P<[a-z_0-9]+>)
  | (?P<group>\(\?:|\((?!\?)|\))
  | (?P<unbounded>(?:[*+]|\{[0-9]+,\})\??)
  | (?P<bounded>(?:\?|\{[0-9]+(?:,[0-9]+)?\})\??)
  | (?P<mark>[.^$|])
  | (?P<plain>[^\\\[\](){}*+?.^$|])
    """,
    re.VERBOSE,
)
_MARKS = {".": r"[^\n]", "^": r"\A", "$": r"\z", "|": "|"}


@cache
def java_pattern(pattern: str, *, careful: bool = True) -> str | None:
    """The pattern for Java, or None: then RE2 itself has to do it. Java may need long for one if not `careful`."""
    written: list[str] = []
    unbounded = at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        at = token.end()
        if token["unbounded"] and not _is_blanks(written):
            unbounded += 1
        written.append(_written(token))
    if careful and unbounded > 1 and pattern not in TRUSTED:
        return None
    return "".join(written)


def _is_blanks(written: list[str]) -> bool:
    """Whether what is repeated is blanks, with something else before them: then there is but one way to match."""
    return written[-1:] in ([" "], ["[ \\t\\r\\n]"]) and not (len(written) > 1 and written[-2][:1] in "*+")


def _written(token: re.Match[str]) -> str:
    if token["any"]:
        return r"[\s\S]"
    if token["named"]:
        return "("
    return _MARKS[token["mark"]] if token["mark"] else _class(token[0]) if token["class"] else token[0]


@cache
def can_be_empty(pattern: str) -> bool:
    """Whether the pattern matches no characters somewhere: what comes after such a match differs among engines."""
    import re2

    return re2.search(pattern, "") is not None


def java_rewrite(rewrite: str, groups_before: int = 0) -> str:
    """RE2's `\\1` as Java's `$1`; both write `\\\\` for a backslash."""
    escaped = rewrite.replace("$", "\\$")
    return re.sub(r"\\(\d)", lambda group: f"${int(group[1]) + groups_before}", escaped)


def _class(text: str) -> str:
    """A class; RE2's \\s has no vertical tab, Java's has."""
    return re.sub(r"\\s", r"\\t\\n\\f\\r\\x20", text)
