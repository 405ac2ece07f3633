"""Proofs of text files: begun before anybody asks for them, and remembered as long as a file stays the same."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gristmill.problems import RunError
from gristmill.storage.reading import CsvStructure
from gristmill.storage.regular import Proof, prove

KEPT = 256
SETTLED = 2_000_000_000
"""Nanoseconds since a file's last change after which another one shows in its times, whatever their grain."""
IMPATIENT = 0.001  # seconds

_remembered: dict[Hashable, Proof | None] = {}  # the oldest first
_begun: dict[tuple[Path, CsvStructure], Begun] = {}


def proof_of(path: Path, structure: CsvStructure) -> Proof | None:
    """The proof that a file is regular, or None; see `regular.prove`. Raises RunError where it cannot be read."""
    state = _state(path, structure)
    if state in _remembered:
        return _remembered[state]
    begun = _begun.get((path, structure))
    proof = prove(path, structure) if begun is None else begun.result()
    # what has changed meanwhile, or just before, may have been seen half
    if state is not None and state == _state(path, structure):
        _remembered[state] = proof
        for oldest in list(_remembered)[:-KEPT]:
            _remembered.pop(oldest, None)
    return proof


@contextmanager
def begun(files: Iterable[tuple[Path, CsvStructure]]) -> Iterator[None]:
    """Looks at files in threads of their own during the block; what nobody has waited for at its end is given up."""
    looks = [Begun(path, structure) for path, structure in files if _state(path, structure) not in _remembered]
    _begun.update({(look.path, look.structure): look for look in looks})
    patience = sys.getswitchinterval()
    if looks:  # between two windows a look waits for whoever loads modules
        sys.setswitchinterval(IMPATIENT)
    try:
        yield
    finally:
        sys.setswitchinterval(patience)
        for look in looks:
            look.given_up.set()
            _begun.pop((look.path, look.structure), None)


class Begun:
    """A look at a file that runs beside everything else."""

    def __init__(self, path: Path, structure: CsvStructure) -> None:
        self.path, self.structure = path, structure
        self.given_up = threading.Event()
        self._found: Proof | None = None
        self._error: RunError | None = None
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        try:
            self._found = prove(self.path, self.structure, given_up=self.given_up.is_set)
        except RunError as error:
            self._error = error

    def result(self) -> Proof | None:
        """Wait for it."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found


def _state(path: Path, structure: CsvStructure) -> Hashable:
    """What tells one state of a file from another; None where it is not there or has just been changed."""
    try:
        seen = path.stat()
    except OSError:
        return None
    if time.time_ns() - max(seen.st_mtime_ns, seen.st_ctime_ns) < SETTLED:
        return None
    return (path, structure, seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
