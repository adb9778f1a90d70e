"""`cabria yard`."""

from __future__ import annotations

import typer

app = typer.Typer(help="The yard: retrieve, tidy, put away.", no_args_is_help=True)


@app.callback()
def _group() -> None: ...
