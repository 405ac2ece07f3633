"""The datasets of commands, from `--input [NAME=]PATH`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from gristmill.editor import inputs
from gristmill.editor.inputs import NamedInput


def named_inputs(values: Sequence[str]) -> tuple[NamedInput, ...]:
    """The inputs in their order; the first is the recipe's main input.

    Raises UsageError where two have the same name, and for `NAME=` without a path.
    """
    try:
        return inputs.named_inputs(values)
    except inputs.InputsError as error:
        raise click.UsageError(str(error)) from None
