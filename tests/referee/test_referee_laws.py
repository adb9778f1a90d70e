"""Laws that hold for whatever is stowed, worked and fetched."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.builders import LAST, LATER, NEXT, ROWS, box, box_20, call, load, plan, queue, ship, terminal

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.containers import Container
from cabria.domain.findings import Cause
from cabria.domain.terminal import QuayCrane
from cabria.domain.work import WorkQueue
from cabria.referee.crane_travel import Stand, Track, clashes
from cabria.referee.judge import judge

ORDER = {NEXT: 1, LATER: 2, LAST: 3}
PORTS = st.sampled_from(list(ORDER))
DECK = ("82", "84", "86")
MIRROR = {4: 3, 3: 4, 2: 1, 1: 2, 0: 0}


def loads_of(entries: list[tuple[Container, str]]) -> tuple[list[Container], dict[str, str]]:
    return [container for container, _ in entries], {container.id: position for container, position in entries}


@given(st.lists(PORTS, min_size=1, max_size=3))
def test_stacking_in_reverse_order_of_leaving_never_overstows(pods: list[str]) -> None:
    last_first = sorted(pods, key=lambda pod: -ORDER[pod])  # type: ignore[index]
    entries = [(box(f"B{tier}", pod=pod), f"00200{tier}") for tier, pod in zip(DECK, last_first, strict=False)]
    loads, slots = loads_of(entries)
    assert judge(call(loads=loads), plan(slots)).figures.overstows == 0


@given(st.lists(PORTS, min_size=3, max_size=3))
def test_overstows_in_a_stack_are_those_with_an_earlier_one_below(pods: list[str]) -> None:
    entries = [(box(f"B{tier}", pod=pod), f"00200{tier}") for tier, pod in zip(DECK, pods, strict=True)]
    loads, slots = loads_of(entries)
    naive = sum(any(ORDER[below] < ORDER[pod] for below in pods[:level]) for level, pod in enumerate(pods))  # type: ignore[index]
    assert judge(call(loads=loads), plan(slots)).figures.overstows == naive


@given(PORTS, PORTS, PORTS, st.booleans())
def test_a_40_ft_over_two_20_ft_overstows_if_either_end_leaves_earlier(
    fore: str, aft: str, above: str, is_over_fore_only: bool
) -> None:
    top = box_20("TOP", pod=above) if is_over_fore_only else box("TOP", pod=above)
    entries = [
        (box_20("FORE", pod=fore), "0010082"),
        (box_20("AFT", pod=aft), "0030082"),
        (top, "0010084" if is_over_fore_only else "0020084"),
    ]
    loads, slots = loads_of(entries)
    below = [fore] if is_over_fore_only else [fore, aft]
    expected = any(ORDER[pod] < ORDER[above] for pod in below)  # type: ignore[index]
    assert judge(call(loads=loads), plan(slots)).figures.overstows == expected


@st.composite
def cargo_on_deck(draw: st.DrawFn) -> list[tuple[Container, str]]:
    """Boxes in full stacks from below, in bays 02 and 06."""
    entries = []
    for bay in (2, 6):
        for row in ROWS:
            for tier in DECK[: draw(st.integers(0, 3))]:
                position = f"{bay:03}{row:02}{tier}"
                entries.append((box(f"B{position}", kg=draw(st.integers(2_000, 20_000))), position))
    return entries


def mirrored(position: str) -> str:
    return f"{position[:3]}{MIRROR[int(position[3:5])]:02}{position[5:]}"


@given(cargo_on_deck())
def test_cargo_on_one_side_mirrored_to_the_other_turns_the_list_round(entries: list[tuple[Container, str]]) -> None:
    loads, slots = loads_of(entries)
    there = judge(call(loads=loads), plan(slots)).departure
    back = judge(call(loads=loads), plan({name: mirrored(position) for name, position in slots.items()})).departure
    assert there.list_mdeg is not None
    assert back.list_mdeg == -there.list_mdeg
    assert (there.gm_mm, there.trim_mm, there.draught_mm) == (back.gm_mm, back.trim_mm, back.draught_mm)


@given(cargo_on_deck())
def test_cargo_with_its_mirror_image_keeps_the_ship_upright(entries: list[tuple[Container, str]]) -> None:
    port = [(container, position) for container, position in entries if int(position[3:5]) in (2, 4)]
    twins = [(replace(container, id=f"{container.id}M"), mirrored(position)) for container, position in port]  # type: ignore[arg-type]
    loads, slots = loads_of([*port, *twins])
    assert judge(call(loads=loads), plan(slots)).departure.list_mdeg == 0


@given(cargo_on_deck())
def test_the_ship_weighs_what_is_in_her(entries: list[tuple[Container, str]]) -> None:
    loads, slots = loads_of(entries)
    departure = judge(call(loads=loads), plan(slots)).departure
    cargo = sum(container.gross_mass_kg for container in loads)
    assert (departure.cargo_kg, departure.displacement_kg) == (cargo, ship().lightship_kg + cargo)


@given(cargo_on_deck())
def test_shear_ends_at_nothing_because_the_ship_floats(entries: list[tuple[Container, str]]) -> None:
    loads, slots = loads_of(entries)
    departure = judge(call(loads=loads), plan(slots)).departure
    assert abs(departure.shear_kg[-1]) <= 3  # the buoyancies of the little ship are rounded to kilograms


@given(cargo_on_deck(), st.data())
def test_a_box_raised_by_a_tier_lowers_gm(entries: list[tuple[Container, str]], data: st.DataObject) -> None:
    tops = [entry for entry in entries if entry[1].endswith("82") and entry[1][:5] + "84" not in dict(entries).values()]
    tops = [entry for entry in tops if all(entry[1][:5] + "84" != position for _, position in entries)]
    if not tops:
        return
    chosen, position = data.draw(st.sampled_from(tops))
    loads, slots = loads_of(entries)
    low = judge(call(loads=loads), plan(slots)).departure.gm_mm
    high = judge(call(loads=loads), plan({**slots, chosen.id: position[:5] + "84"})).departure.gm_mm
    assert low is not None
    assert high is not None
    assert high < low


@given(cargo_on_deck())
def test_what_stays_aboard_untouched_is_never_the_plans_fault(entries: list[tuple[Container, str]]) -> None:
    findings = judge(call(arrival=entries), plan()).findings
    assert [finding for finding in findings if finding.cause is Cause.PLAN] == []


@given(cargo_on_deck())
def test_the_same_plan_is_judged_the_same_in_whatever_order_it_is_written(entries: list[tuple[Container, str]]) -> None:
    loads, slots = loads_of(entries)
    turned = dict(reversed(slots.items()))
    there, back = judge(call(loads=loads), plan(slots)), judge(call(loads=loads), plan(turned))
    assert there.figures == back.figures
    assert there.departure == back.departure
    assert set(there.findings) == set(back.findings)


@given(st.permutations(["B82", "B84", "B86"]))
def test_only_bottom_up_loading_is_possible(order: list[str]) -> None:
    slots = {f"B{tier}": f"00200{tier}" for tier in DECK}
    work = queue("QC1", *(load((name, slots[name])) for name in order))
    judgement = judge(call(loads=[box(name) for name in slots]), plan(slots, queues=(work,)))
    assert (judgement.hard_by_plan == ()) is (order == sorted(order))


# --- cranes: the referee's reasoning against small steps of time ---

BAYS = (2, 6, 10, 14)


@st.composite
def tracks(draw: st.DrawFn, name: str) -> Track:
    crane = QuayCrane(name, 0, bay_travel_s=4)
    steps: list[Stand] = []
    now = draw(st.integers(0, 20))
    for _ in range(draw(st.integers(1, 4))):
        x_mm = draw(st.sampled_from(BAYS)) * BAY_NUMBER_MM
        if steps:
            now += abs(x_mm - steps[-1].x_mm) // BAY_NUMBER_MM + draw(st.integers(0, 12))
        end = now + draw(st.integers(1, 10))
        steps.append(Stand(x_mm, now, end))
        now = end
    return Track(crane, tuple(steps))


def can_keep_apart(fore: Track, aft: Track, apart: int) -> bool:
    """Exhaustive: every second and every place, one bay number a second at most."""
    end = max(fore.stands[-1].end_s, aft.stands[-1].end_s)

    def fixed(track: Track, second: int) -> int | None:
        at = (stand.x_mm // BAY_NUMBER_MM for stand in track.stands if stand.start_s <= second <= stand.end_s)
        return next(at, None)

    def pairs(second: int) -> set[tuple[int, int]]:
        places = range(-4, 22)  # beyond that nobody need go
        fore_at, aft_at = fixed(fore, second), fixed(aft, second)
        return {
            (x, y)
            for x in ([fore_at] if fore_at is not None else places)
            for y in ([aft_at] if aft_at is not None else places)
            if y - x >= apart
        }

    now = pairs(0)
    for second in range(1, end + 1):
        reached = {(x + dx, y + dy) for x, y in now for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
        now = reached & pairs(second)
        if not now:
            return False
    return bool(now)


@given(tracks("F"), tracks("A"))
def test_two_cranes_clash_exactly_when_no_motion_keeps_them_apart(fore: Track, aft: Track) -> None:
    assert (not list(clashes(fore, aft, 4 * BAY_NUMBER_MM, str))) is can_keep_apart(fore, aft, 4)


@given(st.integers(0, 300))
def test_a_crane_gives_way_only_as_fast_as_it_travels(start_s: int) -> None:
    """After bay 06 the forward crane must be over bay 02 or further, a bay away, when the other comes to bay 06."""
    slots = {"A": "0060082", "B": "0060182"}
    queues = (
        queue("QC1", load(("A", slots["A"]))),
        WorkQueue("QC2", queue("QC2", load(("B", slots["B"])), start_s=120 + start_s).steps),
    )
    made = call(loads=[box("A"), box("B")], terminal=terminal())
    rules = {finding.rule for finding in judge(made, plan(slots, queues=queues)).hard_by_plan}
    assert ("CRANE-GAP" in rules) is (start_s < 60)


def test_three_cranes_need_room_for_the_one_between() -> None:
    three = terminal(quay_cranes=tuple(QuayCrane(f"QC{n}", n * 100_000) for n in (1, 2, 3)))
    made = call(loads=[box("A"), box("B")], terminal=three)
    slots = {"A": "0020082", "B": "0060082"}
    a, b = load(("A", slots["A"])), load(("B", slots["B"]))
    neighbours = plan(slots, queues=(queue("QC1", a), queue("QC2", b)))
    outer = plan(slots, queues=(queue("QC1", a), queue("QC3", b)))
    assert judge(made, neighbours).hard_by_plan == ()
    assert [finding.rule for finding in judge(made, outer).hard_by_plan] == ["CRANE-GAP"]
