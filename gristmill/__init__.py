"""Gristmill: self-hosted data preparation. Runs Wrangle recipes, as a library, a command and a v4 REST server."""

from __future__ import annotations

__version__ = "0.1.0"
