"""Plans by hand: the first split by sweeping along the quay, and the slow exact schedule that kernels are judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, repeat
from typing import TypeVar

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.terminal import QuayCrane
from cabria.domain.work import StepKind
from cabria.planning.cranes.problem import QUARTER_HOUR_S, BayWork, Block, CraneProblem

NEVER_S = 10**9
"""Duration of work for a crane that may not do it."""

T = TypeVar("T")

Times = list[list[list[list[int]]]]
"""Seconds by crane, work, section and lift."""


def lift_times_s(problem: CraneProblem) -> Times:
    """What each lift takes, gantry travel to it inside a work of several bays included."""
    return [
        [
            list(_lift_times(problem, crane, work))
            if problem.may_work(crane, work)
            else [[NEVER_S] * len(section) for section in work.sections]
            for work in problem.works
        ]
        for crane in problem.cranes
    ]


def _lift_times(problem: CraneProblem, crane: QuayCrane, work: BayWork) -> Iterator[list[int]]:
    bay = work.sections[0][0].bay
    for section in work.sections:
        times = []
        for lift in section:
            times.append(problem.travel_time_s(BAY_NUMBER_MM * abs(lift.bay - bay)) + lift.duration_s(crane))
            bay = lift.bay
        yield times


def fits_from_s(crane: QuayCrane, now_s: int, duration_s: int) -> int:
    """When a lift may begin that must not overlap an outage."""
    for outage in crane.outages:
        if now_s < outage.until_s and now_s + duration_s > outage.from_s:
            now_s = outage.until_s
    return now_s


def worked_until_s(
    crane: QuayCrane, now_s: int, times_s: Iterable[int], ready_s: Iterable[int] | None = None
) -> tuple[int, int]:
    """When a crane that begins now is through with some lifts, outages passed over, and how long it waits meanwhile for
    boxes that are not there before `ready_s`."""
    if ready_s is None:
        if all(outage.until_s <= now_s for outage in crane.outages):
            return now_s + sum(times_s), 0
        ready_s = repeat(0)
    waited_s = 0
    for duration_s, there_s in zip(times_s, ready_s, strict=False):
        waited_s += max(0, there_s - now_s)
        now_s = fits_from_s(crane, max(now_s, there_s), duration_s) + duration_s
    return now_s, waited_s


def lag_s(problem: CraneProblem, before: Block, after: Block) -> int | None:
    """Seconds from the end of one block to the start of another, None when they may go on at once.

    A crane travels from place to place; another must give way first, and so far that every crane between finds room;
    it is never there and away in one second.
    """
    there, here = problem.works[before.work], problem.works[after.work]
    if before.crane == after.crane:
        return problem.travel_time_s(
            max(abs(there.last_x_mm - here.first_x_mm), abs(here.last_x_mm - there.first_x_mm))
        )
    apart = here.first_x_mm - there.last_x_mm if before.crane < after.crane else there.first_x_mm - here.last_x_mm
    missing = abs(before.crane - after.crane) * problem.gap_mm - apart
    return max(1, problem.travel_time_s(missing)) if missing > 0 else None


def from_standing_s(problem: CraneProblem, block: Block) -> int:
    """When the cranes that start from where they stand let a block begin."""
    work = problem.works[block.work]
    earliest = 0
    for number, crane in enumerate(problem.cranes):
        if not crane.travels_from_x:
            continue
        if number == block.crane:
            away = max(abs(work.first_x_mm - crane.x_mm), abs(work.last_x_mm - crane.x_mm))
            earliest = max(earliest, crane.leaves_s + problem.travel_time_s(away))
        else:
            apart = work.first_x_mm - crane.x_mm if number < block.crane else crane.x_mm - work.last_x_mm
            missing = abs(number - block.crane) * problem.gap_mm - apart
            away_s = crane.leaves_s + max(1, problem.travel_time_s(missing)) if missing > 0 else 0
            earliest = max(earliest, away_s)
    return earliest


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the blocks of a plan run, in its order."""

    starts_s: tuple[int, ...]
    ends_s: tuple[int, ...]
    waiting_s: int

    @property
    def makespan_s(self) -> int:
        return max(self.ends_s, default=0)


