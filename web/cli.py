"""The command line `chancery`.

Exit codes: 0 good, warnings too; 1 findings, a mismatch, a fault; 2 wrong use; 3 a refused file.
A refusal is one sentence on standard error.
"""

from __future__ import annotations

import sys
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from web.commands import (
    certificates,
    checking,
    demonstration,
    exchange,
    files,
    following,
    incoming,
    mail,
    memory,
    people,
    posting,
    proof,
    running,
    sealing,
)
from workflow.errors import Refusal


class Commands(click.Group):
    """A group whose refusals end in a sentence and the right exit code, never in a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the command line and ends the process."""
        try:
            return super().main(*args, **kwargs)
        except Refusal as refusal:
            click.echo(f"chancery: {refusal.sentence}", err=True)
            for line in refusal.details:
                if line not in refusal.sentence:
                    click.echo(f"  {line}", err=True)
            sys.exit(refusal.exit_code)
        except DBAPIError as error:
            click.echo(
                f"chancery: The database refused the work ({type(error.orig).__name__}). Nothing was changed. "
                "Run “chancery doctor”.",
                err=True,
            )
            sys.exit(1)
        except BrokenPipeError:
            # Whoever read our output has seen enough.
            sys.stderr.close()
            sys.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="chancery", prog_name="chancery")
def main() -> None:
    """Chancery circulates diplomatic notes, from submission to every state's receipt."""


for module in (
    running,
    people,
    certificates,
    files,
    exchange,
    memory,
    checking,
    posting,
    mail,
    incoming,
    following,
    proof,
    sealing,
    demonstration,
):
    module.register(main)


if __name__ == "__main__":
    main()
