"""Running terminals: a twin beside a clock, a living one that goes on from its journal and from a backup of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Event

from benchmarks.kills import Given, given
from cabria.adapters.journal.copying import backup, restore
from cabria.adapters.journal.opening import open_store
from cabria.adapters.mqtt.address import LOOPBACK, Address, free_port
from cabria.bootstrap.judging import judged
from cabria.bootstrap.live import Site, live
from cabria.bootstrap.twin import twin_running
from cabria.domain.stands import StandKind
from cabria.operations.gateways import EntryKind
from cabria.operations.records import Command
from cabria.operations.running import Accepted, Batch, Mode, Picture, Refused, RunningTerminal
from cabria.twin.twin import Fleet

SOON_S = 60.0
LOOKS = 600


@cache
def small() -> Given:
    return given("small")


def until(terminal: RunningTerminal, is_so: Callable[[Picture], bool]) -> Picture:
    """The picture in which something is so; pictures follow what happens by half a second."""
    told = Event()
    end = terminal.subscribe(lambda batch: told.set())
    try:
        for _ in range(LOOKS):
            if is_so(picture := terminal.standing()):
                return picture
            assert not terminal.problem
            told.wait(SOON_S / LOOKS)
            told.clear()
        raise AssertionError(picture)
    finally:
        end()


def is_worked(picture: Picture) -> bool:
    return all(crane.done == crane.steps for crane in picture.quay_cranes.values()) and not picture.moves


def asked(terminal: RunningTerminal, verb: str, *arguments: object) -> Accepted | Refused:
    return terminal.ask(Command(verb, arguments), by="ana", correlation="7").result(SOON_S)


def site(journal: Path) -> Site:
    """A terminal whose machines are all away: nobody listens at the broker's address."""
    return Site(small()[2], str(journal), str(Address(LOOPBACK, free_port())), trucks=4)


def test_a_twin_beside_a_clock_works_a_call_and_tells_every_entry_once() -> None:
    call, plan, layout = small()
    terminal = twin_running(layout, [(call, plan)], fleet=Fleet(trucks=4), speed=0)
    try:
        batches = list[Batch]()
        terminal.subscribe(batches.append)
        assert (terminal.mode, terminal.speed) == (Mode.TWIN, 0)
        assert terminal.go_at(5_000)
        picture = until(terminal, is_worked)
        where = terminal.whereabouts()
        assert set(where) == {*picture.trucks, *picture.quay_cranes, *picture.yard_cranes}
        assert isinstance(asked(terminal, "sail", call.id), Accepted)
        assert not until(terminal, lambda picture: bool(picture.sailed)).calls
        again = asked(terminal, "sail", call.id)
        assert isinstance(again, Refused)
        assert "she is not at the quay" in again.reason
        assert terminal.go_at(0)
    finally:
        terminal.end()
    told = [entry.number for batch in batches for entry in batch.entries]
    assert told == list(range(told[0], told[0] + len(told)))
    found = judged(terminal.entries(0), terminal.standing(), layout)
    assert terminal.standing().sailed == {call.id}
    assert found.is_good
    assert not found.findings


