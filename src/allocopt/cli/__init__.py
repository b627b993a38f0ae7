"""The command line: ``allocopt COMMAND``.

Only what help texts need is imported here and in `commands`; every command imports the
rest when it is called.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from allocopt.cli.commands import command_line
from allocopt.cli.session import session_of


def main() -> NoReturn:
    """Run the command line and exit with its code; see `allocopt.cli.failure.Exit`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has gone (as in `| head`); the interpreter must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one call of the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name.
    """
    session = session_of(arguments, os.environ)
    try:
        group = command_line(session)
        return int(group.main(list(arguments), "allocopt", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 1
    except (BrokenPipeError, SystemExit):
        # click ends so where the reader has gone
        raise
    except BaseException as error:
        from allocopt.cli.failure import Exit, failure_of, report

        failure = failure_of(error)
        if failure.code is Exit.BUG and os.environ.get("ALLOCOPT_DEBUG"):
            raise
        return report(session, failure)
