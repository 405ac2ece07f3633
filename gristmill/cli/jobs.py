"""Jobs of the command line: one recipe over files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import click

from gristmill.editor.inputs import NamedInput
from gristmill.recipe.job import Job, Limits, RecipeText, Sink, Source

NO_LIMITS = Limits()


def file_job(
    name: str,
    text: str,
    datasets: Sequence[NamedInput],
    sinks: Sequence[Sink] = (),
    params: Mapping[str, str] | None = None,
    *,
    reference_date: str | None = None,
    seed: int | None = None,
    limits: Limits = NO_LIMITS,
) -> Job:
    """A job that runs a recipe's text over datasets, the first of which is the main one.

    Its reference date is the present and its seed a random one unless they are given.
    """
    keys = {key: f"source:{index}" for index, dataset in enumerate(datasets) for key in dataset.names}
    return Job(
        sources=tuple(Source(dataset.names[0], dataset.reading) for dataset in datasets),
        recipes=(RecipeText(name, text, "source:0", keys),),
        sinks=tuple(sinks),
        parameters=dict(params or {}),
        reference_date=reference_date or datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        seed=secrets.randbits(62) if seed is None else seed,
        limits=limits,
    )


def pairs(params: Sequence[str]) -> dict[str, str]:
    """The values of `--param KEY=VALUE`. Raises UsageError."""
    values: dict[str, str] = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise click.UsageError(f"expected --param KEY=VALUE, got '{param}'")
        if key in values:
            raise click.UsageError(f"parameter '{key}' is given twice")
        values[key] = value
    return values


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A folder for what does not fit into memory."""
    with TemporaryDirectory(prefix="gristmill-") as folder:
        yield folder
