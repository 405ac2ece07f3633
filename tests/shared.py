"""Where material stands that is not ours to commit: packages of other people, for tests that use it if it is there."""

from __future__ import annotations

import os
from pathlib import Path

# read with the module, for the tests themselves run without settings of the environment
SHARED = Path(os.environ.get("GRISTMILL_SHARED") or Path(__file__).parents[2] / "shared")
PACKAGES = SHARED / "packages"
ABSENT = f"no packages below {PACKAGES}: set GRISTMILL_SHARED to the folder that holds `packages`"
