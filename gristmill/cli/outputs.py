"""Where `gristmill run` writes: a temporary file beside the output that takes its place when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Json, Sink

_FORMATS = {".csv": "csv", ".json": "json", ".parquet": "pqt"}


@contextmanager
def written_whole(output: Path, include_mismatches: bool) -> Iterator[Sink]:
    """A sink whose file replaces `output` when the block ends well, and vanishes when it does not.

    Raises UsageError for an unknown suffix, RunError where the output's folder is missing.
    """
    format, options = _format_of(output)
    if output.is_dir():
        raise run_error(f"{quoted(output)} is a folder; name a file")
    if not output.absolute().parent.is_dir():
        raise run_error(f"folder of the output not found: {quoted(output.absolute().parent)}")
    target = output.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield Sink(str(partial), format, options, include_mismatches)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _format_of(output: Path) -> tuple[str, Json]:
    """Format and write options by the name: `x.csv.gz` is CSV, compressed."""
    name, compressed = output.name.lower(), output.suffix.lower() == ".gz"
    suffix = Path(name.removesuffix(".gz") if compressed else name).suffix
    if suffix not in _FORMATS:
        expected = ", ".join(_FORMATS)
        raise click.UsageError(f"output '{output}': expected a name that ends in {expected}, also with .gz behind")
    options: Json = {"header": True, "asSingleFile": True} if suffix == ".csv" else {"asSingleFile": True}
    return _FORMATS[suffix], options | ({"compression": "gzip"} if compressed else {})
