"""Made instances of berth allocation and of disrupted weeks, from a seed; for clones without the public data sets."""

from __future__ import annotations

from random import Random

from cabria.domain.berth_replanning import BerthWeek, BlockKind, NoMoves, QuayBlock, QuayShip
from cabria.domain.discrete_berths import DiscreteBerths


def made_berths(ships: int, berths: int, seed: int) -> DiscreteBerths:
    """Ships that arrive within 140 units and need 6 to 40 at about two thirds of the berths; a long horizon."""
    random = Random(seed)
    times = []
    for _ in range(ships):
        needs = 2 * random.randint(3, 20)
        row = [needs if random.random() < 2 / 3 else 0 for _ in range(berths)]
        row[random.randrange(berths)] = needs
        times.append(tuple(row))
    horizon = 200 + 40 * ships
    return DiscreteBerths(
        tuple(random.randint(1, 140) for _ in range(ships)),
        (14,) * berths,
        tuple(times),
        (horizon,) * berths,
        (horizon,) * ships,
    )


def made_disruption(ships: int, seed: int) -> BerthWeek:
    """A quay of 21 sections and 9 cranes; planned ships a few of which are late, a gale and a closure."""
    random = Random(seed)
    calls = []
    for number in range(ships):
        planned = random.randint(1, 10 * ships)
        sections, work, most = random.randint(4, 8), random.randint(10, 120), random.randint(3, 6)
        place = random.randint(0, 21 - sections)
        arrival = planned + (random.randint(5, 40) if random.random() < 0.3 else 0)
        due = planned + -(-work // 2) + 4
        calls.append(QuayShip(number, 4_200 * sections, sections, arrival, planned, place, due, work, 1, most, 2, 1))
    middle = 30 + 5 * ships
    return BerthWeek(
        first_section=0,
        last_section=20,
        ships=tuple(calls),
        blocks=(
            QuayBlock(14, 20, middle, middle + 30, BlockKind.CLOSED),
            QuayBlock(0, 4, 0, 9, BlockKind.ALONGSIDE, 2),
        ),
        crane_pool=9,
        max_moves_per_hour=3,
        move_penalty=5,
        no_moves=(NoMoves(middle - 20, middle - 10, 0),),
    )
