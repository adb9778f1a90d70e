"""Learned cycle times of quay cranes where a plan counts with them: in the terminal of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from cabria.adapters.files.terminal_json import MAX_BYTES, read_terminal, write_terminal
from cabria.domain.terminal import Terminal
from cabria.experiments.learning import cards
from cabria.experiments.learning.handling import QUAY_CRANES
from cabria.experiments.learning.times import TimesCard


def with_cycles(terminal: Terminal, cycles_s: Mapping[str, float]) -> Terminal:
    """Its quay cranes as quick as is learned; the others as they were."""
    cranes = tuple(
        replace(crane, cycle_s=round(cycles_s[crane.id]), dual_cycle_s=_dual_s(crane.dual_cycle_s, cycles_s[crane.id]))
        if crane.id in cycles_s
        else crane
        for crane in terminal.quay_cranes
    )
    return replace(terminal, quay_cranes=cranes)


def _dual_s(dual_cycle_s: int, cycle_s: float) -> int:
    """A dual cycle is never shorter than a single one."""
    return max(dual_cycle_s, round(cycle_s)) if dual_cycle_s else 0


def write_crane_times(history: Path, call: Path) -> list[str]:
    """What the terminal of a call folder says of its quay cranes' cycles becomes what the last card says, while that is
    used; else what it said before. Returns what was done and why. Raises DataError.
    """
    card = cards.last(history, QUAY_CRANES.name, TimesCard)
    reason = "Nothing was learned yet: see `cabria history learn`." if card is None else card.reason
    times_s = card.times_s if card is not None and card.is_used else None
    learned = None if times_s is None else partial(with_cycles, cycles_s=times_s)
    before, after = cards.rewritten(
        call / "terminal.json", learned, read_terminal, write_terminal, limit_bytes=MAX_BYTES
    )
    changes = [
        f"{new.id}: {new.cycle_s} s a cycle, {old.cycle_s} s before."
        for old, new in zip(before.quay_cranes, after.quay_cranes, strict=True)
        if new != old
    ]
    return [reason, *(changes or ["The terminal's times stay as they are."])]
