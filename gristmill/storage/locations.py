"""Where data lies: addresses become real paths inside of what is permitted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from gristmill.problems import quoted, run_error

BASE = "/trifacta"
SCHEME = "file://"
WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders that a server reads and writes: the data folder and the configured roots.

    `/trifacta/…` lies below the data folder. Symbolic links and `..` are followed before the check.
    """

    data: Path
    extra: tuple[Path, ...] = ()

    def locate(self, address: str) -> Path:
        """The real path of a URI or absolute path. Raises RunError "not permitted" for anything outside."""
        path = address.removeprefix(SCHEME)
        if "://" in path:
            raise run_error(f"not supported: {quoted(address)} is not a file address")
        if "\0" in path:
            raise run_error("not permitted: the path holds a NUL character")
        if path == BASE or path.startswith(f"{BASE}/"):
            path = f"{self.data}{path}"
        real = Path(os.path.realpath(path))
        allowed = [Path(os.path.realpath(root)) for root in (self.data, *self.extra)]
        if not path.startswith("/") or not any(real == root or real.is_relative_to(root) for root in allowed):
            raise run_error(
                f"not permitted: {quoted(address)} lies outside of the data folder and of storage.fileRoots"
            )
        return real


def local_path(address: str) -> Path:
    """The path of a file URI or path, for those who need no roots (the CLI)."""
    if "://" in address and not address.startswith(SCHEME):
        raise run_error(f"not supported: {quoted(address)} is not a file address")
    return Path(address.removeprefix(SCHEME))


def files_at(addresses: Sequence[str]) -> tuple[Path, ...]:
    """The files of a dataset in reading order: a folder stands for the files in it, `day-*.csv` for those that match.

    They are ordered by code points. Raises RunError for a file or folder that is not there or may not be looked at.
    """
    found: list[Path] = []
    for address in addresses:
        path = local_path(address)
        try:
            found += _files_of(path)
        except OSError as error:
            raise run_error(f"file cannot be read: {path}: {(error.strerror or str(error)).lower()}") from None
    return tuple(found)


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        return _files_in(path)
    if path.exists():
        return [path]
    if WILDCARDS & set(path.name):
        return _files_in(path.parent, path.name)
    raise run_error(f"file not found: {path}")


def _files_in(folder: Path, wildcard: str = "*") -> list[Path]:
    """Files directly in a folder; names that begin with `_` or `.` are marks of writers, not data."""
    there = (path for path in folder.iterdir() if path.name[0] not in "_." and fnmatchcase(path.name, wildcard))
    files = sorted(path for path in there if path.is_file())
    if not files:
        which = "no files" if wildcard == "*" else f"no files that match {quoted(wildcard)}"
        raise run_error(f"file not found: the folder {folder} holds {which}")
    return files
