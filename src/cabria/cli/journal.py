"""`cabria journal`: what a terminal has written down, checked, copied, done again and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.folders import plan_file
from cabria.cli.options import SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.journal.entries import Entry, Head
    from cabria.adapters.journal.stores import Store
    from cabria.operations.board import Board
    from cabria.operations.journaling import JournaledControl

app = typer.Typer(
    help="The journal of a terminal: checked, copied, replayed.",
    epilog="Example: cabria journal verify terminal.journal",
    no_args_is_help=True,
)

LONGEST = 160
"""Characters of an entry that are shown."""

JournalArgument = Annotated[str, typer.Argument(help="A journal's file, or postgresql://user@host/database.")]


@app.command(epilog="Example: cabria journal verify terminal.journal --seal 2448:1cb2ff75e5e2")
def verify(
    journal: JournalArgument,
    seal: Annotated[
        str, typer.Option(help="NUMBER:HASH of an entry noted down before; it must be in the journal.")
    ] = "",
) -> None:
    """Check that every entry is what was written.

    Each carries a hash over itself and the one before; the first that does not fit is named. Says the seal, that is the
    last entry's number and hash. Note it down elsewhere: given as --seal it shows whether the end was cut off since.
    """
    from cabria.adapters.journal.copying import verify as verified

    with _opened(journal) as store:
        found = verified(store, _sealed(store, seal))
        say(f"{store.where}: journal {found.journal} is whole.")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.kinds.items()))
    say(f"{found.head.number:,} entries ({kinds or 'none'}), {found.snapshots:,} snapshots.")
    say(f"Seal: {found.head.number}:{found.head.hash.hex()}")


@app.command(epilog="Example: cabria journal backup postgresql://cabria@db/terminal backup.journal")
def backup(
    journal: JournalArgument,
    to: Annotated[Path, typer.Argument(help="A file; an earlier backup of the same journal is brought up to date.")],
) -> None:
    """Copy a journal into a file, while it is written.

    Every entry is checked as it is copied; nothing broken gets into a backup.
    """
    from cabria.adapters.journal.copying import backup as back_up

    with _opened(journal) as store:
        head = back_up(store, to)
    say(f"{to}: up to entry {head.number:,}. Seal: {head.number}:{head.hash.hex()}")


@app.command(epilog="Example: cabria journal restore backup.journal postgresql://cabria@db/terminal")
def restore(
    backup: Annotated[str, typer.Argument(help="A backup, or any journal.")],
    to: Annotated[str, typer.Argument(help="A file that is not there yet, or an empty database.")],
    seal: Annotated[str, typer.Option(help="NUMBER:HASH of an entry that the backup must hold.")] = "",
) -> None:
    """Check a backup and make a journal of it.

    A terminal goes on with it, in a file or in PostgreSQL, whatever the backup came from.
    """
    from cabria.adapters.journal.copying import restore as bring_back
    from cabria.adapters.journal.copying import verify as verified
    from cabria.adapters.journal.opening import shown

    with _opened(backup) as store:
        if seal:
            verified(store, _sealed(store, seal))
        head = bring_back(store, to)
    say(f"{shown(to)}: {head.number:,} entries. Seal: {head.number}:{head.hash.hex()}")


@app.command(epilog="Example: cabria journal replay terminal.journal --until 2000 --csv boxes.csv")
def replay(
    journal: JournalArgument,
    until: Annotated[int | None, typer.Option(help="How everything stood after this entry.", min=1)] = None,
    whole: Annotated[bool, typer.Option("--whole", help="From the first entry on, without snapshots.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write where every box stands.")] = None,
) -> None:
    """Do a run again and say what stands where.

    All that followed is compared with what is written; the first difference ends it.
    """
    from cabria.adapters.journal.recovery import replayed

    with _opened(journal) as store:
        done = replayed(store, until, from_snapshot=not whole)
    say(f"Entries up to {done.number:,} done again; the same followed. It is {_clock(done.at_ms)} of the run.")
    if done.missing:
        say(
            f"{len(done.missing):,} entries that follow from the last ones are not in it: the program died, or --until."
        )
    say("\n".join(_standing(done.control)))
    if csv is not None:
        _write_places(done.control.desk.board, csv)


@app.command(epilog="Example: cabria journal show terminal.journal --about MSKU1234565")
def show(
    journal: JournalArgument,
    first: Annotated[int, typer.Option("--from", help="The first entry shown.", min=1)] = 1,
    last: Annotated[int | None, typer.Option("--to", help="The last entry shown.", min=1)] = None,
    kind: Annotated[str, typer.Option(help="command, report, answer, alarm, decision, order or failure.")] = "",
    about: Annotated[str, typer.Option(help="Only entries with this in them: a box, a truck, a correlation.")] = "",
) -> None:
    """Print entries, one a line.

    Number, time since the run began, kind, correlation, and what the entry says.
    """
    from cabria.operations.gateways import EntryKind

    if kind and kind not in list(EntryKind):
        raise DataError(f"There is no kind {kind[:40]!r}.", remedy=f"Choose among {', '.join(EntryKind)}.")
    with _opened(journal) as store:
        for entry in store.entries(first - 1, store.head().number if last is None else last):
            text = _text(entry)
            if kind in ("", entry.kind) and (about in text or about == entry.correlation):
                cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
                say(f"{entry.number:>8} {_clock(entry.at_ms)} {entry.kind:<8} {entry.correlation:<8} {cut}")


@app.command(epilog="Example: cabria journal record my-call my-call-plan run.journal")
def record(
    call: Annotated[Path, typer.Argument(help="A call folder.")],
    plan: Annotated[Path, typer.Argument(help="Its plan.json, or the folder it lies in.")],
    journal: Annotated[str, typer.Argument(help="A file that is not there yet, or an empty database.")],
    trucks: Annotated[int, typer.Option(help="How many.", min=1, max=1_000)] = 40,
    hours: Annotated[float, typer.Option(help="How much of the run.", min=0, max=200)] = 48.0,
    snapshots: Annotated[int, typer.Option(help="One every so many minutes; 0 for none.", min=0)] = 60,
    seed: SeedOption = 0,
) -> None:
    """Work a plan in the twin and write its journal.

    The same entries as a terminal writes; something to try the other commands on.
    """
    from cabria.adapters.files.plan_json import read_plan
    from cabria.adapters.journal.opening import open_journal
    from cabria.bootstrap import read_call
    from cabria.experiments.ground_plan import lay_out
    from cabria.operations.berthing import standing_ready
    from cabria.operations.journaling import JournaledControl
    from cabria.operations.settings import Settings
    from cabria.operations.standing import standing_of
    from cabria.twin.quay_cranes import Spread
    from cabria.twin.twin import Fleet, Twin

    the_call = read_call(call)
    the_plan = read_plan(plan_file(plan), the_call)
    layout = standing_ready(lay_out(the_call.terminal), the_call, the_plan)
    with open_journal(journal) as written:
        if written.written:
            raise DataError("There is a journal already.", file=written.store.where, remedy="Name another place.")
        twin = Twin(layout, Settings(), Fleet(trucks=trucks, spread=Spread(0.1)), seed, journal=written)
        twin.control.take_stock(the_call.yard)
        twin.control.berth(the_call, the_plan)
        step_ms = 60_000 * (snapshots or 60)
        while not twin.is_idle and twin.now_ms < 3_600_000 * hours:
            twin.run(min(twin.now_ms + step_ms, round(3_600_000 * hours)))
            if snapshots and isinstance(twin.control, JournaledControl):
                written.keep(written.written, standing_of(twin.control))
    say(
        f"{written.store.where}: {written.head.number:,} entries. Seal: {written.head.number}:{written.head.hash.hex()}"
    )


@contextmanager
def _opened(address: str) -> Iterator[Store]:
    """A journal to read; what is wrong with its entries is said with its name."""
    from cabria.adapters.journal.opening import open_store

    store = open_store(address)
    try:
        yield store
    except DataError as error:
        raise error.inside(store.where) from None
    finally:
        store.close()


def _sealed(store: Store, seal: str) -> Head | None:
    """A seal may be shortened to twelve digits; it is made whole by the entry it names, if that begins so."""
    from cabria.adapters.journal.entries import Head

    if not seal:
        return None
    number, colon, digits = seal.partition(":")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    if not (number.isdecimal() and colon and 6 <= len(value) <= 32):
        raise DataError(f"{seal[:80]!r} is no seal.", remedy="Write NUMBER:HASH as `cabria journal verify` says it.")
    entry = next(store.entries(int(number) - 1, int(number)), None)
    whole = entry.hash if entry is not None and entry.hash.startswith(value) else value
    return Head(int(number), whole)


def _text(entry: Entry) -> str:
    from cabria.adapters.journal.entries import unpacked

    return unpacked(entry.body).decode(errors="replace")


def _clock(at_ms: int) -> str:
    seconds = at_ms // 1_000
    return f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _standing(control: JournaledControl) -> Iterator[str]:
    from cabria.domain.positions import YardPosition
    from cabria.domain.run_events import Aboard, OnTruck

    board = control.desk.board
    places = board.boxes.values()
    yield ""
    yield f"{len(board.boxes):,} boxes, {len(board.moves):,} moves under way."
    for block, count in sorted(Counter(place.block for place in places if isinstance(place, YardPosition)).items()):
        yield f"  yard block {block:<12} {count:>6,} boxes"
    for call, count in sorted(Counter(place.call for place in places if isinstance(place, Aboard)).items()):
        yield f"  aboard {call:<16} {count:>6,} boxes"
    on_trucks = {place.truck: box for box, place in board.boxes.items() if isinstance(place, OnTruck)}
    for crane in board.quay_cranes.values():
        at_work = f", at {crane.work.job}" if crane.work else ""
        step = f"step {crane.next:>4} of {len(crane.steps):<4}"
        yield f"  quay crane {crane.id:<10} {step} at {crane.x_mm:>9,} mm{at_work}"
    for lift in board.yard_cranes.values():
        at_work = f", at {lift.work.job}: {lift.work.container}" if lift.work else ""
        yield f"  yard crane {lift.id:<10} block {lift.block} at {lift.at_mm:>9,} mm{at_work}"
    for truck in board.trucks.values():
        where = "drives to" if truck.is_driving else "stands at"
        with_box = f" with {on_trucks[truck.id]}" if truck.id in on_trucks else ""
        yield f"  truck {truck.id:<15} {where} {board.stand_of[truck.stand].id}{with_box}"


def _write_places(board: Board, path: Path) -> None:
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["container", "place"])
        rows.writerows((container, str(place)) for container, place in sorted(board.boxes.items()))
