"""Files of a store come here, and files from here go there: in pieces, tried again, until somebody stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from gristmill.problems import run_error
from gristmill.storage.remote import PIECE, GoOn, Remote, TransientError, tried

Log = Callable[[str], None]
_LONGEST_NAME = 200


def fetch(remote: Remote, target: Path, go_on: GoOn, log: Log) -> int:
    """Bring a file here; its size. A broken transfer goes on where it stopped.

    Raises RunError for a file that is not there, or that was replaced while it was read.
    """
    entry = tried(lambda: remote.store.stat(remote.path), go_on, log)
    if entry is None:
        raise run_error(f"file not found: {remote.uri}")
    with target.open("wb") as file:

        def rest() -> None:
            if file.tell() == entry.size:
                return
            for piece in remote.store.read(remote.path, file.tell()):
                file.write(piece)
                go_on(0)
            if file.tell() < entry.size:
                raise TransientError(run_error(f"{remote.uri} ended early").problems)

        tried(rest, go_on, log)
    after = tried(lambda: remote.store.stat(remote.path), go_on, log)
    if after != entry:
        raise run_error(f"file was changed while it was read: {remote.uri}")
    return entry.size


def fetch_head(remote: Remote, target: Path, most: int) -> int | None:
    """Bring the first `most` bytes of a file here; its whole size, None where there is no such file."""
    entry = remote.store.stat(remote.path)
    if entry is None:
        return None
    with target.open("wb") as file:
        if entry.size:
            for piece in remote.store.read(remote.path, 0, min(most, entry.size)):
                file.write(piece)
    return entry.size


def upload(source: Path, remote: Remote, go_on: GoOn, log: Log) -> None:
    """Bring a file to its store; what is there is replaced in one step."""

    stopped: list[Exception] = []

    def pieces() -> Iterator[bytes]:
        with source.open("rb") as file:
            while piece := file.read(PIECE):
                try:
                    go_on(0)
                except Exception as error:
                    stopped.append(error)
                    raise
                yield piece

    def write() -> None:
        try:
            remote.store.write(remote.path, pieces())
        except Exception:
            if stopped:  # the store has made an error of its own of it
                raise stopped[0] from None
            raise

    tried(write, go_on, log)


def local_name(path: str) -> str:
    """What a file is called here: the last part of its path, cut where no file system would take it."""
    name = path.rstrip("/").rpartition("/")[2].replace("\0", "_") or "file"
    return name if len(name.encode()) <= _LONGEST_NAME else name.encode()[-_LONGEST_NAME:].decode("utf-8", "ignore")
