"""What is left to do after a crash, also when other runs went on with the same target."""

from __future__ import annotations

import os

import pytest

from gristmill.jobs.appending import refuse_appending, refuse_other_columns
from gristmill.jobs.recovery import is_done, with_moved_parts
from gristmill.problems import RunError
from gristmill.storage.publishing import commit, prepare


@pytest.fixture
def ours(tmp_path):
    """Our hidden file."""
    (tmp_path / "hidden").mkdir()
    hidden = tmp_path / "hidden" / "a.csv"
    hidden.write_text("1\n2\n")
    return hidden


def parts(folder, *names):
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(f"{folder.name}/{name}\n")
    return folder


@pytest.mark.parametrize("action", ["create", "overwrite", "append"])
def test_before_and_after_the_rename(tmp_path, ours, action):
    publication = prepare(ours, tmp_path / "a.csv", action)
    assert not is_done(publication)
    commit(publication)
    assert is_done(publication)


def test_between_linking_and_unlinking(tmp_path, ours):
    publication = prepare(ours, tmp_path / "a.csv", "create")
    os.link(ours, tmp_path / "a.csv")
    assert is_done(publication)


@pytest.mark.parametrize("action", ["create", "overwrite"])
def test_the_same_bytes_of_another_run_are_not_ours(tmp_path, ours, action):
    publication = prepare(ours, tmp_path / "a.csv", action)
    (tmp_path / "a.csv").write_text("1\n2\n")
    assert not is_done(publication)


def test_rows_of_another_run_behind_ours(tmp_path, ours):
    (tmp_path / "a.csv").write_text("0\n")
    publication = prepare(ours, tmp_path / "a.csv", "append")
    commit(publication)
    (tmp_path / "a.csv").write_text("0\n1\n2\n3\n")
    assert is_done(publication)


def test_rows_of_another_run_instead_of_ours(tmp_path, ours):
    (tmp_path / "a.csv").write_text("0\n")
    publication = prepare(ours, tmp_path / "a.csv", "append")
    (tmp_path / "a.csv").write_text("0\n3\n")
    assert not is_done(publication)


def test_parts_that_were_not_moved_get_names_that_are_free_now(tmp_path):
    target = parts(tmp_path / "out", "part-00000.csv")
    hidden = parts(tmp_path / "hidden", "part-00000.csv", "part-00001.csv")
    earlier = prepare(hidden, target, "append")
    assert earlier.parts == ("part-00001.csv", "part-00002.csv")
    (hidden / "part-00001.csv").rename(target / "part-00001.csv")
    (target / "part-00002.csv").write_text("another run's\n")
    assert not is_done(earlier)
    again = with_moved_parts(prepare(hidden, target, "append"), earlier)
    commit(again)
    assert is_done(again)
    assert (target / "part-00002.csv").read_text() == "another run's\n"
    assert sorted(path.name for path in target.iterdir()) == [f"part-0000{number}.csv" for number in range(4)]
    assert "part-00001.csv" in again.parts and "part-00003.csv" in again.parts


PLAIN = {"action": "append", "asSingleFile": True, "format": "csv", "compression": "none", "delim": ","}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"compression": "gzip"}, "cannot append to a file compressed with gzip: give asSingleFile false"),
        ({"format": "pqt"}, "cannot append to a single pqt file: give asSingleFile false"),
        ({"format": "avro"}, "cannot append to a single avro file: give asSingleFile false"),
    ],
)
def test_single_files_that_cannot_grow(setting, message):
    with pytest.raises(RunError, match=message):
        refuse_appending({**PLAIN, **setting})
    refuse_appending({**PLAIN, **setting, "asSingleFile": False})
    refuse_appending({**PLAIN, **setting, "action": "create"})


@pytest.mark.parametrize(
    ("content", "columns", "fits"),
    [
        ("a,b\n1,2\n", "ab", True),
        ('"a,\nb",c\n', "ab", True),
        ("a,b\n", "abc", False),
        ("", "abc", True),
        (None, "abc", True),
    ],
)
def test_appended_rows_have_as_many_cells(tmp_path, content, columns, fits):
    target = tmp_path / "a.csv"
    if content is not None:
        target.write_text(content)
    if fits:
        refuse_other_columns(target, PLAIN, columns)
        return
    with pytest.raises(RunError, match=r"it has 2 columns, which do not fit 3 new ones"):
        refuse_other_columns(target, PLAIN, columns)
