"""Whether what is lifted or set can be reached: boxes that stay put must not be in the way.

These rules look at the stowage alone and hold whatever the order of work; `crane_order` replays the order itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.domain.told import told
from cabria.domain.vessel import Level, Place, StackId
from cabria.referee.condition import HALVES, Aboard, Case
from cabria.referee.rule import Rule

STACK = Rule(
    "CLEAR-STACK",
    Severity.HARD,
    "Nothing is lifted from or set under a container that stays aboard without being restowed.",
)
LID = Rule(
    "CLEAR-LID",
    Severity.HARD,
    "No lid is opened on which a container stays without being restowed.",
)


class _Touched(NamedTuple):
    """A place in which something is lifted or set."""

    container: ContainerId
    position: StowPosition
    place: Place
    verb: str


def _touched(case: Case) -> Iterator[_Touched]:
    def at(container: ContainerId, position: StowPosition, verb: str) -> Iterator[_Touched]:
        if place := case.call.vessel.place(position):
            yield _Touched(container, position, place, verb)

    for box, position in case.call.discharges:
        yield from at(box.id, position, "discharged")
    for container, target in case.plan.restows.items():
        if stowed := case.call.arrival.by_container.get(container):
            yield from at(container, stowed.position, "lifted")
            yield from at(container, target, "set")
    for container, target in case.plan.loads.items():
        yield from at(container, target, "loaded")


def _staying_put(case: Case) -> Iterator[Aboard]:
    for state in case.remaining.stacks.values():
        for box in state.boxes:
            if box.container.id not in case.plan.restows:
                yield box


def nobody_in_the_way(case: Case) -> Iterator[Finding]:
    lowest: dict[tuple[StackId, str], _Touched] = {}
    for touched in _touched(case):
        for half in HALVES[touched.place.end]:
            key = (touched.place.stack_id, half)
            if key not in lowest or touched.place.level_index < lowest[key].place.level_index:
                lowest[key] = touched
    for box in _staying_put(case):
        under = [lowest[key] for half in box.halves if (key := (box.place.stack_id, half)) in lowest]
        first = min(under, key=lambda touched: touched.place.level_index, default=None)
        if first and first.place.level_index < box.level_index:
            text = told(
                "It stays in place above slot {slot}, where {other} is {done}.",
                "stays-above-work",
                slot=first.position,
                other=first.container,
                done=first.verb,
            )
            yield STACK.finding(text, box.position, box.container.id)


def nobody_on_opened_lids(case: Case) -> Iterator[Finding]:
    opened: dict[str, _Touched] = {}
    for touched in _touched(case):
        if touched.place.stack.level is Level.HOLD:
            for lid in case.call.vessel.lids_over.get(touched.place.stack_id, ()):
                opened.setdefault(lid.id, touched)
    for box in _staying_put(case):
        for lid in case.call.vessel.lids_under.get(box.place.stack_id, ()):
            if below := opened.get(lid.id):
                text = told(
                    "It stays on lid {lid}, which must be opened: {other} is {done} in slot {slot}.",
                    "stays-on-opened-lid",
                    lid=lid.id,
                    other=below.container,
                    done=below.verb,
                    slot=below.position,
                )
                yield LID.finding(text, box.position, box.container.id)
                break
