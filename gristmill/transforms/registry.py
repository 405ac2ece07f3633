"""All declared transforms by name; implements the parser's Grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from gristmill.transforms.base import Transform

MODULES = (
    "columns",
    "formulas",
    "rows",
    "texts",
    "extracting",
    "counting",
    "filling",
    "converting",
    "conditional",
    "scaling",
    "nesting",
    "reshaping",
    "pivoting",
    "combine",
    "grouping",
    "splitting",
    "declared",
)


class Transforms(Mapping[str, type[Transform]]):
    """Transforms by name, in any case, old names included; iterating gives the main names."""

    def __init__(self, classes: list[type[Transform]]) -> None:
        self._classes = {cls.name: cls for cls in sorted(classes, key=lambda cls: cls.name)}
        self._spellings = {spelling.casefold(): cls for cls in classes for spelling in (cls.name, *cls.aliases)}

    def transform(self, name: str) -> type[Transform] | None:
        """The transform written `name`, or None (Grammar protocol)."""
        return self._spellings.get(name.casefold())

    def __getitem__(self, name: str) -> type[Transform]:
        return self._spellings[name.casefold()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


def _collect() -> list[type[Transform]]:
    found: dict[type[Transform], None] = {}
    for module_name in MODULES:
        module = import_module(f"gristmill.transforms.{module_name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Transform) and "name" in vars(value):
                found.setdefault(value)
    return list(found)


TRANSFORMS = Transforms(_collect())
