"""Files that come from a store and go to one: faults, stops and crashes on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.problems import RunError, run_error
from gristmill.settings import Settings
from gristmill.settings.kinds import Texts
from gristmill.storage import remote as remote_module
from gristmill.storage.fetching import fetch, local_name, upload
from gristmill.storage.file_servers import FileServer
from gristmill.storage.remote import Entry, Remote, TransientError, open_remote, tried
from gristmill.storage.remote_publishing import Upload, Uploader


class StoppedError(Exception):
    pass


class Memory:
    """A store in memory that fails as often as it is told."""

    def __init__(self, **files: bytes) -> None:
        self.files = dict(files)
        self.faults = 0
        self.reads: list[int] = []

    def stat(self, path):
        return Entry(path, len(self.files[path]), str(hash(self.files[path]))) if path in self.files else None

    def below(self, folder, depth):
        start = f"{folder}/"
        names = [name.removeprefix(start) for name in self.files if name.startswith(start)]
        return iter(name for name in names if depth is None or name.count("/") < depth)

    def read(self, path, start, length=None):
        self.reads.append(start)
        end = None if length is None else start + length
        for at in range(start, len(self.files[path][:end]), 10):
            yield self.files[path][at : min(at + 10, end or at + 10)]
            self._fail()

    def write(self, path, pieces):
        whole = b"".join(pieces)
        self._fail()
        self.files[path] = whole

    def delete(self, path):
        self.files.pop(path, None)

    def _fail(self):
        if self.faults:
            self.faults -= 1
            raise TransientError(run_error("store does not answer").problems)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    monkeypatch.setattr(remote_module, "WAITS", (0.0, 0.0, 0.0))


def _remote(store, path="a"):
    return Remote(f"s3://b/{path}", store, path)


def _nothing(*_):
    pass


@pytest.mark.parametrize("faults", range(4))
def test_a_broken_transfer_goes_on_where_it_stopped(tmp_path, faults):
    store = Memory(a=bytes(range(100)))
    store.faults = faults
    assert fetch(_remote(store), tmp_path / "a", _nothing, _nothing) == 100
    assert (tmp_path / "a").read_bytes() == store.files["a"]
    assert store.reads == [10 * n for n in range(faults + 1)]


def test_after_three_repeats_it_has_failed(tmp_path):
    store = Memory(a=bytes(100))
    store.faults = 4
    with pytest.raises(TransientError):
        fetch(_remote(store), tmp_path / "a", _nothing, _nothing)


def test_waits_grow_and_are_told(monkeypatch):
    monkeypatch.setattr(remote_module, "WAITS", (2.0, 10.0, 30.0))
    waited, told, store = [], [], Memory(a=b"x")
    store.faults = 3
    tried(lambda: list(store.read("a", 0)), waited.append, told.append)
    assert waited == pytest.approx([2, 10, 30], rel=0.11)
    assert told[0] == "store does not answer; trying again in 2 seconds"


@pytest.mark.parametrize("change", ["gone", "replaced"])
def test_a_file_that_is_not_what_it_was(tmp_path, change):
    store = Memory(a=b"x" * 30)

    def go_on(_):
        store.files["a"] = b"y" * 30

    if change == "gone":
        with pytest.raises(RunError, match="file not found: s3://b/gone"):
            fetch(_remote(store, "gone"), tmp_path / "a", _nothing, _nothing)
    else:
        with pytest.raises(RunError, match="was changed while it was read"):
            fetch(_remote(store), tmp_path / "a", go_on, _nothing)


def test_a_stop_ends_both_ways(tmp_path):
    def stop(_):
        raise StoppedError

    store = Memory(a=b"x" * 30)
    with pytest.raises(StoppedError):
        fetch(_remote(store), tmp_path / "a", stop, _nothing)
    (tmp_path / "new").write_bytes(b"y")
    with pytest.raises(StoppedError):
        upload(tmp_path / "new", _remote(store), stop, _nothing)
    assert store.files == {"a": b"x" * 30}


def _uploader(store):
    return Uploader(lambda uri: _remote(store, uri.removeprefix("s3://b/")), _nothing, _nothing)


def _hidden(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "hidden"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("action", "there", "path", "content"),
    [
        ("create", {}, "o.csv", b"h\n1\n"),
        ("create", {"o.csv": b"", "o_1.csv": b""}, "o_2.csv", b"h\n1\n"),
        ("overwrite", {"o.csv": b"old"}, "o.csv", b"h\n1\n"),
        ("append", {"o.csv": b"h\n0"}, "o.csv", b"h\n0\n1\n"),
        ("append", {}, "o.csv", b"h\n1\n"),
    ],
)
def test_a_single_file_is_there_once_however_often_it_is_repeated(tmp_path, action, there, path, content):
    store = Memory(**there)
    uploader = _uploader(store)
    hidden = _hidden(tmp_path, o=b"h\n1\n") / "o"
    decided = uploader.prepare(hidden, _remote(store, "o.csv"), action, header=True)
    decided = Upload.from_json(decided.as_json())
    assert not uploader.is_done(decided)
    for _ in range(2):
        uploader.commit(decided)
        assert uploader.is_done(decided)
    assert store.files == {**there, path: content}


def test_rows_appended_behind_ours_do_not_make_it_undone(tmp_path):
    store = Memory(**{"o.csv": b"0\n"})
    uploader = _uploader(store)
    decided = uploader.prepare(_hidden(tmp_path, o=b"1\n") / "o", _remote(store, "o.csv"), "append", header=False)
    uploader.commit(decided)
    store.files["o.csv"] += b"2\n"
    assert uploader.is_done(decided)
    store.files["o.csv"] = b"0\n9\n2\n"
    assert not uploader.is_done(decided)


PARTS = {"part-00000.csv": b"1\n", "part-00001.csv": b"2\n"}


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("create", {"o/part-00000.csv": b"old", "o_1/part-00000.csv": b"1\n", "o_1/part-00001.csv": b"2\n"}),
        ("append", {"o/part-00000.csv": b"old", "o/part-00001.csv": b"1\n", "o/part-00002.csv": b"2\n"}),
        ("overwrite", {"o/part-00001.csv": b"1\n", "o/part-00002.csv": b"2\n"}),
    ],
)
def test_parts_after_a_crash_between_them(tmp_path, action, left):
    store = Memory(**{"o/part-00000.csv": b"old"})
    uploader = _uploader(store)
    decided = uploader.prepare(_hidden(tmp_path, **PARTS), _remote(store, "o"), action, header=False)
    first = decided.files[0]
    store.files[decided.address(first).removeprefix("s3://b/")] = b"1\n"
    assert not uploader.is_done(decided)
    uploader.commit(decided)
    assert uploader.is_done(decided)
    assert store.files == left


def test_a_stop_between_parts_leaves_none(tmp_path):
    store = Memory()
    uploader = _uploader(store)
    decided = uploader.prepare(_hidden(tmp_path, **PARTS), _remote(store, "o"), "create", header=False)
    steps = iter([None])

    def stop(_):
        if next(steps, "stop") == "stop":
            raise StoppedError

    with pytest.raises(StoppedError):
        Uploader(uploader.open, stop, _nothing).commit(decided)
    assert store.files == {}


def test_buckets_that_are_not_named_are_not_permitted():
    settings = Settings(storage_buckets=Texts(("a",)))
    with pytest.raises(RunError, match="not permitted: 's3://b/x'"):
        open_remote(settings, "s3://b/x")
    assert open_remote(settings, "s3://a/x/y").path == "x/y"


def test_long_names_keep_their_ending():
    assert local_name("a/" + "é" * 300 + ".csv.gz").endswith(".csv.gz")
    assert len(local_name("é" * 300).encode()) <= 200


def test_a_file_server_by_fsspec(tmp_path):
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    server = FileServer(files, "sftp://host")
    (tmp_path / "new").write_bytes(b"x\n1\n")
    at = Remote("sftp://host/srv/a.csv", server, "srv/a.csv")
    assert server.stat("srv/a.csv") is None
    for _ in range(2):
        upload(tmp_path / "new", at, _nothing, _nothing)
    upload(tmp_path / "new", Remote("sftp://host/srv/x/b.csv", server, "srv/x/b.csv"), _nothing, _nothing)
    assert fetch(at, tmp_path / "back", _nothing, _nothing) == 4
    assert (tmp_path / "back").read_bytes() == b"x\n1\n"
    assert sorted(server.below("srv", 1)) == ["a.csv"]
    assert sorted(server.below("srv", None)) == ["a.csv", "x/b.csv"]
    assert b"".join(server.read("srv/a.csv", 1, 2)) == b"\n1"
    server.delete("srv/a.csv")
    assert server.stat("srv/a.csv") is None