def schedule(problem: CraneProblem, blocks: Sequence[Block], times: Times | None = None) -> Schedule | None:
    """Each block as early as those before it in the list allow; None when a block would wait for a later one.

    `times` are those of `lift_times_s`, where they are known already.
    """
    times = lift_times_s(problem) if times is None else times
    starts: list[int] = []
    ends: list[int] = []
    waiting_s = 0
    done = [0] * len(problem.works)
    for number, block in enumerate(blocks):
        work, crane = problem.works[block.work], problem.cranes[block.crane]
        if block.first != done[block.work]:
            return None
        start = max(crane.ready_s, problem.offsets_s[work.ship], from_standing_s(problem, block))
        own_ready: int | None = None
        for end, before in zip(ends, blocks[:number], strict=True):
            lag = lag_s(problem, before, block)
            if lag is not None:
                start = max(start, end + lag)
                if before.crane == block.crane:
                    own_ready = end + lag
        for wait in work.waits:
            if block.end <= wait.since:
                continue
            if done[wait.other] < wait.until:
                return None
            parts = [
                end
                for end, before in zip(ends, blocks[:number], strict=True)
                if before.work == wait.other and before.first < wait.until
            ]
            start = max([start, *parts])
        done[block.work] = block.end
        starts.append(start)
        own_times = _flat(times[block.crane][block.work][block.first : block.end])
        lifts = _flat(work.sections[block.first : block.end])
        ready_s = map(problem.lift_ready_s, lifts) if problem.ready_s else None
        end, waited = worked_until_s(crane, start, own_times, ready_s)
        ends.append(end)
        waiting_s += waited
        if own_ready is not None:
            waiting_s += start - own_ready
    return Schedule(tuple(starts), tuple(ends), waiting_s)


def _flat(sections: Iterable[Iterable[T]]) -> Iterator[T]:
    return (one for section in sections for one in section)


