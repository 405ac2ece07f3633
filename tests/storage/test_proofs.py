"""A file is looked at once while it stays the same, and perhaps before anybody asks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gristmill.problems import RunError
from gristmill.storage import proofs
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
    monkeypatch.setattr(proofs, "_remembered", {})
    monkeypatch.setattr(proofs, "SETTLED", 0)
    return found


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content)
    return path


def test_a_file_that_stays_the_same_is_looked_at_once(tmp_path: Path, looks: list[Path]) -> None:
    path = _file(tmp_path, b"a,b\n")
    assert proofs.proof_of(path, COMMAS) == proofs.proof_of(path, COMMAS) != None  # noqa: E711
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
