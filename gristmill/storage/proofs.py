"""Proofs of text files: begun before anybody asks for them, and kept as long as a file stays the same.

A process remembers them; those of large files also lie in a folder, where it is given, for other processes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from gristmill.problems import RunError
from gristmill.storage import grammar, regular
from gristmill.storage.reading import CsvStructure
from gristmill.storage.regular import Proof, prove

MOST_REMEMBERED, MOST_FILES = 256, 1000
LARGE = 8 << 20
"""Bytes of a file that takes longer to look at than it takes to keep its proof."""
WORTH_BEGINNING = 1 << 20
"""Bytes of a file that takes longer to look at than a thread takes to start."""
SETTLED = 2_000_000_000
"""Nanoseconds since a file's last change after which another one shows in its times, whatever their grain."""
IMPATIENT = 0.001  # seconds

State = tuple[str, CsvStructure, int, int, int, int, int]
"""What tells one state of a file from another: path, structure, device, inode, size, times of change."""


class Memory:
    """What this process knows, and where it finds and leaves the proofs of large files; None: nowhere."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._known: dict[State, Proof | None] = {}  # the oldest first

    def knows(self, state: State) -> bool:
        """Whether there is a proof; it is taken from the folder first, if it lies there."""
        if state in self._known:
            return True
        place = self._place(state)
        if place is None:
            return False
        try:
            kept = json.loads(place.read_bytes())
            proof = None if kept is None else Proof(**kept)
        except (OSError, ValueError, TypeError):
            return False
        self._remember(state, proof)
        return True

    def proof(self, state: State) -> Proof | None:
        """The proof of a known state."""
        return self._known[state]

    def note(self, state: State, proof: Proof | None) -> None:
        """Remember a proof and leave it in the folder; where that cannot be, the next process has to look again."""
        self._remember(state, proof)
        place = self._place(state)
        if place is None:
            return
        partial = place.with_name(f".{place.name}-{os.getpid()}")
        with suppress(OSError):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial.write_text(json.dumps(None if proof is None else asdict(proof)))
            partial.replace(place)
            files = sorted(place.parent.iterdir(), key=lambda file: file.stat().st_mtime_ns)
            for oldest in files[:-MOST_FILES]:
                oldest.unlink(missing_ok=True)

    def _remember(self, state: State, proof: Proof | None) -> None:
        self._known[state] = proof
        for oldest in list(self._known)[:-MOST_REMEMBERED]:
            self._known.pop(oldest, None)

    def _place(self, state: State) -> Path | None:
        """The file of a proof, named by all that it depends on, the rules that it was made by among it."""
        if self.folder is None or state[4] < LARGE:
            return None
        rules = [Path(file).stat().st_mtime_ns for file in (regular.__file__, grammar.__file__)]
        return self.folder / hashlib.blake2b(repr((rules, state)).encode(), digest_size=16).hexdigest()


MEMORY = Memory()
_begun: dict[tuple[Path, CsvStructure], Begun] = {}


def proof_of(path: Path, structure: CsvStructure) -> Proof | None:
    """The proof that a file is regular, or None; see `regular.prove`. Raises RunError where it cannot be read."""
    state = _state(path, structure)
    if state is not None and MEMORY.knows(state):
        return MEMORY.proof(state)
    look = _begun.get((path, structure))
    proof = prove(path, structure) if look is None else look.result()
    # what has changed meanwhile, or just before, may have been seen half
    if state is not None and state == _state(path, structure):
        MEMORY.note(state, proof)
    return proof


@contextmanager
def begun(files: Iterable[tuple[Path, CsvStructure]]) -> Iterator[None]:
    """Looks at large files in threads of their own during the block; what nobody has waited for is given up then."""
    looks = [Begun(*file) for file in files if _is_worth_beginning(*file)]
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


def _is_worth_beginning(path: Path, structure: CsvStructure) -> bool:
    try:
        seen = path.stat()
    except OSError:
        return False  # whoever asks is told
    state = _state_seen(path, structure, seen)
    return seen.st_size >= WORTH_BEGINNING and (state is None or not MEMORY.knows(state))


def _state(path: Path, structure: CsvStructure) -> State | None:
    """The state of a file; None where it is not there or has just been changed."""
    try:
        return _state_seen(path, structure, path.stat())
    except OSError:
        return None


def _state_seen(path: Path, structure: CsvStructure, seen: os.stat_result) -> State | None:
    if time.time_ns() - max(seen.st_mtime_ns, seen.st_ctime_ns) < SETTLED:
        return None
    return (str(path), structure, seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