def boxes_over_limit(problem: CraneProblem, blocks: Sequence[Block], scheduled: Schedule) -> float:
    """How many boxes yard blocks must hand out beyond their limits, over all quarters of an hour.

    The loads of a section are taken to be wanted evenly over its time.
    """
    if problem.feed is None:
        return 0.0
    times = lift_times_s(problem)
    wanted: dict[tuple[str, int], float] = {}
    for start_s, block in zip(scheduled.starts_s, blocks, strict=True):
        crane, begin_s = problem.cranes[block.crane], start_s
        for number in range(block.first, block.end):
            lifts = problem.works[block.work].sections[number]
            ready_s = map(problem.lift_ready_s, lifts) if problem.ready_s else None
            end_s, _ = worked_until_s(crane, begin_s, times[block.crane][block.work][number], ready_s)
            for name, count in loads_by_block(problem, block.work, number).items():
                for quarter in range(begin_s // QUARTER_HOUR_S, (end_s - 1) // QUARTER_HOUR_S + 1):
                    low = max(begin_s, quarter * QUARTER_HOUR_S)
                    high = min(end_s, (quarter + 1) * QUARTER_HOUR_S)
                    share = count * (high - low) / (end_s - begin_s)
                    wanted[name, quarter] = wanted.get((name, quarter), 0.0) + share
            begin_s = end_s
    return sum(max(0.0, count - problem.feed.limits[name]) for (name, _), count in wanted.items())


def loads_by_block(problem: CraneProblem, work: int, section: int) -> dict[str, int]:
    """From which yard blocks a section's loads come; blocks without a limit left out."""
    counts: dict[str, int] = {}
    if problem.feed is not None:
        for lift in problem.works[work].sections[section]:
            for container in lift.containers if lift.kind is StepKind.LOAD else ():
                block = problem.feed.block_of.get(container, "")
                if block in problem.feed.limits:
                    counts[block] = counts.get(block, 0) + 1
    return counts


def sweep(problem: CraneProblem, times: Times, *, upwards: bool, cut_bays: bool = True) -> list[Block]:
    """A split into ranges side by side, each crane sweeping its own in one direction, as even as sections allow.

    Where two cranes share a bay the one that sweeps away from it goes first and the other ends there. The largest
    share is made as small as possible by bisection (the linear partition problem). `times` are those of `lift_times_s`,
    or of some sections of each work, which blocks then count from 0.
    """
    low, high = 0, 1
    while (best := _fill(problem, times, high, upwards=upwards, cut_bays=cut_bays)) is None:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        found = _fill(problem, times, middle, upwards=upwards, cut_bays=cut_bays)
        low, high, best = (low, middle, found) if found is not None else (middle, high, best)
    return best


def _fill(problem: CraneProblem, times: Times, limit_s: int, *, upwards: bool, cut_bays: bool) -> list[Block] | None:
    """Give each crane from the lowest x as much as it does within the limit; None when work is left.

    Upwards the lower crane of a shared bay comes to it last and takes its last sections; downwards it begins there and
    takes the first.
    """
    shares: list[list[Block]] = []
    work_no, taken = 0, 0
    for crane_no, crane in enumerate(problem.cranes):
        share: list[Block] = []
        used_s, x_mm = crane.ready_s, None
        while work_no < len(problem.works):
            work = problem.works[work_no]
            by_section = times[crane_no][work_no]
            count = len(by_section)
            here = used_s + (problem.travel_time_s(work.last_x_mm - x_mm) if x_mm is not None else 0)
            here = max(here, problem.offsets_s[work.ship])
            fits = 0
            while fits < count - taken:
                section = count - 1 - taken - fits if upwards else taken + fits
                end, _ = worked_until_s(crane, here, by_section[section])
                if end > limit_s:
                    break
                here = end
                fits += 1
            if fits < count - taken and not cut_bays:
                fits = 0
            if fits:
                first = count - taken - fits if upwards else taken
                share.append(Block(work_no, first, first + fits, crane_no))
                used_s, x_mm = here, work.last_x_mm
            if fits < count - taken:
                taken += fits
                break
            work_no, taken = work_no + 1, 0
        shares.append(share)
    if work_no < len(problem.works):
        return None
    if upwards:
        return [block for share in reversed(shares) for block in share]
    return [block for share in shares for block in reversed(share)]


def late_last(problem: CraneProblem, times: Times, *, upwards: bool, cut_bays: bool) -> tuple[list[Block], list[Block]]:
    """One sweep of what comes before the first late box of each bay, and one the other way of all that is left."""
    cuts = [_first_late(problem, work) for work in problem.works]
    early = [[sections[:cut] for sections, cut in zip(of_crane, cuts, strict=True)] for of_crane in times]
    late = [[sections[cut:] for sections, cut in zip(of_crane, cuts, strict=True)] for of_crane in times]
    return sweep(problem, early, upwards=upwards, cut_bays=cut_bays), [
        replace(block, first=cuts[block.work] + block.first, end=cuts[block.work] + block.end)
        for block in sweep(problem, late, upwards=not upwards, cut_bays=cut_bays)
    ]


def _first_late(problem: CraneProblem, work: BayWork) -> int:
    """The first section in which a late box is set; one after the last where none is."""
    late = (number for number, section in enumerate(work.sections) if any(map(problem.lift_ready_s, section)))
    return next(late, len(work.sections))


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
    sources = {wait.other for work in problem.works for wait in work.waits}
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


def as_waits_allow(problem: CraneProblem, blocks: Sequence[Block]) -> list[Block]:
    """The same shares, cut wherever something waits or is waited for, each part as early as that lets it."""
    cuts: list[set[int]] = [set() for _ in problem.works]
    for number, work in enumerate(problem.works):
        for wait in work.waits:
            cuts[number].add(wait.since)
            cuts[wait.other].add(wait.until)
    left = [
        Block(block.work, first, end, block.crane)
        for block in blocks
        for first, end in pairwise(
            sorted({block.first, block.end, *(cut for cut in cuts[block.work] if block.first < cut < block.end)})
        )
    ]
    done = [0] * len(problem.works)
    order: list[Block] = []
    while left:
        block = next(block for block in left if _may_begin(problem, block, done))
        left.remove(block)
        done[block.work] = block.end
        order.append(block)
    return order


def _may_begin(problem: CraneProblem, block: Block, done: Sequence[int]) -> bool:
    waits = problem.works[block.work].waits
    return done[block.work] == block.first and all(
        done[wait.other] >= wait.until for wait in waits if block.end > wait.since
    )


def first_plans(problem: CraneProblem) -> Iterator[list[Block]]:
    """Sweeps in both directions, with and without shared bays; what waits for late boxes in a second sweep; and where
    bays wait for each other, with what these wait for taken first. Some may not be possible, but one is."""
    times = lift_times_s(problem)
    for upwards in (True, False):
        for cut_bays in (True, False):
            yield from _as_tied(problem, sweep(problem, times, upwards=upwards, cut_bays=cut_bays), [])
            if problem.ready_s:
                yield from _as_tied(problem, *late_last(problem, times, upwards=upwards, cut_bays=cut_bays))


def _as_tied(problem: CraneProblem, blocks: Sequence[Block], then: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks and what comes after them, in the orders in which they may be possible where bays wait for each other."""
    waits = [(work, wait) for work in problem.works for wait in work.waits]
    yield [*blocks, *then]
    if waits:
        yield [*sources_first(problem, blocks), *then]
        yield [*in_two_passes(problem, blocks), *then]
    if any((wait.since, wait.until) != (w.sections_out, problem.works[wait.other].sections_out) for w, wait in waits):
        yield as_waits_allow(problem, [*blocks, *then])
