"""`gristmill lsp` as an editor talks to it: a real process, JSON-RPC over its pipes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.client import Client

pytestmark = pytest.mark.slow
OPTIONS = {"tabSize": 4, "insertSpaces": True}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "main.csv").write_text("a,Qty\n1,2\n")
    return tmp_path / "r.wrangle"


def stretch(start: int, end: int, line: int = 0) -> dict[str, dict[str, int]]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def test_mistakes_are_shown_and_mended(client: Client, recipe: Path) -> None:
    """Places count in UTF-16: the smiley is two units, one code point."""
    [wrong] = client.open(recipe, "derive value: '😀' + Qtty as: 'b'\n")
    assert (wrong["message"], wrong["severity"]) == ("column not found: 'Qtty'. Did you mean 'Qty'?", 1)
    assert wrong["range"] == stretch(21, 25)
    [fix] = client.request(
        "textDocument/codeAction",
        textDocument={"uri": recipe.as_uri()},
        range=wrong["range"],
        context={"diagnostics": [wrong]},
    )
    assert fix["title"] == "Change to 'Qty'"
    assert fix["edit"]["changes"] == {recipe.as_uri(): [{"range": stretch(21, 25), "newText": "Qty"}]}


def test_a_client_that_counts_bytes(recipe: Path) -> None:
    with Client(general={"positionEncodings": ["utf-8"]}) as client:
        [wrong] = client.open(recipe, "derive value: '😀' + Qtty as: 'b'\n")
        assert wrong["range"] == stretch(23, 27)
        assert client.at("hover", recipe, 0, 9)["range"] == stretch(7, 12)


def test_only_the_last_of_quick_changes_is_checked(client: Client, recipe: Path) -> None:
    assert client.open(recipe, "drop col: a") == []
    for version, text in enumerate(["d", "dr", "drop col: ", "drop col: b"], 2):
        client.change(recipe, text, version)
    shown = client.notified("textDocument/publishDiagnostics")
    assert shown["version"] == 5
    assert [item["message"] for item in shown["diagnostics"]] == ["column not found: 'b'"]
    client.notify("textDocument/didClose", textDocument={"uri": recipe.as_uri()})
    assert client.notified("textDocument/publishDiagnostics")["diagnostics"] == []


def test_a_text_without_a_file(client: Client) -> None:
    document = {"uri": "untitled:Untitled-1", "languageId": "wrangle", "version": 1, "text": "fliter row: a"}
    client.notify("textDocument/didOpen", textDocument=document)
    [wrong] = client.notified("textDocument/publishDiagnostics")["diagnostics"]
    assert wrong["code"] == "unknown-transform"


def test_formatting_and_symbols(client: Client, recipe: Path) -> None:
    text = "drop   col:a\r\n\r\nsort order:-Qty\r\n"
    client.open(recipe, text)
    document = {"uri": recipe.as_uri()}
    [edit] = client.request("textDocument/formatting", textDocument=document, options=OPTIONS)
    assert edit["newText"] == "drop col: a\nsort order: -Qty\n"
    assert edit["range"]["end"] == {"line": 3, "character": 0}
    symbols = client.request("textDocument/documentSymbol", textDocument=document)
    assert [(item["name"], item["range"]["start"]["line"]) for item in symbols] == [
        ("drop – Delete columns", 0),
        ("sort – Sort rows", 2),
    ]
    client.change(recipe, edit["newText"], 2)
    assert client.request("textDocument/formatting", textDocument=document, options=OPTIONS) == []


def test_completion_hover_and_signature(client: Client, recipe: Path) -> None:
    client.open(recipe, "derive type: single value: '😀' + ROUND(Qt, 1) as: 'b'\n")
    items = {item["label"]: item for item in client.at("completion", recipe, 0, 42)["items"]}
    assert items["Qty"]["textEdit"] == {"range": stretch(40, 42), "newText": "Qty"}
    assert (items["Qty"]["detail"], items["Qty"]["kind"]) == ("Integer", 5)
    assert "SQRT(" in items["SQRT"]["documentation"]["value"]
    hover = client.at("hover", recipe, 0, 36)
    assert (hover["range"], "The number rounded" in hover["contents"]["value"]) == (stretch(34, 39), True)
    assert client.at("hover", recipe, 0, 29) is None
    help_ = client.at("signatureHelp", recipe, 0, 45)
    assert (help_["signatures"][0]["label"], help_["activeParameter"]) == ("ROUND(x, [digits])", 1)
    assert client.at("signatureHelp", recipe, 0, 12) is None


def test_the_server_leaves_when_it_is_told_or_left() -> None:
    with Client() as client:
        assert client.leave() == 0
    with Client() as client:
        assert client.process.stdin is not None
        client.process.stdin.close()
        client.process.wait(30)


def test_one_sentence_without_the_extra() -> None:
    hide = "import sys; sys.modules['pygls'] = sys.modules['lsprotocol'] = None\n"
    program = hide + "from gristmill.cli.main import main; main()"
    run = subprocess.run([sys.executable, "-c", program, "lsp"], check=False, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "gristmill lsp: the language server needs pygls: pip install 'gristmill[lsp]'\n"
