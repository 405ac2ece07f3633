"""The command and its exit codes: 0 done, 1 a run or a test failed, 2 the recipe or the call is wrong."""

from __future__ import annotations

import errno
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gristmill import __version__
from gristmill.cli.accounts import token, user
from gristmill.cli.cases import test
from gristmill.cli.complaints import complain, say
from gristmill.cli.database import db
from gristmill.cli.functions import functions
from gristmill.cli.home import home_folder
from gristmill.cli.lsp import lsp
from gristmill.cli.packages import package
from gristmill.cli.recipe import recipe
from gristmill.cli.run import run
from gristmill.cli.serve import serve
from gristmill.cli.worker import worker
from gristmill.problems import ProblemError

FAILED, WRONG, INTERRUPTED = 1, 2, 130
MANY = 50_000
"""New objects between two looks for garbage: modules make many, and none of them is garbage."""


class Commands(click.Group):
    """A group that turns every expected error into lines on stderr and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        gc.set_threshold(MANY)
        code = self._exit_code(args, prog_name or "gristmill", complete_var, windows_expand_args, extra)
        if standalone_mode:
            gc.freeze()  # the process ends: there is nothing left to look through
            sys.exit(code)
        return code

    def _exit_code(self, args: Any, prog_name: str, complete_var: Any, windows: bool, extra: dict[str, Any]) -> int:
        try:
            result = super().main(
                args, prog_name, complete_var, standalone_mode=False, windows_expand_args=windows, **extra
            )
        except click.exceptions.NoArgsIsHelpError as error:
            say(error.format_message())
            return WRONG
        except click.UsageError as error:
            say(f"{error.ctx.command_path if error.ctx else prog_name}: {_sentence(error.format_message())}")
            return WRONG
        except ProblemError as error:
            return complain(error)
        except (click.Abort, KeyboardInterrupt):
            say("interrupted")
            return INTERRUPTED
        except OSError as error:
            if error.errno != errno.EPIPE:  # the reader of our output has gone: `gristmill functions | head`
                say(f"{error.strerror or error}" + (f": '{error.filename}'" if error.filename else ""))
            return FAILED
        return result if isinstance(result, int) else 0


def _sentence(message: str) -> str:
    """Click's `Missing option '--output'.` in the form of our own messages."""
    line = " ".join(message.split())
    return (line[:1].lower() + line[1:]).removesuffix(".")


@click.group(
    "gristmill", cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Prepare data with Wrangle recipes: run them here, test them, or serve them behind the v4 REST API."""
    home = home_folder()
    if home is not None and (home / "types").is_dir():
        _declare(home / "types")


def _declare(folder: Path) -> None:
    from gristmill.types.custom import CustomTypeError
    from gristmill.types.logical import declare_types

    try:
        declare_types(folder)
    except CustomTypeError as error:
        raise click.UsageError(str(error)) from None


for command in (serve, worker, user, token, db, run, recipe, package, test, functions, lsp):
    cli.add_command(command)


def main() -> None:
    """What the `gristmill` script calls."""
    cli.main()
