"""JSON is read as one row per value, whatever the file looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.problems import RunError
from tests.engines.file_runs import Log, csv_text, records, write

ROWS = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n',
        '{"a":1,"b":"x"}\r\n\r\n{"a":2,"b":"y"}',
        '[{"a":1,"b":"x"},{"a":2,"b":"y"}]',
        '[\n  {"a": 1,\n   "b": "x"},\n  {"a": 2, "b": "y"}\n]\n',
        '\ufeff{"a":1,"b":"x"}\r{"a":2,"b":"y"}\r',
    ],
    ids=["lines", "blank line", "array", "array over lines", "mark, \\r"],
)
@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "upload"])
def test_layouts(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert records(path) == ROWS


@pytest.mark.parametrize("text", ['{"a":[{"b":1}]}', '{\n "a": [\n  {"b": 1}\n ]\n}\n'])
def test_one_object_is_one_row(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert records(path) == [{"a": [{"b": 1}]}]


def test_spelling_null_absent_nested_unicode(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"n":1.0,"w":123456789012345678901234567890,"o":{"k": [1.50, "\\u00e9"]},"t":"tä\\ud83d\\ude00"}\n'
        '{"n":null,"t":"","b":true,"o":"plain"}\n',
        encoding="utf-8",
    )
    assert csv_text(path, header=True, mismatches=True) == (
        'n,w,o,t,b\n1.0,123456789012345678901234567890,"{""k"":[1.50,""é""]}",tä😀,\n,,plain,,true\n'
    )


def test_odd_keys(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"a\\"b":1,"":2,"A":3,"a":4,"é c":5}]', encoding="utf-8")
    assert records(path) == [{'a"b': 1, "column2": 2, "A": 3, "a1": 4, "é c": 5}]


@pytest.mark.parametrize("text", ["[1,2,3]", "1\n2\n3\n", '["1",2,3]'])
def test_values_that_are_no_objects(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert records(path) == [{"column1": 1}, {"column1": 2}, {"column1": 3}]


def test_few_bad_lines_are_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a":1}\n' * 150 + "oops\n" + '{"a":1}\n' * 50)
    log = Log()
    assert len(records(path, log=log)) == 200
    assert log.lines == ["s: 1 of 201 lines are no JSON and left out (line 151: expecting value)"]


def test_many_bad_lines_stop_the_run(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a":1}\n' * 50 + "oops\n")
    with pytest.raises(RunError, match=r"1 of 51 lines are no JSON .*at most 1 % may be"):
        records(path)


def test_late_keys_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a":1}\n' * 10_000 + '{"a":1,"late":2}\n')
    log = Log()
    assert records(path, log=log)[-1] == {"a": 1}
    assert log.lines == ["s: keys that first appear behind object 10000 are left out: late"]


def test_broken_document(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"a":1},\n{"a":')
    with pytest.raises(RunError, match="it is no JSON"):
        records(path)


def test_a_long_array_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    count = 60_000
    path.write_text("[" + ",\n".join(f'{{"a":{at},"t":"{"é" * 20}"}}' for at in range(count)) + "]", encoding="utf-8")
    found = records(path)
    assert (len(found), found[0]["a"], found[-1]["a"]) == (count, 0, count - 1)
    assert [row["a"] for row in found] == list(range(count))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    source, target = tmp_path / "x.jsonl", tmp_path / "y.jsonl"
    source.write_text('{"a\\"é":1.50,"o":{"k":[1,null]},"s":"long text with \\"quotes\\" and \\n lines","z":null}\n')
    write(source, target, "json")
    assert target.read_text(encoding="utf-8") == (
        '{"a\\"é":1.50,"o":{"k":[1,null]},"s":"long text with \\"quotes\\" and \\n lines","z":null}\n'
    )


def test_missing_is_null_like_null(tmp_path: Path) -> None:
    """Null stands for both (language 1.8)."""
    source, target = tmp_path / "x.jsonl", tmp_path / "y.jsonl"
    source.write_text('{"s":"","n":1}\n{"s":null,"n":""}\n')
    write(source, target, "json")
    assert target.read_text() == '{"s":null,"n":1}\n{"s":null,"n":null}\n'
