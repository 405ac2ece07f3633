"""An output is there whole or not at all, wherever its publication is interrupted (platform 4.2, 4.6)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gristmill.problems import RunError
from gristmill.storage.publishing import (
    Publication,
    Recovery,
    TargetTakenError,
    commit,
    free_target,
    numbered,
    prepare,
    recover,
)

Crash = Callable[..., None]


class CrashError(Exception):
    """The process dies here."""


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("report.csv", "report_1.csv"),
        ("report.csv.gz", "report_1.csv.gz"),
        ("a.b.csv", "a.b_1.csv"),
        ("REPORT.CSV", "REPORT_1.CSV"),
        ("report", "report_1"),
        ("v1.2", "v1.2_1"),
    ],
)
def test_only_known_extensions_stay_behind_the_number(name: str, second: str) -> None:
    assert numbered(Path("/d") / name, 1) == Path("/d") / second


def test_create_takes_the_smallest_free_number(tmp_path: Path) -> None:
    for name in ("out.csv", "out_1.csv", "out_3.csv"):
        (tmp_path / name).write_text("old")
    assert free_target(tmp_path / "out.csv").name == "out_2.csv"


@pytest.mark.parametrize("action", ["create", "overwrite", "append"])
def test_a_new_file_is_the_hidden_one(tmp_path: Path, action: str) -> None:
    publication = prepare(_hidden(tmp_path, "a,b\n1,2\n"), tmp_path / "out.csv", action, header=True)
    commit(publication)
    assert _files(tmp_path) == {"out.csv": "a,b\n1,2\n"}
    assert (publication.size, publication.sha256) == (8, hashlib.sha256(b"a,b\n1,2\n").hexdigest())


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("create", {"out.csv": "a\n1", "out_1.csv": "a\n2\n"}),
        ("overwrite", {"out.csv": "a\n2\n"}),
        ("append", {"out.csv": "a\n1\n2\n"}),
    ],
)
def test_a_file_that_is_there_already(tmp_path: Path, action: str, expected: dict[str, str]) -> None:
    (tmp_path / "out.csv").write_text("a\n1")
    commit(prepare(_hidden(tmp_path, "a\n2\n"), tmp_path / "out.csv", action, header=True))
    assert _files(tmp_path) == expected


def test_appending_to_an_empty_file_keeps_the_header(tmp_path: Path) -> None:
    (tmp_path / "out.csv").touch()
    commit(prepare(_hidden(tmp_path, "a\n2\n"), tmp_path / "out.csv", "append", header=True))
    assert _files(tmp_path) == {"out.csv": "a\n2\n"}


def test_a_header_of_several_lines_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text('"a\nb"\n1\n')
    commit(prepare(_hidden(tmp_path, '"a\nb"\n2\n'), tmp_path / "out.csv", "append", header=True))
    assert _files(tmp_path) == {"out.csv": '"a\nb"\n1\n2\n'}


def test_a_name_that_was_taken_meanwhile_is_never_overwritten(tmp_path: Path) -> None:
    publication = prepare(_hidden(tmp_path, "mine"), tmp_path / "out.csv", "create")
    (tmp_path / "out.csv").write_text("theirs")
    with pytest.raises(TargetTakenError):
        commit(publication)
    assert _files(tmp_path) == {"out.csv": "theirs"}
    assert Path(publication.hidden).read_text() == "mine"


@pytest.mark.parametrize("action", ["create", "overwrite", "append"])
def test_before_the_rename_the_hidden_file_is_still_whole(tmp_path: Path, action: str) -> None:
    (tmp_path / "out.csv").write_text("old\n")
    publication = _stored(prepare(_hidden(tmp_path, "new\n"), tmp_path / "out.csv", action))
    assert _files(tmp_path) == {"out.csv": "old\n"}
    assert recover(publication) is Recovery.RENAME
    commit(publication)
    assert recover(publication) is Recovery.DONE


def test_killed_between_link_and_unlink_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publication = prepare(_hidden(tmp_path, "new"), tmp_path / "out.csv", "create")
    monkeypatch.setattr(Path, "unlink", _die)
    with pytest.raises(CrashError):
        commit(publication)
    assert recover(_stored(publication)) is Recovery.DONE
    assert _files(tmp_path) == {"out.csv": "new"}


@pytest.mark.parametrize("loss", ["gone", "cut", "changed"])
def test_what_is_not_whole_is_made_again(tmp_path: Path, loss: str) -> None:
    publication = prepare(_hidden(tmp_path, "new"), tmp_path / "out.csv", "overwrite")
    hidden = Path(publication.hidden)
    if loss == "gone":
        hidden.unlink()
    else:
        hidden.write_text("ne" if loss == "cut" else "old")
    assert recover(publication) is Recovery.AGAIN


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("create", {"out": {"part-00000.csv": "old"}, "out_1": {"part-00000.csv": "new"}}),
        ("overwrite", {"out": {"part-00000.csv": "new"}}),
        ("append", {"out": {"part-00000.csv": "old", "part-00001.csv": "new"}}),
    ],
)
def test_directories_of_parts(tmp_path: Path, action: str, expected: dict[str, dict[str, str]]) -> None:
    _parts(tmp_path / "out", "old")
    publication = prepare(_parts(tmp_path / ".gristmill-1-1" / "out", "new"), tmp_path / "out", action)
    assert recover(_stored(publication)) is Recovery.RENAME
    commit(publication)
    assert recover(publication) is Recovery.DONE
    assert {folder.name: _files(folder) for folder in tmp_path.iterdir() if folder.name[0] != "."} == expected


def test_killed_while_a_directory_is_swapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _parts(tmp_path / "out", "old")
    publication = prepare(_parts(tmp_path / ".gristmill-1-1" / "out", "new"), tmp_path / "out", "overwrite")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _die_on_second(Path.rename))
        with pytest.raises(CrashError):
            commit(publication)
    assert recover(_stored(publication)) is Recovery.RENAME
    commit(publication)
    assert _files(tmp_path / "out") == {"part-00000.csv": "new"}


def test_killed_between_two_appended_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _parts(tmp_path / "out", "old")
    publication = prepare(_parts(tmp_path / ".gristmill-1-1" / "out", "x", "y"), tmp_path / "out", "append")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", _die_on_second(Path.replace))
        with pytest.raises(CrashError):
            commit(publication)
    assert recover(_stored(publication)) is Recovery.RENAME
    commit(publication)
    assert _files(tmp_path / "out") == {"part-00000.csv": "old", "part-00001.csv": "x", "part-00002.csv": "y"}


def test_folders_and_files_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="is a folder"):
        prepare(_hidden(tmp_path, "new"), tmp_path / "folder", "overwrite")
    with pytest.raises(RunError, match="is a file"):
        prepare(_parts(tmp_path / ".gristmill-1-1" / "out", "new"), tmp_path / "file", "overwrite")


def _hidden(folder: Path, content: str) -> Path:
    path = folder / ".gristmill-1-1" / "out.csv"
    path.parent.mkdir()
    path.write_text(content)
    return path


def _parts(folder: Path, *contents: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (folder / f"part-{number:05d}.csv").write_text(content)
    return folder


def _files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.name[0] != "."}


def _stored(publication: Publication) -> Publication:
    """As another process reads it from the job's row."""
    return Publication.from_json(publication.as_json())


def _die(*_: object, **__: object) -> None:
    raise CrashError


def _die_on_second(move: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    moves: list[os.PathLike[str]] = []

    def mover(path: Path, target: Path) -> Path:
        moves.append(path)
        if len(moves) == 2:
            raise CrashError
        return move(path, target)

    return mover
