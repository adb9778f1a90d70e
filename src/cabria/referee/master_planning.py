"""Judges a master plan from scratch: every rule at every port, and its cost.

Cost = 1000 left + 100 restowed + 1 crane, summed over the ports:

- `left`: boxes that are not stowed.
- `restowed`: boxes on a lid that must be lifted off and put back, because something under it is loaded or discharged at
  a port where they neither came aboard nor leave. What is on board at the beginning counts too.
- `crane`: at each port the most lifts in two adjacent bays, one for each box loaded or discharged and two for each
  restowed.

When she leaves a port, all of these hold, on integers: room, 40 ft, plugs and mass of each block; the ship's centres,
whose moments (lightship and boxes) are divided by the displacement given for the port; shear and bending behind each
bay, from the weights and the buoyancy given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cabria.domain.master_planning import MasterVoyage, Sailing, Stowing

PRICES = {"left": 1_000, "restowed": 100, "crane": 1}


@dataclass(frozen=True, slots=True)
class MasterJudgement:
    """What a plan costs by component, and what is wrong with it."""

    costs: Mapping[str, int]
    problems: tuple[str, ...]

    @property
    def cost(self) -> int:
        return sum(self.costs.values())

    @property
    def is_valid(self) -> bool:
        return not self.problems


def judge_master_plan(voyage: MasterVoyage, plan: Sequence[Stowing]) -> MasterJudgement:
    problems = list(_strange(voyage, plan))
    if problems:
        return MasterJudgement({}, tuple(problems))
    asked = sum(map(sum, voyage.demand.values()))
    left = asked - sum(stowing.boxes for stowing in plan)
    problems += _too_many(voyage, plan)
    aboard = [*plan, *_released(voyage)]
    for port in range(1, voyage.ports):
        problems += [f"leaving port {port}: {problem}" for problem in _sailing_problems(voyage, aboard, port)]
    restowed, crane = 0, 0
    for port in range(1, voyage.ports + 1):
        restows = _restows(voyage, aboard, port)
        restowed += sum(restows.values())
        crane += _busiest(voyage, aboard, restows, port)
    counts = {"left": left, "restowed": restowed, "crane": crane}
    return MasterJudgement({name: PRICES[name] * counts[name] for name in counts}, tuple(problems))


def _strange(voyage: MasterVoyage, plan: Sequence[Stowing]) -> Iterator[str]:
    for stowing in plan:
        if (stowing.load_port, stowing.discharge_port) not in voyage.demand:
            yield f"{stowing}: no such leg"
        if not 0 <= stowing.sort < len(voyage.sorts) or not 0 <= stowing.block < len(voyage.blocks):
            yield f"{stowing}: no such sort or block"
        if stowing.boxes < 1:
            yield f"{stowing}: a number of boxes is at least 1"


def _too_many(voyage: MasterVoyage, plan: Sequence[Stowing]) -> Iterator[str]:
    stowed: Counter[tuple[int, int, int]] = Counter()
    for load, discharge, sort, _, boxes in plan:
        stowed[load, discharge, sort] += boxes
    for (load, discharge, sort), boxes in stowed.items():
        asked = voyage.demand[load, discharge][sort]
        if boxes > asked:
            yield f"{boxes} boxes of sort {sort + 1} from port {load} to {discharge}, where {asked} wait"


def _released(voyage: MasterVoyage) -> Iterator[Stowing]:
    """What is on board at first, as if it had been loaded at a port 0."""
    for (discharge, block), boxes in voyage.release.items():
        yield from (Stowing(0, discharge, sort, block, number) for sort, number in enumerate(boxes) if number)


def _sailing_problems(voyage: MasterVoyage, aboard: Sequence[Stowing], port: int) -> Iterator[str]:
    staying = [stowing for stowing in aboard if stowing.load_port <= port < stowing.discharge_port]
    used = [[0, 0, 0, 0] for _ in voyage.blocks]
    for _, _, number, block, boxes in staying:
        sort = voyage.sorts[number]
        each = (sort.teu, sort.length_ft == 40, sort.is_reefer, sort.mass_kg)
        used[block] = [before + boxes * one for before, one in zip(used[block], each, strict=True)]
    for number, (room, taken) in enumerate(zip(voyage.blocks, used, strict=True), 1):
        limits = (room.teu, room.feu, room.plugs, room.max_kg)
        for what, most, amount in zip(("TEU", "40 ft", "reefers", "kg"), limits, taken, strict=True):
            if amount > most:
                yield f"block {number} holds {amount} {what}, {most} at most"
    mass_kg = [taken[-1] for taken in used]
    sailing = voyage.sailings[port - 1]
    yield from _centre_problems(voyage, mass_kg, sailing)
    yield from _girder_problems(voyage, mass_kg, sailing)


def _centre_problems(voyage: MasterVoyage, mass_kg: Sequence[int], sailing: Sailing) -> Iterator[str]:
    bodies = [(hull.lightship_kg, hull.lcg_mm, hull.vcg_mm, hull.tcg_mm) for hull in voyage.bays]
    for mass, block in zip(mass_kg, voyage.blocks, strict=True):
        bodies.append((mass, block.lcg_mm, block.vcg_mm, block.tcg_mm))
    lcg, vcg, tcg = (sum(body[0] * body[way] for body in bodies) for way in (1, 2, 3))
    all_kg = sailing.displacement_kg
    for way, moment, least, most in (
        ("lengthwise", lcg, sailing.min_lcg_mm, sailing.max_lcg_mm),
        ("athwart", tcg, sailing.min_tcg_mm, sailing.max_tcg_mm),
        ("upwards", vcg, None, sailing.max_vcg_mm),
    ):
        if moment > most * all_kg or (least is not None and moment < least * all_kg):
            yield f"the centre lies at {moment / all_kg:.0f} mm {way}, allowed is {least} to {most}"


def _girder_problems(voyage: MasterVoyage, mass_kg: Sequence[int], sailing: Sailing) -> Iterator[str]:
    resting = [hull.lightship_kg - up for hull, up in zip(voyage.bays, sailing.buoyancy_kg, strict=True)]
    for mass, block in zip(mass_kg, voyage.blocks, strict=True):
        resting[block.bay] += mass
    for number, hull in enumerate(voyage.bays):
        shear = sum(resting[: number + 1])
        if not hull.min_shear_kg <= shear <= hull.max_shear_kg:
            yield f"shear at bay {number + 1} is {shear} kg, allowed is {hull.min_shear_kg} to {hull.max_shear_kg}"
        arms = [other.lcg_mm - hull.lcg_mm for other in voyage.bays[: number + 1]]
        bending = sum(arm * mass for arm, mass in zip(arms, resting, strict=False))
        if bending > hull.max_bending_kg_mm:
            yield f"bending at bay {number + 1} is {bending} kg mm, allowed is {hull.max_bending_kg_mm}"


def _restows(voyage: MasterVoyage, aboard: Sequence[Stowing], port: int) -> Counter[int]:
    """Boxes lifted off and put back at a port, by deck block."""
    worked = {stowing.block for stowing in aboard if port in (stowing.load_port, stowing.discharge_port)}
    restows: Counter[int] = Counter()
    for stowing in aboard:
        if stowing.load_port < port < stowing.discharge_port and voyage.blocks[stowing.block].hold in worked:
            restows[stowing.block] += stowing.boxes
    return restows


def _busiest(voyage: MasterVoyage, aboard: Sequence[Stowing], restows: Counter[int], port: int) -> int:
    lifts = [0] * len(voyage.bays)
    for stowing in aboard:
        if port in (stowing.load_port, stowing.discharge_port):
            lifts[voyage.blocks[stowing.block].bay] += stowing.boxes
    for block, boxes in restows.items():
        lifts[voyage.blocks[block].bay] += 2 * boxes
    return max((lifts[one] + lifts[other] for one, other in voyage.adjacent), default=0)
