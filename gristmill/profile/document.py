"""The profile as JSON: what clients read, and beside it what our own pages show (api 5, platform 8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gristmill.profile.counting import CAPACITY, CUT, Counts

Json = dict[str, Any]
OWN = "gristmill"
"""The key of what the product's clients do not know; it is shown on demand only."""


def document(found: Sequence[Counts]) -> Json:
    """Every map has an entry for each column, in column order; of two columns of one name the last counts."""
    return {
        "profilerTypeCheckHistograms": {item.column.name: _checks(item) for item in found},
        "profilerValidValueHistograms": {item.column.name: _histogram(item) for item in found},
        "columnTypes": {item.column.name: item.column.type.as_list() for item in found},
        "profilerRules": {},
        OWN: {item.column.name: _details(item) for item in found},
    }


def row_count(document: Json) -> int:
    """How many rows a profile is of; 0 where there are no columns."""
    first: list[Json] = next(iter(document["profilerTypeCheckHistograms"].values()), [])
    return sum(item["count"] for item in first)


def _checks(counts: Counts) -> list[Json]:
    numbers = {"VALID": counts.valid, "INVALID": counts.invalid, "EMPTY": counts.missing}
    return [{"key": key, "count": count} for key, count in numbers.items()]


def _histogram(counts: Counts) -> Json:
    return _listed(counts) if counts.column.number is None else _laid_out(counts)


def _listed(counts: Counts) -> Json:
    rest = counts.distinct - len(counts.top)
    return {
        # clients make a table of the list: it is never empty
        "topk": [{"key": cut(text), "count": count} for text, count in counts.top] or [{"key": "", "count": 0}],
        "k": CAPACITY,
        "c": counts.valid,
        "ub": counts.top[-1][1] if rest else 0,
    }


def _laid_out(counts: Counts) -> Json:
    edges = [] if counts.axis is None else counts.axis.edges
    first = 0 if counts.axis is None else counts.axis.first
    buckets = [{"pos": edge, "b": counts.buckets.get(first + at, 0)} for at, edge in enumerate(edges[:-1])]
    return {
        "min": _plain(counts.low),
        "max": _plain(counts.high),
        "roundMin": edges[0] if edges else None,
        "roundMax": edges[-1] if edges else None,
        "buckets": buckets or [{"pos": 0, "b": 0}],
        "quartiles": dict(zip(("q1", "q2", "q3"), map(_plain, counts.quartiles), strict=True)),
    }


def _details(counts: Counts) -> Json:
    return {
        "distinct": counts.distinct,
        "distinctIsEstimated": counts.is_estimated,
        "mean": _plain(counts.mean),
        "stddev": _plain(counts.deviation),
        "mismatches": [{"key": cut(text), "count": count} for text, count in counts.mismatches],
    }


def _plain(number: float | None) -> float | int | None:
    """A whole number without its fraction."""
    if number is None or abs(number) >= 2**53 or number != int(number):
        return number
    return int(number)


def cut(text: str) -> str:
    """A text as profiles show it."""
    return text if len(text) <= CUT else f"{text[: CUT - 1]}…"
