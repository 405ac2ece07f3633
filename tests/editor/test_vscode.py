"""The extension folder: complete, and its grammar is the declarations' one (`make docs` checks that it is fresh)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gristmill.functions.registry import FUNCTIONS
from gristmill.transforms.registry import TRANSFORMS

FOLDER = Path(__file__).parents[2] / "editors" / "vscode"


def read(name: str) -> dict[str, object]:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_every_file_that_the_extension_names_is_there() -> None:
    package = read("package.json")
    contributes = package["contributes"]
    names = [package["main"], contributes["languages"][0]["configuration"], contributes["grammars"][0]["path"]]
    assert [name for name in names if not (FOLDER / name).is_file()] == []
    assert contributes["grammars"][0]["scopeName"] == read("syntaxes/wrangle.tmLanguage.json")["scopeName"]
    assert contributes["configuration"]["properties"]["gristmill.arguments"]["default"] == ["lsp"]
    assert read("language-configuration.json")["comments"] == {"lineComment": "//"}


def rule(name: str) -> re.Pattern[str]:
    patterns = read("syntaxes/wrangle.tmLanguage.json")["patterns"]
    return re.compile(next(item["match"] for item in patterns if item.get("name") == name))


def test_the_grammar_knows_all_names() -> None:
    transform, function = rule("keyword.control.transform.wrangle"), rule("support.function.wrangle")
    assert [name for name in TRANSFORMS if transform.match(f"  {name.upper()} x")[0].strip().lower() != name] == []
    public = [name for name, item in FUNCTIONS.items() if not item.hidden]
    assert [name for name in public if function.match(f"{name.lower()} (")[0].upper() != name] == []
    assert transform.match("type: x") is None
    assert rule("string.regexp.wrangle").search("a / b / c") is None
    assert rule("string.regexp.wrangle").search(r"on: /a\/b/ x")[0] == r"/a\/b/"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_the_script_is_javascript() -> None:
    subprocess.run(["node", "--check", str(FOLDER / "extension.js")], check=True)
