"""Where `gristmill run` writes: a temporary file beside the output that takes its place when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gristmill.problems import quoted, run_error
from gristmill.recipe.job import Json, Sink

_FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "json", ".parquet": "pqt", ".pq": "pqt", ".avro": "avro",
}  # fmt: skip
_COMPRESSIONS = {".gz": "gzip", ".bz2": "bzip2", ".snappy": "snappy"}
_LINES = ("csv", "json")


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
    """Format and write options by the name: `x.csv.gz` is CSV, compressed; `.tsv` has tabs between its cells."""
    path = Path(output.name.lower())
    compression = _COMPRESSIONS.get(path.suffix)
    suffix = (path.with_suffix("") if compression else path).suffix
    format = _FORMATS.get(suffix)
    if format is None or (compression and format not in _LINES):
        expected, packed = ", ".join(_FORMATS), ", ".join(_COMPRESSIONS)
        raise click.UsageError(
            f"output '{output}': expected a name that ends in {expected}; text formats also with {packed} behind"
        )
    options: Json = {"asSingleFile": True}
    if format == "csv":
        options |= {"header": True} | ({"delim": "\t"} if suffix == ".tsv" else {})
    if compression:
        options["compression"] = compression
    return format, options
