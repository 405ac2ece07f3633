"""The files that a pattern stands for, and those of a folder on a store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gristmill.problems import run_error
from gristmill.settings import Settings
from gristmill.storage.locations import Roots
from gristmill.storage.matching import PathPattern, is_hidden
from gristmill.storage.remote import Remote, is_remote, open_remote


def chosen_files(settings: Settings, pattern: PathPattern, most: int | None = None) -> list[str]:
    """The addresses of the files that fit a pattern, in the order of their bytes; the first `most` of them.

    Raises RunError "not permitted" for a folder outside of the roots, and where a store does not answer.
    """
    depth = None if pattern.nested else pattern.depth
    if is_remote(pattern.folder):
        remote = open_remote(settings, pattern.folder)
        names = remote.store.below(remote.path, depth)
    else:
        names = names_below(Roots(settings.data, settings.storage_file_roots).locate(pattern.folder), depth)
    return [f"{pattern.folder}{name}" for name in pattern.chosen(names)[:most]]


def files_in(remote: Remote) -> list[str]:
    """The addresses of the files directly in a folder of a store, in the order of their bytes."""
    names = (name for name in remote.store.below(remote.path, 1) if name and not is_hidden(name))
    return [f"{remote.uri.rstrip('/')}/{name}" for name in sorted(names, key=str.encode)]


def refuse_too_many(pattern: PathPattern, found: int, most: int) -> None:
    """Raises RunError when more files fit than a dataset may have (platform 1.2)."""
    if found > most:
        raise run_error(
            f"{found} files match '{pattern.shown}', at most {most} are permitted",
            hint="Narrow the pattern or raise parameters.maxFiles.",
        )


def names_below(folder: Path, depth: int | None) -> Iterator[str]:
    """The files up to `depth` levels deep, all of them for None, relative to the folder.

    Hidden folders are passed over. A folder that is not there holds none; links to folders are followed once each.
    """
    seen: set[str] = set()

    def below(path: Path, prefix: str, left: int | None) -> Iterator[str]:
        real = os.path.realpath(path)
        if real in seen:
            return
        seen.add(real)
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_file():
                    yield prefix + entry.name
                elif entry.is_dir() and left != 1 and entry.name[0] not in "._":
                    yield from below(path / entry.name, f"{prefix}{entry.name}/", None if left is None else left - 1)

    if folder.is_dir():
        yield from below(folder, "", depth)
