"""Vectorised routines for what SQL cannot say: a Python function of one row, run over Arrow arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from gristmill.plan.expressions import Form

Cells = Sequence[Any]
Known = dict[tuple[Any, ...], Any]
"""Results by the cells that they were computed of."""

LONGEST_KNOWN = 100
"""How long a text may be to be remembered."""


def arrow_type(form: Form) -> Any:
    """The Arrow type in which values of a form travel to and from a routine."""
    import pyarrow as pa

    return {
        Form.TEXT: pa.string(),
        Form.JSON: pa.string(),
        Form.INTEGER: pa.int64(),
        Form.DECIMAL: pa.float64(),
        Form.BOOLEAN: pa.bool_(),
        Form.MOMENT: pa.timestamp("us"),
        Form.TEXTS: pa.list_(pa.string()),
    }[form]


class Rowwise:
    """A batch routine out of a function of one row: the cells first, then the bound constants.

    A null in any argument gives null without a call, unless `nulls` is set. Equal rows of a batch are computed once.
    """

    def __init__(self, function: Callable[..., Any], returns: Form, *, nulls: bool = False) -> None:
        self.function = function
        self.returns = returns
        self.nulls = nulls

    def __call__(self, arrays: Sequence[Any], constants: Sequence[Any], known: Known | None = None) -> Any:
        """The results of a batch. `known` are earlier ones with the same constants; those of short texts join them."""
        import pyarrow as pa

        known = {} if known is None else known
        result: list[Any] = []
        new: Known = {}
        for cells in zip(*(array.to_pylist() for array in arrays), strict=True):
            try:
                result.append(known[cells])
            except KeyError:
                if cells not in new:
                    new[cells] = None if not self.nulls and None in cells else self.function(*cells, *constants)
                result.append(new[cells])
        known |= {cells: value for cells, value in new.items() if _is_short(cells) and _is_short((value,))}
        return pa.array(result, type=arrow_type(self.returns))


def _is_short(cells: Cells) -> bool:
    return all(len(cell) <= LONGEST_KNOWN for cell in cells if isinstance(cell, str | list))


def rowwise(returns: Form, *, nulls: bool = False) -> Callable[[Callable[..., Any]], Rowwise]:
    """Decorator: `@rowwise(Form.TEXT)` over `def transliterate(text, form): …`."""
    return lambda function: Rowwise(function, returns, nulls=nulls)


def naive(moment: datetime | None) -> datetime | None:
    """A moment without zone, as plans hold them."""
    return moment.replace(tzinfo=None) if moment is not None else None
