"""Places in texts, formatting, and the list of steps."""

from __future__ import annotations

import pytest

from gristmill.editor.formatting import formatted
from gristmill.editor.outline import outline
from gristmill.editor.positions import Lines
from gristmill.problems import Span


@pytest.mark.parametrize(
    ("place", "offset"), [((0, 0), 0), ((0, 2), 2), ((0, 9), 2), ((1, 0), 3), ((1, 1), 4), ((7, 7), 4)]
)
def test_offsets_of_places(place: tuple[int, int], offset: int) -> None:
    """A place outside is the nearest one inside; CRLF is one line end."""
    assert Lines("ab\r\nc").offset(*place) == offset


def test_places_of_offsets() -> None:
    lines = Lines("ab\n\nc\u2028d")
    assert [lines.place(at) for at in (0, 2, 3, 4, 6)] == [(0, 0), (0, 2), (1, 0), (2, 0), (2, 2)]
    assert lines.stretch(Span(1, 2, 3, 2)) == (1, 5)


def test_formatting_is_that_of_the_command() -> None:
    new = formatted("derive   value:upper( a )  as:'b'\n//x\n")
    assert (new.text, new.readable) == ("derive value: UPPER(a) as: 'b'\n//x\n", True)
    broken = formatted("drop   col:a\nfliter  row: a\n")
    assert (broken.text, broken.readable) == ("drop col: a\nfliter  row: a\n", False)


def test_the_steps_of_a_recipe() -> None:
    text = "// first\ndrop col: a\n\nderive value: IF(a == 1,\n  'x', 'y')\n  as: 'b'\n\nfliter row: a\n"
    entries = outline(Lines(text))
    assert [(entry.name, entry.readable) for entry in entries] == [
        ("drop – Delete columns", True),
        ("derive – New formula", True),
        ("fliter row: a", False),
    ]
    assert outline(Lines("\n")) == []
    assert entries[1].detail == "value: IF(a == 1, 'x', 'y') as: 'b'"
    assert text[entries[1].start : entries[1].end] == "derive value: IF(a == 1,\n  'x', 'y')\n  as: 'b'"
