"""Where a shadow's events come from: a run log, a journal, reports of moves; and where what it found is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from cabria.bootstrap.shadow import Shadow, ShadowDay, against_messages, shadowed
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan

FORMAT = "cabria.shadow/1"


def days_of_run_log(
    log: Path, layout: Layout, calls: Iterable[tuple[VesselCall, LoadingPlan]], *, seed: int = 0
) -> tuple[ShadowDay, ...]:
    """Days are counted from the log's beginning. Raises DataError."""
    from cabria.adapters.files.run_log import read_run_log

    return shadowed(read_run_log(log), layout, calls, seed=seed)


def days_of_journal(address: str, *, seed: int = 0) -> tuple[str, tuple[ShadowDay, ...]]:
    """The terminal's name and its days; calls and layout stand in the journal. Raises DataError."""
    from cabria.adapters.journal.opening import open_store
    from cabria.adapters.journal.recovery import whole_run
    from cabria.operations.records import Command, OpenTerminal
    from cabria.operations.running import OF_THE_LOG

    with closing(open_store(address)) as store:
        shadow: Shadow | None = None
        name = ""
        for _, record in whole_run(store):
            content = record.content
            if isinstance(content, OpenTerminal):
                name = content.layout.terminal.name
                shadow = Shadow(content.layout, zero_utc_ms=content.zero_utc_ms, settings=content.settings, seed=seed)
            elif shadow is None:
                raise DataError("The journal does not begin with the terminal it is of.", file=store.where)
            elif isinstance(content, Command) and content.verb == "berth":
                shadow.expect(*content.arguments)
            elif record.kind in OF_THE_LOG:
                shadow.hear(content)
    if shadow is None:
        raise DataError("The journal is empty.", file=address)
    return name, shadow.over()


def against_coarri(path: Path, call: Path | None, plan: Path | None, layout: Path | None, *, seed: int = 0) -> str:
    """A few sentences. Raises DataError."""
    from cabria.adapters.edi import load, read_any
    from cabria.adapters.files.layout_json import read_layout
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap.plans import read_call
    from cabria.domain.messages import MoveReport
    from cabria.operations.berthing import standing_ready

    if call is None or plan is None or layout is None:
        remedy = "Name them with --call, --plan and --layout."
        raise DataError("Reports of moves need the call, a plan and the ground.", file=str(path), remedy=remedy)
    hers = read_call(call)
    ours = read_plan(plan / "plan.json" if plan.is_dir() else plan, hers)
    reports = [message for message in read_any(load(path), file=str(path)) if isinstance(message, MoveReport)]
    found = against_messages(hers, ours, standing_ready(read_layout(layout), hers, ours), reports, seed=seed)
    return (
        f"Call {found.call}: {found.their_moves:,} moves in {found.their_hours:.2f} h with them, "
        f"{found.our_moves:,} in {found.our_hours:.2f} h with us ({found.ours.digs:,} digs, "
        f"{found.ours.driven_m / 1_000:,.1f} km); "
        f"{found.other_slots:,} boxes stand elsewhere aboard than in our plan."
    )


def write_shadow(days: Sequence[ShadowDay], terminal: str, folder: Path) -> None:
    """`shadow.html` and `shadow.json`, each whole or not at all. Raises DataError."""
    import msgspec

    from cabria.adapters.files.source_file import write_whole
    from cabria.reports.shadow_page import shadow_page

    folder.mkdir(parents=True, exist_ok=True)
    document = {"format": FORMAT, "terminal": terminal, "days": list(days)}
    write_whole(folder / "shadow.json", msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
    write_whole(folder / "shadow.html", shadow_page(days, terminal).encode())
