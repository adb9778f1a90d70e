"""Learned times of yard cranes where a running terminal chooses blocks: tried in the twin, used while cranes wait less.

A box that waits at a block whose yard crane is slow keeps the next one waiting longer; the plain rule counts the same
for all blocks. That foretold times are right (`times.py`) does not say that choosing by them is worth anything: so a
call is worked in the twin, with yard cranes that differ as they did lately, by both rules on the same seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import mean

import msgspec

from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.experiments.learning import cards
from cabria.experiments.learning.crane_days import Worked, planned_cycles_s
from cabria.experiments.learning.handling import YARD_CRANES
from cabria.experiments.learning.times import LEARNED, PLAIN, TimesCard
from cabria.experiments.learning.worth import Interval
from cabria.operations.settings import Settings

SUBJECT = "blocks"
FEWEST_RUNS = 3
LASTS_DAYS = 14
"""After so many days without another trial nothing is known of recent days."""
NOT_LEARNED = "Nothing was learned of yard cranes yet: all blocks count alike. See `cabria history learn`."
NOT_TRIED = "What was learned of yard cranes was not tried yet: all blocks count alike. See `cabria history blocks`."


class BlocksCard(msgspec.Struct, frozen=True):
    """One trial, of the yard cranes' card `version`. Hours that quay cranes waited in a run, by rule, and the mean and
    95 % interval of what was saved over runs; None where nothing was tried. `times_s` is what is told, by block."""

    day: str
    version: str
    is_used: bool
    reason: str
    runs: int = 0
    waited_h: dict[str, float] = {}
    saved_h: tuple[float, float, float] | None = None
    times_s: dict[str, float] = {}
    has_drifted: bool = False


def busy_ms(times_s: Mapping[str, float]) -> dict[str, int]:
    """What a box waiting at each block counts: in the mean what the settings say, and more where it takes longer."""
    if not times_s:
        return {}
    usual_s = mean(times_s.values())
    return {block: round(Settings().busy_block_ms * seconds / usual_s) for block, seconds in times_s.items()}


def yard_paces(layout: Layout, lately_s: Mapping[str, float]) -> dict[str, float]:
    """Of the yard cranes of blocks whose times are known: what their work takes of the usual one's."""
    known = {runway.block: lately_s[runway.block] for runway in layout.runways if runway.block in lately_s}
    usual_s = mean(known.values()) if known else 1.0
    return {
        place.crane: known[runway.block] / usual_s
        for runway in layout.runways
        if runway.block in known
        for place in runway.cranes
    }


@dataclass(frozen=True, slots=True)
class Trial:
    """Runs by both rules on the same seeds: hours that quay cranes waited in each."""

    plain_h: Sequence[float]
    learned_h: Sequence[float]

    @property
    def saved(self) -> Interval:
        return Interval.of([plain - learned for plain, learned in zip(self.plain_h, self.learned_h, strict=True)])


def tried(
    worked: Worked,
    times_s: Mapping[str, float],
    paces: Mapping[str, float],
    trucks: int,
    seeds: Sequence[int],
    tell: Callable[[int], None] = lambda runs: None,
) -> Trial:
    """Work a call with yard cranes of these paces; `tell` hears how many runs are over."""
    cycles_s = planned_cycles_s(worked.call)
    told = busy_ms({block: s for block, s in times_s.items() if worked.call.terminal.block(block) is not None})
    waited_h: tuple[list[float], list[float]] = ([], [])
    for number, seed in enumerate(seeds):
        for rule, counted_ms in enumerate(({}, told)):
            waited_h[rule].append(worked.day(cycles_s, trucks, seed, yard_paces=paces, busy_ms=counted_ms).waited_h)
            tell(2 * number + rule + 1)
    return Trial(*waited_h)


def try_blocks(
    root: Path,
    worked: Worked,
    today: date,
    *,
    trucks: int,
    runs: int = 8,
    seed: int = 0,
    tell: Callable[[int], None] = lambda runs: None,
) -> BlocksCard:
    """Try what the last card says of yard cranes, and keep a card of that. Raises DataError."""
    if runs < FEWEST_RUNS:
        raise DataError(f"{runs} runs tell nothing.", remedy=f"Try {FEWEST_RUNS} or more.")
    learned = cards.last(root, YARD_CRANES.name, TimesCard)
    version = "" if learned is None else learned.version
    told = BlocksCard(today.isoformat(), version, False, NOT_LEARNED if learned is None else learned.reason)
    if learned is not None and learned.is_used:
        told = _judged(told, learned, worked, trucks, range(seed, seed + runs), tell)
    cards.keep(root, SUBJECT, told)
    return told


def _judged(
    told: BlocksCard,
    learned: TimesCard,
    worked: Worked,
    trucks: int,
    seeds: Sequence[int],
    tell: Callable[[int], None],
) -> BlocksCard:
    known = [block.id for block in worked.call.terminal.blocks if block.id in learned.times_s]
    if len(known) < 2:
        return msgspec.structs.replace(
            told, reason="Of fewer than two blocks of this terminal yard cranes' times are known: all count alike."
        )
    trial = tried(worked, learned.times_s, yard_paces(worked.layout, learned.lately_s), trucks, seeds, tell)
    saved = trial.saved
    waited_h = {LEARNED: mean(trial.learned_h), PLAIN: mean(trial.plain_h)}
    figures = (
        f"In {len(seeds)} runs of call {worked.call.id} in the twin, yard cranes as they were lately, quay cranes wait "
        f"{waited_h[LEARNED]:.2f} h with it instead of {waited_h[PLAIN]:.2f} h: {saved.mean:.2f} h less "
        f"({saved.low:.2f} to {saved.high:.2f})."
    )
    is_used = saved.low > 0
    return msgspec.structs.replace(
        told,
        is_used=is_used,
        reason=f"{figures} {'It is used.' if is_used else 'That is not sure; all blocks count alike.'}",
        runs=len(seeds),
        waited_h=waited_h,
        saved_h=(saved.mean, saved.low, saved.high),
        times_s={block: learned.times_s[block] for block in known} if is_used else {},
    )


def in_force(root: Path) -> tuple[Mapping[str, int], str]:
    """What a box waiting at each block counts now, nothing where all count alike, and why. Raises DataError for a card
    that cannot be read."""
    learned = cards.last(root, YARD_CRANES.name, TimesCard)
    if learned is None:
        return {}, NOT_LEARNED
    if not learned.is_used:
        return {}, learned.reason
    card = cards.last(root, SUBJECT, BlocksCard)
    if card is None:
        return {}, NOT_TRIED
    if not card.is_used:
        return {}, card.reason
    if date.fromisoformat(learned.day) - date.fromisoformat(card.day) > timedelta(LASTS_DAYS):
        return {}, f"The last trial is of {card.day}, and says nothing of recent days: all blocks count alike."
    return busy_ms(card.times_s), card.reason
