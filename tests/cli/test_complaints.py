from __future__ import annotations

import pytest

from gristmill.cli.complaints import complain, excerpt
from gristmill.problems import Problem, RecipeError, RunError, Span

LONG = "derive value: " + "a + " * 60 + "Carier as: 'x'"


def test_the_place_is_underlined() -> None:
    line, mark = excerpt("derive value: LEFT(Carier, 2) as: 'c'", Span(7, 20, 7, 26))
    assert line == "  7 │ derive value: LEFT(Carier, 2) as: 'c'"
    assert mark == "    │                    ──────"


def test_a_long_line_is_cut_around_the_place() -> None:
    column = LONG.index("Carier") + 1
    line, mark = excerpt(LONG, Span(12, column, 12, column + 6))
    assert len(line) < 120
    assert line.startswith("  12 │ …")
    start = mark.index("─")
    assert line[start : start + 6] == "Carier"


@pytest.mark.parametrize(
    ("span", "underline"),
    [(Span(1, 5, 3, 2), "─" * 4), (Span(1, 9, 1, 9), "─"), (Span(1, 40, 1, 44), "─")],
    ids=["goes on in the next line", "end of the line", "behind the line"],
)
def test_every_place_gets_a_mark(span: Span, underline: str) -> None:
    assert excerpt("drop col", span)[1].strip(" │") == underline


def test_problems_stand_one_below_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    unknown = Problem("unknown-column", "column not found: 'b'", span=Span(1, 11, 1, 12), step=1, transform="drop")
    warning = Problem("syntax", "single '='", severity="warning")
    assert complain(RecipeError([unknown, warning]), "drop col: b") == 2
    assert capsys.readouterr().err.splitlines() == [
        "Step 1 (drop), line 1, column 11: column not found: 'b'",
        "  1 │ drop col: b",
        "    │           ─",
        "warning: single '='",
    ]


def test_a_run_error_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain(RunError(Problem("run", "file not found: 'x.csv'"))) == 1
    assert capsys.readouterr().err == "file not found: 'x.csv'\n"
