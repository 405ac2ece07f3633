"""What Spark can say in plain SQL although its engine prefers a routine: expressions that Java may need long for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gristmill.engines.spark.arguments import Args, Builder, Write, constant
from gristmill.engines.spark.patterns import can_be_empty, java_pattern, java_rewrite
from gristmill.engines.spark.trees import NotNativeError, Tree, call, text
from gristmill.engines.spark.write import SparkWriter
from gristmill.plan.expressions import Expr
from gristmill.plan.primitives import Native


@dataclass(slots=True)
class PortableWriter(SparkWriter):
    """Writes what can be written at all. Raises NotNativeError for the rest."""

    def write(self, node: Expr) -> Tree:
        if isinstance(node, Native) and node.name in PORTABLE and id(node) not in self.given:
            return PORTABLE[node.name](self.write, node.args)
        return SparkWriter.write(self, node)


def _java(node: Expr) -> str:
    written = java_pattern(str(constant(node)), careful=False)
    if written is None:
        raise NotNativeError
    return written


def _full_match(write: Write, args: Args) -> Tree:
    return call("rlike", write(args[0]), text(rf"\A(?:{_java(args[1])})\z"))


def _matches(write: Write, args: Args) -> Tree:
    return call("rlike", write(args[0]), text(_java(args[1])))


def _replace(write: Write, args: Args) -> Tree:
    """Every match, or the first one with what stands before it, also where the expression has groups."""
    source, put = str(constant(args[1])), str(constant(args[2]))
    pattern = _java(args[1])
    if can_be_empty(source) or r"\0" in put:
        raise NotNativeError
    if len(args) > 3 and constant(args[3]) == "g":
        return call("regexp_replace", write(args[0]), text(pattern), text(java_rewrite(put)))
    first = text(rf"\A([\s\S]*?)(?:{pattern})")
    return call("regexp_replace", write(args[0]), first, text(f"$1{java_rewrite(put, 1)}"))


PORTABLE: Mapping[str, Builder] = MappingProxyType(
    {"regexp_full_match": _full_match, "regexp_matches": _matches, "regexp_replace": _replace}
)
