"""`cabria berth`."""

from __future__ import annotations

import typer

app = typer.Typer(help="Berths: which ship lies where and when, with how many cranes.", no_args_is_help=True)


@app.callback()
def _group() -> None: ...
