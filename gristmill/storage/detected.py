"""What a look at a dataset finds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gristmill.storage.reading import Reading
from gristmill.types.logical import STRING, LogicalType

TEXT = "text"
"""The form of a column whose cells are texts; others hold values of their type: see `recipe.job.SourceColumn`."""


@dataclass(frozen=True, slots=True)
class Detected:
    """How to read the dataset, and its columns with their types. `forms` is empty where all cells are texts."""

    reading: Reading
    names: tuple[str, ...]
    types: tuple[LogicalType, ...]
    forms: tuple[str, ...] = ()

    def columns(self) -> list[tuple[str, LogicalType, str]]:
        """Name, type and form of every column."""
        forms = self.forms or (TEXT,) * len(self.names)
        return list(zip(self.names, self.types, forms, strict=True))


def legal_names(wanted: Iterable[str], *, sanitize: bool = False) -> list[str]:
    """Names of a schema as column names: no control characters, none empty, none twice (transforms 6.4, 8.6)."""
    names: list[str] = []
    taken: set[str] = set()
    for place, text in enumerate(wanted, 1):
        plain = re.sub(r"[\x00-\x1f\x7f]", "", re.sub(r"\s*[\r\n]+\s*", " ", text)).lstrip("\ufeff").strip()
        plain = sanitized(plain) if sanitize else plain
        name = plain = plain or f"column{place}"
        number = 0
        while name.casefold() in taken:
            number += 1
            name = f"{plain}{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def sanitized(name: str) -> str:
    """Letters, digits and `_` only, no digit first."""
    plain = re.sub(r"\W", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain


def without_types(reading: Reading, names: Sequence[str]) -> Detected:
    """All columns as String, for datasets whose types are not to be inferred (types 7.3)."""
    return Detected(reading, tuple(names), (STRING,) * len(names))
