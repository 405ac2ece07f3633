"""How fast: `python -m bench.plan`, `python -m bench.rowwise`, `python -m bench.profile` … (all by `make bench`)."""
