"""How fast: `python -m bench.plan`, `python -m bench.rowwise` (both by `make bench`)."""
