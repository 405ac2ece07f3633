"""An output gets its final name: whole or not at all, and safe to repeat after a crash (platform 4.2, 4.6).

`prepare` decides name, size and hash and is stored by the caller before `commit` makes the output visible. After a
crash `recover` tells from the stored facts whether it is there already, still hidden, or has to be made again.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from gristmill.problems import RunError, run_error

PIECE = 4 << 20
EXTENSIONS = (".csv", ".json", ".avro", ".pqt", ".parquet", ".hyper", ".tsv", ".txt", ".jsonl")
COMPRESSIONS = (".gz", ".bz2", ".snappy", ".zst")


class Recovery(Enum):
    """What is left to do for an output after a crash."""

    DONE = "done"
    RENAME = "rename"
    AGAIN = "again"


class TargetTakenError(RunError):
    """Another output took the name between `prepare` and `commit`; prepare again."""


@dataclass(frozen=True, slots=True)
class Publication:
    """An output about to become visible. `parts` are the names in a directory of parts, None for a single file."""

    hidden: str
    target: str
    action: str
    size: int
    sha256: str | None
    parts: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Publication:
        parts = document["parts"]
        return cls(**{**document, "parts": None if parts is None else tuple(parts)})


def numbered(target: Path, number: int) -> Path:
    """`report.csv.gz` → `report_1.csv.gz`; only known extensions count (platform 4.2)."""
    name, ending = target.name, ""
    for known in (COMPRESSIONS, EXTENSIONS):
        found = next((extension for extension in known if name.lower().endswith(extension) and name != extension), "")
        name, ending = name[: len(name) - len(found)], name[len(name) - len(found) :] + ending
    return target.with_name(f"{name}_{number}{ending}")


def prepare(hidden: Path, target: Path, action: str, *, header: bool = False) -> Publication:
    """What `commit` will do with a hidden file or directory of parts.

    `create` takes the next free number; `append` puts old and new content together in the hidden place, without a
    second header. Raises RunError where they cannot be put together.
    """
    if action == "create":
        target = free_target(target)
    if hidden.is_dir():
        return _prepared_parts(hidden, target, action)
    if target.is_dir():
        raise run_error(f"cannot write to {target}: it is a folder; give asSingleFile false or another path")
    if action == "append" and target.exists():
        hidden = appended(hidden, target, header=header)
    size, digest = seal(hidden)
    return Publication(str(hidden), str(target), action, size, digest)


def free_target(target: Path) -> Path:
    """The path, or the first numbered one beside it that is free."""
    # a link to nowhere takes a name as well
    if not os.path.lexists(target):
        return target
    return next(path for n in itertools.count(1) if not os.path.lexists(path := numbered(target, n)))


def _prepared_parts(hidden: Path, target: Path, action: str) -> Publication:
    if target.is_file():
        raise run_error(f"cannot write to {target}: it is a file; give asSingleFile true or another path")
    names = sorted(path.name for path in hidden.iterdir())
    size = 0
    digest = hashlib.sha256()
    for name in names:
        part, own = seal(hidden / name)
        size += part
        digest.update(own.encode())
    if action == "append" and target.is_dir():
        names = fresh_names(hidden, {path.name for path in target.iterdir()}, names)
    return Publication(str(hidden), str(target), action, size, digest.hexdigest(), tuple(names))


def fresh_names(hidden: Path, taken: set[str], names: list[str]) -> list[str]:
    """Further parts get numbers behind those that are there, `taken`; the hidden files are renamed."""
    fresh = []
    taken = set(taken)
    for name in names:
        ending = name.partition(".")[2]
        new = next(n for at in itertools.count(len(taken)) if (n := f"part-{at:05d}.{ending}") not in taken)
        taken.add(new)
        (hidden / name).rename(hidden / f".{new}")
        fresh.append(new)
    for new in fresh:
        (hidden / f".{new}").rename(hidden / new)
    return fresh


def appended(hidden: Path, target: Path, *, header: bool) -> Path:
    """Beside the hidden file: old content, a line end if it lacks one, new content without its header."""
    whole = hidden.with_name(f".{hidden.name}.whole")
    with target.open("rb") as old, hidden.open("rb") as new, whole.open("wb") as file:
        shutil.copyfileobj(old, file, PIECE)
        if file.tell():
            old.seek(-1, os.SEEK_END)
            if old.read(1) != b"\n":
                file.write(b"\n")
            if header:
                _skip_record(new)
        shutil.copyfileobj(new, file, PIECE)
    return whole


def _skip_record(file: Any) -> None:
    """Over the header, whose quoted names may hold line ends."""
    quotes = 0
    while line := file.readline():
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            return


def seal(path: Path) -> tuple[int, str]:
    """Size and hash of a file that has reached the disk."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
        os.fsync(file.fileno())
        return file.tell(), digest.hexdigest()


