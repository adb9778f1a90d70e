"""`cabria paper-mode`: papers to go on by hand, from a journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cabria.cli.screen import say

app = typer.Typer()


@app.command("paper-mode", epilog="Example: cabria paper-mode run/terminal.journal --out papers")
def paper_mode(
    journal: Annotated[str, typer.Argument(help="A journal, a backup of one, or a database's address.")],
    out: Annotated[Path, typer.Option(help="The folder for sets of papers.")] = Path("papers"),
) -> None:
    """Write papers to go on by hand.

    Crane queues, bay sheets, moves under way and the yard, as the journal ends. Nothing else need run. Beside a running
    terminal, with a table [paper_mode] in its settings, `cabria run` writes a set every few minutes.
    """
    from cabria.bootstrap.paper_mode import papers_of_journal

    made = papers_of_journal(journal, out, say=say)
    for path in sorted(made.iterdir()):
        say(f"  {path.name}")
    say(f"Written to {made}. Print them, 00-read-me-first.pdf first.")
