"""The home folder, found without the settings, which take longer to load than a small run."""

from __future__ import annotations

import os
from pathlib import Path


def home_folder() -> Path | None:
    """`$GRISTMILL_HOME`, or the settings' default for it, which need not be there; None: the person has no home."""
    try:
        return Path(os.environ.get("GRISTMILL_HOME") or "~/.gristmill").expanduser()
    except RuntimeError:
        return None
