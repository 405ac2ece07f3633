"""An output gets its place on a store: uploaded under a name decided before, safe to repeat (platform 4.6).

`prepare` decides names, sizes and hashes and is stored by the caller before `commit` uploads anything. After a crash
`is_done` tells whether everything is there already; else `commit` does the same again.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gristmill.problems import run_error
from gristmill.storage.fetching import Log, fetch, upload
from gristmill.storage.publishing import appended, fresh_names, numbered, seal
from gristmill.storage.remote import GoOn, Remote, tried

Open = Callable[[str], Remote]
MOST_APPENDED = 1 << 30


@dataclass(frozen=True, slots=True)
class Seal:
    """A file by its name, size and hash; the name is empty for a single file."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An output about to be uploaded. With `parts`, `target` is a directory; `old` are addresses that go at last."""

    hidden: str
    target: str
    action: str
    files: tuple[Seal, ...]
    parts: bool
    old: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def address(self, file: Seal) -> str:
        """Where a file of the output goes."""
        return f"{self.target.rstrip('/')}/{file.name}" if self.parts else self.target

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Upload:
        """Read `as_json`."""
        files = tuple(Seal(**file) for file in document["files"])
        return cls(**{**document, "files": files, "old": tuple(document["old"])})


@dataclass(frozen=True, slots=True)
class Uploader:
    """Uploads for one job, which may be stopped between two pieces."""

    open: Open
    go_on: GoOn
    log: Log

    def prepare(self, hidden: Path, remote: Remote, action: str, *, header: bool) -> Upload:
        """What `commit` will do with a hidden file or directory of parts.

        `create` takes the next free number; `append` puts old and new content together, without a second header.
        """
        there = self._there(remote, parts=hidden.is_dir())
        if action == "create" and there:
            remote = self._free(remote, parts=hidden.is_dir())
            there = []
        if hidden.is_dir():
            names = sorted(path.name for path in hidden.iterdir())
            if there:
                names = fresh_names(hidden, {uri.rpartition("/")[2] for uri in there}, names)
            files = tuple(Seal(name, *seal(hidden / name)) for name in names)
            return Upload(str(hidden), remote.uri, action, files, True, tuple(there) if action == "overwrite" else ())
        if action == "append" and there:
            hidden = appended(hidden, self.existing(hidden, remote), header=header)
        return Upload(str(hidden), remote.uri, action, (Seal("", *seal(hidden)),), False)

    def existing(self, hidden: Path, remote: Remote) -> Path:
        """What is at the place now, brought here. Raises RunError for more than one can append to."""
        old = hidden.with_name(f".{hidden.name}.old")
        if not old.exists():
            entry = self._tried(lambda: remote.store.stat(remote.path))
            if entry is not None and entry.size > MOST_APPENDED:
                raise run_error(f"cannot append to {remote.uri}: it is larger than {MOST_APPENDED >> 20} MB")
            if entry is not None:
                fetch(remote, old, self.go_on, self.log)
        return old

    def is_done(self, publication: Upload) -> bool:
        """Whether everything is there as it was decided, or under what other runs have appended since."""
        return all(self._is_there(publication, file) for file in publication.files)

    def commit(self, publication: Upload) -> None:
        """Upload, then remove what is replaced. When it is stopped, new parts go again."""
        done: list[Remote] = []
        try:
            for file in publication.files:
                source = Path(publication.hidden) / file.name if publication.parts else Path(publication.hidden)
                remote = self.open(publication.address(file))
                upload(source, remote, self.go_on, self.log)
                done.append(remote)
        except Exception:
            for remote in done if publication.parts else ():
                remote.store.delete(remote.path)
            raise
        self.finish(publication)

    def finish(self, publication: Upload) -> None:
        """Remove what the output replaces."""
        for uri in publication.old:
            self._delete(self.open(uri))

    def _delete(self, remote: Remote) -> None:
        self._tried(lambda: remote.store.delete(remote.path))

    def _there(self, remote: Remote, *, parts: bool) -> Sequence[str]:
        """The addresses at a place: the file, or those in the folder."""
        single = self._tried(lambda: remote.store.stat(remote.path)) is not None
        if parts and single:
            raise run_error(f"cannot write to {remote.uri}: it is a file; give asSingleFile true or another path")
        if not parts:
            return [remote.uri] if single else []
        base = remote.uri.rstrip("/")
        return [f"{base}/{name}" for name in self._tried(lambda: sorted(remote.store.below(remote.path, 1))) if name]

    def _free(self, remote: Remote, *, parts: bool) -> Remote:
        folder, _, name = remote.uri.rstrip("/").rpartition("/")
        others = (self.open(f"{folder}/{numbered(Path(name), n).name}") for n in itertools.count(1))
        return next(other for other in others if not self._there(other, parts=parts))

    def _is_there(self, publication: Upload, file: Seal) -> bool:
        remote = self.open(publication.address(file))
        entry = self._tried(lambda: remote.store.stat(remote.path))
        grown = publication.action == "append" and not publication.parts
        if entry is None or (entry.size != file.size and not (grown and entry.size > file.size)):
            return False
        return bool(self._tried(lambda: _digest(remote, file.size)) == file.sha256)

    def _tried(self, work: Callable[[], Any]) -> Any:
        return tried(work, self.go_on, self.log)


def _digest(remote: Remote, size: int) -> str:
    digest = hashlib.sha256()
    for piece in remote.store.read(remote.path, 0, size) if size else ():
        digest.update(piece)
    return digest.hexdigest()
