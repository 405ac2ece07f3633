"""Looking into a foreign JSON document: every value is checked, every complaint says where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gristmill.problems import Problem, RecipeError

Json = dict[str, Any]
NAMES = {dict: "an object", list: "a list", str: "a text", int: "a whole number", bool: "true or false"}


class PackageError(RecipeError):
    """The file is no package, or one that cannot be understood."""


def package_error(message: str, hint: str | None = None) -> PackageError:
    """A package error of one problem."""
    return PackageError(Problem("package", message, hint=hint))


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object and its place in the document, as in `data.flows[0]`. Absent and null are the same."""

    values: Json
    place: str = ""

    @classmethod
    def of(cls, value: object, place: str = "") -> Fields:
        """The object at a place. Raises PackageError where something else stands there."""
        if not isinstance(value, dict):
            raise _expected(dict, place)
        return cls(value, place)

    def where(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _get(self, key: str, kind: type) -> Any:
        value = self.values.get(key)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise _expected(kind, self.where(key))
        return value

    def text(self, key: str) -> str:
        """A text; '' where there is none."""
        return self._get(key, str) or ""

    def number(self, key: str) -> int | None:
        """A whole number, such as an id."""
        value = self._get(key, int)
        return None if value is None else int(value)

    def id(self, key: str = "id") -> int:
        """A whole number that has to be there."""
        value = self.number(key)
        if value is None:
            raise package_error(f"{self.where(key)} is missing")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._get(key, bool)
        return default if value is None else bool(value)

    def child(self, key: str) -> Fields:
        """An object; an empty one where there is none."""
        return Fields(self._get(key, dict) or {}, self.where(key))

    def items(self, key: str) -> list[Any]:
        """A list of anything; an empty one where there is none."""
        return self._get(key, list) or []

    def children(self, key: str) -> Iterator[Fields]:
        """The objects of a list."""
        for number, item in enumerate(self.items(key)):
            yield Fields.of(item, f"{self.where(key)}[{number}]")

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list; one text counts as a list of one."""
        value = self.values.get(key)
        items = [value] if isinstance(value, str) else self.items(key)
        return tuple(item for item in items if isinstance(item, str))


def _expected(kind: type, place: str) -> PackageError:
    return package_error(f"{place or 'the document'} has to be {NAMES[kind]}")
