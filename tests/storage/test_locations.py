"""Addresses become real paths inside of what is permitted; folders become files in order (platform 3.7)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gristmill.problems import RunError
from gristmill.storage.locations import Roots, files_at, local_path


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    """A data folder, one configured root, and secrets beside them that links and dots lead to."""
    for name in ("data/trifacta/uploads/1", "extra", "secret", "data2"):
        (tmp_path / name).mkdir(parents=True)
    for name in (
        "data/trifacta/uploads/1/a.csv",
        "extra/100%25 off.csv",
        "extra/é😀.csv",
        "secret/s.csv",
        "data2/x.csv",
    ):
        (tmp_path / name).write_text("a\n")
    (tmp_path / "extra/out").symlink_to(tmp_path / "secret")
    (tmp_path / "extra/in").symlink_to(tmp_path / "data")
    (tmp_path / "extra/loop").symlink_to(tmp_path / "extra/loop")
    return Roots(tmp_path / "data", (tmp_path / "extra",))


# the address (`~` is the folder above the roots) and the file it stands for
PERMITTED = {
    "/trifacta/uploads/1/a.csv": "data/trifacta/uploads/1/a.csv",
    "file:///trifacta/uploads/1/a.csv": "data/trifacta/uploads/1/a.csv",
    "/trifacta": "data/trifacta",
    "/trifacta/uploads/../uploads/1/a.csv": "data/trifacta/uploads/1/a.csv",
    "/trifacta/not/there/yet.csv": "data/trifacta/not/there/yet.csv",
    "~/data": "data",
    "~/extra": "extra",
    "~/extra/100%25 off.csv": "extra/100%25 off.csv",
    "file://~/extra/100%25 off.csv": "extra/100%25 off.csv",
    "~/extra/é😀.csv": "extra/é😀.csv",
    "~/extra/in/trifacta/uploads/1/a.csv": "data/trifacta/uploads/1/a.csv",
    "~/extra//./é😀.csv": "extra/é😀.csv",
    "~/secret/../extra/é😀.csv": "extra/é😀.csv",
}


@pytest.mark.parametrize(("address", "place"), PERMITTED.items(), ids=PERMITTED)
def test_permitted(roots: Roots, tmp_path: Path, address: str, place: str) -> None:
    assert roots.locate(address.replace("~", str(tmp_path), 1)) == tmp_path / place


REFUSED = [
    *("/etc/passwd", "file:///etc/passwd", "/", "", ".", "relative.csv", "~/secret/s.csv", "~/extra/../secret/s.csv"),
    *("/trifacta/../../secret/s.csv", "/trifacta/../../../etc/passwd", "~/extra/out/s.csv", "~/extra/out", "~"),
    *("~/data2/x.csv", "~/extra2", "/trifactax/a.csv", "~/extra/\0", "\0", "file://host/share/a.csv", "file://"),
    *("~/extra/out/../../extra2/a.csv", "~/extra/%2e%2e/../../secret/s.csv"),
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_refused(roots: Roots, tmp_path: Path, address: str) -> None:
    with pytest.raises(RunError, match="not permitted"):
        roots.locate(address.replace("~", str(tmp_path), 1))


@pytest.mark.parametrize("address", ["s3://bucket/a.csv", "https://example.com/a.csv", "FILE://x"])
def test_other_addresses(roots: Roots, address: str) -> None:
    with pytest.raises(RunError, match="not supported"):
        roots.locate(address)
    with pytest.raises(RunError, match="not supported"):
        local_path(address)


def test_links_that_go_round(roots: Roots, tmp_path: Path) -> None:
    with pytest.raises(RunError):
        files_at([str(roots.locate(f"{tmp_path}/extra/loop/a.csv"))])


def test_a_root_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert Roots(tmp_path / "link").locate("/trifacta/a.csv") == tmp_path / "real/trifacta/a.csv"


def test_a_folder_is_its_files_by_code_points(tmp_path: Path) -> None:
    for name in ("b.csv", "B.csv", "a10.csv", "a9.csv", "é.csv", "_SUCCESS", ".hidden", "z"):
        (tmp_path / name).write_text("x")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.csv").write_text("x")
    found = files_at([str(tmp_path)])
    assert [path.name for path in found] == ["B.csv", "a10.csv", "a9.csv", "b.csv", "z", "é.csv"]


def test_files_stay_in_the_order_given(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x")
    given = [str(tmp_path / "b.csv"), f"file://{tmp_path}/a.csv", str(tmp_path / "b.csv")]
    assert [path.name for path in files_at(given)] == ["b.csv", "a.csv", "b.csv"]


def test_a_hidden_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "_x.csv").write_text("x")
    assert files_at([str(tmp_path / "_x.csv")]) == (tmp_path / "_x.csv",)


FAULTS = {
    "missing": ("no.csv", "file not found"),
    "missing folder": ("no/no.csv", "file not found"),
    "empty folder": ("empty", "holds no files"),
    "below a file": ("file.csv/a.csv", "file not found"),
    "a name too long": ("x" * 300, "file cannot be read"),
    "a NUL": ("a\0b", "file not found"),
    "a link to nothing": ("dangling", "file not found"),
}


@pytest.mark.parametrize(("name", "message"), FAULTS.values(), ids=FAULTS)
def test_faults(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.csv").write_text("x")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RunError, match=message):
        files_at([f"{tmp_path}/{name}"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_may_not_be_looked_into(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    with pytest.raises(RunError, match="file cannot be read"):
        files_at([str(tmp_path / "shut" / "a.csv")])
