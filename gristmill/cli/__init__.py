"""The `gristmill` command. Each command imports what it needs inside its function, so that all of them start fast."""
