"""What a vessel stack may weigh and measure, heavy above light, and the lashing surrogate."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.findings import Severity
from cabria.domain.told import told
from cabria.domain.vessel import End
from cabria.referee.condition import HALVES, Aboard, Condition, StackState
from cabria.referee.rule import Offence, Rule

WEIGHT_20 = Rule(
    "STACK-WEIGHT-20",
    Severity.HARD,
    "At each end of a stack, the 20 ft containers and half of each longer one weigh no more than the 20 ft limit.",
)
WEIGHT_40 = Rule(
    "STACK-WEIGHT-40",
    Severity.HARD,
    "The longer containers of a stack and half of its 20 ft ones weigh no more than the 40 ft limit.",
)
HEIGHT = Rule(
    "STACK-HEIGHT",
    Severity.HARD,
    "At each end of a stack, heights add up to no more than the stack's limit; in the hold that keeps the lid free.",
)
INVERSION = Rule(
    "STACK-INVERSION",
    Severity.COMMERCIAL,
    "New cargo is no heavier than the new cargo it stands on, but for the inversion that the settings allow.",
)
LASHING = Rule(
    "STACK-LASHING",
    Severity.SAFETY,
    "Surrogate for the lashing calculation: mass times height over the stack's base, summed over a deck stack, "
    "stays under the profile's cap.",
)


def end_weight_within_limit(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        limit = state.stack.max_weight_20_kg
        if limit is None:
            continue
        for half in HALVES[End.BOTH]:
            doubled = sum(_share_doubled_kg(box) for box in state.boxes if half in box.halves)
            if doubled > 2 * limit:
                text = told(
                    "{mass_kg:,} kg stand where {limit_kg:,} kg are allowed.",
                    "end-too-heavy",
                    mass_kg=round(doubled / 2),
                    limit_kg=limit,
                )
                yield Offence(WEIGHT_20, text, f"{state} {half}", amount=doubled)


def _share_doubled_kg(box: Aboard) -> int:
    """Twice what a container puts on each of its ends; doubled to stay with integers."""
    return box.container.gross_mass_kg * (1 if box.place.end is End.BOTH else 2)


def stack_weight_within_limit(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        limit = state.stack.max_weight_40_kg
        if limit is None:
            continue
        doubled = sum(box.container.gross_mass_kg * (2 if box.place.end is End.BOTH else 1) for box in state.boxes)
        if doubled > 2 * limit:
            text = told(
                "{mass_kg:,} kg count where {limit_kg:,} kg are allowed.",
                "stack-too-heavy",
                mass_kg=round(doubled / 2),
                limit_kg=limit,
            )
            yield Offence(WEIGHT_40, text, str(state), amount=doubled)


def height_within_limit(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        limit = state.stack.max_height_mm
        if limit is None:
            continue
        for half in HALVES[End.BOTH]:
            height = _height_mm([box for box in state.boxes if half in box.halves])
            if height > limit:
                text = told(
                    "The containers are {height_mm:,} mm high together where {limit_mm:,} mm are allowed.",
                    "stack-too-high",
                    height_mm=height,
                    limit_mm=limit,
                )
                yield Offence(HEIGHT, text, f"{state} {half}", amount=height)


def _height_mm(boxes: list[Aboard]) -> int:
    top = boxes[-1].container.out_of_gauge if boxes else None
    return sum(box.container.height_mm for box in boxes) + (top.over_height_mm if top else 0)


def heavy_below_light(condition: Condition, max_inversion_kg: int) -> Iterator[Offence]:
    for state in condition.stacks.values():
        for box in state.boxes:
            below = _standing_on(state, box)
            if not box.is_new or not below or not all(lower.is_new for lower in below):
                continue
            excess = box.container.gross_mass_kg - sum(lower.container.gross_mass_kg for lower in below)
            if excess > max_inversion_kg:
                names = " and ".join(lower.container.id for lower in below)
                text = told(
                    "It is {excess_kg:,} kg heavier than {names} under it.",
                    "heavy-on-light",
                    excess_kg=excess,
                    names=names,
                )
                yield Offence(INVERSION, text, str(box.position), box.container.id, names)


def _standing_on(state: StackState, box: Aboard) -> list[Aboard]:
    if box.level_index == 0:
        return []
    below: list[Aboard] = []
    for half in box.halves:
        lower = state.halves[half][box.level_index - 1]
        if lower and lower not in below:
            below.append(lower)
    return below


def lashing_surrogate_within_cap(condition: Condition) -> Iterator[Offence]:
    cap = condition.profile.limits.max_lashing_kg_m
    if cap is None:
        return
    for state in condition.on_deck():
        moment = lashing_moment_kg_m(state)
        if moment > cap:
            text = told(
                "The lashing surrogate is {moment_kg_m:,} kg m where {limit_kg_m:,} kg m are allowed.",
                "lashing-too-much",
                moment_kg_m=moment,
                limit_kg_m=cap,
            )
            yield Offence(LASHING, text, str(state), amount=moment)


def lashing_moment_kg_m(state: StackState) -> int:
    """Sum of mass times the height of each container's middle over the base of its stack."""
    total = 0
    reached = dict.fromkeys(HALVES[End.BOTH], 0)
    for box in state.boxes:
        base = max(reached[half] for half in box.halves)
        height = box.container.height_mm
        total += box.container.gross_mass_kg * (2 * base + height)
        for half in box.halves:
            reached[half] = base + height
    return total // 2_000
