"""Publishing dies at every single step and goes on; two outputs want one name; file systems without links."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from gristmill.storage.publishing import Publication, Recovery, TargetTakenError, commit, prepare, recover

STEPS = ("link", "replace", "rename", "unlink", "rmdir", "open", "fsync", "mkdir")
Tree = dict[str, Any]


class CrashError(Exception):
    """The process dies here."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, number: int, *, done: bool) -> Iterator[None]:
    """Step `number` of the file system is the last: it is done or it is not."""
    count = 0

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count > number or (count == number and not done):
                raise CrashError
            result = step(*args, **options)
            if count == number:
                raise CrashError
            return result

        return counting

    with monkeypatch.context() as patched:
        for name in STEPS:
            patched.setattr(os, name, counted(getattr(os, name)))
        yield


def hidden_file(folder: Path, text: str = "h\nnew\n") -> Path:
    place = folder / ".gristmill-1-1"
    place.mkdir(exist_ok=True)
    (place / "out.csv").write_text(text)
    return place / "out.csv"


def hidden_parts(folder: Path) -> Path:
    place = folder / ".gristmill-1-1" / "out.csv"
    place.mkdir(parents=True, exist_ok=True)
    for number in range(3):
        (place / f"part-{number:05d}.csv").write_text(f"new {number}")
    return place


def tree(folder: Path) -> Tree:
    """What anybody may see in a folder."""
    return {
        path.name: tree(path) if path.is_dir() else path.read_text()
        for path in sorted(folder.iterdir())
        if path.name[0] != "."
    }


NEW_PARTS = {f"part-{number:05d}.csv": f"new {number}" for number in range(3)}
OLD_PARTS = {"part-00000.csv": "old"}
ALL_PARTS = OLD_PARTS | {f"part-{number + 1:05d}.csv": f"new {number}" for number in range(3)}
# the action, what is there before, what is made, and what is there after
SCENES: dict[str, tuple[str, Tree, Callable[[Path], Path], Tree]] = {
    "create": ("create", {}, hidden_file, {"out.csv": "h\nnew\n"}),
    "create beside": ("create", {"out.csv": "old"}, hidden_file, {"out.csv": "old", "out_1.csv": "h\nnew\n"}),
    "overwrite": ("overwrite", {"out.csv": "old"}, hidden_file, {"out.csv": "h\nnew\n"}),
    "append": ("append", {"out.csv": "h\nold"}, hidden_file, {"out.csv": "h\nold\nnew\n"}),
    "create parts": ("create", {}, hidden_parts, {"out.csv": NEW_PARTS}),
    "create parts beside": (
        "create",
        {"out.csv": OLD_PARTS},
        hidden_parts,
        {"out.csv": OLD_PARTS, "out_1.csv": NEW_PARTS},
    ),
    "overwrite parts": ("overwrite", {"out.csv": OLD_PARTS}, hidden_parts, {"out.csv": NEW_PARTS}),
    "append parts": ("append", {"out.csv": OLD_PARTS}, hidden_parts, {"out.csv": ALL_PARTS}),
}


def plant(folder: Path, content: Tree) -> None:
    for name, inner in content.items():
        if isinstance(inner, dict):
            (folder / name).mkdir()
            plant(folder / name, inner)
        else:
            (folder / name).write_text(inner)


def prepared(folder: Path, scene: str) -> Publication:
    action, _, make, _ = SCENES[scene]
    found = prepare(make(folder), folder / "out.csv", action, header=True)
    return Publication.from_json(found.as_json())


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("scene", SCENES)
def test_dying_while_it_becomes_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str, number: int, done: bool
) -> None:
    _, before, _, after = SCENES[scene]
    plant(tmp_path, before)
    publication = prepared(tmp_path, scene)
    with dying(monkeypatch, number, done=done), suppress(CrashError):
        commit(publication)
    state = recover(publication)
    assert state is not Recovery.AGAIN
    if state is Recovery.RENAME:
        commit(publication)
    assert tree(tmp_path) == after
    assert recover(publication) is Recovery.DONE


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("scene", SCENES)
def test_dying_while_it_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str, number: int, done: bool
) -> None:
    """Nothing was stored, so everything is made anew; what was there is untouched."""
    action, before, make, after = SCENES[scene]
    plant(tmp_path, before)
    hidden = make(tmp_path)
    with dying(monkeypatch, number, done=done), suppress(CrashError):
        prepare(hidden, tmp_path / "out.csv", action, header=True)
    assert tree(tmp_path) == before
    (tmp_path / ".gristmill-1-1").rename(tmp_path / ".gristmill-1-0")
    commit(prepared(tmp_path, scene))
    assert tree(tmp_path) == after


