from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.berth_port_calls import instant_of_minute_0, with_answers, with_arrivals
from cabria.domain.berthing import (
    BerthCase,
    BerthPlan,
    BerthRules,
    CraneSpell,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
    Spell,
    Stay,
)
from cabria.domain.errors import DataError
from cabria.domain.port_calls import (
    Classifier,
    Facility,
    FacilityCodeList,
    Location,
    PortCall,
    PortCallBook,
    PortCallService,
    PortCallVessel,
    ServiceEvent,
    ServiceType,
    TerminalCall,
    Timestamp,
)

LIMA = timezone(timedelta(hours=-5))
MIDNIGHT = datetime(2026, 11, 23, tzinfo=LIMA)
CALL, TERMINAL_CALL, SERVICE = (UUID(int=number) for number in (1, 2, 3))


def a_case(**facts: object) -> BerthCase:
    quay = Quay("Chancay", (QuaySection("Berth 1", 0, 400_000, 17_800),), (RailCrane("QC1", 0, 400_000),))
    ships = (
        ShipCall(ShipId("W1-03"), 300_000, Eta(600, 480, 30), 900, 3, name="EVER GIVEN"),
        ShipCall(ShipId("9321483"), 200_000, Eta(1_200, 1_200), 600, 2, name="EMMA"),
    )
    return replace(BerthCase(quay, ships, BerthRules(2_880), beginning="2026-11-23T00:00-05:00"), **facts)  # type: ignore[arg-type]


def a_book(
    *words: tuple[Classifier, datetime],
    vessel: PortCallVessel | None = None,
    reference: str = "",
    omitted: bool = False,
) -> PortCallBook:
    berth = Location("PECHY", facility=Facility("CSPCT", FacilityCodeList.SMDG))
    return PortCallBook(
        (PortCall(CALL, "PECHY", vessel or PortCallVessel("9811000", name="Ever Given")),),
        (TerminalCall(TERMINAL_CALL, CALL, "Great Lion", "FE1", reference, omitted=omitted),),
        (PortCallService(SERVICE, TERMINAL_CALL, ServiceType.BERTH, ServiceEvent.ARRIVED, berth),),
        tuple(Timestamp(UUID(int=at), SERVICE, word, when) for at, (word, when) in enumerate(words, 10)),
    )


