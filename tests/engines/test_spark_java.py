"""What Spark needs of the machine, and what it says when that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.engines.spark import java
from gristmill.engines.spark.java import java_home
from gristmill.engines.spark.process import master_of
from gristmill.problems import RunError
from gristmill.recipe.job import Limits


def test_without_java_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_homes", lambda: iter([tmp_path]))
    with pytest.raises(RunError, match=r"install one .*openjdk-17-jre-headless"):
        java_home()


def test_an_old_java_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "java"
    program.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    program.chmod(0o755)
    monkeypatch.setattr(java, "_homes", lambda: iter([tmp_path]))
    with pytest.raises(RunError, match="Java 17 or newer"):
        java_home()


@pytest.mark.parametrize(
    ("limits", "master"),
    [(Limits(), "local[*]"), (Limits(threads=3), "local[3]"), (Limits(threads=3, master="local[2]"), "local[2]")],
)
def test_masters(limits: Limits, master: str) -> None:
    assert master_of(limits) == master


def test_other_masters_are_refused() -> None:
    with pytest.raises(RunError, match="not supported: Spark master 'yarn'"):
        master_of(Limits(master="yarn"))
