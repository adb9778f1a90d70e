"""Slots of a real yard: no rule is broken, the reason is told, and the best three are priced."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.departures_by_hand import certain

from cabria.domain.containers import ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.planning.yard.slots.departures import DepartureSkill
from cabria.planning.yard.slots.places import Places
from cabria.planning.yard.slots.problem import Allocation, YardGuest, YardRules, YardWork
from cabria.planning.yard.slots.solve import SlotChoice, choose, why_not

BLOCKS = (YardBlock("A", 6, 3, 3, plug_bays=(1, 3)), YardBlock("B", 5, 2, 4))
RULES = YardRules(
    allocations=(Allocation("B", 1, 3, services=("NORTH",)), Allocation("B", 5, 9, ports=(Port("CNSHA"),))),
    row_tiers={("A", 1): 2},
    bays_for_45_ft={"A": (10,)},
    dangerous_tiers=2,
    max_inversion_kg=5_000,
)
SEEDS = st.integers(0, 10**6)


def guest(number: int, length_ft: int = 20, mass_kg: int = 10_000, leaves_s: float = 1_000.0) -> YardGuest:
    return YardGuest(ContainerId(f"SLOT{number:07}"), length_ft, mass_kg, certain(leaves_s))


def drawn(random: Random, number: int) -> YardGuest:
    return replace(
        guest(number, random.choice((20, 20, 40, 40, 45)), random.randrange(5_000, 30_000), random.uniform(1, 9_999)),
        needs_plug=random.random() < 0.15,
        hazards=((random.choice(("3", "5.1", "8", "1.1D", "2.1")),),) if random.random() < 0.2 else (),
        service=random.choice(("NORTH", "SOUTH")),
        port=Port(random.choice(("CNSHA", "MXZLO"))),
    )


def chosen(places: Places, box: YardGuest, work: YardWork = YardWork()) -> SlotChoice:  # noqa: B008
    return choose(places, box, 0.0, skill=DepartureSkill(), work=work)


@settings(max_examples=15)
@given(SEEDS)
def test_no_box_ever_stands_where_a_rule_forbids_it(seed: int) -> None:
    random = Random(seed)
    places = Places(BLOCKS, RULES)
    work = YardWork(being_worked=(("A", 5, 2), ("B", 7, 0)))
    for number in range(40):
        box = drawn(random, number)
        choice = chosen(places, box, work)
        if choice.position is None:
            assert not choice.verdict
            assert choice.verdict.reason
            continue
        assert why_not(places, box, choice.position, work)
        at = choice.position
        assert places.put(places.at[at.block, at.bay, at.row], box, 0.0) == at
    _check_by_hand(places)


def _check_by_hand(places: Places) -> None:
    boxes = []
    for place, stack in enumerate(places.guests):
        for tier, box in enumerate(stack, 1):
            at = places.position(place, tier)
            boxes.append(YardBox(box.id, at, box.length_ft))
            assert len({other.length_ft for other in stack}) == 1
            assert tier <= RULES.row_tiers.get((at.block, at.row), 9)
            assert box.length_ft != 45 or (at.block, at.bay) == ("A", 10)
            assert not box.needs_plug or set(at.odd_bays) & {1, 3}
            assert not box.hazards or tier <= 2
            assert (at.block, at.row) != ("A", 2) or 5 not in at.odd_bays
            assert at.block != "B" or min(at.odd_bays) > 3 or box.service == "NORTH"
            assert at.block != "B" or max(at.odd_bays) < 5 or box.port == "CNSHA"
            if tier > 1:
                assert box.gross_mass_kg - stack[tier - 2].gross_mass_kg <= 5_000
    YardInventory.of(boxes)
    covered = [(b.position.block, bay, b.position.row, b.position.tier) for b in boxes for bay in b.position.odd_bays]
    assert len(set(covered)) == len(covered)
    for one in boxes:
        for other in boxes:
            near = (one.position.block, one.position.row) == (other.position.block, other.position.row)
            if near and set(one.position.odd_bays) & set(other.position.odd_bays):
                assert one.position.bay == other.position.bay


def test_dangerous_goods_keep_their_distance() -> None:
    places = Places((YardBlock("A", 6, 3, 3),), YardRules())
    burning = replace(guest(1), hazards=(("3",),))
    places.put(places.at["A", 1, 1], burning, 0.0)
    feeding = replace(guest(2), hazards=(("5.1",),))  # code 2: a bay or a row between
    refused = "dangerous goods of another class are too near"
    for bay, row, is_free in ((1, 1, False), (1, 2, False), (3, 1, False), (5, 1, True), (1, 3, True)):
        verdict = why_not(places, feeding, YardPosition("A", bay, row, 1))
        assert bool(verdict) is is_free
        assert is_free or verdict.reason == refused
    places.take(burning.id, 1.0)
    assert why_not(places, feeding, YardPosition("A", 1, 1, 1))


def test_a_busy_crane_and_a_far_one_are_avoided() -> None:
    places = Places((YardBlock("A", 5, 2, 3), YardBlock("B", 5, 2, 3)), YardRules())
    busy = chosen(places, guest(1), YardWork(backlog_min={"A": 60}))
    assert busy.position is not None
    assert busy.position.block == "B"
    near = chosen(places, guest(1), YardWork(crane_bay={"A": 9, "B": 9}))
    assert near.position is not None
    assert near.position.bay == 9


def test_boxes_of_a_service_spread_over_the_blocks() -> None:
    places = Places((YardBlock("A", 5, 2, 3), YardBlock("B", 5, 2, 3)), YardRules())
    for number in range(10):
        box = replace(guest(number), service="NORTH")
        at = chosen(places, box).position
        assert at is not None
        places.put(places.at[at.block, at.bay, at.row], box, 0.0)
    assert places.of_service("NORTH").tolist() == [5, 5]


def test_three_priced_slots_and_why_the_others_were_refused_are_told() -> None:
    places = Places(BLOCKS, RULES)
    choice = chosen(places, guest(1))
    assert len(choice.best) == 3
    totals = [place.total_min for place in choice.best]
    assert totals == sorted(totals)
    assert choice.refused["its rack is kept for reefers"] == 6
    assert choice.refused["it is allocated to others"] == 10


def test_a_full_yard_says_why() -> None:
    places = Places((YardBlock("A", 1, 1, 1),), YardRules())
    places.put(0, guest(1), 0.0)
    verdict = chosen(places, guest(2)).verdict
    assert not verdict
    assert "1 stacks: it is as high as its row allows" in verdict.reason


def test_places_refuse_what_cannot_stand() -> None:
    places = Places(BLOCKS, RULES)
    places.put(places.at["A", 5, 1], guest(1), 0.0)
    places.put(places.at["A", 5, 1], guest(2), 0.0)
    with pytest.raises(DataError, match="stands in the yard already"):
        places.put(places.at["A", 7, 1], guest(1), 0.0)
    with pytest.raises(DataError, match="another length"):
        places.put(places.at["A", 7, 1], guest(3, 40), 0.0)
    with pytest.raises(DataError, match="share ground"):
        places.put(places.at["A", 6, 1], guest(3, 40), 0.0)
    with pytest.raises(DataError, match="stands above"):
        places.take(guest(1).id, 0.0)
    with pytest.raises(DataError, match="not in the yard"):
        places.take(guest(9).id, 0.0)


def test_a_standing_yard_is_taken_over() -> None:
    inventory = YardInventory.of([YardBox(guest(n).id, YardPosition("A", 6, 2, n), 40) for n in (1, 2)])
    places = Places(BLOCKS, RULES)
    places.fill(inventory, {guest(n).id: guest(n, 40) for n in (1, 2)}, 0.0)
    assert [box.id for box in places.guests[places.at["A", 6, 2]]] == [guest(1).id, guest(2).id]
    with pytest.raises(DataError, match="Nothing is said"):
        Places(BLOCKS, RULES).fill(inventory, {}, 0.0)
    with pytest.raises(DataError, match="no stack"):
        Places(BLOCKS[1:], RULES).fill(inventory, {}, 0.0)


def test_only_lengths_of_a_yard_are_taken() -> None:
    with pytest.raises(DataError, match="53 ft"):
        guest(1, 53)
