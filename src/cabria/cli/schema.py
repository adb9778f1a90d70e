"""`cabria schema`: the messages of the console's server, for whoever writes a page or a program against it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command(epilog="Example: cabria schema --out frontend/messages.json")
def schema(
    out: Annotated[Path | None, typer.Option(help="The file to write; else it is printed.")] = None,
) -> None:
    """Write the JSON Schema of every message of the server.

    The types of the pages are made from it.
    """
    import json

    from cabria.adapters.files.source_file import write_whole
    from cabria.cli.screen import say
    from cabria.console.schemas import json_schema

    text = json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        print(text, end="")
        return
    write_whole(out, text.encode())
    say(f"Written to {out}.")
