from __future__ import annotations

import pytest

from gristmill.problems import RunError
from gristmill.storage.tables.scripts import split


@pytest.mark.parametrize(
    ("script", "dialect", "statements"),
    [
        ("DELETE FROM a; INSERT INTO a VALUES (1);", "postgres", ["DELETE FROM a", "INSERT INTO a VALUES (1)"]),
        ("SELECT ';' ; SELECT \"a;b\"", "postgres", ["SELECT ';'", 'SELECT "a;b"']),
        ("SELECT 1 -- a; b\n; /* ; */ SELECT 2", "postgres", ["SELECT 1 -- a; b", "/* ; */ SELECT 2"]),
        ("DO $$ BEGIN PERFORM 1; END $$; SELECT 1", "postgres", ["DO $$ BEGIN PERFORM 1; END $$", "SELECT 1"]),
        ("SELECT `a;b`; # c; d\nSELECT 2", "mysql", ["SELECT `a;b`", "# c; d\nSELECT 2"]),
        (" ;; -- nothing\n ; ", "postgres", []),
    ],
)
def test_statements_end_at_semicolons_outside_of_quotes_and_comments(script, dialect, statements):
    assert split(script, dialect) == statements


def test_an_open_quote_is_refused():
    with pytest.raises(RunError, match="not closed"):
        split("SELECT 'a; SELECT 1", "postgres")
