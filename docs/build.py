"""Writes the parts of the documentation that the program knows itself: `make docs`; `--check` says what is stale."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from editor_grammar import grammar_text
from reference_pages import reference_pages
from run_job_page import run_job_page

from gristmill.cli.functions import entries, works
from gristmill.cli.main import cli
from gristmill.settings import TABLE

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"
GRAMMAR = DOCS.parent / "editors" / "vscode" / "syntaxes" / "wrangle.tmLanguage.json"
END = "<!-- end -->"
HAND_WRITTEN = [*(DOCS / name for name in ("compatibility.md", "architecture.md")), *DOCS.parent.glob("*.md")]


def transforms_table() -> str:
    """Transforms by group."""
    rows = [entry for entry in entries() if entry["kind"] == "transform"]
    lines = ["| transform | in the application | works |", "|---|---|---|"]
    lines += [f"| `{row['name']}` | {row['title']} | {works(row)} |" for row in rows]
    return "\n".join(lines)


def functions_table() -> str:
    """Function names by group, those that are not built apart."""
    rows = sorted((row for row in entries() if row["kind"] != "transform"), key=lambda row: row["group"])
    lines = ["| family | yes | no |", "|---|---|---|"]
    for group, members in groupby(rows, key=lambda row: row["group"]):
        listed = list(members)
        lines.append(f"| {group} | {_names(listed, True)} | {_names(listed, False)} |")
    return "\n".join(lines)


def settings_table() -> str:
    """Every setting with its environment name."""
    lines = ["| setting | environment | default | |", "|---|---|---|---|"]
    for row in TABLE.values():
        default = ", ".join(map(str, row.default)) if isinstance(row.default, tuple) else str(row.default)
        lines.append(f"| `{row.key}` | `{row.environment}` | {f'`{default}`' if default else ''} | {row.sentence} |")
    return "\n".join(lines)


def commands_text() -> str:
    """The help of every command."""
    parts = []
    for path, command in _commands("gristmill", cli):
        context = click.Context(
            command, info_name=path, max_content_width=100, terminal_width=100, help_option_names=["-h", "--help"]
        )
        parts.append(f"## {path}\n\n```\n{command.get_help(context)}\n```")
    return "\n\n".join(parts)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "compatibility.md": {"transforms": transforms_table, "functions": functions_table},
    "settings.md": {"settings": settings_table},
    "commands.md": {"commands": commands_text},
}


def stale() -> Iterator[tuple[Path, str | None]]:
    """Pages that differ from what the program says, with their new text; None for one that has to go."""
    yield from _stale_parts()
    pages = {DOCS / "run-job.md": run_job_page(), GRAMMAR: grammar_text()}
    pages |= {REFERENCE / name: text for name, text in reference_pages().items()}
    for page in sorted(pages.keys() | set(REFERENCE.glob("*.md"))):
        new = pages.get(page)
        if new is None or not page.exists() or page.read_text(encoding="utf-8") != new:
            yield page, new


def _stale_parts() -> Iterator[tuple[Path, str | None]]:
    for name, parts in PARTS.items():
        page = DOCS / name
        old = new = page.read_text(encoding="utf-8")
        for part, make in parts.items():
            head, begin, rest = new.partition(f"<!-- {part}: written by make docs -->\n")
            _, end, tail = rest.partition(END)
            if not begin or not end:
                raise ValueError(f"{page}: no place for {part!r}")
            new = f"{head}{begin}\n{make()}\n\n{end}{tail}"
        if new != old:
            yield page, new


def torn(text: str) -> Iterator[str]:
    """What a merge has left in a page: its marks, and rows that a table has twice."""
    yield from (line for line in text.splitlines() if line.startswith(("<<<<<<< ", ">>>>>>> ")))
    for block in text.split("\n\n"):
        rows = Counter(line.split(" | ")[0] for line in block.splitlines() if line.startswith("| "))
        yield from (row for row, count in rows.items() if count > 1)


def main() -> int:
    """Write the stale pages, or with `--check` name them and those that a merge has torn, and fail."""
    check = "--check" in sys.argv[1:]
    faults = [f"{page.name}: {fault}" for page in HAND_WRITTEN for fault in torn(page.read_text(encoding="utf-8"))]
    print(*(f"torn by a merge: {fault}" for fault in faults), sep="\n", end="\n" if faults else "")
    pages = list(stale())
    for page, text in pages:
        if check:
            print(f"{page.relative_to(DOCS.parent)} is stale: run make docs")
        elif text is None:
            page.unlink()
        else:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    return 1 if check and (pages or faults) else 0


def _names(rows: list[dict[str, Any]], built: bool) -> str:
    return " ".join(sorted(row["name"] for row in rows if row["built"] is built))


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """The commands that do something, below `command`."""
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(f"{path} {name}", command.commands[name])
    else:
        yield path, command


if __name__ == "__main__":
    sys.exit(main())
