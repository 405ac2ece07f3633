"""`gristmill recipe format`: recipe files in canonical text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from gristmill.cli.complaints import say, show
from gristmill.cli.recipe_files import FILE, recipe_text


@click.command("format")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; list the files that would change, exit 1.")
def format_files(files: Sequence[Path], only_check: bool) -> int:
    """Rewrite FILES in canonical form: a step a line, the main spellings. Prints the names of those that change.

    Comments stay; a step that cannot be read stays as it is and is reported (exit code 2).

    Example: gristmill recipe format --check recipes/*.wrangle
    """
    codes = [_format_file(file, only_check) for file in files]
    return max(codes)


def _format_file(file: Path, only_check: bool) -> int:
    """0 done, 1 it would change, 2 not all of it can be read."""
    text = recipe_text(file)
    new, readable = canonical(file, text)
    # bytes, not the text: a byte order mark and CRLF are changes too
    changes = file.read_bytes() != new.encode()
    if changes:
        click.echo(str(file))
    if changes and not only_check:
        replace_text(file, new)
    return 2 if not readable else int(changes and only_check)


def canonical(file: Path, text: str) -> tuple[str, bool]:
    """The canonical text, and whether every step could be read. What is wrong with it goes to stderr.

    A text whose canonical form would read otherwise is left as it is.
    """
    from gristmill.editor.formatting import formatted

    new = formatted(text)
    if new.problems:
        say(f"{file}:")
        show(new.problems, text)
    if not new.faithful:
        say(f"{file}: left as it is, its canonical text would be read otherwise")
    return new.text, new.readable


def replace_text(file: Path, text: str) -> None:
    """The file holds the old text or the new one, never a part; it keeps its permissions."""
    target = file.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(text.encode())
        partial.chmod(target.stat().st_mode)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
