"""Types that an administrator declares: texts that one of some expressions finds, or that stand in a list (types 12).

They are declared once, when a process starts, from the files of a folder or from a job that names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gristmill.types.blanks import trim

INFERRED_FROM = 1e-4  # probability; types below it are never found by themselves
REGEXES, VALUES, FOLDED_VALUES = "regexes", "values", "folded values"

Document = Mapping[str, Any]
Rule = tuple[str, bool, tuple[str, ...]]


class CustomTypeError(ValueError):
    """A declaration cannot be read; the message names its file."""


@dataclass(frozen=True, slots=True)
class CustomType:
    """`rule` says which texts are valid: how they are compared, whether they are trimmed first, and with what."""

    name: str
    title: str
    category: str
    rule: Rule
    probability: float = 0.0

    @property
    def is_inferred(self) -> bool:
        """Whether imported columns may get it by themselves."""
        return self.probability >= INFERRED_FROM

    def as_json(self) -> dict[str, Any]:
        """The declaration with everything in it; `read_document` reads it back."""
        how, strip, items = self.rule
        tested: dict[str, Any] = {"values": list(items), "ignoreCase": how == FOLDED_VALUES, "stripWhitespace": strip}
        if how == REGEXES:
            tested = {"testCase": {"stripWhitespace": strip, "regexes": list(items), "probability": self.probability}}
        return {"name": self.name, "prettyName": self.title, "category": self.category, **tested}


_declared: dict[str, CustomType] = {}


def declare(types: Iterable[CustomType]) -> None:
    """Make types known to this process; one of a known name takes its place."""
    _declared.update((item.name.casefold(), item) for item in types)


def declared() -> tuple[CustomType, ...]:
    """All types declared so far, in order."""
    return tuple(_declared.values())


def custom_type(name: str) -> CustomType | None:
    """The declared type of that name, in any case."""
    return _declared.get(name.strip().casefold())


def documents() -> tuple[dict[str, Any], ...]:
    """All declarations, for a job."""
    return tuple(item.as_json() for item in declared())


# -- validity ----------------------------------------------------------------------------------------


def is_custom_valid(text: str, rule: Rule) -> bool:
    """Whether a text is valid by a rule; the empty text never is."""
    how, strip, items = rule
    cell = trim(text) if strip else text
    if not cell:
        return False
    if how == REGEXES:
        return any(found(cell) is not None for found in _searches(items))
    return (cell.casefold() if how == FOLDED_VALUES else cell) in _known(how, items)


@lru_cache(maxsize=256)
def _searches(regexes: tuple[str, ...]) -> list[Any]:
    import re2

    return [re2.compile(regex, _quiet()).search for regex in regexes]


def _quiet() -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return options


@lru_cache(maxsize=256)
def _known(how: str, items: tuple[str, ...]) -> frozenset[str]:
    return frozenset(item.casefold() for item in items) if how == FOLDED_VALUES else frozenset(items)


# -- declarations ------------------------------------------------------------------------------------


def read_types(folder: Path, taken: Iterable[str]) -> list[CustomType]:
    """The types that the `.json` files of a folder declare; none where there is no folder.

    Raises CustomTypeError, which names the file, for a broken one and for a name that is `taken` or declared twice.
    """
    names = {name.casefold() for name in taken}
    found = []
    for path in sorted(folder.glob("*.json")):
        item = _read_file(path)
        if item.name.casefold() in names:
            raise CustomTypeError(f"{path}: there is a type named '{item.name}' already")
        names.add(item.name.casefold())
        found.append(item)
    return found


def _read_file(path: Path) -> CustomType:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict) and isinstance(document.get("file"), str):
            document = {**document, "values": _lines(path.parent / document["file"])}
        return read_document(document)
    except (OSError, ValueError) as error:
        raise CustomTypeError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def read_document(document: object) -> CustomType:
    """A type by its declaration. Raises ValueError that names the field."""
    if not isinstance(document, dict):
        raise ValueError("expected an object")
    name = _text(document, "name")
    tests = document.get("testCase")
    rule, probability = _values(document) if tests is None else _regexes(tests)
    title, category = document.get("prettyName", name), document.get("category", "Other")
    return CustomType(name, str(title), str(category), rule, probability)


def _values(document: Document) -> tuple[Rule, float]:
    values = document.get("values")
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise ValueError("needs testCase.regexes, or values or file: a list of texts")
    how = FOLDED_VALUES if _flag(document, "ignoreCase", False) else VALUES
    strip = _flag(document, "stripWhitespace", True)
    return (how, strip, tuple(trim(value) if strip else value for value in values)), 0.0


def _regexes(tests: object) -> tuple[Rule, float]:
    if not isinstance(tests, dict):
        raise ValueError("testCase: expected an object")
    regexes = tests.get("regexes")
    if not isinstance(regexes, list) or not regexes or not all(isinstance(regex, str) for regex in regexes):
        raise ValueError("testCase.regexes: expected a list of expressions")
    for regex in regexes:
        _check(regex)
    probability = tests.get("probability", 0.0)
    if isinstance(probability, bool) or not isinstance(probability, int | float):
        raise ValueError("testCase.probability: expected a number")
    return (REGEXES, _flag(tests, "stripWhitespace", True), tuple(regexes)), float(probability)


def _check(regex: str) -> None:
    import re2

    try:
        re2.compile(regex, _quiet())
    except re2.error as error:
        said = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise ValueError(f"testCase.regexes: {regex!r}: {said}") from None


def _text(document: Document, key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key}: expected a text")
    return value.strip()


def _flag(document: Document, key: str, default: bool) -> bool:
    value = document.get(key, default)
    if not isinstance(value, bool):
        raise ValueError(f"{key}: expected true or false")
    return value
