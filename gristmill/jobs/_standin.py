"""Temporary: what gristmill.storage will give."""

from __future__ import annotations
import hashlib, os, re
from dataclasses import dataclass, asdict
from enum import Enum
from pathlib import Path
from gristmill.problems import run_error, quoted


class Roots:
    def __init__(self, data: Path, roots: tuple[Path, ...]) -> None:
        self.data, self.roots = data, roots

    def _gone(self, text: str) -> Path:
        path = text.removeprefix("file://")
        if path.startswith("/trifacta/"):
            path = f"{self.data}{path}"
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(os.path.realpath(root)) for root in (self.data, *self.roots)):
            raise run_error(f"not permitted: {quoted(text)} lies outside of the data folder and of storage.fileRoots")
        return real


class Recovery(Enum):
    DONE = 1
    RENAME = 2
    AGAIN = 3


@dataclass(frozen=True)
class Publication:
    hidden: str
    target: str
    action: str
    size: int
    sha256: str | None
    parts: tuple[str, ...] | None = None

    def as_json(self):
        return asdict(self)

    @classmethod
    def from_json(cls, d):
        return cls(**d)


def prepare(hidden: Path, target: Path, action: str) -> Publication:
    n, t = 0, target
    while action == "create" and t.exists():
        n += 1
        t = target.with_name(f"{target.stem}_{n}{target.suffix}")
    data = hidden.read_bytes()
    return Publication(str(hidden), str(t), action, len(data), hashlib.sha256(data).hexdigest())


def commit(publication: Publication) -> None:
    os.replace(publication.hidden, publication.target)


def recover(p: Publication) -> Recovery:
    for path, state in ((p.target, Recovery.DONE), (p.hidden, Recovery.RENAME)):
        if Path(path).is_file() and hashlib.sha256(Path(path).read_bytes()).hexdigest() == p.sha256:
            return state
    return Recovery.AGAIN
