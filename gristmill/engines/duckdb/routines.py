"""Routines in Python that a session's queries call: batches of Arrow arrays in and out."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from gristmill.engines.duckdb.lower import TYPES
from gristmill.engines.sql.batches import BatchCall
from gristmill.functions.batch import Known, Rowwise
from gristmill.plan.expressions import Form

MOST_KNOWN = 100_000
"""How many results all routines of a session remember: about 80 MB."""


class Routines:
    """The routines of a connection. Each is registered once and remembers results from batch to batch."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._known: dict[str, Known] = {}

    def register(self, name: str, call: BatchCall) -> None:
        """Make the routine of a call known to the engine by that name, unless it is."""
        if name in self._known:
            return
        self._known[name] = {}
        returns = call.function.batch.returns if isinstance(call.function.batch, Rowwise) else call.kind
        is_text = TYPES[returns] == "VARCHAR"
        self._connection.create_function(
            f"{name}_raw" if is_text else name,
            self._running(name, call),
            [TYPES[form] for form in _argument_forms(call)],
            TYPES[returns],
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
        if is_text:
            self._copy_texts(name, len(call.args))

    def _running(self, name: str, call: BatchCall) -> Callable[..., Any]:
        """The function that the engine calls."""
        routine, constants = call.function.batch, call.constants
        assert routine is not None
        memories, known = self._known, self._known[name]  # without a way back to the connection, which holds this

        def run(*arrays: Any) -> Any:
            if not isinstance(routine, Rowwise):
                return routine(arrays, constants)
            result = routine(arrays, constants, known)
            # most results come of cells that hardly repeat: they give way to the others
            if sum(map(len, memories.values())) > MOST_KNOWN:
                max(memories.values(), key=len).clear()
            return result

        # DuckDB counts the parameters by the signature
        names = [Parameter(f"a{at}", Parameter.POSITIONAL_ONLY) for at in range(len(call.args))]
        run.__signature__ = Signature(names)  # type: ignore[attr-defined]
        return run

    def _copy_texts(self, name: str, arguments: int) -> None:
        """A macro around a routine that gives texts.

        DuckDB 1.5: COALESCE over a routine reads its texts after they are freed; appending nothing copies them, and
        takes the type away from a null that is known beforehand.
        """
        args = ", ".join(f"a{at}" for at in range(arguments))
        self._connection.execute(f"CREATE TEMP MACRO {name}({args}) AS ({name}_raw({args}) || '')::VARCHAR")


def _argument_forms(call: BatchCall) -> list[Form]:
    """The forms that the declaration wants; a list repeats its own."""
    declared = [argument for argument in call.function.takes if not argument.is_constant]
    forms: list[Form] = []
    for argument in declared:
        repeat = len(call.args) - len(declared) + 1 if argument.many else 1
        forms += [argument.form] * repeat
    return [Form.TEXT if form is Form.ANY else form for form in forms]
