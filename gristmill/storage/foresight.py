"""Files are proved while the engine's modules still load: whoever needs both waits for the longer of them only."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from gristmill.problems import ProblemError
from gristmill.storage.detect import look
from gristmill.storage.reading import CsvStructure, Reading
from gristmill.storage.regular import Proof, prove

_Key = tuple[str, int, int, CsvStructure]
_coming: dict[_Key, Future[Proof | None]] = {}
IMPATIENT_SECONDS = 0.0005  # how long loading modules may keep the interpreter from the thread that proves


def prove_ahead(readings: Sequence[Reading]) -> None:
    """Begin to prove the text files of these readings, in a thread that nobody has to wait for."""
    sys.setswitchinterval(IMPATIENT_SECONDS)
    pool = ThreadPoolExecutor(1, thread_name_prefix="foresight")
    for reading in readings:
        pool.submit(_begin, reading, pool)
    pool.submit(pool.shutdown, wait=False)


def proof_of(path: Path, structure: CsvStructure) -> Proof | None:
    """The proof that a file is regular, or None; see `regular.prove`."""
    coming = _coming.pop(_key(path, structure), None) if _coming else None
    return prove(path, structure) if coming is None else coming.result()


def _begin(reading: Reading, pool: ThreadPoolExecutor) -> None:
    """What cannot be read is found again, and told, by those who need it."""
    try:
        found = look(reading).reading
        if found.csv is None:
            return
        for file in found.files:
            proof: Future[Proof | None] = Future()
            _coming[_key(Path(file), found.csv)] = proof
            try:
                proof.set_result(prove(Path(file), found.csv))
            except ProblemError as error:
                proof.set_exception(error)
    except (ProblemError, OSError):
        return


def _key(path: Path, structure: CsvStructure) -> _Key:
    """One state of a file under one structure; whether its first line is a header makes no difference."""
    facts = path.stat()
    return str(path), facts.st_size, facts.st_mtime_ns, replace(structure, header=False)
