"""The blocks of a split carried over to the same bays worked a little otherwise: other twins, other late boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from cabria.planning.cranes.problem import BayWork, Block, CraneProblem


def carried_over(before: CraneProblem, blocks: Sequence[Block], after: CraneProblem) -> list[Block]:
    """Each bay cut where as many boxes and lids are done as before, or as nearly as its sections are now.

    Nothing where other bays are worked than before.
    """
    if [work.bays for work in before.works] != [work.bays for work in after.works]:
        return []
    was, now = ([_done_before(work) for work in problem.works] for problem in (before, after))
    found = []
    for block in blocks:
        first, end = (
            _nearest(now[block.work], was[block.work][cut], cut == len(was[block.work]) - 1)
            for cut in (block.first, block.end)
        )
        if first < end:
            found.append(replace(block, first=first, end=end))
    return found


def _done_before(work: BayWork) -> list[int]:
    """Boxes and lids done before each section, and in the end."""
    return list(accumulate((sum(lift.count or 1 for lift in section) for section in work.sections), initial=0))


def _nearest(done: Sequence[int], count: int, is_end: bool) -> int:
    return len(done) - 1 if is_end else min(range(len(done)), key=lambda cut: (abs(done[cut] - count), cut))
