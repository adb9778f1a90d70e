"""A made-up shift of a block with two cranes: retrievals and put-aways beside the block, and tidying along it."""

from __future__ import annotations

from random import Random

from cabria.domain.rail_work import RailCase, RailJob

HANDLING_S = (35, 60)
TIDYING = 0.25
DIGGING = 0.2
HURRY_S = 600


def make_rail_shift(*, jobs: int = 60, bays: int = 40, gap_bays: int = 4, seed: int = 0, load: float = 0.8) -> RailCase:
    """`load` is the share of both cranes' time that the handling takes; the same for the same arguments.

    Retrievals and put-aways begin and end in one bay, where a truck stands beside the block, and are due ten minutes
    after they are ready; tidying carries a box along and is never late. Some jobs wait for one that digs for them.
    """
    random = Random(seed)
    made: list[RailJob] = []
    before: list[tuple[int, int]] = []
    length_s = 110 / load
    while len(made) < jobs:
        source = random.randint(1, bays)
        lift_s, set_down_s = random.randint(*HANDLING_S), random.randint(*HANDLING_S)
        ready_s = round(random.random() * jobs * length_s / 2)
        if random.random() < TIDYING:
            target = min(bays, max(1, source + random.randint(-bays // 3, bays // 3)))
            made.append(RailJob(source, target, lift_s, set_down_s))
            continue
        if random.random() < DIGGING and len(made) + 1 < jobs:
            near = min(bays, max(1, source + random.randint(-2, 2)))
            before.append((len(made), len(made) + 1))
            made.append(RailJob(source, near, lift_s, set_down_s, ready_s))
        made.append(RailJob(source, source, lift_s, set_down_s, ready_s, ready_s + HURRY_S))
    starts = (max(1, bays // 4), min(bays, bays - bays // 4))
    return RailCase(f"rail-{jobs}-{seed}", bays, starts, tuple(made), tuple(before), gap_bays)
