"""Package files are opened within bounds, and nothing that is no package passes."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from gristmill.problems import RecipeError
from gristmill.storage import packages
from gristmill.storage.packages import open_package, pack
from tests.recipe.flows import zipped


def test_document_and_data_files() -> None:
    content = zipped(
        **{"a/flow_1.json": b'{"x": "\xc3\xa4"}', "artifact_12.data": b"12", "__MACOSX/._x.json": b"", "more.txt": b""}
    )
    opened = open_package(content)
    assert (opened.document, opened.artifacts) == ('{"x": "ä"}', {12: b"12"})


def test_bare_document() -> None:
    assert open_package(b"\xef\xbb\xbf{}").document == "{}"


def test_what_is_packed_is_opened() -> None:
    content = pack("flow_1.json", '{"x": "ä"}', {12: "lines\n"})
    assert content == pack("flow_1.json", '{"x": "ä"}', {12: "lines\n"})
    assert open_package(content) == packages.PackageFile('{"x": "ä"}', {12: b"lines\n"})


def damaged() -> bytes:
    content = bytearray(zipped(flow__json=b"{}" * 5000))
    content[60:64] = b"\xff\xff\xff\xff"
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "the document is not UTF-8 at byte 0"),
        (b"PK\x03\x04 and no more", "the zip file is damaged: File is not a zip file"),
        (damaged(), "the zip file is damaged: "),
        (zipped(), "expected one .json document in the zip, found 0"),
        (zipped(a__json=b"", b__json=b""), "expected one .json document in the zip, found 2"),
        (zipped(**{"../flow.json": b"{}"}), "the zip holds a file with the path '../flow.json'"),
        (zipped(**{"/flow.json": b"{}"}), "the zip holds a file with the path '/flow.json'"),
        (zipped(**{"c:\\flow.json": b"{}"}), "the zip holds a file with the path 'c:"),
        (zipped(flow__json=b" " * 5_000_000), "'flow.json' is packed more tightly than a package can be"),
        (zipped(**{f"{n}.txt": b"" for n in range(1001)}), "the zip holds more than 1000 files"),
    ],
)
def test_what_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(RecipeError) as raised:
        open_package(content)
    assert raised.value.problems[0].message.startswith(message)


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped(flow__json=b"{}" * 50)
    monkeypatch.setattr(packages, "LARGEST_CONTENT", 99)
    with pytest.raises(RecipeError, match="the zip holds more than"):
        open_package(content)
    monkeypatch.setattr(packages, "LARGEST_FILE", len(content) - 1)
    with pytest.raises(RecipeError, match="the file is larger than"):
        open_package(content)


def test_an_entry_may_not_hold_more_than_it_says() -> None:
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("flow.json", b"{} and more")
    lying = content.getvalue().replace((11).to_bytes(4, "little"), (2).to_bytes(4, "little"))
    with pytest.raises(RecipeError, match=r"damaged|larger"):
        open_package(lying)
