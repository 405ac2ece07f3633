"""Datasets as people name them: `[NAME=]PATH`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gristmill.recipe.job import Json

_COMPRESSIONS = (".gz", ".bz2", ".zst", ".snappy")


class InputsError(ValueError):
    """Inputs whose names cannot be told apart."""


@dataclass(frozen=True, slots=True)
class NamedInput:
    """A file and the names by which the recipe's text may call it, the full one first."""

    names: tuple[str, ...]
    path: Path
    options: Json = field(default_factory=dict)

    @property
    def reading(self) -> Json:
        """How storage is told to read it: it finds out the rest by looking."""
        from gristmill.storage.reading import Reading

        return replace(Reading.of_file(self.path.absolute()), options=self.options).as_json()


def named_inputs(values: Sequence[str]) -> tuple[NamedInput, ...]:
    """The inputs in their order; the first is the recipe's main input.

    Raises InputsError where two have the same name, and for `NAME=` without a path.
    """
    inputs = [_split(value) for value in values]
    full = Counter(name or path.name for name, path in inputs)
    if repeated := [name for name, times in full.items() if times > 1]:
        raise InputsError(f"two inputs have the name '{repeated[0]}'; write --input NAME=PATH")
    bare = Counter(_without_suffix(path.name) for name, path in inputs if name is None)
    return tuple(NamedInput(_names(name, path, full, bare), path) for name, path in inputs)


def _names(name: str | None, path: Path, full: Counter[str], bare: Counter[str]) -> tuple[str, ...]:
    if name is not None:
        return (name,)
    short = _without_suffix(path.name)
    return (path.name, short) if bare[short] == 1 and short not in full else (path.name,)


def _split(value: str) -> tuple[str | None, Path]:
    """`customers=crm/c.csv` → name and path. A file whose own name holds `=` needs no name."""
    name, equals, path = value.partition("=")
    if not equals or Path(value).exists():
        return None, Path(value)
    if not name or not path:
        raise InputsError(f"expected --input [NAME=]PATH, got '{value}'")
    return name, Path(path)


def _without_suffix(name: str) -> str:
    stem = next((name.removesuffix(suffix) for suffix in _COMPRESSIONS if name.endswith(suffix)), name)
    return Path(stem).stem
