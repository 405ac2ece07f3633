"""Known gaps: the cases that are known to fail, and why. Strict both ways.

A gap is a table of `tests/known_gaps.toml`:

    [[gap]]
    about = "unnest"            # or: case = "t.unnest.3"
    engine = "photon"
    kind = "not built"          # "engine": the engine cannot; "never": we decided against it
    reason = "comes with the nested transforms"
    but = ["t.unnest.9"]        # cases about it that pass all the same
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gristmill.problems import quoted
from gristmill.testing.cases import Case, CaseFileError

FILE = "known_gaps.toml"
KINDS = ("not built", "engine", "never")
_KEYS = {"case", "about", "engine", "kind", "reason", "but"}


@dataclass(frozen=True, slots=True)
class Gap:
    """A case, or all cases about something, that one engine fails."""

    case: str | None
    about: str | None
    engine: str
    kind: str
    reason: str
    but: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.case or f"about {self.about}"

    def covers(self, case: Case, engine: str) -> bool:
        """Whether this gap says that `case` fails on `engine`."""
        if engine != self.engine or case.id in self.but:
            return False
        return case.id == self.case or (self.about is not None and self.about in case.about)


def read_gaps(path: Path) -> tuple[Gap, ...]:
    """The gaps of a file. Raises CaseFileError."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseFileError(f"{path}: {error}") from None
    if unknown := document.keys() - {"gap"}:
        raise CaseFileError(f"{path}: unknown key {quoted(min(unknown))}")
    return tuple(_gap(item, f"{path}: gap {number}") for number, item in enumerate(document.get("gap", []), 1))


def gaps_beside(path: Path) -> Path | None:
    """The gap file that belongs to a case file: in its folder or the one above."""
    folder = path.absolute().parent
    return next((found for found in (folder / FILE, folder.parent / FILE) if found.is_file()), None)


def gap_of(case: Case, engine: str, gaps: Iterable[Gap]) -> Gap | None:
    """The first gap that covers the case."""
    return next((gap for gap in gaps if gap.covers(case, engine)), None)


def idle_gaps(gaps: Iterable[Gap], cases: Iterable[Case], engine: str) -> list[Gap]:
    """The gaps of an engine that cover no case, or repeat what an earlier one covers, or except an unknown case."""
    all_cases = list(cases)
    ids = {case.id for case in all_cases}
    known = [gap for gap in gaps if gap.engine == engine]
    used = {gap_of(case, engine, known) for case in all_cases}
    return [gap for gap in known if gap not in used or not gap.but <= ids]


def _gap(item: dict[str, Any], place: str) -> Gap:
    if unknown := item.keys() - _KEYS:
        raise CaseFileError(f"{place}: unknown key {quoted(min(unknown))}")
    if ("case" in item) == ("about" in item):
        raise CaseFileError(f"{place}: exactly one of 'case' and 'about' is needed")
    for key in ("engine", "kind", "reason"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            raise CaseFileError(f"{place}: {key!r} is needed")
    if item["kind"] not in KINDS:
        raise CaseFileError(f"{place}: invalid kind {quoted(item['kind'])} ({', '.join(KINDS)})")
    return Gap(
        item.get("case"),
        item.get("about"),
        item["engine"],
        item["kind"],
        item["reason"],
        frozenset(item.get("but", ())),
    )
