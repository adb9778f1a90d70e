"""Room for what later ports are expected to load.

At a later port everything for it and for ports before it is gone. A free cell counts there when it is reached without
a restow: on deck always, in the hold where nothing that stays stands on its lids. It suits a port of discharge when
nothing that leaves before that port stays in its stack or, for a deck stack, under its lids. Boxes for late ports need
cells that suit late ports; those for early ports may take any of these too. What finds no cell so is without room.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cabria.domain.containers import Port
from cabria.domain.vessel import Cell, Level, StackId
from cabria.referee.condition import Case

NEVER = 1 << 30


@dataclass(frozen=True, slots=True)
class LaterRoom:
    """TEU expected at a later port, and how many of them find no room there without a restow or an overstow."""

    port: Port
    expected_teu: int
    without_room_teu: int


def room_for_later_ports(case: Case) -> tuple[LaterRoom, ...]:
    """One entry for each port with a forecast, in sailing order."""
    expected: dict[Port, Counter[int]] = defaultdict(Counter)
    for loads in case.call.later_loads:
        expected[loads.port][case.call.port_order[loads.pod]] += loads.teu
    return tuple(
        LaterRoom(port, sum(teu.values()), _without_room(case, case.call.port_order[port], teu))
        for port, teu in sorted(expected.items(), key=lambda entry: case.call.port_order[entry[0]])
    )


def _without_room(case: Case, order: int, expected: Mapping[int, int]) -> int:
    """By Hall's condition: cells that suit a late port suit every earlier one as well."""
    free = list(_free_cells(case, order))
    worst, late = 0, 0
    for pod in sorted(expected, reverse=True):
        late += expected[pod]
        worst = max(worst, late - sum(teu for teu, suits_until in free if suits_until >= pod))
    return worst


def _free_cells(case: Case, order: int) -> Iterator[tuple[int, int]]:
    """For each stack that can be reached its free TEU, and the last port of discharge that it suits."""
    profile = case.call.vessel
    staying: dict[StackId, list[tuple[int, int]]] = defaultdict(list)
    for box in case.departure.boxes():
        if box.order > order:
            staying[box.place.stack_id].append((box.order, box.container.size_type.teu))
    under: dict[str, int] = {}
    burdened: set[str] = set()
    for stack_id, boxes in staying.items():
        for lid in profile.lids_over.get(stack_id, ()):
            under[lid.id] = min(under.get(lid.id, NEVER), *(port for port, _ in boxes))
        burdened |= {lid.id for lid in profile.lids_under.get(stack_id, ())}
    for stack_id, stack in profile.stack_by_id.items():
        lids = profile.lids_over if stack_id.level is Level.HOLD else profile.lids_under
        own = [lid.id for lid in lids.get(stack_id, ())]
        if stack_id.level is Level.HOLD and burdened.intersection(own):
            continue
        first = min((port for port, _ in staying[stack_id]), default=NEVER)
        if stack_id.level is Level.DECK:
            first = min([first, *(under.get(lid, NEVER) for lid in own)])
        yield sum(map(teu_of_cell, stack.cells)) - sum(teu for _, teu in staying[stack_id]), first


def teu_of_cell(cell: Cell) -> int:
    return max(2 * cell.takes_40, cell.takes_20_fore + cell.takes_20_aft)
