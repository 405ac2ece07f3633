"""A file is looked at once while it stays the same, and perhaps before anybody asks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gristmill.problems import RunError
from gristmill.storage import proofs, regular
from gristmill.storage.reading import CsvStructure
from gristmill.storage.regular import prove

COMMAS = CsvStructure(",", '"', "\n", 2)
LONG_AGO = 1_600_000_000


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are looked at, in their order."""
    found: list[Path] = []

    def counted(path: Path, *args: Any, **more: Any) -> Any:
        found.append(path)
        return prove(path, *args, **more)

    monkeypatch.setattr(proofs, "prove", counted)
    monkeypatch.setattr(proofs, "MEMORY", proofs.Memory())
    monkeypatch.setattr(proofs, "WORTH_BEGINNING", 0)
    monkeypatch.setattr(proofs, "SETTLED", 0)
    return found


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content)
    return path


def test_a_file_that_stays_the_same_is_looked_at_once(tmp_path: Path, looks: list[Path]) -> None:
    path = _file(tmp_path, b"a,b\n")
    proof = proofs.proof_of(path, COMMAS)
    assert proof is not None and proofs.proof_of(path, COMMAS) == proof
    assert looks == [path]


def test_what_was_irregular_is_remembered_too(tmp_path: Path, looks: list[Path]) -> None:
    path = _file(tmp_path, b"a,b\nc\n")
    assert [proofs.proof_of(path, COMMAS) for _ in range(2)] == [None, None]
    assert looks == [path]


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path, looks: list[Path]) -> None:
    path = _file(tmp_path, b"a,b\nc,d\n")
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert proofs.proof_of(path, COMMAS) is not None
    path.write_bytes(b"a,b\ncccd")
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert proofs.proof_of(path, COMMAS) is None
    assert looks == [path, path]


def test_another_structure_is_another_question(tmp_path: Path, looks: list[Path]) -> None:
    path = _file(tmp_path, b"a,b\n")
    assert proofs.proof_of(path, COMMAS) is not None
    assert proofs.proof_of(path, CsvStructure(";", '"', "\n", 2)) is None
    assert len(looks) == 2


def test_a_file_that_has_just_been_written_is_not_remembered(
    tmp_path: Path, looks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "SETTLED", 60_000_000_000)
    path = _file(tmp_path, b"a,b\n")
    assert proofs.proof_of(path, COMMAS) == proofs.proof_of(path, COMMAS)
    assert looks == [path, path]


def test_a_look_that_was_begun_is_waited_for(tmp_path: Path, looks: list[Path]) -> None:
    path = _file(tmp_path, b"a,b\n" * 300_000)
    with proofs.begun([(path, COMMAS)]):
        assert proofs.proof_of(path, COMMAS) is not None
    assert looks == [path]


def test_its_error_comes_to_whoever_asks(tmp_path: Path) -> None:
    path = tmp_path / "gone.csv"
    with proofs.begun([(path, COMMAS)]), pytest.raises(RunError, match="file not found"):
        proofs.proof_of(path, COMMAS)


def test_a_look_that_nobody_waits_for_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, b"a,b\n" * 3_000_000)
    with proofs.begun([(path, COMMAS)]):
        (look,) = proofs._begun.values()
    assert look.result() is None and not proofs._begun


@pytest.fixture
def kept(tmp_path: Path, looks: list[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this process's proofs."""
    monkeypatch.setattr(proofs, "LARGE", 3)
    proofs.MEMORY.folder = tmp_path / "proofs"
    return proofs.MEMORY.folder


def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on only what lies in the folder is known."""
    folder = proofs.MEMORY.folder
    monkeypatch.setattr(proofs, "MEMORY", proofs.Memory())
    proofs.MEMORY.folder = folder


@pytest.mark.parametrize("content", [b"a,b\n", b'a,"b\n"\n', b"a,b,c\n"], ids=["plain", "lines", "irregular"])
def test_another_process_need_not_look_again(
    tmp_path: Path, looks: list[Path], kept: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = _file(tmp_path, content)
    found = proofs.proof_of(path, COMMAS)
    another_process(monkeypatch)
    with proofs.begun([(path, COMMAS)]):
        assert not proofs._begun
        assert proofs.proof_of(path, COMMAS) == found
    assert looks == [path] and len(list(kept.iterdir())) == 1


def test_small_files_leave_nothing(tmp_path: Path, looks: list[Path], kept: Path) -> None:
    proofs.proof_of(_file(tmp_path, b"a\n"), CsvStructure("", '"', "\n", 1))
    assert not kept.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"longest": 1}', b"[1]", b"\xff"])
def test_a_proof_that_cannot_be_read_is_made_again(
    tmp_path: Path, looks: list[Path], kept: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = _file(tmp_path, b"a,b\n")
    proof = proofs.proof_of(path, COMMAS)
    (place,) = kept.iterdir()
    place.write_bytes(content)
    another_process(monkeypatch)
    assert proofs.proof_of(path, COMMAS) == proof is not None
    another_process(monkeypatch)
    assert proofs.proof_of(path, COMMAS) == proof
    assert looks == [path, path]


def test_other_rules_or_bytes_make_other_proofs(
    tmp_path: Path, looks: list[Path], kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, b"a,b\n")
    proofs.proof_of(path, COMMAS)
    rules = tmp_path / "regular.py"
    rules.touch()
    monkeypatch.setattr(regular, "__file__", str(rules))
    another_process(monkeypatch)
    proofs.proof_of(path, COMMAS)
    path.write_bytes(b"a,b,c\n")
    assert proofs.proof_of(path, COMMAS) is None
    assert looks == [path] * 3


def test_only_so_many_are_kept(tmp_path: Path, looks: list[Path], kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "MOST_FILES", 2)
    for number in range(5):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(b"a,b\n")
        proofs.proof_of(path, COMMAS)
    assert len(list(kept.iterdir())) == 2


def test_a_folder_that_cannot_be_written_harms_nobody(tmp_path: Path, looks: list[Path], kept: Path) -> None:
    kept.write_bytes(b"a file")
    assert proofs.proof_of(_file(tmp_path, b"a,b\n"), COMMAS) is not None
