"""The reference shows every declaration, and of examples only those that run as tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gristmill.functions.registry import FUNCTIONS
from gristmill.transforms.registry import TRANSFORMS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PUBLIC = [name for name, function in FUNCTIONS.items() if not function.hidden]


def section(page: str, name: str) -> str:
    """The part of a page below a heading."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert text.count(f"\n## {name}\n") == 1
    return text.split(f"\n## {name}\n")[1].split("\n## ")[0]


def spans(column: str) -> str:
    """The text of a code span in a table."""
    return column.replace("\\|", "|").strip("`").strip()


@pytest.mark.parametrize("name", PUBLIC)
def test_a_function_with_its_examples(name: str) -> None:
    function = FUNCTIONS[name]
    text = section(f"functions-{function.group}.md", name)
    assert f"\n`{function.signature}`\n\n{function.doc}\n" in text
    assert all(f"| `{argument.name}` | " in text for argument in function.takes)
    _, found, examples = text.partition("| example | result |\n| --- | --- |\n")
    shown = [re.split(r" (?<!\\)\| ", line[2:])[0] for line in examples.strip().splitlines()]
    assert bool(found) is bool(function.examples)
    assert [spans(column) for column in shown] == [spans(f"`{text}`") for text in function.examples]


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_a_transform_with_its_examples(name: str) -> None:
    transform = TRANSFORMS[name]
    text = section(f"transforms-{transform.group_name}.md", name)
    assert f"In the application: {transform.title}." in text
    assert all(f"| `{parameter.key}:` | " in text for parameter in transform.parameters.values())
    shown = re.findall(r"^```\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    assert shown == [example.step for example in transform.examples]


def test_the_index_names_everything() -> None:
    text = (REFERENCE / "index.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\[(\w+)\]", text)) == {*PUBLIC, *TRANSFORMS}