def at(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def etas(case: BerthCase) -> Sequence[Eta]:
    return [ship.eta for ship in case.ships]


@given(st.integers(-1_000, 5_000), st.integers(-14, 14))
def test_an_estimated_arrival_moves_the_ship_whatever_the_sender_s_clock(minute: int, hours: int) -> None:
    abroad = at(minute).astimezone(timezone(timedelta(hours=hours)))
    moved = with_arrivals(a_case(), a_book((Classifier.ESTIMATED, abroad)))
    assert etas(moved.case) == [Eta(minute, minute - 120, 30), Eta(1_200, 1_200)]
    assert [(new.ship, new.before_min, new.after_min) for new in moved.news] == (
        [] if minute == 600 else [("W1-03", 600, minute)]
    )


def test_a_begun_minute_counts_so_that_no_ship_is_promised_too_early() -> None:
    moved = with_arrivals(a_case(), a_book((Classifier.ESTIMATED, at(700) + timedelta(seconds=1))))
    assert moved.case.ships[0].eta.planned_min == 701


def test_the_carrier_s_last_word_counts_and_the_terminal_s_own_request_does_not() -> None:
    words = [
        (Classifier.ESTIMATED, at(900)),
        (Classifier.REQUESTED, at(1_000)),
        (Classifier.PLANNED, at(980)),
        (Classifier.REQUESTED, at(1_100)),
    ]
    assert with_arrivals(a_case(), a_book(*words)).case.ships[0].eta.planned_min == 980


def test_a_ship_that_has_come_is_certain() -> None:
    assert with_arrivals(a_case(), a_book((Classifier.ACTUAL, at(590)))).case.ships[0].eta == Eta(590, 590)


def test_a_ship_whose_call_is_omitted_is_no_longer_planned() -> None:
    moved = with_arrivals(a_case(), a_book((Classifier.ESTIMATED, at(900)), omitted=True))
    assert [ship.id for ship in moved.case.ships] == ["9321483"]
    assert moved.news[0].after_min is None


@pytest.mark.parametrize(
    ("vessel", "reference", "ship"),
    [
        (PortCallVessel("9811000", name="ANYBODY"), "W1-03", 0),
        (PortCallVessel("9321483", name="ANYBODY"), "", 1),
        (PortCallVessel("9811000", name="emma"), "", 1),
    ],
    ids=["reference", "IMO number", "name"],
)
def test_a_call_finds_its_ship_by(vessel: PortCallVessel, reference: str, ship: int) -> None:
    moved = with_arrivals(a_case(), a_book((Classifier.ESTIMATED, at(99)), vessel=vessel, reference=reference))
    assert etas(moved.case)[ship].planned_min == 99


def test_a_file_without_any_ship_of_the_case_is_refused() -> None:
    stranger = PortCallVessel("9000000", name="STRANGER")
    with pytest.raises(DataError, match=r"None of the 1 terminal calls .* STRANGER"):
        with_arrivals(a_case(), a_book(vessel=stranger))


def test_two_calls_of_one_ship_are_refused() -> None:
    book = a_book(reference="W1-03")
    twin = replace(book.terminal_calls[0], id=UUID(int=77))
    with pytest.raises(DataError, match="Two terminal calls are of ship W1-03"):
        with_arrivals(a_case(), replace(book, terminal_calls=(*book.terminal_calls, twin)))


@pytest.mark.parametrize("beginning", ["", "soon", "2026-11-23", "2026-11-23T00:00"])
def test_a_case_without_an_instant_to_begin_at_is_refused(beginning: str) -> None:
    with pytest.raises(DataError, match="beginning"):
        instant_of_minute_0(a_case(beginning=beginning))


def a_plan(start_min: int = 660) -> BerthPlan:
    work = (CraneSpell(Spell(start_min + 60, start_min + 360), 3),)
    return BerthPlan(
        (
            Stay(ShipId("W1-03"), 40_000, start_min, start_min + 420, work),
            Stay(ShipId("9321483"), 0, 1_200, 1_500, ()),
        )
    )


def test_a_plan_asks_for_berth_times_and_plans_the_cargo_work() -> None:
    answers = with_answers(a_case(), a_plan(), a_book((Classifier.ESTIMATED, at(600))))
    told = [
        (answers.book.service_of[t.service].type, answers.book.service_of[t.service].event, t.classifier, t.at)
        for t in answers.book.timestamps[1:]
    ]
    assert told == [
        (ServiceType.BERTH, ServiceEvent.ARRIVED, Classifier.REQUESTED, at(660)),
        (ServiceType.CARGO_OPERATIONS, ServiceEvent.STARTED, Classifier.PLANNED, at(720)),
        (ServiceType.CARGO_OPERATIONS, ServiceEvent.COMPLETED, Classifier.PLANNED, at(1_020)),
        (ServiceType.BERTH, ServiceEvent.DEPARTED, Classifier.REQUESTED, at(1_080)),
    ]
    first = answers.book.timestamps[1]
    assert first.reply_to == UUID(int=10)
    assert first.location == Location("PECHY", "Berth 1", Facility("CSPCT", FacilityCodeList.SMDG, "40 m to 340 m"))
    assert answers.added == 4
    assert answers.silent == ("9321483",)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_only_what_has_changed_is_said_again(hours: list[int]) -> None:
    book, said = a_book((Classifier.ESTIMATED, at(600))), -1
    for hour in hours:
        answers = with_answers(a_case(), a_plan(600 + 60 * hour), book)
        assert answers.added == (0 if hour == said else 4)
        book, said = answers.book, hour
    assert with_arrivals(a_case(), book).case == a_case()
