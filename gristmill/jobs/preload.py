"""What the fork server does once, so that an engine process need not: load modules, fill their caches.

No connection is opened: it would not survive the fork. (The allocators of duckdb and pyarrow have a thread each, which
know what to do in a fork.)
"""

from __future__ import annotations

import gc
import logging
import os
from importlib import import_module

MODULES = (
    "numpy",
    "pyarrow",
    "pyarrow.compute",
    "duckdb",
    "sqlglot",
    "sqlglot.dialects.duckdb",
    "gristmill.jobs.child",
    "gristmill.engines.runner",
    "gristmill.engines.duckdb.engine",
)
RECIPE = "filter type: custom rowType: single row: a > 1 && UPPER(b) == 'X' action: Keep"


def prepare() -> None:
    """Load the engine and use it a little; a failure here is left to the first job, whose record can hold it."""
    # numpy's linear algebra would start threads in every process, for nothing
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        for name in MODULES:
            import_module(name)
        _warm_up()
    except Exception:
        logging.getLogger("gristmill.jobs").exception("cannot load the engine")
    gc.freeze()  # what is loaded stays shared: the collector of an engine process leaves it alone


def _warm_up() -> None:
    """Type inference compiles its patterns, the compiler and the SQL printer build their tables."""
    from sqlglot import exp

    from gristmill.recipe.check import check
    from gristmill.recipe.job import Job, RecipeText, Source, SourceColumn
    from gristmill.types.inference import infer_type

    texts = ("1", "x", "2024-02-29")
    columns = tuple(SourceColumn(name, infer_type([text])) for name, text in zip("abc", texts, strict=True))
    check(Job((Source("s", {}, columns),), (RecipeText("r", RECIPE, "source:0"),)))
    exp.select("a").where(exp.column("a") > 1).sql("duckdb")


prepare()
