"""Values of parameters in SQL, quoted for the place where they stand, so that no value changes the statement.

platform 1.3: inside of a quoted text or name its quotes are doubled; elsewhere a number or a bare name goes in as it is
and anything else as a text. Values are read into a statement whose own text is known, so where a place stands never
depends on a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gristmill.model.resolving import Resolved
from gristmill.problems import quoted
from gristmill.storage.matching import Text

Json = dict[str, Any]

# texts of these databases know the backslash, and double quotes stand around texts too
BACKSLASH = frozenset({"mysql", "mariadb", "snowflake", "bigquery", "databricks", "hive"})
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*|[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DOLLAR = re.compile(r"\$(?:[A-Za-z_]\w*)?\$")
_WORD = re.compile(r"[\w$@#'\"`\]]")
_ESCAPES = "E'"  # PostgreSQL's texts in which the backslash counts
_CLOSING = {"'": "'", _ESCAPES: "'", '"': '"', "`": "`", "[": "]"}
_ESCAPE_PREFIX = re.compile(r"(?<![\w$])[eE]$")
_ORACLE_QUOTE = re.compile(r"(?<!\w)n?q'", re.IGNORECASE)


class PlaceError(ValueError):
    """A value cannot stand where it should."""


@dataclass(slots=True)
class SqlText:
    """Puts the values of a run into statements; what cannot be put in is told in `troubles`."""

    run: Resolved
    raw: bool = False
    troubles: list[str] = field(default_factory=list)

    def put_in(self, sql: str, run_parameters: Iterable[Json] | None, vendor: str) -> str:
        """The statement with its values; `raw` values are the business of whoever wrote it."""
        if self.raw:
            return self.run.put_in(sql, run_parameters)
        parameters = list(run_parameters or ())
        out, before = "", ""
        for part, is_value in _alternating(self.run, sql, parameters):
            if not is_value:
                before += part
                out += part
                continue
            try:
                out += placed(part, before, out, vendor)
            except PlaceError as error:
                self.troubles.append(str(error))
        return out


def placed(value: str, before: str, written: str, vendor: str) -> str:
    """A value as it stands behind the template's text `before`; `written` is the statement so far, values included.

    Raises PlaceError where nothing safe can be written.
    """
    if "\0" in value:
        raise PlaceError("a parameter's value in SQL holds a NUL character")
    state = _state(before, vendor)
    if state == "":
        return _bare(value, written, vendor)
    if state in _CLOSING:
        closing = _CLOSING[state]
        text = value.replace("\\", "\\\\") if _has_escapes(state, vendor) else value
        return text.replace(closing, closing * 2)
    hostile = {"--": ("\n", "\r"), "/*": ("*/", "/*")}.get(state, ("$",))
    if any(mark in value for mark in hostile):
        raise PlaceError(f"the value {quoted(value)} would end the comment or text in the SQL where it stands")
    return value


def _alternating(run: Resolved, sql: str, parameters: list[Json]) -> Iterable[tuple[str, bool]]:
    """The template's texts and the values between them: both kinds are `Text`, value and template take turns."""
    for number, part in enumerate(run.parts(sql, parameters)):
        assert isinstance(part, Text), "only texts stand in SQL"
        yield part.text, number % 2 == 1


def _bare(value: str, written: str, vendor: str) -> str:
    """Outside of quotes and comments."""
    if _PLAIN.fullmatch(value):
        # a sign must not make a comment of the minus before it
        return f" {value}" if value[0] in "+-" and written[-1:] in ("+", "-") else value
    if _WORD.match(written[-1:]):
        raise PlaceError(f"the value {quoted(value)} cannot stand right behind a name in the SQL")
    text = value.replace("\\", "\\\\") if vendor in BACKSLASH else value
    return "'" + text.replace("'", "''") + "'"


def _state(text: str, vendor: str) -> str:
    """What is open at the end of a text: `'`, `"`, `E'`, a back-tick, `[`, `--`, `/*`, a dollar quote."""
    if vendor == "oracle" and _ORACLE_QUOTE.search(text):
        raise PlaceError("not supported: parameters in SQL with q'…' texts")
    at = 0
    while at < len(text):
        opened, inner = _opening(text, at, vendor)
        if not opened:
            at += 1
            continue
        end = _end(text, inner, opened, vendor)
        if end is None:
            return opened
        at = end
    return ""


def _opening(text: str, at: int, vendor: str) -> tuple[str, int]:
    """What opens at a place and where its inside begins."""
    char = text[at]
    if char == "'" and _ESCAPE_PREFIX.search(text[max(at - 2, 0) : at]):
        return _ESCAPES, at + 1
    if char in "'\"" or (char == "`" and vendor in BACKSLASH | {"sqlite"}) or (char == "[" and vendor in _BRACKETS):
        return char, at + 1
    if text.startswith("--", at) or (char == "#" and vendor in ("mysql", "mariadb", "bigquery")):
        return "--", at + 1
    if text.startswith("/*", at):
        return "/*", at + 2
    tag = _DOLLAR.match(text, at) if vendor in ("postgres", "redshift", "duckdb", "snowflake") else None
    return (tag[0], tag.end()) if tag else ("", at)


_BRACKETS = ("sqlserver", "sqlite")


def _end(text: str, at: int, opened: str, vendor: str) -> int | None:
    """Behind the end of what is open; None where it goes on to the end of the text."""
    if opened == "--":
        found = text.find("\n", at)
        return None if found < 0 else found + 1
    if opened == "/*":
        return _comment_end(text, at, nested=vendor in ("postgres", "sqlserver", "duckdb"))
    if opened not in _CLOSING:
        found = text.find(opened, at)
        return None if found < 0 else found + len(opened)
    closing = _CLOSING[opened]
    escapes = _has_escapes(opened, vendor)
    while at < len(text):
        if (escapes and text[at] == "\\") or text.startswith(closing * 2, at):
            at += 2
        elif text[at] == closing:
            return at + 1
        else:
            at += 1
    return None


def _comment_end(text: str, at: int, *, nested: bool) -> int | None:
    depth = 1
    for found in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if found[0] == "/*" and nested else -1 if found[0] == "*/" else 0
        if not depth:
            return found.end()
    return None


def _has_escapes(opened: str, vendor: str) -> bool:
    """Whether a backslash means something in what is open."""
    return opened == _ESCAPES or (vendor in BACKSLASH and opened != "[")
