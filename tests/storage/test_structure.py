"""The structure of delimited text: rows, columns, quotes, header and names, rule by rule (transforms 8.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.storage.reading import CsvStructure
from gristmill.storage.records import records
from gristmill.storage.structure import column_names, find_row_delimiter, find_structure, is_header, table
from gristmill.types.inference import infer_type

# text: what ends its rows (3)
ROW_DELIMITERS = {
    "a\nb\n": "\n",
    "a\r\nb\r\n": "\r\n",
    "a\rb\r": "\r",
    "a": "\n",
    "": "\n",
    "a\r\n" * 9 + "a\n": "\r\n",
    "a\r\n" * 8 + "a\n" * 2: "\n",
    "a\r\n" * 9 + "a\r": "\r\n",
    'a,"x\ny\nz\n"\r\nb,c\r\n': "\r\n",
    "a\rb\nc": "\n",
    "a\r\nb\rc\rd": "\n",
}


@pytest.mark.parametrize(("text", "row"), ROW_DELIMITERS.items(), ids=map(repr, ROW_DELIMITERS))
def test_row_delimiter(text: str, row: str) -> None:
    assert find_row_delimiter(text) == row


# text, suffix: column delimiter and number of columns (5, 6)
DELIMITERS = [
    ("a,b\n1,2\n", ".csv", ",", 2),
    ("a\tb\n1\t2\n", ".csv", "\t", 2),
    ("a;b\n1;2\n", ".csv", ";", 2),
    ("a|b\n1|2\n", ".csv", "|", 2),
    ("a:b\n1:2\n", ".csv", "", 1),
    ("a:b\n1:2\n", ".txt", ":", 2),
    ("a^b\n1^2\n", ".txt", "^", 2),
    ("a~b\n1~2\n", "", "~", 2),
    ("a b\n1 2\n", ".log", " ", 2),
    ("a b\n1 2\n", ".csv", "", 1),
    ("a b\n1 2\n", ".tsv", "", 1),
    # the highest share of lines, then more columns, then the order of candidates
    ("a,b;c\n1;2\n3;4\n5;6\n7;8\n", ".csv", ";", 2),
    ("1,5;2;3\n4,5;5;6\n", ".csv", ";", 3),
    ("a,b;c\nd,e;f\n", ".csv", ",", 2),
    ("a,b\tc\nd,e\tf\n", ".csv", ",", 2),
    ("a,b\tc\nd,e\tf\n", ".tsv", "\t", 2),
    ("a,b\tc\nd,e\tf\n", ".tab", "\t", 2),
    # at least four lines of five
    ("a,b\n" * 4 + "a\n", ".csv", ",", 2),
    ("a,b\n" * 3 + "a\n", ".csv", "", 1),
    ("a,b\n" * 2 + "a,b,c\n" * 2, ".csv", "", 1),
    # the most fields of any line
    ("a,b\n" * 9 + "a,b,c,d\n", ".csv", ",", 4),
    ("a,b,c\n" * 9 + "a\n", ".csv", ",", 3),
    # empty lines do not count, quoted delimiters neither
    ("\n\na,b\n\n\n1,2\n\n", ".csv", ",", 2),
    ('"a,b";c\n"d,e";f\n', ".csv", ";", 2),
    ('"a,b",c\n1,2\n', ".csv", ",", 2),
    ("a\nb\n", ".csv", "", 1),
    ("a", ".csv", "", 1),
]


@pytest.mark.parametrize(("text", "suffix", "delimiter", "columns"), DELIMITERS)
def test_column_delimiter(text: str, suffix: str, delimiter: str, columns: int) -> None:
    found = find_structure(text, suffix)
    assert (found.delimiter, found.columns) == (delimiter, columns)


def test_only_the_first_lines_are_looked_at() -> None:
    text = "a,b\n" * 200 + "1,2,3,4\n" * 500
    assert find_structure(text, ".csv") == CsvStructure(",", '"', "\n", 2)


def test_a_delimiter_that_is_given() -> None:
    assert find_structure("a,b|c\n", ".csv", "|") == CsvStructure("|", '"', "\n", 2)
    assert find_structure("a||b||c\n", ".csv", "||") == CsvStructure("||", '"', "\n", 3)
    assert find_structure("a,b\n", ".csv", "") == CsvStructure("", "", "\n", 1)


# text and whether it has quotes (4)
QUOTES = {
    '"a",b\n': '"',
    'a,"b"\n': '"',
    'a,""\n': '"',
    'a,b"c"\n': "",
    'a,"b\n': "",
    'a,"\n': "",
    "'a','b'\n": '"',
    "a,b\n" * 400 + '"x, y",z\n': '"',
    "a,b\n" * 400 + 'x,5" wide\n': "",
    'a" ,"b\n': "",
    'a,b\n"x y",z\n': '"',
}


@pytest.mark.parametrize(("text", "quote"), QUOTES.items(), ids=lambda text: repr(text[-20:]))
def test_quote(text: str, quote: str) -> None:
    assert find_structure(text, ".csv", ",").quote == quote


COMMA, QUOTED = CsvStructure(",", "", "\n", 3), CsvStructure(",", '"', "\n", 3)
# the structure, a text, its cells (3, 6, 7, 8)
TABLES = {
    "short rows": (COMMA, "a\n1,2\n", [["a", None, None], ["1", "2", None]]),
    "long rows": (COMMA, "1,2,3,4,5\n", [["1", "2", "3,4,5"]]),
    "empty lines": (COMMA, "\na,b,c\n\n\n1,2,3\n\n", [["a", "b", "c"], ["1", "2", "3"]]),
    "delimiters only": (COMMA, ",,\n", [["", "", ""]]),
    "no line end": (COMMA, "1,2,3", [["1", "2", "3"]]),
    "blanks stay": (COMMA, " a , b,c \n", [[" a ", " b", "c "]]),
    "returns before line ends go": (COMMA, "1,2,3\r\n4,5,6\n", [["1", "2", "3"], ["4", "5", "6"]]),
    "other returns stay": (COMMA, "1\r,2,3\r\r\n", [["1\r", "2", "3\r"]]),
    "quotes without quoting": (COMMA, '"1",2,3\n', [['"1"', "2", "3"]]),
    "quoted": (QUOTED, '"1","2,2","3\n3"\n', [["1", "2,2", "3\n3"]]),
    "doubled quotes": (QUOTED, '"a""b","""","""x"""\n', [['a"b', '"', '"x"']]),
    "escaped quotes": (QUOTED, '"a\\"b,c",2,3\n', [['a"b,c', "2", "3"]]),
    "a backslash at the end": (QUOTED, '"a\\",2,3\n', [["a\\", "2", "3"]]),
    "empty and quoted empty": (QUOTED, ',"",3\n', [["", "", "3"]]),
    "quotes within": (QUOTED, '1"1,2"",x"y"z\n', [['1"1', '2""', 'x"y"z']]),
    "a tail behind the quote": (QUOTED, '"bad"tail,2,3\n', [['bad"tail', "2", "3"]]),
    "blanks around quotes": (QUOTED, ' "a","b" ,c\n', [[' "a"', 'b" ', "c"]]),
    "an open quote": (QUOTED, '"a,2,3\n4,5,6\n', [['a', "2", "3"], ["4", "5", "6"]]),
    "surplus in the last": (QUOTED, '1,2,"3","4"\n', [["1", "2", '3","4']]),
    "line feeds in rows that end with both": (
        CsvStructure(",", "", "\r\n", 2),
        "a\nb,c\r\nd,e\r\n",
        [["a\nb", "c"], ["d", "e"]],
    ),
    "returns": (CsvStructure(",", "", "\r", 2), "a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
    "several characters": (CsvStructure("||", "", "\n", 2), "a||b\nc|d||e\n", [["a", "b"], ["c|d", "e"]]),
    "one column": (CsvStructure("", "", "\n", 1), 'a,b\n\n"c"\n', [["a,b"], ['"c"']]),
    "one quoted column": (CsvStructure("", '"', "\n", 1), '"a\nb"\n5" x\n6" y\n', [["a\nb"], ['5" x'], ['6" y']]),
}  # fmt: skip


@pytest.mark.parametrize(("structure", "text", "rows"), TABLES.values(), ids=TABLES)
def test_cells(structure: CsvStructure, text: str, rows: list[list[str | None]]) -> None:
    assert table(text, structure, 100) == rows


structures = st.builds(
    CsvStructure,
    st.sampled_from([",", ";", "||", ""]),
    st.sampled_from(['"', ""]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 4),
)
texts = st.text(st.sampled_from('ab",;|\n\r\\ \0é'), max_size=40)


@given(structures, texts)
def test_nothing_is_lost(structure: CsvStructure, text: str) -> None:
    """All letters of a text stand in its cells, in their order; only marks of the structure go."""
    kept = "".join(cell or "" for row in table(text, structure, 1000) for cell in row)
    marks = set('",;|\n\r\\')
    assert [char for char in kept if char not in marks] == [char for char in text if char not in marks]


@given(structures, texts)
def test_records_are_the_text(structure: CsvStructure, text: str) -> None:
    """Records and what stands between them are the text, whole; nothing but line ends stands between."""
    at = 0
    for record, after in records(text, structure):
        assert text.startswith(record, at)
        assert text[at + len(record) : after] in ("", structure.row_delimiter, "\r\n", "\r")
        at = after
    assert at == len(text)


@given(structures, texts, st.integers(0, 40))
def test_records_of_a_piece_are_records_of_the_whole(structure: CsvStructure, text: str, cut: int) -> None:
    whole = list(records(text, structure))
    piece = list(records(text[:cut], structure, final=False))
    # a line end of two characters may be cut in two
    if not (text[:cut].endswith("\r") and structure.row_delimiter == "\r\n"):
        assert piece == whole[: len(piece)]


AFGHANISTAN = [["AFGHANISTAN", "AF"], ["ALBANIA", "AL"], ["ALGERIA", "DZ"], ["ANDORRA", "AD"], ["ANGOLA", "AO"]]
# rows and whether the first is a header (9)
HEADERS = {
    "a number tells it": ([["name", "qty"], ["x", "1"], ["y", "2"]], True),
    "a: an empty cell": ([["name", ""], ["x", "1"]], False),
    "a: blanks only": ([["name", "  "], ["x", "1"]], False),
    "a: the first may be empty": ([["", "qty"], ["1", "5"], ["2", "6"]], True),
    "a: the only one may not": ([[""], ["1"]], False),
    "a: none above nothing": ([["name", "qty", "", ""], ["x", "1", "", ""], ["y", "2", "", None]], True),
    "a: none above nothing, in front too": ([["", "qty", ""], ["", "1", ""], ["", "2", ""]], True),
    "a: nothing at all": ([["", ""], ["", ""], ["", ""]], False),
    "b: a number": ([["name", "2020"], ["x", "1"]], False),
    "b: a decimal": ([["name", "1.5"], ["x", "1"]], False),
    "b: a date": ([["name", "2020-01-31"], ["x", "1"]], False),
    "b: a date in words": ([["name", "Jan 31, 2020"], ["x", "1"]], False),
    "b: a URL": ([["name", "http://example.com"], ["x", "1"]], False),
    "b: an address": ([["name", "a@example.com"], ["x", "1"]], False),
    "b: an IP address": ([["name", "10.0.0.1"], ["x", "1"]], False),
    "b: words that are truth values": ([["y", "no"], ["1", "2"], ["3", "4"]], True),
    "b: a month": ([["Jan", "Feb"], ["1", "2"], ["3", "4"]], True),
    "b: a year and a month": ([["name", "Jan 2020"], ["x", "1"], ["y", "2"]], True),
    "c: twice the same": ([["a", "A"], ["1", "2"]], False),
    "c: twice the same but for blanks": ([["a", "a "], ["1", "2"]], False),
    "d: half of the cells": ([["id", "x"], ["1", "p"], ["q", "p2"]], True),
    "d: less than half": ([["id", "x"], ["1", "pp"], ["id", "qq"], ["rr", "ss"]], False),
    "d: empty cells do not count": ([["id", "x"], ["1", ""], ["", ""], ["", ""]], True),
    "d: dates": ([["day", "x"], ["2020-01-31", "p"], ["2020-02-01", "p"]], True),
    "e: texts of other shapes": ([["name", "country"], ["Joe Doe", "DE"], ["Ann", "FR"]], True),
    "e: the cell comes again": ([["name", "kind"], ["Joe Doe", "kind"], ["Ann", "FRX"]], False),
    "e: nearly all have its shape": (AFGHANISTAN, False),
    "e: names above texts of the same length": ([["code"], ["abcd"], ["efgh"]], False),
    "one row": ([["a", "b"]], False),
    "no rows": ([], False),
    "a short header": ([["a", "b", None], ["x y", "1", "2"]], True),
}


@pytest.mark.parametrize(("rows", "header"), HEADERS.values(), ids=HEADERS)
def test_header(rows: list[list[str | None]], header: bool) -> None:
    assert is_header(rows, infer_type) is header


# header cells, number of columns, names (10)
NAMES: dict[str, tuple[list[str | None] | None, int, list[str]]] = {
    "as they are": (["a", "B c"], 2, ["a", "B c"]),
    "trimmed": ([" a ", "\tb"], 2, ["a", "b"]),
    "no header": (None, 3, ["column2", "column3", "column4"]),
    "one column without header": (None, 1, ["column1"]),
    "one column": (["x"], 1, ["x"]),
    "an empty cell": (["", "b", None], 3, ["column2", "b", "column4"]),
    "doubles": (["a", "A", "a"], 3, ["a", "A1", "a2"]),
    "doubles that meet": (["a", "a1", "a"], 3, ["a", "a1", "a2"]),
    "line breaks": (["a\nb", "c \r\n d"], 2, ["a b", "c d"]),
    "a byte-order mark": (["\ufeffa", "b"], 2, ["a", "b"]),
    "control characters": (["a\x00\x1bb", "\x07"], 2, ["ab", "column3"]),
}


@pytest.mark.parametrize(("header", "columns", "names"), NAMES.values(), ids=NAMES)
def test_names(header: list[str | None] | None, columns: int, names: list[str]) -> None:
    assert column_names(header, columns, sanitize=False) == names


def test_sanitized_names() -> None:
    assert column_names(["a b-c", "2x", "größe"], 3, sanitize=True) == ["a_b_c", "_2x", "größe"]
