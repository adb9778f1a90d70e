"""Plans by hand: the first split by sweeping along the ship, and the slow exact schedule that kernels are judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cabria.domain.terminal import QuayCrane
from cabria.planning.cranes.problem import BayWork, Block, CraneProblem

NEVER_S = 10**9
"""Duration of work for a crane that may not do it."""


def section_durations_s(problem: CraneProblem) -> list[list[list[int]]]:
    """By crane, work and section; gantry travel inside a work of several bays included."""
    return [
        [
            list(_section_durations(problem, crane, work))
            if problem.may_work(crane, work)
            else [NEVER_S] * len(work.sections)
            for work in problem.works
        ]
        for crane in problem.cranes
    ]


def _section_durations(problem: CraneProblem, crane: QuayCrane, work: BayWork) -> Iterator[int]:
    place = work.sections[0][0].bay
    for section in work.sections:
        total = 0
        for lift in section:
            total += problem.travel_time_s(abs(lift.bay - place)) + lift.duration_s(crane)
            place = lift.bay
        yield total


def lag_s(problem: CraneProblem, before: Block, after: Block) -> int | None:
    """Seconds from the end of one block to the start of another, None when they may go on at once.

    A crane travels from place to place; another must give way first, and so far that every crane between finds room;
    it is never there and away in one second.
    """
    there, here = problem.works[before.work], problem.works[after.work]
    if before.crane == after.crane:
        return problem.travel_time_s(
            max(abs(there.last_place - here.first_place), abs(here.last_place - there.first_place))
        )
    apart = here.first_place - there.last_place if before.crane < after.crane else there.first_place - here.last_place
    missing = abs(before.crane - after.crane) * problem.gap - apart
    return max(1, problem.travel_time_s(missing)) if missing > 0 else None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the blocks of a plan run, in its order."""

    starts_s: tuple[int, ...]
    ends_s: tuple[int, ...]
    waiting_s: int

    @property
    def makespan_s(self) -> int:
        return max(self.ends_s, default=0)


def schedule(problem: CraneProblem, blocks: Sequence[Block]) -> Schedule | None:
    """Each block as early as those before it in the list allow; None when a block would wait for a later one."""
    durations = section_durations_s(problem)
    starts: list[int] = []
    ends: list[int] = []
    waiting_s = 0
    done = [0] * len(problem.works)
    for number, block in enumerate(blocks):
        work = problem.works[block.work]
        if block.first != done[block.work]:
            return None
        start = problem.cranes[block.crane].ready_s
        own_ready: int | None = None
        for end, before in zip(ends, blocks[:number], strict=True):
            lag = lag_s(problem, before, block)
            if lag is not None:
                start = max(start, end + lag)
                if before.crane == block.crane:
                    own_ready = end + lag
        if block.end > work.sections_out:
            for other in work.waits_for:
                if done[other] < problem.works[other].sections_out:
                    return None
                parts = [
                    end
                    for end, before in zip(ends, blocks[:number], strict=True)
                    if before.work == other and before.first < problem.works[other].sections_out
                ]
                start = max([start, *parts])
        done[block.work] = block.end
        starts.append(start)
        ends.append(start + sum(durations[block.crane][block.work][block.first : block.end]))
        if own_ready is not None:
            waiting_s += start - own_ready
    return Schedule(tuple(starts), tuple(ends), waiting_s)


def sweep(problem: CraneProblem, *, towards_stern: bool, cut_bays: bool = True) -> list[Block]:
    """A split into ranges side by side, each crane sweeping its own in one direction, as even as sections allow.

    Where two cranes share a bay the one that sweeps away from it goes first and the other ends there. The largest
    share is made as small as possible by bisection (the linear partition problem).
    """
    durations = section_durations_s(problem)
    low, high = 0, 1
    while (best := _fill(problem, durations, high, towards_stern=towards_stern, cut_bays=cut_bays)) is None:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        found = _fill(problem, durations, middle, towards_stern=towards_stern, cut_bays=cut_bays)
        low, high, best = (low, middle, found) if found is not None else (middle, high, best)
    return best


def _fill(
    problem: CraneProblem, durations: list[list[list[int]]], limit_s: int, *, towards_stern: bool, cut_bays: bool
) -> list[Block] | None:
    """Give each crane from the bow as much as it does within the limit; None when work is left.

    Towards the stern the bow-side crane of a shared bay comes to it last and takes its last sections; towards the bow
    it begins there and takes the first.
    """
    shares: list[list[Block]] = []
    work_no, taken = 0, 0
    for crane_no, crane in enumerate(problem.cranes):
        share: list[Block] = []
        used_s, place = crane.ready_s, None
        while work_no < len(problem.works):
            work = problem.works[work_no]
            by_section = durations[crane_no][work_no]
            count = len(work.sections)
            here = used_s + (problem.travel_time_s(work.last_place - place) if place is not None else 0)
            fits = 0
            while fits < count - taken:
                section = count - 1 - taken - fits if towards_stern else taken + fits
                if here + by_section[section] > limit_s:
                    break
                here += by_section[section]
                fits += 1
            if fits < count - taken and not cut_bays:
                fits = 0
            if fits:
                first = count - taken - fits if towards_stern else taken
                share.append(Block(work_no, first, first + fits, crane_no))
                used_s, place = here, work.last_place
            if fits < count - taken:
                taken += fits
                break
            work_no, taken = work_no + 1, 0
        shares.append(share)
    if work_no < len(problem.works):
        return None
    if towards_stern:
        return [block for share in reversed(shares) for block in share]
    return [block for share in shares for block in reversed(share)]


def in_two_passes(problem: CraneProblem, blocks: Sequence[Block]) -> list[Block]:
    """The same shares, first everybody's way out and then everybody's way in; no restow ever waits for itself."""
    out = [
        Block(b.work, b.first, min(b.end, problem.works[b.work].sections_out), b.crane)
        for b in blocks
        if b.first < problem.works[b.work].sections_out
    ]
    back = [
        Block(b.work, max(b.first, problem.works[b.work].sections_out), b.end, b.crane)
        for b in blocks
        if b.end > problem.works[b.work].sections_out
    ]
    return out + back


def sources_first(problem: CraneProblem, blocks: Sequence[Block]) -> list[Block]:
    """The same shares, but before all else the way out of bays from which boxes are restowed into others."""
    sources = {other for work in problem.works for other in work.waits_for}
    two_passes = in_two_passes(problem, blocks)
    out = [b for b in two_passes if b.work in sources and b.end <= problem.works[b.work].sections_out]
    back = [b for b in two_passes if b.work in sources and b.first >= problem.works[b.work].sections_out]
    rest: list[Block] = []
    for block in blocks:
        is_source = block.work in sources
        rest += (
            [b for b in back if (b.work, b.crane, b.end) == (block.work, block.crane, block.end)]
            if is_source
            else [block]
        )
    return out + rest


def first_plans(problem: CraneProblem) -> Iterator[list[Block]]:
    """Sweeps in both directions, with and without shared bays, and where bays wait for each other with these
    restows taken out first; some may not be possible."""
    is_tied = any(work.waits_for for work in problem.works)
    for towards_stern in (True, False):
        for cut_bays in (True, False):
            blocks = sweep(problem, towards_stern=towards_stern, cut_bays=cut_bays)
            yield blocks
            if is_tied:
                yield sources_first(problem, blocks)
                yield in_two_passes(problem, blocks)
