"""Retrieval from the yard, replayed stack by stack in the order of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import YardPosition
from cabria.domain.work import StepKind, YardMove
from cabria.domain.yard import YardBlock, YardInventory
from cabria.referee.condition import Case
from cabria.referee.rule import Rule

PLACE = Rule("YARD-PLACE", Severity.HARD, "A container is fetched from where it stands at that moment.")
TOP = Rule("YARD-TOP", Severity.HARD, "A container is fetched only when every box above it has been moved away.")
TARGET = Rule(
    "YARD-TARGET",
    Severity.HARD,
    "A box moved aside goes to a place of its block's grid that is free, carried from below, not too high, and among "
    "boxes of its own length.",
)
PLUG = Rule(
    "YARD-PLUG", Severity.COMMERCIAL, "A live reefer at a reefer rack that is moved aside goes to a rack again."
)
ONCE = Rule("YARD-ONCE", Severity.HARD, "Each load is fetched exactly once, and nothing else leaves the yard.")
NEEDED = Rule("YARD-NEEDED", Severity.COMMERCIAL, "Every move in the yard is for a load of the plan.")
ABSENT = Rule("YARD-ABSENT", Severity.COMMERCIAL, "Every load stands in the yard; others must arrive in time.")
ORDER = Rule("YARD-ORDER", Severity.NOTE, "Each block hands out its loads in the order in which the cranes want them.")
DUE = Rule("YARD-DUE", Severity.COMMERCIAL, "A load is due no later than the quay crane starts to load it.")
RUNWAY = Rule("YARD-RUNWAY", Severity.HARD, "No two yard cranes are in one place of a runway.")


def yard_work_is_possible(case: Case) -> Iterator[Finding]:
    """Nothing to say while the plan has no yard moves, but for loads that stand in no yard."""
    if len(case.call.yard):
        yield from _loads_are_there(case)
    if not case.plan.yard_moves:
        return
    yield from _fetched_once(case)
    yard = _Yard(case.call.yard, {block.id: block for block in case.call.terminal.blocks})
    for move in case.plan.yard_moves:
        yield from yard.do(move)
        yield from _keeps_its_plug(case, move)
        if move.needed_for not in case.plan.loads:
            text = f"It is moved for {move.needed_for}, which is not loaded."
            yield NEEDED.finding(text, move.source, move.container)
    yield from _in_order_of_need(case)


def not_judged(case: Case) -> dict[str, str]:
    reasons = {RUNWAY.id: "The plan gives the order of yard moves, not the yard cranes' times and places."}
    if not len(case.call.yard):
        reasons[ABSENT.id] = "The call names no yard."
    if not case.plan.yard_moves:
        rules = (PLACE, TOP, TARGET, PLUG, ONCE, NEEDED, ORDER, DUE)
        reasons |= {rule.id: "The plan has no yard moves yet." for rule in rules}
    return reasons


def _loads_are_there(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.loads.items():
        if container in case.call.load_by_id and container not in case.call.yard.by_container:
            yield ABSENT.finding("It is loaded but does not stand in the yard.", position, container)


def _fetched_once(case: Case) -> Iterator[Finding]:
    times = {container: 0 for container in case.plan.loads if container in case.call.yard.by_container}
    for move in case.plan.yard_moves:
        if move.is_dig:
            continue
        if move.container in case.plan.loads:
            times[move.container] = times.get(move.container, 0) + 1
        else:
            yield ONCE.finding("It leaves the yard but is not loaded.", move.source, move.container)
    for container, count in times.items():
        if count != 1:
            yield ONCE.finding(f"It is fetched from the yard {count} times instead of once.", "", container)


def _keeps_its_plug(case: Case, move: YardMove) -> Iterator[Finding]:
    """Of the loads alone: the yard does not say which of the other boxes are live."""
    box = case.call.load_by_id.get(move.container)
    if box is None or not box.needs_plug or move.target is None:
        return
    if _is_at_rack(case, move.source) and not _is_at_rack(case, move.target):
        yield PLUG.finding(f"The reefer leaves its plug at {move.source} and finds none.", move.target, move.container)


def _is_at_rack(case: Case, position: YardPosition) -> bool:
    block = case.call.terminal.block(position.block)
    return block is not None and any(bay in block.plug_bays for bay in position.odd_bays)


def _in_order_of_need(case: Case) -> Iterator[Finding]:
    wanted_s = {
        container: step.start_s
        for queue in case.plan.queues
        for step in queue.steps
        if step.kind is StepKind.LOAD
        for container in step.containers
    }
    latest: dict[str, int] = {}
    late: dict[str, int] = {}
    for move in case.plan.yard_moves:
        if move.is_dig:
            continue
        block = move.source.block
        if move.due_s < latest.get(block, move.due_s):
            late[block] = late.get(block, 0) + 1
        latest[block] = max(move.due_s, latest.get(block, move.due_s))
        wanted = wanted_s.get(move.container)
        if wanted is not None and move.due_s > wanted:
            text = f"It is due at {move.due_s} s; the quay crane starts to load it at {wanted} s."
            yield DUE.finding(text, move.source, move.container)
    for block, count in sorted(late.items()):
        yield ORDER.finding(f"{count} loads are handed out after loads that are wanted later.", f"block {block}")


@dataclass(slots=True)
class _Box:
    position: YardPosition
    length_ft: int


class _Yard:
    """The yard as it is between two moves."""

    def __init__(self, inventory: YardInventory, blocks: dict[str, YardBlock]) -> None:
        self.blocks = blocks
        self.boxes: dict[ContainerId, _Box] = {box.id: _Box(box.position, box.length_ft) for box in inventory}
        self.stacks: dict[tuple[str, int, int], dict[int, ContainerId]] = {}
        for box in inventory:
            self._stack(box.position)[box.position.tier] = box.id

    def _stack(self, position: YardPosition) -> dict[int, ContainerId]:
        """Who stands on which tier of a stack."""
        return self.stacks.setdefault((position.block, position.bay, position.row), {})

    def do(self, move: YardMove) -> Iterator[Finding]:
        """Report what is wrong with a move, then make it."""
        box = self.boxes.get(move.container)
        if box is None:
            yield PLACE.finding("It does not stand in the yard.", move.source, move.container)
            return
        if box.position != move.source:
            text = f"It is fetched from {move.source} but stands at {box.position}."
            yield PLACE.finding(text, move.source, move.container)
        stack = self._stack(box.position)
        above = [stack[tier] for tier in sorted(stack) if tier > box.position.tier]
        if above:
            text = f"It is fetched while {', '.join(above)} {'stands' if len(above) == 1 else 'stand'} on it."
            yield TOP.finding(text, move.source, move.container)
        if stack.get(box.position.tier) == move.container:
            del stack[box.position.tier]
        if move.target is None:
            del self.boxes[move.container]
            return
        yield from self._fits(move, move.target, box.length_ft)
        box.position = move.target
        self._stack(move.target).setdefault(move.target.tier, move.container)

    def _fits(self, move: YardMove, target: YardPosition, length_ft: int) -> Iterator[Finding]:
        def wrong(text: str) -> Finding:
            return TARGET.finding(text, target, move.container)

        block = self.blocks.get(target.block)
        if block is None:
            yield wrong(f"The terminal has no block {target.block}.")
        elif not block.has(target):
            yield wrong(
                f"Block {block.id} has no such place ({block.bays} bays, {block.rows} rows, {block.tiers} tiers)."
            )
        if (length_ft <= 20) is (target.bay % 2 == 0):
            yield wrong(f"A {length_ft} ft box cannot stand in bay {target.bay:02}.")
        stack = self._stack(target)
        if target.tier in stack:
            yield wrong(f"{stack[target.tier]} stands there.")
        elif target.tier != len(stack) + 1:
            yield wrong(f"The stack is {len(stack)} high, so the box would stand at tier {len(stack) + 1}.")
        for bay in _overlapping(target.bay):
            if other := self.stacks.get((target.block, bay, target.row)):
                yield wrong(f"{next(iter(other.values()))} stands in bay {bay:02} on the same ground.")


def _overlapping(bay: int) -> tuple[int, ...]:
    """Bays whose stacks stand on some of the ground of this one."""
    return (bay - 1, bay + 1) if bay % 2 else (bay - 2, bay - 1, bay + 1, bay + 2)
