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


class Udf(Transform, name="udf", title="User-defined function", group="other", built=False):
    """Call a function of the server's owner."""

    function = p.text("name of the function", key="name")
    col = p.columns("arguments", required=False)
    args = p.text("more arguments")
    as_ = p.text("name of the new column", key="as")
