"""`cabria morning`: yesterday's shift as a page and a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import SeedOption, TimeZoneOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.bootstrap.morning import Run
    from cabria.domain.run_events import RunEvent

app = typer.Typer()


@app.command(epilog="Example: cabria morning out/chancay-run/terminal.journal --hours 8")
def morning(
    log: Annotated[str, typer.Argument(help="A journal, or a run log (.jsonl.gz).")],
    out: Annotated[Path, typer.Option(help="The folder for page and paper.")] = Path("morning"),
    from_hour: Annotated[float, typer.Option("--from", help="Hour of the log at which the shift begins.", min=0)] = 0.0,
    hours: Annotated[
        float | None, typer.Option(help="How long it is; else to the log's end.", min=0.1, max=24 * 366)
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option(help="When a run log began, UTC; a journal says it.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    ] = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Work it once more, and say what that saved.")] = False,
    call: Annotated[Path | None, typer.Option(help="The call, where the log does not name it.")] = None,
    plan: Annotated[Path | None, typer.Option(help="Its plan.json, where the log does not name it.")] = None,
    layout: Annotated[Path | None, typer.Option(help="The layout.json, where the log does not name it.")] = None,
    seed: SeedOption = 0,
    time_zone: TimeZoneOption = "UTC",
) -> None:
    """Write the morning report of a shift.

    Figures by the referee, where plan and day parted and why, what cost the cranes most, and three things worth
    changing; pages and papers in English, Spanish and Chinese. The shadow works the whole log.
    """
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    from cabria.bootstrap.morning import shadow_days, shift_of, write_morning

    run, events = _opened(log, (call, plan, layout), start)
    days = shadow_days(*_opened(log, (call, plan, layout), start), seed=seed) if shadow else None
    shift = shift_of(run, events, from_h=from_hour, hours=hours, days=days)
    for path in write_morning(replace(shift, zone=ZoneInfo(time_zone)), out):
        say(f"Written to {path}.")


def _opened(
    log: str, ground: tuple[Path | None, Path | None, Path | None], start: datetime | None
) -> tuple[Run, Iterator[RunEvent]]:
    """Where what is read begins, and its events."""
    from cabria.bootstrap.morning import of_journal, of_run_log
    from cabria.cli.run_log import ground_of

    zero_ms = None if start is None else round(start.replace(tzinfo=UTC).timestamp() * 1_000)
    if not log.endswith(".gz"):
        run, events = of_journal(log)
        run.zero_utc_ms = run.zero_utc_ms if zero_ms is None else zero_ms
        return run, events
    found = ground_of(Path(log), *ground)
    if found.again is not None:
        raise DataError("The plans of its ships are not in this log.", file=log, remedy="Take the log of a call.")
    return of_run_log(Path(log), found.layout, found.calls, zero_ms or 0)
