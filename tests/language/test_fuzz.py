"""Damaged recipes: a tree or problems with a place, soon, and never an exception."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gristmill.language.parser import parse
from gristmill.language.printer import print_recipe
from gristmill.transforms.registry import TRANSFORMS

CASES = Path(__file__).parents[1] / "cases"
RECIPES = sorted(
    {
        json.loads(line)["recipe"]
        for path in CASES.glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    }
)
PIECES = (
    *("'", '"', "`", "/", "//", "--", "{", "}", "(", ")", "[", "]", "\\", ",", ":", "=", "=<", "!", "?", "~", "*", "$"),
    *(".", "-", "^", "\n", "\r\n", "\t", " ", "\0", "\ufeff", "é", "😀", "\u2028", "\x1c", "1e", "1" * 300, "with:"),
    *(" as: ", " col: ", " value: ", " with: ", "drop", "\nunion ", "true", "IF(", "{'as':", "current_dataset.", "${"),
)  # fmt: skip
Damage = Callable[[random.Random, str], str]


def _insert(source: random.Random, text: str) -> str:
    at = source.randrange(len(text) + 1)
    return text[:at] + source.choice(PIECES) + text[at:]


def _remove(source: random.Random, text: str) -> str:
    at = source.randrange(len(text) + 1)
    return text[:at] + text[at + source.randint(1, 6) :]


def _swap(source: random.Random, text: str) -> str:
    one, two = sorted(source.randrange(len(text) + 1) for _ in range(2))
    return text[two:] + text[one:two] + text[:one]


def _double(source: random.Random, text: str) -> str:
    at = source.randrange(len(text) + 1)
    return text[: at + source.randint(1, 20)] + text[at:]


def _join(source: random.Random, text: str) -> str:
    other = source.choice(RECIPES)
    return text[: source.randrange(len(text) + 1)] + other[source.randrange(len(other) + 1) :]


def _replace(source: random.Random, text: str) -> str:
    at = source.randrange(len(text) + 1)
    return text[:at] + chr(source.choice([source.randrange(32, 127), source.randrange(0xD800)])) + text[at + 1 :]


DAMAGES: tuple[Damage, ...] = (_insert, _insert, _remove, _swap, _double, _join, _replace)


def damaged(source: random.Random) -> str:
    """A case's recipe with one to four things wrong."""
    text = source.choice(RECIPES)
    for _ in range(source.randint(1, 4)):
        text = source.choice(DAMAGES)(source, text)
    return text


def survives(text: str) -> None:
    started = time.process_time()
    recipe, problems = parse(text, TRANSFORMS, ("orders", "lookup.csv"))
    assert time.process_time() - started < 1, text
    lines = text.replace("\r\n", "\n").split("\n")
    for problem in problems:
        assert problem.span is not None, text
        assert 1 <= problem.span.line <= len(lines), text
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1, text
        assert problem.step is not None, text
    # what is readable stays what it is when it is printed; what is not is printed as it was
    printed = print_recipe(recipe)
    again, _ = parse(printed, TRANSFORMS, ("orders", "lookup.csv"))
    assert print_recipe(again) == printed, text
    assert len(again.steps) >= len(recipe.steps), text


def test_damaged_recipes() -> None:
    source = random.Random(20)
    for _ in range(2_000):
        survives(damaged(source))


@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize("seed", range(4))
def test_many_damaged_recipes(seed: int) -> None:
    source, stop = random.Random(seed), time.monotonic() + 30
    for _ in range(25_000):
        survives(damaged(source))
        if time.monotonic() > stop:
            break
