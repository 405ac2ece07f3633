"""Transforms that are declared, so that recipes with them parse and are kept, but not built yet.

Running one answers `not supported`. Whoever builds one moves it to the module where its kin lives.
"""

from __future__ import annotations

from gristmill.transforms import parameters as p
from gristmill.transforms.base import Transform


class Load(Transform, name="load", title="Load", group="other", built=False):
    """Hidden in packages: where the rows come from."""

    location = p.text("where")


class Macro(Transform, name="macro", title="Macro", group="other", built=False):
    """A saved list of steps."""

    macro_name = p.text("name of the macro", key="name")


class Onehotencode(Transform, name="onehotencode", title="One hot encode", group="reshape", built=False):
    """Add a column of 1 and 0 for each value of a column."""

    col = p.column("the column")
    limit = p.integer("how many values at most", default=50, low=1)


class Pivot(Transform, name="pivot", title="Pivot table", group="reshape", built=False):
    """Aggregate by rows and columns: each value of a column becomes a column."""

    col = p.columns("columns whose values become columns", required=False)
    value = p.expressions("aggregates", required=False)
    group = p.group()
    limit = p.integer("how many new columns at most", default=50, low=1)


class Udf(Transform, name="udf", title="User-defined function", group="other", built=False):
    """Call a function of the server's owner."""

    function = p.text("name of the function", key="name")
    col = p.columns("arguments", required=False)
    args = p.text("more arguments")
    as_ = p.text("name of the new column", key="as")


class Valuestocols(Transform, name="valuestocols", title="Convert values to columns", group="reshape", built=False):
    """Add a column for each value of a column."""

    col = p.columns("columns whose values become columns")
    value = p.expression("what stands where the row has the value", required=False)
    default = p.expression("what stands elsewhere", required=False)
    limit = p.integer("how many new columns at most", default=50, low=1)
