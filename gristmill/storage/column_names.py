"""What a dataset calls its columns becomes names of columns (transforms 6.4, 8.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable


def legal_names(wanted: Iterable[str | None], *, sanitize: bool = False, first: int = 1) -> list[str]:
    """The names in one line, without control characters, none twice.

    Absent ones are `column1`, `column2` … by their place, counted from `first`.
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, text in enumerate(wanted, first):
        plain = _plain(text or "")
        plain = _sanitized(plain) if sanitize else plain
        name = plain = plain or f"column{place}"
        number = 0
        while name.casefold() in taken:
            number += 1
            name = f"{plain}{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _plain(text: str) -> str:
    in_one_line = re.sub(r"\s*[\r\n]+\s*", " ", text.strip().lstrip("\ufeff"))
    return re.sub(r"[\x00-\x1f\x7f]", "", in_one_line).strip()


def _sanitized(name: str) -> str:
    """Letters, digits and `_` only, no digit first."""
    plain = re.sub(r"\W", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain
