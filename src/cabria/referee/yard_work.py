"""Retrieval from the yard, replayed stack by stack in the order of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import YardPosition
from cabria.domain.told import Told, told
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
            text = told("It is moved for {other}, which is not loaded.", "moved-for-nothing", other=move.needed_for)
            yield NEEDED.finding(text, move.source, move.container)
    yield from _in_order_of_need(case)


def not_judged(case: Case) -> dict[str, tuple[Told, ...]]:
    why = told("The plan gives the order of yard moves, not the yard cranes' times and places.", "no-yard-crane-times")
    reasons: dict[str, tuple[Told, ...]] = {RUNWAY.id: (why,)}
    if not len(case.call.yard):
        reasons[ABSENT.id] = (told("The call names no yard.", "no-yard"),)
    if not case.plan.yard_moves:
        rules = (PLACE, TOP, TARGET, PLUG, ONCE, NEEDED, ORDER, DUE)
        why = told("The plan has no yard moves yet.", "no-yard-moves")
        reasons |= {rule.id: (why,) for rule in rules}
    return reasons


def _loads_are_there(case: Case) -> Iterator[Finding]:
    for container, position in case.plan.loads.items():
        if container in case.call.load_by_id and container not in case.call.yard.by_container:
            text = told("It is loaded but does not stand in the yard.", "load-not-in-yard")
            yield ABSENT.finding(text, position, container)


def _fetched_once(case: Case) -> Iterator[Finding]:
    times = {container: 0 for container in case.plan.loads if container in case.call.yard.by_container}
    for move in case.plan.yard_moves:
        if move.is_dig:
            continue
        if move.container in case.plan.loads:
            times[move.container] = times.get(move.container, 0) + 1
        else:
            text = told("It leaves the yard but is not loaded.", "fetched-not-loaded")
            yield ONCE.finding(text, move.source, move.container)
    for container, count in times.items():
        if count != 1:
            text = told("It is fetched from the yard {times} times instead of once.", "fetched-not-once", times=count)
            yield ONCE.finding(text, "", container)


def _keeps_its_plug(case: Case, move: YardMove) -> Iterator[Finding]:
    """Of the loads alone: the yard does not say which of the other boxes are live."""
    box = case.call.load_by_id.get(move.container)
    if box is None or not box.needs_plug or move.target is None:
        return
    if _is_at_rack(case, move.source) and not _is_at_rack(case, move.target):
        text = told("The reefer leaves its plug at {place} and finds none.", "plug-lost-in-yard", place=move.source)
        yield PLUG.finding(text, move.target, move.container)


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
            text = told(
                "It is due at {due_s} s; the quay crane starts to load it at {at_s} s.",
                "due-too-late",
                due_s=move.due_s,
                at_s=wanted,
            )
            yield DUE.finding(text, move.source, move.container)
    for block, count in sorted(late.items()):
        text = told(
            "{count} loads are handed out after loads that are wanted later.", "block-out-of-order", count=count
        )
        yield ORDER.finding(text, f"block {block}")


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
            yield PLACE.finding(told("It does not stand in the yard.", "not-in-yard"), move.source, move.container)
            return
        if box.position != move.source:
            text = told(
                "It is fetched from {place} but stands at {there}.",
                "fetched-from-elsewhere",
                place=move.source,
                there=box.position,
            )
            yield PLACE.finding(text, move.source, move.container)
        stack = self._stack(box.position)
        above = [stack[tier] for tier in sorted(stack) if tier > box.position.tier]
        if above:
            text = told(
                "It is fetched while {boxes} {verb} on it.",
                "fetched-from-under",
                boxes=", ".join(above),
                verb="stands" if len(above) == 1 else "stand",
            )
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
        def wrong(text: Told) -> Finding:
            return TARGET.finding(text, target, move.container)

        block = self.blocks.get(target.block)
        if block is None:
            yield wrong(told("The terminal has no block {block}.", "no-such-block", block=target.block))
        elif not block.has(target):
            yield wrong(
                told(
                    "Block {block} has no such place ({bays} bays, {rows} rows, {tiers} tiers).",
                    "no-such-yard-place",
                    block=block.id,
                    bays=block.bays,
                    rows=block.rows,
                    tiers=block.tiers,
                )
            )
        if (length_ft <= 20) is (target.bay % 2 == 0):
            yield wrong(
                told(
                    "A {length_ft} ft box cannot stand in bay {bay:02}.",
                    "yard-bay-of-other-length",
                    length_ft=length_ft,
                    bay=target.bay,
                )
            )
        stack = self._stack(target)
        if target.tier in stack:
            yield wrong(told("{other} stands there.", "yard-place-taken", other=stack[target.tier]))
        elif target.tier != len(stack) + 1:
            yield wrong(
                told(
                    "The stack is {height} high, so the box would stand at tier {tier}.",
                    "yard-tier-not-next",
                    height=len(stack),
                    tier=len(stack) + 1,
                )
            )
        for bay in _overlapping(target.bay):
            if other := self.stacks.get((target.block, bay, target.row)):
                box = next(iter(other.values()))
                yield wrong(
                    told("{other} stands in bay {bay:02} on the same ground.", "yard-ground-taken", other=box, bay=bay)
                )


def _overlapping(bay: int) -> tuple[int, ...]:
    """Bays whose stacks stand on some of the ground of this one."""
    return (bay - 1, bay + 1) if bay % 2 else (bay - 2, bay - 1, bay + 1, bay + 2)
