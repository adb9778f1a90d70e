"""A crane's steps gathered into blocks: what it does in one go at one bay and level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from cabria.domain.vessel import Level, VesselProfile
from cabria.domain.work import CraneStep, StepKind, WorkQueue


class Mixed(StrEnum):
    """Kinds of block that are made of steps of two kinds."""

    DUAL = "dual cycles"
    """A box set and another brought back, again and again."""


@dataclass(frozen=True, slots=True)
class WorkBlock:
    """Consecutive steps of one kind at one bay and level. Lids have no level."""

    crane: str
    bay: int
    level: Level | None
    kind: StepKind | Mixed
    start_s: int
    end_s: int
    steps: int
    containers: int
    twins: int
    lids: tuple[str, ...] = ()


def level_of(step: CraneStep, profile: VesselProfile) -> Level | None:
    """Deck or hold; None for a lid."""
    places = (profile.place(position) for position in step.positions)
    return next((place.stack.level for place in places if place), None)


def work_blocks(queue: WorkQueue, profile: VesselProfile, longest_pause_s: int = 900) -> Iterator[WorkBlock]:
    """The queue's blocks in order; a pause longer than `longest_pause_s` ends a block too."""
    gathered: list[CraneStep] = []
    kinds = _kinds(queue.steps)
    key: tuple[int, Level | None, StepKind | Mixed] | None = None
    for step, kind in zip(queue.steps, kinds, strict=True):
        its_key = (step.bay, level_of(step, profile), kind)
        if key and (its_key != key or step.start_s - gathered[-1].end_s > longest_pause_s):
            yield _block(queue.crane, key[-1], gathered, profile)
            gathered = []
        gathered.append(step)
        key = its_key
    if key:
        yield _block(queue.crane, key[-1], gathered, profile)


def _kinds(steps: Sequence[CraneStep]) -> list[StepKind | Mixed]:
    """What each step is part of: a load and the discharge that follows at once in the same bay are a dual cycle."""
    kinds: list[StepKind | Mixed] = [step.kind for step in steps]
    for number, (step, following) in enumerate(pairwise(steps)):
        turns = (step.kind, following.kind) == (StepKind.LOAD, StepKind.DISCHARGE)
        if turns and step.bay == following.bay and step.end_s == following.start_s:
            kinds[number] = kinds[number + 1] = Mixed.DUAL
    return kinds


def _block(crane: str, kind: StepKind | Mixed, steps: list[CraneStep], profile: VesselProfile) -> WorkBlock:
    first = steps[0]
    return WorkBlock(
        crane=crane,
        bay=first.bay,
        level=level_of(first, profile),
        kind=kind,
        start_s=first.start_s,
        end_s=steps[-1].end_s,
        steps=len(steps),
        containers=sum(len(step.containers) for step in steps),
        twins=sum(len(step.containers) == 2 for step in steps),
        lids=tuple(step.lid for step in steps if step.lid),
    )
