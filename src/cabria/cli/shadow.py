"""`cabria shadow`: what we would have done and saved, from another terminal's log or messages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import SeedOption
from cabria.cli.screen import say

if TYPE_CHECKING:
    from cabria.bootstrap.shadow import ShadowDay

app = typer.Typer()


@app.command(epilog="Example: cabria shadow runs/run.jsonl.gz --out shadow")
def shadow(
    log: Annotated[Path, typer.Argument(help="A run log (.jsonl.gz), a journal, or a COARRI.")],
    out: Annotated[Path, typer.Option(help="The folder for the page and its figures.")] = Path("shadow"),
    call: Annotated[Path | None, typer.Option(help="The call, where the log does not name it.")] = None,
    plan: Annotated[Path | None, typer.Option(help="Its plan.json, where the log does not name it.")] = None,
    layout: Annotated[Path | None, typer.Option(help="The layout.json, where the log does not name it.")] = None,
    seed: SeedOption = 0,
) -> None:
    """Say what we would have saved.

    The same ships, yard and road trucks are worked once more by our operations with simulated machines; nothing is
    sent to anybody. A page and shadow.json tell digs, driving and waiting of each day, side by side. A COARRI tells
    only times, and needs a call, a plan and a layout.
    """
    from cabria.bootstrap.shadow_feeds import against_coarri, days_of_journal, days_of_run_log, write_shadow

    if log.suffix.lower() == ".edi":
        say(against_coarri(log, call, plan, layout, seed=seed))
        return
    if log.name.endswith(".gz"):
        from cabria.cli.run_log import ground_of

        ground = ground_of(log, call, plan, layout)
        name, days = ground.layout.terminal.name, days_of_run_log(log, ground.layout, ground.calls, seed=seed)
    else:
        name, days = days_of_journal(str(log), seed=seed)
    for day in days:
        say(_told(day))
    write_shadow(days, name, out)
    say(f"Written to {out / 'shadow.html'}")


def _told(day: ShadowDay) -> str:
    theirs, ours = day.theirs, day.ours
    return (
        f"{day.day}: digs {theirs.digs:,} with them, {ours.digs:,} with us; driving {theirs.driven_m / 1_000:,.1f} km "
        f"and {ours.driven_m / 1_000:,.1f} km; cranes waiting {theirs.crane_waiting_s / 3_600:,.2f} h and "
        f"{ours.crane_waiting_s / 3_600:,.2f} h"
    )
