"""What Spark calls every primitive: one builder per name, exact or not there at all.

A name that is missing here, or a builder that raises NotNativeError, sends the whole function to a vectorised
routine that computes it as photon does (`routines`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from gristmill.engines.spark.arguments import LONGEST, Args, Builder, Write, constant, plain
from gristmill.engines.spark.moments import MOMENTS
from gristmill.engines.spark.numbers import NUMBERS
from gristmill.engines.spark.texts import TEXTS
from gristmill.engines.spark.trees import NotNativeError, Tree, binary, call, cast, number, text
from gristmill.plan.expressions import Literal


def _split(write: Write, args: Args) -> Tree:
    separator = str(constant(args[1]))
    if not separator or "\\E" in separator:
        raise NotNativeError
    return call("split", write(args[0]), text(rf"\Q{separator}\E"), number(-1))


def _element(write: Write, args: Args) -> Tree:
    place = args[1]
    if isinstance(place, Literal) and isinstance(place.value, int) and place.value < 0:
        return call("try_element_at", write(args[0]), number(place.value))
    index = cast(call("least", write(place), number(LONGEST)), "INT")
    return call("get", write(args[0]), binary(exp.Sub, index, number(1)))


def _slice(write: Write, args: Args) -> Tree:
    first, last = int(constant(args[1])), int(constant(args[2]))
    if first < 1 or last < first:
        raise NotNativeError
    return call("slice", write(args[0]), number(first), number(min(last, LONGEST) - first + 1))


def _position(write: Write, args: Args) -> Tree:
    """Of texts among constants, or of moments; null where there is none."""
    return call("nullif", call("array_position", write(args[0]), write(args[1])), number(0))


def _attempt(write: Write, args: Args) -> Tree:
    """Whatever stands in a `try` is written so that it cannot fail."""
    return write(args[0])


def _row(write: Write, args: Args) -> Tree:
    return call("struct", *map(write, args))


NATIVES: Mapping[str, Builder] = MappingProxyType(
    {
        **NUMBERS, **TEXTS, **MOMENTS, "least": plain("least"), "greatest": plain("greatest"),
        "coalesce": plain("coalesce"), "try": _attempt, "row": _row, "list_value": plain("array"),
        "list_extract": _element, "list_slice": _slice, "list_position": _position, "len": plain("array_size"),
        "string_split": _split, "array_to_string": plain("array_join"),
    }
)  # fmt: skip
