"""`cabria edi`: carriers' messages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cabria.cli.options import EXIT_NOT_LEGAL
from cabria.cli.screen import printable, say

app = typer.Typer(help="Carriers' messages.", epilog="Example: cabria edi check arrival.edi", no_args_is_help=True)


@app.command("check", epilog="Example: cabria edi check arrival.edi --profile ship.json")
def edi_check(
    file: Annotated[Path, typer.Argument(help="BAPLIE, MOVINS, COPRAR, COARRI, VERMAS and others; .xz too.")],
    profile: Annotated[Path | None, typer.Option(help="The ship's profile, to check positions against.")] = None,
    tables: Annotated[Path | None, typer.Option(help="Folder with the site's own code tables.")] = None,
    first: Annotated[int, typer.Option(help="How many findings of each kind to name.", min=1)] = 5,
) -> None:
    """Write the letter to the carrier about a message.

    Everything that was odd, by gravity. Exit code 2 when the message cannot be used as it is.
    """
    from cabria.adapters.edi import check_file, letter
    from cabria.adapters.edi.check import summary
    from cabria.adapters.files.profiles import load_profile

    checked = check_file(file, tables=tables, profile=load_profile(profile) if profile else None)
    for message in checked.messages:
        print(printable(summary(message)), file=sys.stderr)
        say(letter(message, message.findings, first=first))
    if not checked.is_usable:
        raise typer.Exit(EXIT_NOT_LEGAL)
