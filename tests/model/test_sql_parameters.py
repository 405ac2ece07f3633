"""Values in SQL: quoted for the place where they stand; a real database sees what it should, whatever they hold."""

from __future__ import annotations

import sqlite3

import duckdb
import pytest

from gristmill.model.parameter_values import check_run_parameters
from gristmill.model.resolving import Resolved
from gristmill.model.sql_parameters import SqlText

HOSTILE = ["x", "", "it's", "'", "''", "' OR '1'='1", "a\\", "\\' OR 1=1 --", '"', "`", "]", "1; DROP TABLE t",
           "--", "é\n*/", "/* x", "$$", "a b", "1e5", "-1", "NULL", "a.b"]  # fmt: skip


def _placed(template, value, vendor="duckdb"):
    """The statement; `@` is where the value stands. And what was wrong."""
    index = template.index("@")
    sql = template.replace("@", "")
    parameter = {
        "type": "sql",
        "overrideKey": "v",
        "insertionIndices": [{"index": index}],
        "value": {"variable": {"value": ""}},
    }
    text = SqlText(Resolved({"v": value}))
    return text.put_in(sql, check_run_parameters([parameter], {"sql": sql}), vendor), text.troubles


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(("vendor", "connect"), [("duckdb", duckdb.connect), ("sqlite", sqlite3.connect)])
def test_a_quoted_text_is_the_value(vendor, connect, value):
    sql, troubles = _placed("SELECT 'a@b', 1", value, vendor)
    assert not troubles
    assert connect(":memory:").execute(sql).fetchone() == (f"a{value}b", 1)


@pytest.mark.parametrize("value", [value for value in HOSTILE if value])
def test_a_quoted_name_is_the_value(value):
    sql, troubles = _placed('SELECT 1 AS "@", 2', value)
    assert not troubles
    found = duckdb.connect().execute(sql)
    assert found.description[0][0] == value


@pytest.mark.parametrize("value", HOSTILE)
def test_elsewhere_it_is_one_value(value):
    sql, troubles = _placed("SELECT 7 - @ AS n, 2", value)
    assert not troubles
    connection = duckdb.connect()
    try:
        (_, two) = connection.execute(sql).fetchone()
    except duckdb.Error as error:
        assert not isinstance(error, duckdb.ParserException), sql  # a text is no number, a name no column
    else:
        assert two == 2


@pytest.mark.parametrize(
    ("template", "value", "sql"),
    [
        ("SELECT * FROM @", "sales.y2026", "SELECT * FROM sales.y2026"),
        ("SELECT * FROM sales_@ t", "2026", "SELECT * FROM sales_2026 t"),
        ("SELECT 5-@", "-1", "SELECT 5- -1"),
        ("WHERE a = @", "1 OR 1=1", "WHERE a = '1 OR 1=1'"),
        ("-- it's\nWHERE a = @", "x y", "-- it's\nWHERE a = 'x y'"),
        ("WHERE a = E'\\'@'", "\\' --", "WHERE a = E'\\'\\\\'' --'"),
        ("/* ' */ SELECT '@'", "'", "/* ' */ SELECT ''''"),
        ("SELECT $t$ ' $t$, '@'", "'", "SELECT $t$ ' $t$, ''''"),
    ],
)
def test_statements_of_postgres(template, value, sql):
    assert _placed(template, value, "postgres") == (sql, [])


@pytest.mark.parametrize(
    ("template", "value", "vendor", "sql"),
    [
        ("SELECT 'a@'", "\\", "mysql", "SELECT 'a\\\\'"),
        ('SELECT "@"', '\\"', "mysql", 'SELECT "\\\\"""'),
        ("SELECT 'it\\'s', '@'", "'", "mysql", "SELECT 'it\\'s', ''''"),
        ("SELECT * FROM `@`", "`x", "mysql", "SELECT * FROM ```x`"),
        ("# it's\nSELECT '@'", "'", "mysql", "# it's\nSELECT ''''"),
        ("SELECT [a'b], '@'", "'", "sqlserver", "SELECT [a'b], ''''"),
        ("SELECT [@]", "]x", "sqlserver", "SELECT []]x]"),
    ],
)
def test_statements_of_others(template, value, vendor, sql):
    assert _placed(template, value, vendor) == (sql, [])


@pytest.mark.parametrize(
    ("template", "value", "vendor", "words"),
    [
        ("SELECT E@", "\\' OR 1=1 --", "postgres", "right behind a name"),
        ("SELECT 'x'@", "' OR 1=1", "postgres", "right behind a name"),
        ("SELECT 1 -- @", "x\nDROP", "postgres", "would end the comment"),
        ("SELECT /* @ */ 1", "*/ DROP", "postgres", "would end the comment"),
        ("SELECT $$@$$", "$$; DROP", "postgres", "would end the comment or text"),
        ("SELECT '@'", "a\0b", "postgres", "NUL"),
        ("SELECT q'[it's]', '@'", "x", "oracle", "q'…'"),
    ],
)
def test_what_cannot_be_placed_is_told(template, value, vendor, words):
    sql, (trouble,) = _placed(template, value, vendor)
    assert words in trouble
    assert "DROP" not in sql


def test_raw_values_when_the_administrator_wants_them():
    text = SqlText(Resolved({"v": "1; x"}), raw=True)
    place = {"type": "sql", "insertionIndices": [{"index": 7}]}
    parameter = {**place, "overrideKey": "v", "value": {"variable": {"value": ""}}}
    assert text.put_in("SELECT ", [parameter], "postgres") == "SELECT 1; x"
