"""Sinks: files in the formats of the product, written from the rows of a recipe."""

from __future__ import annotations

from gristmill.engines.duckdb.sinks.writing import write

__all__ = ["write"]
