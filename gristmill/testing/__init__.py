"""Unit tests of recipes: case files, how they are read, run, compared, and which of them are known to fail."""
