"""The documented cases that ask only for a type, its validity, or a date's text."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from gristmill.types.choosing import choose_format
from gristmill.types.custom_dates import parse_custom, print_custom
from gristmill.types.datetimes import read_notation
from gristmill.types.inference import infer_type
from gristmill.types.logical import LogicalType
from gristmill.types.parsedate import parse_date
from gristmill.types.validation import is_valid

CASES = Path(__file__).parents[1] / "cases"
TEST = re.compile(
    r"derive type: single value: (?P<name>ISMISMATCHED|ISVALID|VALID)\((?P<col>\w+), ?(?P<type>.*)\) as: '\w+'"
)
SETTYPE = re.compile(r"settype col: (?P<col>\w+) type: (?P<type>'[^\n]*')")
DATE = re.compile(
    r"derive type: single value: (?P<name>DATEFORMAT|PARSEDATE)\((?P<col>\w+)(?:, ?(?P<format>.*))?\) as: '\w+'"
)


def cases(pattern: re.Pattern[str], *files: str) -> list[Any]:
    """Cases whose whole recipe has that form, each with the match."""
    lines = [line for file in files for line in (CASES / file).read_text("utf-8").splitlines()]
    found = [(case, pattern.fullmatch(case["recipe"])) for case in map(json.loads, lines)]
    return [
        pytest.param(case, match, id=case["id"]) for case, match in found if match and "error" not in case["expect"]
    ]


def column(table: dict[str, Any], index: int) -> list[str | None]:
    return [row[index] for row in table["rows"]]


def type_of(text: str) -> LogicalType:
    parts = ast.literal_eval(text if text.startswith("[") else f"[{text}]")
    return LogicalType.from_list(parts)


@pytest.mark.parametrize(("case", "match"), cases(TEST, "types.jsonl", "functions-a.jsonl"))
def test_validity(case: dict[str, Any], match: re.Match[str]) -> None:
    type = type_of(match["type"])
    for text, expected in zip(
        column(case, case["columns"].index(match["col"])), column(case["expect"], -1), strict=True
    ):
        valid = bool(text) and is_valid(text or "", type)
        tested = bool(text) and not valid if match["name"] == "ISMISMATCHED" else valid
        assert str(tested).lower() == expected, text


@pytest.mark.parametrize(("case", "match"), cases(SETTYPE, "types.jsonl"))
def test_settype_nulls_what_is_mismatched(case: dict[str, Any], match: re.Match[str]) -> None:
    type = type_of(match["type"])
    written = [text if text and is_valid(text, type) else None for text in column(case, 0)]
    assert written == column(case["expect"], 0)


@pytest.mark.parametrize(("case", "match"), cases(re.compile("// types are inferred on import"), "types.jsonl"))
def test_inference(case: dict[str, Any], match: re.Match[str]) -> None:
    type = infer_type(column(case, 0))
    assert case["about"][1] in type.as_list()
    written = [text if text and is_valid(text, type) else None for text in column(case, 0)]
    assert written == column(case["expect"], 0)


@pytest.mark.parametrize(("case", "match"), cases(DATE, "types.jsonl", "functions-a.jsonl", "functions-b.jsonl"))
def test_dates(case: dict[str, Any], match: re.Match[str]) -> None:
    texts = column(case, case["columns"].index(match["col"]))
    typed = (case.get("types") or {}).get(match["col"]) != "String"
    format = choose_format(texts).format if typed else None
    asked = ast.literal_eval(match["format"]) if match["format"] else None
    keeps_text = typed and match["name"] == "PARSEDATE"
    printed = parse_custom(asked if match["name"] == "DATEFORMAT" else "yyyy-MM-dd HH:mm:ss")
    results: list[str | None] = []
    for text in texts:
        moment = read_notation(text or "", format, 2026) if format else parse_date(text or "", asked, 2026)
        results.append(None if moment is None else text if keeps_text else print_custom(moment, printed))
    assert results == column(case["expect"], -1)
