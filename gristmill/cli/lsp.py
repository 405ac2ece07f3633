"""`gristmill lsp`: a language server for editors."""

from __future__ import annotations

import click


@click.command()
def lsp() -> None:
    """Answer an editor on stdin and stdout: the language server of `.wrangle` files.

    It shows mistakes while one types, completes transforms, parameters, functions and columns, explains them, and
    formats. Columns are known where data lies beside the recipe: in the folder `inputs`, or as a recipe test says.
    It needs the extra `lsp`; editors/vscode holds an extension for VS Code.

    Example: gristmill lsp
    """
    try:
        from gristmill.editor.server import serve
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise click.UsageError("the language server needs pygls: pip install 'gristmill[lsp]'") from None
    serve()
