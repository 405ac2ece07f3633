"""Finding Java: what Spark runs on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from gristmill.problems import run_error

OLDEST = 17
INSTALL = (
    f"Spark needs Java {OLDEST} or newer: install one (Debian and Ubuntu: apt install openjdk-17-jre-headless), "
    "or set JAVA_HOME to where it is"
)
_VERSION = re.compile(r'version "(\d+)')


def java_home() -> str:
    """The folder of a Java that is new enough: JAVA_HOME, what PATH leads to, or one under /usr/lib/jvm.

    Raises RunError with one sentence that says what to install.
    """
    for home in _homes():
        if (_version_of(home) or 0) >= OLDEST:
            return str(home)
    raise run_error(INSTALL)


def _homes() -> Iterator[Path]:
    given = os.environ.get("JAVA_HOME")
    if given:
        yield Path(given)
    found = shutil.which("java")
    if found:
        yield Path(found).resolve().parent.parent
    yield from sorted(Path("/usr/lib/jvm").glob("*"))


def _version_of(home: Path) -> int | None:
    """The major version of the Java in a folder; None where none runs."""
    java = home / "bin" / "java"
    if not java.is_file():
        return None
    try:
        done = subprocess.run([str(java), "-version"], capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return None
    version = _VERSION.search(done.stderr + done.stdout)
    return int(version[1]) if version else None