def commit(publication: Publication) -> None:
    """Make the output visible in one step. Raises TargetTakenError where `create` finds the name taken by now."""
    hidden, target = Path(publication.hidden), Path(publication.target)
    target.parent.mkdir(parents=True, exist_ok=True)
    if publication.parts is not None:
        _commit_parts(publication, hidden, target)
    elif publication.action == "create":
        _link(hidden, target)
    else:
        hidden.replace(target)
    _sync(target.parent)


def _link(hidden: Path, target: Path) -> None:
    """A rename that never replaces."""
    try:
        os.link(hidden, target)
    except FileExistsError:
        raise _taken(target) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EXDEV):
            raise
        _replace_reserved(hidden, target)
        return
    hidden.unlink()


def _replace_reserved(hidden: Path, target: Path) -> None:
    """The same on a file system without links: an empty file takes the name, then the output takes its place."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        raise _taken(target) from None
    hidden.replace(target)


def _taken(target: Path) -> TargetTakenError:
    return TargetTakenError(run_error(f"{target} was taken meanwhile").problems)


def _commit_parts(publication: Publication, hidden: Path, target: Path) -> None:
    if publication.action == "append" and target.is_dir():
        for name in publication.parts or ():
            if (hidden / name).exists():
                (hidden / name).replace(target / name)
        return
    if target.is_dir():
        if publication.action == "create":
            raise _taken(target)
        old = hidden.with_name(f".{hidden.name}.old")
        target.rename(old)
        try:
            hidden.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old)
        return
    try:
        hidden.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        raise _taken(target) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def recover(publication: Publication) -> Recovery:
    """What a crash has left to do: nothing, the rename, or everything."""
    hidden, target = Path(publication.hidden), Path(publication.target)
    if publication.parts is not None:
        return _recover_parts(publication, hidden, target)
    for path, state in ((target, Recovery.DONE), (hidden, Recovery.RENAME)):
        if path.is_file() and path.stat().st_size == publication.size and seal(path)[1] == publication.sha256:
            return state
    return Recovery.AGAIN


def _recover_parts(publication: Publication, hidden: Path, target: Path) -> Recovery:
    names = publication.parts or ()
    if publication.action == "append" and target.is_dir():
        there = [name for name in names if (target / name).exists()]
        left = [name for name in names if (hidden / name).exists()]
        if len(there) == len(names):
            return Recovery.DONE
        return Recovery.RENAME if len(there) + len(left) == len(names) else Recovery.AGAIN
    if _is_whole(publication, target):
        return Recovery.DONE
    return Recovery.RENAME if _is_whole(publication, hidden) else Recovery.AGAIN


def _is_whole(publication: Publication, folder: Path) -> bool:
    """Whether a folder holds exactly the parts, byte for byte."""
    if not folder.is_dir() or sorted(path.name for path in folder.iterdir()) != sorted(publication.parts or ()):
        return False
    digest = hashlib.sha256()
    for name in sorted(publication.parts or ()):
        digest.update(seal(folder / name)[1].encode())
    return digest.hexdigest() == publication.sha256
