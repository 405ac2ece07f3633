"""The profile on paper: facts of the run, a table of all columns, then a block for each (platform 8.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gristmill.profile.document import OWN, row_count

Json = dict[str, Any]

TEMPLATE = Path(__file__).with_name("report.typ")
MOST_BLOCKS = 500
TOP = 10
NAMES = {"Float": "Decimal", "Bool": "Boolean", "Map": "Object"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first page tells of the run; `started` and `ended` are ISO 8601, in UTC."""

    recipe: str
    flow: str
    job_group_id: int
    person: str
    started: str
    ended: str
    seconds: float
    engine: str
    rows: int
    outputs: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def printed(facts: Facts, document: Json) -> bytes:
    """The PDF of a profile: A4, text that can be selected."""
    import typst

    data = json.dumps(layout(facts, document), ensure_ascii=False)
    pdf = typst.compile(TEMPLATE.read_bytes(), format="pdf", sys_inputs={"data": data})
    assert isinstance(pdf, bytes)
    return pdf


def layout(facts: Facts, document: Json) -> Json:
    """What the template shows: texts and shares, nothing left to compute."""
    columns = [_column(document, name) for name in document["columnTypes"]]
    kinds: dict[str, int] = {}
    for column in columns:
        kinds[column["type"]] = kinds.get(column["type"], 0) + 1
    totals = [sum(column["counts"][at] for column in columns) for at in range(3)]
    return {
        "facts": {**asdict(facts), "parameters": dict(facts.parameters), "seconds": f"{facts.seconds:.1f}"},
        "rows": row_count(document) if columns else facts.rows,
        "kinds": [f"{name}: {count}" for name, count in sorted(kinds.items())],
        "quality": {"counts": totals, "shares": shares(totals)},
        "columns": columns,
        "blocks": columns[:MOST_BLOCKS],
    }


def shares(counts: list[int]) -> list[float]:
    """Percentages; nothing of nothing is all missing."""
    total = sum(counts)
    return [round(100 * count / total, 2) if total else 0.0 for count in counts]


def _column(document: Json, name: str) -> Json:
    type_ = document["columnTypes"][name][0]
    counts = [item["count"] for item in document["profilerTypeCheckHistograms"][name]]
    histogram, details = document["profilerValidValueHistograms"][name], document[OWN][name]
    show = shown_instant if type_ == "Datetime" else shown_number
    laid_out = "buckets" in histogram
    return {
        "name": name or "(no name)",
        "type": NAMES.get(type_, type_),
        "counts": counts,
        "shares": shares(counts),
        "distinct": f"{'≈ ' if details['distinctIsEstimated'] else ''}{details['distinct']}",
        "bars": _bars(histogram["buckets"], "b") if laid_out else [],
        "axis": [show(histogram["roundMin"]), show(histogram["roundMax"])] if laid_out else [],
        "top": [] if laid_out else _top(histogram["topk"]),
        "statistics": _statistics(histogram, details, show, type_) if laid_out else [],
        "mismatches": [f"{item['key']} ({item['count']})" for item in details["mismatches"]],
    }


def _bars(rows: list[Json], key: str) -> list[float]:
    """Heights as shares of the tallest bar."""
    tallest = max((row[key] for row in rows), default=0) or 1
    return [round(100 * row[key] / tallest, 2) for row in rows]


def _top(rows: list[Json]) -> list[Json]:
    listed = [row for row in rows if row["count"]][:TOP]
    return [
        {"text": row["key"][:60], "count": row["count"], "share": share}
        for row, share in zip(listed, _bars(listed, "count"), strict=True)
    ]


def _statistics(histogram: Json, details: Json, show: Any, type_: str) -> list[list[str]]:
    quartiles = histogram["quartiles"]
    rows = [
        ["minimum", show(histogram["min"])],
        ["lower quartile", show(quartiles["q1"])],
        ["median", show(quartiles["q2"])],
        ["upper quartile", show(quartiles["q3"])],
        ["maximum", show(histogram["max"])],
        ["average", show(details["mean"])],
    ]
    return rows if type_ == "Datetime" else [*rows, ["standard deviation", show(details["stddev"])]]


def shown_number(number: float | None) -> str:
    """At most six significant digits of a fraction; nothing for none."""
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else f"{number:,.6g}"


def shown_instant(milliseconds: float | None) -> str:
    """`2024-02-29 13:05`; the time only where there is one."""
    if milliseconds is None:
        return ""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%d" if (moment.hour, moment.minute) == (0, 0) else "%Y-%m-%d %H:%M")