@pytest.mark.parametrize("scene", ["create", "create parts"])
def test_two_outputs_want_one_name(tmp_path: Path, scene: str) -> None:
    plan = [prepared(_folder_of(tmp_path, number), scene) for number in range(8)]
    target = tmp_path / "out.csv"
    plan = [Publication(item.hidden, str(target), item.action, item.size, item.sha256, item.parts) for item in plan]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(_outcome, plan))
    assert sorted(outcomes) == ["done", *["taken"] * 7]
    winner = plan[outcomes.index("done")]
    assert recover(winner) is Recovery.DONE
    assert [Path(item.hidden).exists() for item in plan] == [outcome == "taken" for outcome in outcomes]


def _folder_of(folder: Path, number: int) -> Path:
    own = folder / f"job-{number}"
    own.mkdir()
    return own


def _outcome(publication: Publication) -> str:
    try:
        commit(publication)
    except TargetTakenError:
        return "taken"
    return "done"


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OSError(errno.EPERM, "operation not permitted")

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("no_links")
@pytest.mark.parametrize("scene", SCENES)
def test_without_links(tmp_path: Path, scene: str) -> None:
    _, before, _, after = SCENES[scene]
    plant(tmp_path, before)
    publication = prepared(tmp_path, scene)
    commit(publication)
    assert tree(tmp_path) == after
    assert recover(publication) is Recovery.DONE


@pytest.mark.usefixtures("no_links")
def test_without_links_nothing_is_overwritten_either(tmp_path: Path) -> None:
    publication = prepared(tmp_path, "create")
    (tmp_path / "out.csv").write_text("theirs")
    with pytest.raises(TargetTakenError):
        commit(publication)
    assert tree(tmp_path) == {"out.csv": "theirs"}
    assert recover(publication) is Recovery.RENAME


@pytest.mark.usefixtures("no_links")
def test_without_links_one_of_two_outputs_gets_the_name(tmp_path: Path) -> None:
    test_two_outputs_want_one_name(tmp_path, "create")


def test_other_faults_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publication = prepared(tmp_path, "create")

    def fail(*args: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(OSError, match="no space left"):
        commit(publication)
    assert tree(tmp_path) == {}


APPENDED = [
    ("h\n1\n", "h\n2\n", True, "h\n1\n2\n"),
    ("h\n1", "h\n2", True, "h\n1\n2"),
    ("1\n", "2\n", False, "1\n2\n"),
    ("1", "2", False, "1\n2"),
    ("", "h\n2\n", True, "h\n2\n"),
    ("\n", "h\n2\n", True, "\n2\n"),
    ("h\n1\n", "h\n", True, "h\n1\n"),
    ('"h\nx",b\n1,2\n', '"h\nx",b\n3,4\n', True, '"h\nx",b\n1,2\n3,4\n'),
    ('"h""\n""x",b\n', '"h""\n""x",b\n"a\nb",4\n', True, '"h""\n""x",b\n"a\nb",4\n'),
    ("h\r\n1\r\n", "h\n2\n", True, "h\r\n1\r\n2\n"),
]


@pytest.mark.parametrize(("old", "new", "header", "whole"), APPENDED)
def test_appended(tmp_path: Path, old: str, new: str, header: bool, whole: str) -> None:
    (tmp_path / "out.csv").write_bytes(old.encode())
    commit(prepare(hidden_file(tmp_path, new), tmp_path / "out.csv", "append", header=header))
    assert (tmp_path / "out.csv").read_bytes() == whole.encode()
