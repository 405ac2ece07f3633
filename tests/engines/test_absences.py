"""Characters that no cell of a column holds are not looked for, and only these."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from gristmill.engines.sql.absences import WATCHED, common_absences, spare_looks
from gristmill.plan.building import call, case, cast, concat
from gristmill.plan.expressions import Column, Expr, Form, Literal
from gristmill.plan.relations import Extend, Filter, Plan, Source, Union
from tests.engines.file_runs import write

SOURCE = Source(0, (1, 2), (Form.TEXT, Form.TEXT), 3, 4, 5)
PLAIN, ANY, NUMBER = Column(1, Form.TEXT), Column(2, Form.TEXT), Column(9, Form.DECIMAL)


def spared(*items: Expr) -> tuple[list[Expr], list[frozenset[str]]]:
    plan, absent = spare_looks(Plan(SOURCE, tuple((str(at), item) for at, item in enumerate(items))), {1: WATCHED})
    return [item for _, item in plan.columns], list(absent)


MADE: dict[str, tuple[Expr, str]] = {
    "a column of which it is known": (PLAIN, ""),
    "another one": (ANY, ',"\r\n\t;|_+'),
    "part of a text": (call("left", call("upper", PLAIN), 3), ""),
    "texts put together": (concat(PLAIN, "; ", PLAIN), ";"),
    "with any text": (call("concat", PLAIN, ANY), ',"\r\n\t;|_+'),
    "one of several": (case((ANY.eq(""), PLAIN), otherwise="a|b"), "|"),
    "nothing else": (case((ANY.eq(""), PLAIN)), ""),
    "replaced": (call("regexp_replace", PLAIN, "[,]", "_", "g"), "_"),
    "blanks taken away": (call("trim", PLAIN, " \t\r\n"), ""),
    "a number": (cast(NUMBER, Form.TEXT), "+"),
    "a printed number": (call("printf", "%,d", NUMBER), ",+"),
    "a date": (call("strftime", Column(9, Form.MOMENT), "%d_%m"), "_+"),
    "what nobody knows": (call("to_base64", PLAIN), ',"\r\n\t;|_+'),
}


@pytest.mark.parametrize("name", MADE)
def test_what_texts_are_made_of(name: str) -> None:
    item, held = MADE[name]
    assert spared(item)[1] == [WATCHED - set(held)]


KEEPING = ("lower(c)", "upper(c)", "reverse(c)", "trim(c)", "rtrim(c)", "left(c, 1)", "right(c, 1)", "substr(c, 1, 1)",
           "repeat(c, 2)", "split_part(c, ' ', 1)", "regexp_extract(c, '.')")  # fmt: skip


@pytest.mark.parametrize(("made", "odd"), [*((made, "") for made in KEEPING), ("strip_accents(c)", "\u037e")])
def test_no_other_character_becomes_a_watched_one(made: str, odd: str) -> None:
    """The engine's functions, on every character of the planes in which there are letters of two cases."""
    query = f"""SELECT coalesce(string_agg(c, ''), '') FROM (
        SELECT chr(CASE WHEN n BETWEEN 55296 AND 57343 THEN 1 ELSE n::INTEGER END) AS c FROM range(1, 131072) AS r (n)
    ) WHERE len(translate({made}, $watched, '')) < len({made}) AND NOT contains($watched, c)"""
    assert duckdb.execute(query, {"watched": "".join(WATCHED)}).fetchall() == [(odd,)]


def test_tests_for_what_is_absent_are_left_out() -> None:
    comma, sharp = call("contains", PLAIN, ","), call("contains", PLAIN, "ß")
    assert spared(case((comma, "a"), otherwise=PLAIN))[0] == [PLAIN]
    assert spared(case((comma | sharp, "a"), otherwise=PLAIN))[0] == [case((sharp, "a"), otherwise=PLAIN)]
    assert spared(case((comma & sharp, "a"), (sharp, "b")))[0] == [case((sharp, "b"))]
    for kept in (case((call("contains", ANY, ","), "a")), case((~comma, "a")), comma):
        assert spared(kept)[0] == [kept]  # where null is another answer than false, the test stays


def test_what_is_absent_goes_from_step_to_step() -> None:
    step = Extend(SOURCE, ((10, call("lower", PLAIN)), (11, concat(PLAIN, ","))))
    both = Union((step, step), ((20, (Column(10, Form.TEXT), Column(11, Form.TEXT))),))
    plan = Plan(Filter(both, call("contains", Column(20, Form.TEXT), ";")), (("x", Column(20, Form.TEXT)),))
    found, absent = spare_looks(plan, {1: WATCHED})
    assert absent == (WATCHED - {","},)
    assert isinstance(found.relation, Filter) and found.relation.predicate == Literal(False)


def test_what_is_known_of_other_characters_is_not_followed(tmp_path: Path) -> None:
    assert spare_looks(Plan(SOURCE, (("x", call("lower", PLAIN)),)), {1: frozenset("k;")})[1] == (frozenset(";"),)
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("idkname\n" + "1kJaKob\n" * 20)
    recipe = "set col: name value: LOWER(name)"
    write(source, target, "csv", recipe=recipe, reading={"delimiter": "k", "ensureHeader": True}, delim="k")
    assert target.read_text() == '1k"jakob"\n' * 20


def test_parts_have_in_common_what_is_absent_of_all() -> None:
    assert common_absences([(WATCHED, frozenset("_")), (frozenset(",_"), WATCHED)]) == (frozenset(",_"), frozenset("_"))
    assert common_absences([(WATCHED,), ()]) == ()


RECIPE = """derive type: single value: UPPER(name) as: 'loud'
derive type: single value: MERGE([name, city], '-') as: 'both'
derive type: single value: amount * 2 as: 'twice'
"""


@pytest.mark.parametrize(
    ("name", "amount"),
    [("x", "5"), ("a,b", "5"), ('say "hi"', "5"), ("two\nlines", "5"), ("x", "1_000"), ("x", "+-5"), ("p\rq", "")],
    ids=["tidy", "delimiter", "quotes", "line end", "underscore", "two signs", "return"],
)
def test_odd_cells_that_no_look_has_seen(tmp_path: Path, name: str, amount: str) -> None:
    usual = ["Ann", "Rome", "5"]
    rows = [usual] * 3000 + [[name, "Bonn, am Rhein", amount]] + [usual] * 10
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["name", "city", "amount"], *rows])
    write(source, target, "csv", recipe=RECIPE, header=True)
    is_number = amount == "5"
    odd = [name, name.upper(), "Bonn, am Rhein", f"{name}-Bonn, am Rhein", *((amount, "10") if is_number else ("", ""))]
    with target.open(newline="") as file:
        header, *found = csv.reader(file)
    assert header == ["name", "loud", "city", "both", "amount", "twice"]
    assert found[3000] == odd
    assert set(map(tuple, found[:3000])) == {("Ann", "ANN", "Rome", "Ann-Rome", "5", "10")} and len(found) == len(rows)
