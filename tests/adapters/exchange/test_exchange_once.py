"""Each file is worked on once, whatever its name, however often it comes, and whenever the program is killed."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters import edi
from cabria.adapters.exchange.exchange import Look, Rules, TerminalAwayError
from cabria.adapters.exchange.ledger import Interchange, Ledger, Parcel, State
from cabria.domain.errors import DataError, TerminalError
from cabria.domain.stowage import BayPlan

from .exchanges_by_hand import CALL, HEADER, LINE, Place, box, load_list, masses

MORE = [*CALL.loads, box("TINU000021")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_load_list_becomes_a_new_version_with_what_it_changed(place: Place) -> None:
    place.put("list.edi", load_list(MORE))
    assert place.run().finished == 1
    assert place.versions == ["v0001", "v0002"]
    assert {load.id for load in place.call.loads} == {load.id for load in MORE}
    received = json.loads((place.root / "calls/TINY/v0002/received.json").read_bytes())
    assert [change[0] for change in received["changes"]] == [f"load {box('TINU000021').id}"]
    assert place.files("in") == []
    [answer] = place.answers()
    assert (answer.state, answer.file) == ("done", "list.edi")
    assert answer.what == "Call TINY, v0002: 1 new, 0 gone, 0 changed."
    [letter] = [name for name in place.files("out") if name.endswith("letter.txt")]
    assert "TAKEN OVER" in (place.box / "out" / letter).read_text()


def test_the_same_content_under_another_name_is_not_worked_on_again(place: Place) -> None:
    place.put("list.edi", load_list(MORE))
    place.run()
    place.put("again.edi", load_list(MORE))
    assert place.run() == Look(sent=2)
    assert [answer.state for answer in place.answers() if answer.file == "again.edi"] == ["again"]
    assert place.versions == ["v0001", "v0002"]
    assert place.files("in") == []


def test_the_same_interchange_in_another_wrapping_is_known(place: Place) -> None:
    place.put("list.edi", load_list(MORE))
    place.run()
    place.put("other.edi", load_list(MORE).replace(b"'\n", b"'\r\n"))
    place.run()
    assert sorted(answer.state for answer in place.answers()) == ["again", "done"]
    assert len(place.versions) == 2


def test_a_reference_used_for_something_else_is_refused_unless_the_site_takes_it(tmp_path: Path) -> None:
    for allowed in (False, True):
        place = Place(tmp_path / str(allowed), rules=Rules(settle_s=2, takes_used_references=allowed))
        place.put("one.edi", load_list(MORE))
        place.run()
        place.put("two.edi", load_list(CALL.loads))
        place.run()
        assert sorted(answer.state for answer in place.answers()) == (["done"] * 2 if allowed else ["done", "refused"])
        assert len(place.versions) == (3 if allowed else 2)


def test_lists_that_add_take_out_and_change_say_only_what_is_new(place: Place) -> None:
    gone = CALL.loads[0]
    for name, content in (
        ("add.edi", load_list([box("TINU000021")], "A", "2")),
        ("less.edi", load_list([gone], "B", "3")),
        ("mass.edi", load_list([box("TINU000021", 21_000)], "C", "4")),
    ):
        place.put(name, content)
        place.run()
    loads = {load.id: load.gross_mass_kg for load in place.call.loads}
    assert gone.id not in loads
    assert loads[box("TINU000021").id] == 21_000
    assert len(loads) == len(CALL.loads)
    assert place.versions == ["v0001", "v0002", "v0003", "v0004"]


def test_verified_masses_add_up_over_messages(place: Place) -> None:
    place.put("a.edi", masses([("TINU000003", 20_500)], "M1"))
    place.run()
    place.put("b.edi", masses([("TINU000004", 19_500)], "M2"))
    place.run()
    found = {load.id[:10]: load.gross_mass_kg for load in place.call.loads}
    assert (found["TINU000003"], found["TINU000004"]) == (20_500, 19_500)


def test_a_message_without_a_call_waits_until_there_is_one(place: Place) -> None:
    place.put("early.edi", load_list(MORE, voyage="002W"))
    place.run()
    [answer] = place.answers()
    assert answer.state == "waiting"
    assert "voyage 001W" in answer.what
    place.run(120)
    assert len(place.answers()) == 1
    path = place.root / "calls" / "TINY" / "v0001" / "call.toml"
    path.write_text(path.read_text().replace('voyage = "001W"', 'voyage = "002W"'))
    (path.parent / "loads.edi").write_bytes(load_list(CALL.loads, voyage="002W"))
    place.run(120)
    assert sorted(answer.state for answer in place.answers()) == ["done", "waiting"]
    assert len(place.call.loads) == len(MORE)


def test_a_message_that_waited_too_long_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path, rules=Rules(settle_s=2, wait_days=1))
    place.put("early.edi", load_list(MORE, voyage="002W"))
    place.run()
    place.now_ms += 2 * 86_400_000
    place.run()
    assert sorted(answer.state for answer in place.answers()) == ["refused", "waiting"]


def test_a_list_that_would_break_the_call_is_refused_and_nothing_changes(place: Place) -> None:
    aboard = CALL.arrival.stowed[1].container
    place.put("list.edi", load_list([*CALL.loads, aboard]))
    place.run()
    [answer] = place.answers()
    assert answer.state == "refused"
    assert "aboard on arrival" in answer.what
    assert str(place.root) not in answer.what
    assert place.versions == ["v0001"]


def test_what_was_refused_is_looked_at_again_when_it_is_sent_again(place: Place) -> None:
    stays, aboard = CALL.arrival.stowed[:1] + CALL.arrival.stowed[2:], CALL.arrival.stowed[1].container
    wanted = load_list([*CALL.loads, aboard])
    place.put("list.edi", wanted)
    place.run()
    came_from = replace(HEADER, kind="BAPLIE", port=aboard.pol, next_port=CALL.port, interchange_reference="B1")
    place.put("arrival.edi", edi.write_bay_plan(came_from, BayPlan(stays)))
    place.run()
    place.put("list.edi", wanted)
    place.run()
    assert sorted(answer.state for answer in place.answers() if answer.file == "list.edi") == ["done", "refused"]
    assert aboard.id in place.call.load_by_id


def test_a_message_of_somebody_else_than_the_partner_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path, senders=frozenset({"OTHER"}))
    place.put("list.edi", load_list(MORE))
    place.run()
    assert [answer.state for answer in place.answers()] == ["refused"]


class _Away:
    """A terminal that does not answer for a while."""

    def __init__(self, place: Place) -> None:
        self.asked, self._place = 0, place

    def take_in(self, said: object, *, digest: str, file: str) -> str:
        self.asked += 1
        if self.asked < 9:
            raise TerminalAwayError("The terminal does not answer.")
        return "Well."


def test_a_file_is_kept_as_long_as_the_terminal_does_not_answer(place: Place) -> None:
    away = _Away(place)
    exchange = place.exchange(intake=away)
    place.put("list.edi", load_list(MORE))
    for _ in range(12):
        place.settle(exchange)
    assert away.asked == 9
    assert [answer.state for answer in place.answers()] == ["done"]
    exchange.close()


class _Breaks:
    def take_in(self, said: object, *, digest: str, file: str) -> str:
        raise AssertionError("a fault of ours")


def test_a_file_that_breaks_our_own_program_is_set_aside_after_some_tries(place: Place) -> None:
    exchange = place.exchange(intake=_Breaks())
    place.put("list.edi", load_list(MORE))
    for _ in range(6):
        place.settle(exchange)
    exchange.close()
    [answer] = place.answers()
    assert answer.state == "aside"
    assert "3 times: AssertionError" in answer.what
    assert [name for name in place.files("aside") if name.endswith(".file")]


def test_whoever_is_killed_after_any_step_loses_and_doubles_nothing(tmp_path: Path) -> None:
    program = Path(__file__).with_name("kill_at_each_step.py")
    told = subprocess.run(
        [sys.executable, str(program), str(tmp_path)], capture_output=True, text=True, timeout=240, check=False
    )
    assert told.returncode == 0, told.stderr[-2_000:]
    runs = [json.loads(line) for line in told.stdout.splitlines()]
    unhurt = {key: value for key, value in runs[-1].items() if key != "step"}
    assert unhurt["left_in"] == []
    assert unhurt["versions"] == ["v0001", "v0002"]
    assert [box("TINU000021").id, 18_000] in unhurt["loads"]
    assert len(unhurt["aside"]) == 2
    assert len(unhurt["out"]) == 4
    assert len(runs) > 20
    for run in runs:
        assert {key: value for key, value in run.items() if key != "step"} == unhurt, run["step"]


def test_a_full_disk_is_told_and_when_there_is_room_again_the_ledger_goes_on(tmp_path: Path) -> None:
    ledger, content = Ledger(tmp_path / "exchange.sqlite"), Random(1).randbytes(400_000)
    (pages,) = ledger._db.execute("PRAGMA page_count").fetchone()
    ledger._db.execute(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(TerminalError, match="cannot be written: database or disk is full"):
        ledger.take("d1", LINE, "list.edi", content, 1)
    assert ledger.to_do(State.TAKEN) == ()
    ledger._db.execute("PRAGMA max_page_count = 1000000")
    assert ledger.take("d1", LINE, "list.edi", content, 1)
    assert ledger.content("d1") == content
    ledger.close()


def test_two_programs_never_share_a_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(DataError, match="Another program writes this ledger"):
        Ledger(tmp_path / "ledger.sqlite")
    ledger.close()
    Ledger(tmp_path / "ledger.sqlite").close()


@pytest.mark.parametrize("content", [b"", b"no database at all, whatever it is called" * 100])
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(content)
    if content:
        with pytest.raises(DataError, match="no ledger"):
            Ledger(path)
    else:
        Ledger(path).close()


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
def test_a_ledger_sends_every_key_once_and_in_order(puts: list[tuple[str, bool]]) -> None:
    ledger = Ledger(Path(":memory:"))
    sent: list[str] = []
    for key, is_sending in puts:
        ledger.put([Parcel(key, LINE, "out", key, key.encode())], 0)
        if is_sending:
            for parcel in ledger.unsent(LINE):
                sent.append(parcel.key)
                ledger.sent(parcel.key)
    sent += [parcel.key for parcel in ledger.unsent(LINE)]
    assert sent == list(dict.fromkeys(key for key, _ in puts))
    ledger.close()


def test_contents_are_forgotten_after_a_time_but_never_that_a_file_came(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert ledger.take("d1", LINE, "a.edi", b"text", 1_000)
    ledger.finish("d1", State.DONE, "Well.", 1_000, interchange=Interchange("S", "R", "saying"))
    assert ledger.take("d2", LINE, "b.edi", b"text", 1_000)
    assert ledger.forget_contents(2_000) == 1
    assert not ledger.take("d1", LINE, "a.edi", b"text", 3_000)
    assert ledger.content("d2") == b"text"
    with pytest.raises(LookupError):
        ledger.content("d1")
    assert ledger.same_reference("S", "R") == ("saying", "d1")
    ledger.close()


def test_the_header_names_the_call_by_its_ship_and_voyage() -> None:
    assert (HEADER.imo, HEADER.voyage) == (CALL.vessel.imo, CALL.voyage)
