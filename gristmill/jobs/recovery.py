"""Outputs that several runs write at the same time, and what a crash in between leaves to do."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gristmill.settings import Settings
from gristmill.storage.publishing import Publication, Recovery, recover

_LOCKS = 64
_PIECE = 4 << 20


@contextmanager
def locked(settings: Settings, target: Path | str) -> Iterator[None]:
    """Only one writer at a time decides about a name, in all threads and workers that share the home folder."""
    folder = settings.home / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    number = int.from_bytes(hashlib.sha256(str(target).encode()).digest()[:4]) % _LOCKS
    with (folder / f"{number}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_done(publication: Publication) -> bool:
    """Had an earlier attempt brought the output to its place, whatever other runs have done to the target since?"""
    hidden, target = Path(publication.hidden), Path(publication.target)
    if recover(publication) is Recovery.DONE:
        # what is still hidden has not been moved: then the target is equal, but another run's
        return not is_hidden(hidden) or (hidden.is_file() and hidden.samefile(target))
    return _is_under_more(publication)


def is_hidden(path: Path) -> bool:
    """Is there anything left of an output in its hidden place?"""
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def with_moved_parts(publication: Publication, earlier: Publication) -> Publication:
    """`publication` of the parts that are still hidden, with those that an earlier attempt has appended already."""
    if publication.parts is None or publication.action != "append":
        return publication
    target = Path(publication.target)
    moved = [name for name in earlier.parts or () if name not in publication.parts and (target / name).exists()]
    return replace(publication, size=earlier.size, parts=(*moved, *publication.parts))


def _is_under_more(publication: Publication) -> bool:
    """Has another run appended to the file that we had written whole?"""
    target = Path(publication.target)
    if publication.action != "append" or publication.parts is not None or not target.is_file():
        return False
    digest, left = hashlib.sha256(), publication.size
    with target.open("rb") as file:
        while left and (piece := file.read(min(_PIECE, left))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest() == publication.sha256
