"""The page "Run Job": what its sentences ask for, and the tests that hold the server to them.

A test names the sentence that it proves: `@pytest.mark.page("the group's id answers the status")`, also as a mark of a
single `pytest.param`. Nothing is run or imported: the marks are read off the files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
HEAD = """# Run Job: sentence by sentence

What the product's page on running jobs through the API says, in our words, and the test that shows it. Written by
`make docs` from the marks `@pytest.mark.page("…")` of the tests."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence and the test that proves it, `test_name` in a file."""

    sentence: str
    test: str


def run_job_page() -> str:
    """The text of docs/run-job.md: a table for each file of tests."""
    parts = [HEAD]
    for file in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        proofs = list(_proofs(tree))
        if not proofs:
            continue
        title = (ast.get_docstring(tree) or file.stem).partition("\n")[0].rstrip(".")
        lines = [f"## {title}", "", f"`{file.relative_to(ROOT)}`", "", "| the page says | shown by |", "|---|---|"]
        lines += [f"| {_cell(proof.sentence)} | `{proof.test}` |" for proof in proofs]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _proofs(tree: ast.Module) -> Iterator[Proof]:
    """The marks of a file in the order of its lines."""
    for node in tree.body:
        functions = node.body if isinstance(node, ast.ClassDef) else [node]
        for function in functions:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test"):
                for decorator in function.decorator_list:
                    yield from (Proof(sentence, function.name) for sentence in _sentences(decorator))


def _sentences(node: ast.expr) -> Iterator[str]:
    calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
    for call in sorted(calls, key=lambda call: call.lineno):
        if ast.unparse(call.func) == "pytest.mark.page":
            for argument in call.args:
                sentence = ast.literal_eval(argument)
                if not isinstance(sentence, str):
                    raise ValueError(f"pytest.mark.page takes sentences, not {sentence!r}")
                yield sentence


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
