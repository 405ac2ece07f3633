"""What a look at a dataset finds."""

from __future__ import annotations

from collections.abc import Sequence
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


def without_types(reading: Reading, names: Sequence[str]) -> Detected:
    """All columns as String, for datasets whose types are not to be inferred (types 7.3)."""
    return Detected(reading, tuple(names), (STRING,) * len(names))
