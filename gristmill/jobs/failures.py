"""Why a job failed: the name and the sentence that its record keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


def storable(text: str) -> str:
    """The text without what databases refuse: NUL, and halves of surrogate pairs as names of files may hold them."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


class JobError(Exception):
    """A job cannot be completed. `name` is short and stable, `message` is for people.

    `problems` are the single problems of a recipe or run in the form of the API, `trace` is for the server's log only.
    """

    def __init__(self, name: str, message: str, problems: Sequence[Json] = (), trace: str | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = storable(message)
        self.problems = tuple(problems)
        self.trace = trace
