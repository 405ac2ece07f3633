"""Patterns in names and cells: what split, extract, replace and rename share (transforms 6.6)."""

from __future__ import annotations

from typing import Any

from gristmill.functions.patterns import found_in
from gristmill.language.patterns import CompiledPattern
from gristmill.language.replacement import parse_replacement

__all__ = ["found_in", "replace_in_text"]


def replace_in_text(text: str, pattern: CompiledPattern, with_: str, *, every: bool) -> str:
    """A name with the first match, or every one, replaced."""
    if pattern.source == "":
        return text
    parts = parse_replacement(with_, pattern.groups, literal=pattern.kind == "literal")
    import re2
    import regex

    def insert(match: Any) -> str:
        return "".join(part if isinstance(part, str) else (match.group(part) or "") for part in parts)

    if pattern.needs_backtracking:
        return str(regex.sub(pattern.python_regex, insert, text, count=0 if every else 1, timeout=1))
    return str(re2.sub(pattern.regex, insert, text, count=0 if every else 1))
