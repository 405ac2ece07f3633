"""Lineage as a picture: input columns on the left, output columns on the right, a line for each way between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from gristmill.recipe.lineage import ColumnLineage, Lineage, StepDone

ROW, MARGIN, LETTER = 26, 20, 7.5  # pixels; a letter's mean width
GAP, LEAST_WIDTH, LONGEST = 220, 120, 40
COLOURS = ("#1b6ca8", "#b5541c", "#3b7d3a", "#7a4a9e", "#a8324a", "#5f6b1f")
STYLE = "text{font:13px sans-serif;fill:#222}.head{font-weight:bold}.steps{fill:#666;font-size:11px}"

Place = dict[tuple[str, str], float]


def picture(found: Lineage) -> str:
    """An SVG document. The title of a box or line says all steps in words."""
    inputs = list(dict.fromkeys(item for column in found.columns for item in column.inputs))
    datasets = list(dict.fromkeys(dataset for dataset, _ in inputs))
    left = _width([column for _, column in inputs] + datasets)
    right_at = MARGIN + left + GAP
    right = max([_width([column.name for column in found.columns]), *(_steps_width(item) for item in found.columns)])
    places, drawn, height = _left(inputs, datasets, left)
    for at, column in enumerate(found.columns):
        drawn += _right(column, MARGIN + at * 2 * ROW, right_at, right, places, left, datasets)
    height = max(height, MARGIN + len(found.columns) * 2 * ROW) + MARGIN
    width = right_at + right + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}">',
            f"<style>{STYLE}</style>",
            *drawn,
            "</svg>",
        ]
    )


def _left(inputs: list[tuple[str, str]], datasets: list[str], width: float) -> tuple[Place, list[str], float]:
    """The input columns below the names of their datasets."""
    places: Place = {}
    drawn: list[str] = []
    y = float(MARGIN)
    for number, dataset in enumerate(datasets):
        drawn.append(f'<text class="head" x="{MARGIN}" y="{y + 14:g}">{escape(_cut(dataset))}</text>')
        y += ROW
        for column in (column for owner, column in inputs if owner == dataset):
            drawn += _box(MARGIN, y, width, column, f"{dataset}: {column}", _colour(number))
            places[dataset, column] = y + ROW / 2 - 2
            y += ROW
        y += ROW / 2
    return places, drawn, y


def _right(
    column: ColumnLineage, y: float, x: float, width: float, places: Place, left: float, datasets: list[str]
) -> Iterator[str]:
    """An output column, its steps, and the lines that lead to it."""
    told = "\n".join(map(_sentence, column.steps))
    title = f"{column.name}\n{told}" if told else column.name
    for dataset, name in column.inputs:
        start, end = places[dataset, name], y + ROW / 2 - 2
        middle = (MARGIN + left + x) / 2
        yield (
            f'<path d="M{MARGIN + left:g},{start:g} C{middle:g},{start:g} {middle:g},{end:g} {x:g},{end:g}" '
            f'fill="none" stroke="{_colour(datasets.index(dataset))}" stroke-opacity="0.6">'
            f"<title>{escape(f'{dataset}: {name} → {title}')}</title></path>"
        )
    yield from _box(x, y, width, column.name, title, "#222222")
    yield f'<text class="steps" x="{x + 6:g}" y="{y + ROW + 10:g}">{escape(_steps(column))}</text>'


def _box(x: float, y: float, width: float, shown: str, title: str, colour: str) -> Iterator[str]:
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{ROW - 4}" rx="4" fill="#fff" stroke={quoteattr(colour)}>'
        f"<title>{escape(title)}</title></rect>"
    )
    yield f'<text x="{x + 6:g}" y="{y + 15:g}">{escape(_cut(shown))}</text>'


def _steps(column: ColumnLineage) -> str:
    return _cut(" · ".join(dict.fromkeys(f"{step.number} {step.transform}" for step in column.steps)), 2 * LONGEST)


def _sentence(step: StepDone) -> str:
    return f"step {step.number} ({step.transform}), line {step.line}: {step.action} {step.column}".rstrip()


def _steps_width(column: ColumnLineage) -> float:
    return len(_steps(column)) * LETTER * 0.85 + 12


def _width(texts: list[str]) -> float:
    return max([LEAST_WIDTH, *(len(_cut(text)) * LETTER + 12 for text in texts)])


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]