def test_what_is_asked_is_an_entry_with_the_name_of_who_asked_and_a_no_has_its_reason() -> None:
    call, plan, layout = small()
    terminal = twin_running(layout, [(call, plan)], fleet=Fleet(trucks=4), speed=0)
    try:
        taken_out = asked(terminal, "take_out", "T01", "a flat tyre")
        assert isinstance(taken_out, Accepted)
        (entry,) = list(terminal.entries(taken_out.entry - 1, taken_out.entry))
        assert entry.record.correlation == "ana/7"
        again = asked(terminal, "take_out", "T01", "another one")
        assert isinstance(again, Refused)
        assert "a flat tyre" in again.reason
        unknown = asked(terminal, "take_out", "T99", "it is not there")
        assert isinstance(unknown, Refused)
        assert "T99" in unknown.reason
        board = terminal.standing()
        rest = next(stand.id for stand in layout.stands_of(StandKind.PARKING) if stand.id not in str(board.trucks))
        towed = asked(terminal, "tow", "T01", rest, {}, "a tug took it away")
        assert isinstance(towed, Accepted)
        assert until(terminal, lambda picture: picture.number >= towed.entry).trucks["T01"].stand == rest
        nowhere = asked(terminal, "tow", "T01", "NOWHERE", {}, "again")
        assert isinstance(nowhere, Refused)
        assert (nowhere.code, nowhere.values) == ("no-such-stand", {"stand": "NOWHERE"})
        nonsense = asked(terminal, "explode")
        assert nonsense == Refused("There is no command 'explode'.", 0, "no-such-command", {"verb": "explode"})
        raised = asked(terminal, "raise_alert", "QC1", 0, "smoke")
        assert isinstance(raised, Accepted)
        alert = next(iter(until(terminal, lambda picture: bool(picture.alerts)).alerts.values()))
        assert isinstance(asked(terminal, "acknowledge_alert", alert.number, "ana"), Accepted)
        assert until(terminal, lambda p: bool(p.alerts[alert.number].seen_by)).alerts[alert.number].seen_by == "ana"
    finally:
        terminal.end()


def test_a_truck_on_the_wire_that_a_person_takes_out_is_ordered_to_halt_and_to_go_on(tmp_path: Path) -> None:
    terminal = live(site(tmp_path / "one.journal"))
    try:
        asked(terminal, "take_out", "T01", "a flat tyre")
        asked(terminal, "take_out", "QC1", "its rope")
        asked(terminal, "put_back", "T01")
        orders = [told.record.content for told in terminal.entries(0) if told.record.kind is EntryKind.ORDER]
        assert [(order.machine, order.verb) for order in orders] == [("T01", "halt"), ("T01", "go_on")]
    finally:
        terminal.end()


def test_restored_from_a_backup_on_an_empty_machine_the_terminal_goes_on_where_it_was(tmp_path: Path) -> None:
    call, plan, _ = small()
    first, copy, second = (tmp_path / name for name in ("first.journal", "backup.journal", "empty.journal"))
    terminal = live(site(first))
    try:
        assert isinstance(asked(terminal, "take_stock", call.yard), Accepted)
        assert isinstance(asked(terminal, "berth", call, plan), Accepted)
        before = until(terminal, lambda picture: bool(picture.orders))
        store = open_store(str(first))
        backed_up = backup(store, copy)
        store.close()
        asked(terminal, "take_out", "QC1", "after the backup")
    finally:
        terminal.end()
    restored = open_store(str(copy))
    restore(restored, str(second))
    restored.close()
    again = live(site(second))
    try:
        picture = again.standing()
        assert picture.number >= backed_up.number
        assert (picture.boxes, set(picture.calls)) == (before.boxes, {call.id})
        assert {one.job for one in before.orders.values()} <= {one.job for one in picture.orders.values()}
        assert picture.quay_cranes["QC1"].out is None
        assert [link.is_connected for link in picture.links.values()] == [False] * len(picture.links)
        answer = asked(again, "take_out", "QC1", "another story")
        assert isinstance(answer, Accepted)
        assert answer.entry > backed_up.number
    finally:
        again.end()


def test_a_journal_goes_on_after_a_clean_end_with_the_same_orders(tmp_path: Path) -> None:
    call, plan, _ = small()
    terminal = live(site(tmp_path / "one.journal"))
    try:
        asked(terminal, "take_stock", call.yard)
        asked(terminal, "berth", call, plan)
        orders = until(terminal, lambda picture: bool(picture.orders)).orders
    finally:
        terminal.end()
    assert terminal.problem == ""
    terminal = live(site(tmp_path / "one.journal"))
    try:
        assert set(orders) <= set(terminal.standing().orders)
        assert not terminal.go_at(10).ok
    finally:
        terminal.end()
