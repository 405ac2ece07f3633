"""Where a row came from (functions-a 10, language 3.5): the built-in variables as functions."""

from __future__ import annotations

from gristmill.functions.declare import scalar
from gristmill.types.logical import INTEGER, STRING

SOURCEROWNUMBER = scalar(
    "SOURCEROWNUMBER",
    returns=INTEGER,
    doc="The number of the record in its source file, from 1; null where the source is not known any more.",
    basis="functions-a 10 [doc]",
    examples={"SOURCEROWNUMBER() == $sourcerownumber": True},
    plan=lambda context: context.variable("sourcerownumber"),
    group="other",
)
FILEPATH = scalar(
    "FILEPATH",
    returns=STRING,
    doc="The path of the file that the row came from; null where it is not known any more.",
    basis="language 3.5 [export]",
    examples={"ISNULL(FILEPATH())": True},
    plan=lambda context: context.variable("filepath"),
    group="other",
)
