"""Which versions run here; for `/v4/version` and support bundles."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("gristmill", "duckdb", "sqlglot", "pyarrow", "sqlalchemy", "fastapi", "pydantic")
COMPATIBLE = "9.7.0-compat"


@cache
def versions() -> dict[str, str]:
    """Names and versions of this program, of Python and of the packages that matter."""
    return {**{name: _version(name) for name in PACKAGES}, "python": platform.python_version()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
