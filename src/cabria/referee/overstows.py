"""Containers above, or on the lid over, such that leave the ship earlier."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.findings import Severity
from cabria.domain.told import told
from cabria.domain.vessel import End, Level
from cabria.referee.condition import HALVES, Aboard, Condition
from cabria.referee.rule import Offence, Rule

STACK = Rule(
    "OVERSTOW-STACK",
    Severity.COMMERCIAL,
    "No container stands above one that leaves earlier, in either end of its stack.",
)
LID = Rule(
    "OVERSTOW-LID",
    Severity.COMMERCIAL,
    "No container stands on a lid under which one leaves earlier.",
)


def no_overstow_in_stack(condition: Condition) -> Iterator[Offence]:
    """Counted per end: a 40 ft container blocks both, and is one offence."""
    for state in condition.stacks.values():
        earliest: dict[End, Aboard | None] = dict.fromkeys(HALVES[End.BOTH])
        for box in state.boxes:
            blocked = [other for half in box.halves if (other := earliest[half]) and other.order < box.order]
            if blocked:
                first = min(blocked, key=lambda other: other.order)
                text = told(
                    "It leaves at {port} and stands above {other} for {other_port} in slot {slot}.",
                    "stands-above-earlier",
                    port=box.container.pod,
                    **_who(first),
                )
                yield Offence(STACK, text, str(box.position), box.container.id)
            for half in box.halves:
                other = earliest[half]
                if other is None or box.order < other.order:
                    earliest[half] = box


def no_overstow_on_lid(condition: Condition) -> Iterator[Offence]:
    first_under = _first_to_leave_under_lids(condition)
    for state in condition.on_deck():
        under = [first for lid in condition.profile.lids_under.get(state.id, ()) if (first := first_under.get(lid.id))]
        if not under:
            continue
        first = min(under, key=lambda box: box.order)
        for box in state.boxes:
            if first.order < box.order:
                text = told(
                    "It leaves at {port} and stands on the lid over {other} for {other_port} in slot {slot}.",
                    "on-lid-over-earlier",
                    port=box.container.pod,
                    **_who(first),
                )
                yield Offence(LID, text, str(box.position), box.container.id)


def _first_to_leave_under_lids(condition: Condition) -> dict[str, Aboard]:
    first: dict[str, Aboard] = {}
    for state in condition.stacks.values():
        if state.id.level is not Level.HOLD:
            continue
        for lid in condition.profile.lids_over.get(state.id, ()):
            for box in state.boxes:
                if lid.id not in first or box.order < first[lid.id].order:
                    first[lid.id] = box
    return first


def _who(box: Aboard) -> dict[str, object]:
    return {"other": box.container.id, "other_port": box.container.pod, "slot": box.position}
