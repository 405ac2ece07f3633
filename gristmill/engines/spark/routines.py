"""Vectorised routines in Spark's Python workers: those of declarations, and what photon computes for Spark.

A function whose tree Spark cannot write exactly is computed by the engine of photon on the same Arrow batches: one
rule, one result. Such a routine is pickled as names and constants; the worker looks the declaration up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from gristmill.engines.sql.batches import BatchCall
from gristmill.functions.batch import Rowwise, arrow_type
from gristmill.functions.declare import Function
from gristmill.functions.registry import FUNCTIONS
from gristmill.plan.expressions import Apply, Column, Constant, Expr, Form, Literal
from gristmill.plan.relations import Plan, Source

TYPES = {
    Form.TEXT: "string",
    Form.JSON: "string",
    Form.INTEGER: "bigint",
    Form.DECIMAL: "double",
    Form.BOOLEAN: "boolean",
    Form.MOMENT: "timestamp_ntz",
    Form.TEXTS: "array<string>",
}
MEMORY = 512 << 20  # of a worker's connection; a batch is small


@dataclass(frozen=True, slots=True)
class AsPhoton:
    """A declared function computed by photon's engine. `bound` are its constant arguments, None where a column goes."""

    function: str
    bound: tuple[Literal | None, ...]
    form: Form

    def __call__(self, arrays: Sequence[Any], constants: Sequence[Constant]) -> Any:
        return _photon().compute(self, arrays, tuple(constants))


def computed_by_photon(function: Function, node: Apply) -> BatchCall:
    """A call of the routine that computes a function as photon does."""
    bound = tuple(arg if isinstance(arg, Literal) else None for arg in node.args)
    if None not in bound:
        bound = (None, *bound[1:])
    args = tuple(arg for arg, constant in zip(node.args, bound, strict=True) if constant is None)
    routine = AsPhoton(function.name, bound, node.kind)
    name = f"photon_{function.name}_{len(args)}_{abs(hash(bound)):x}"
    return BatchCall(replace(function, name=name, takes=(), batch=routine), node.constants, args, node.kind)


class _Photon:
    """The engine in a worker: one connection, a query for each routine."""

    def __init__(self) -> None:
        from gristmill.engines.duckdb.session import Session
        from gristmill.recipe.job import Job, Limits
        from gristmill.recipe.job import Source as JobSource

        job = Job(
            sources=(JobSource("batch", {"format": "rows"}),), recipes=(), limits=Limits(threads=1, memory_bytes=MEMORY)
        )
        self.session = Session(job)
        self.queries: dict[tuple[object, ...], str] = {}

    def compute(self, routine: AsPhoton, arrays: Sequence[Any], constants: tuple[Constant, ...]) -> Any:
        import pyarrow as pa

        forms = tuple(_form_of(array.type) for array in arrays)
        key = (routine, constants, forms, tuple(map(type, constants)))
        batch = pa.table({f"f{at}": array for at, array in enumerate(arrays)})
        self.session.connection.register("source_0", batch)
        if key not in self.queries:
            self.queries[key] = self._query(routine, constants, forms)
        found = self.session.connection.execute(self.queries[key]).to_arrow_table().column(0)
        return found.combine_chunks().cast(arrow_type(routine.form))

    def _query(self, routine: AsPhoton, constants: tuple[Constant, ...], forms: tuple[Form, ...]) -> str:
        places = iter(range(len(forms)))
        args: list[Expr] = []
        for constant in routine.bound:
            at = None if constant is not None else next(places)
            args.append(constant if constant is not None else Column(at + 1, forms[at]))  # type: ignore[operator,index]
        numbers = tuple(range(1, len(forms) + 1))
        last = len(forms) + 1
        source = Source(0, numbers, forms, last, last + 1, last + 2)
        applied = Apply(routine.function, tuple(args), routine.form, constants)
        return self.session.query(Plan(source, (("result", applied),))).sql()


@cache
def _photon() -> _Photon:
    return _Photon()


def _form_of(type_: Any) -> Form:
    import pyarrow.types as types

    tests: tuple[tuple[Callable[[Any], bool], Form], ...] = (
        (types.is_boolean, Form.BOOLEAN),
        (types.is_integer, Form.INTEGER),
        (types.is_floating, Form.DECIMAL),
        (types.is_timestamp, Form.MOMENT),
        (types.is_list, Form.TEXTS),
    )
    return next((form for test, form in tests if test(type_)), Form.TEXT)


@dataclass(frozen=True, slots=True)
class Routine:
    """What a worker runs: a declared function's own routine, or photon."""

    function: str
    constants: tuple[Constant, ...]
    photon: AsPhoton | None

    def __call__(self, *arrays: Any) -> Any:
        batch = self.photon or FUNCTIONS[self.function].batch
        assert batch is not None
        return batch(arrays, self.constants)


def register(spark: Any, name: str, call: BatchCall) -> None:
    """Make a routine known to a session."""
    import pyarrow as pa
    from pyspark.sql import functions

    sql: Any = functions  # its stubs do not know Arrow routines

    batch = call.function.batch
    routine = Routine(call.function.name, call.constants, batch if isinstance(batch, AsPhoton) else None)
    returns = batch.returns if isinstance(batch, Rowwise) else call.kind

    def run(*arrays: Any) -> Any:
        return routine(*arrays)

    run.__annotations__ = {"arrays": pa.Array, "return": pa.Array}
    spark.udf.register(name, sql.arrow_udf(run, TYPES[returns]))
