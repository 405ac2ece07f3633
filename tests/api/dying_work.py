"""Work of engine processes that goes wrong at a moment that matters."""

from __future__ import annotations

import os
from typing import Any

from gristmill.storage.tables import publishing


class Dying:
    """Passes everything on, and ends the process when the commit is about to begin."""

    def __init__(self, talk: Any) -> None:
        self._talk = talk

    def progress(self, percent: int) -> None:
        self._talk.progress(percent)

    def log(self, level: str, message: str) -> None:
        self._talk.log(level, message)

    def ask(self, question: dict[str, Any]) -> None:
        self._talk.ask(question)
        os._exit(9)


def die_at_commit(task: dict[str, Any], talk: Any) -> dict[str, Any]:
    return publishing.work(task, Dying(talk))
