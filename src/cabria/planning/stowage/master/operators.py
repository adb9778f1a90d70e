"""A ship's loading at all ports, kept up to date while boxes move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cabria.domain.master_planning import MasterVoyage
from cabria.planning.search.kernels import Array
from cabria.planning.stowage.master import kernels
from cabria.planning.stowage.master.problem import Flat, MasterPlan, MasterProblem

LEFT, RESTOWED, OVER_AIM = 0, 1, 2


@dataclass
class Stowage:
    """Where all boxes stand, and what follows from it at each port (arrays as told in the kernels)."""

    problem: MasterProblem
    flat: Flat
    stowed: Array
    items: Array
    count: Array
    place: Array
    used: Array
    worked: Array
    passing: Array
    lifts: Array
    rest_kg: Array
    moment: Array
    excess: Array
    aim: Array
    total: Array
    soft: Array

    @classmethod
    def empty(cls, problem: MasterProblem, aim: Array) -> Stowage:
        """All boxes on the quay, the release on board. `aim` are lifts in a pair of bays that cost nothing, by port."""
        flat, blocks, bays, ports = (
            problem.flat,
            len(problem.voyage.blocks),
            len(problem.voyage.bays),
            problem.flat.ports,
        )
        rows, groups = blocks + 1, len(flat.group)
        self = cls(
            problem, flat,
            stowed=np.zeros((rows, groups), np.int32), items=np.zeros((rows, groups), np.int32),
            count=np.zeros(rows, np.int32), place=np.full((rows, groups), -1, np.int32),
            used=np.zeros((blocks, ports + 1, 4), np.int64), worked=np.zeros((blocks, ports + 1), np.int64),
            passing=np.zeros((blocks, ports + 1), np.int64),
            lifts=np.zeros((flat.number_of_pairs, ports + 1), np.int64),
            rest_kg=np.zeros((bays, ports + 1), np.int64), moment=np.zeros((ports + 1, 3), np.int64),
            excess=np.zeros(ports + 1), aim=aim.astype(np.int64), total=np.zeros(3, np.int64),
            soft=np.zeros(2),
        )  # fmt: skip
        self._float_light(problem.voyage)
        self._take_release(problem.voyage)
        for number, boxes in enumerate(flat.waiting.tolist()):
            self.put(number, blocks, boxes)
        self.reweigh()
        return self

    def put(self, group: int, block: int, boxes: int) -> None:
        """More boxes of a group in a block (the last: the quay), whether there is room or not."""
        f = self.flat
        kernels.put(
            group, block, boxes, f.group, f.block, f.pairs, self.stowed, self.items, self.count, self.place, self.used,
            self.worked, self.passing, self.lifts, self.rest_kg, self.moment, self.aim,
            self.total, self.soft,
        )  # fmt: skip

    def reweigh(self) -> None:
        f = self.flat
        kernels.reweigh(1, f.ports, self.rest_kg, self.moment, f.limit, f.hull, self.excess)

    def anneal(self, rounds: int, hot: float, cold: float, price: float, state: Array) -> int:
        f = self.flat
        return int(kernels.anneal(
            rounds, hot, cold, price, f.group, f.first_kin, f.kin, f.block, f.room, f.pairs, f.limit, f.hull,
            self.stowed, self.items, self.count, self.place, self.used, self.worked, self.passing, self.lifts,
            self.rest_kg, self.moment, self.excess, self.aim, self.total, self.soft, state,
        ))  # fmt: skip

    def soften(self, softness: float) -> None:
        """Let a lid under which few boxes are worked count as opened only in part, boxes / (boxes + softness)."""
        self.soft[:] = 0.0, softness
        for hold, deck in self.problem.voyage.lid_over.items():
            worked = self.worked[hold]
            self.soft[0] += (self.passing[deck] * worked / np.maximum(worked + softness, 1e-9)).sum()

    @property
    def is_seaworthy(self) -> bool:
        return not self.excess.any()

    @property
    def cost(self) -> int:
        crane = int(kernels.crane_cost(self.lifts))
        return 1_000 * int(self.total[LEFT]) + 100 * int(self.total[RESTOWED]) + crane

    @property
    def plan(self) -> MasterPlan:
        return self.problem.plan(self.stowed)

    def _float_light(self, voyage: MasterVoyage) -> None:
        """The ship herself on her buoyancy."""
        for port, sailing in enumerate(voyage.sailings, 1):
            for bay, (hull, up_kg) in enumerate(zip(voyage.bays, sailing.buoyancy_kg, strict=True)):
                self.rest_kg[bay, port] = hull.lightship_kg - up_kg
                self.moment[port] += [hull.lightship_kg * way for way in (hull.lcg_mm, hull.vcg_mm, hull.tcg_mm)]

    def _take_release(self, voyage: MasterVoyage) -> None:
        for (discharge, number), counts in voyage.release.items():
            block, boxes = voyage.blocks[number], sum(counts)
            mass_kg = sum(boxes * sort.mass_kg for boxes, sort in zip(counts, voyage.sorts, strict=True))
            feu = sum(boxes for boxes, sort in zip(counts, voyage.sorts, strict=True) if sort.length_ft == 40)
            reefers = sum(boxes for boxes, sort in zip(counts, voyage.sorts, strict=True) if sort.is_reefer)
            for port in range(1, discharge):
                self.used[number, port] += [boxes + feu, feu, reefers, mass_kg]
                self.rest_kg[block.bay, port] += mass_kg
                self.moment[port] += [mass_kg * way for way in (block.lcg_mm, block.vcg_mm, block.tcg_mm)]
                self.passing[number, port] += boxes
            self.worked[number, discharge] += boxes
            kernels.lift(block.bay, discharge, boxes, self.flat.pairs, self.lifts, self.aim, self.total)
        self._restow_release(voyage)

    def _restow_release(self, voyage: MasterVoyage) -> None:
        """What stands on a lid when something under it leaves."""
        for hold, deck in voyage.lid_over.items():
            for port in range(1, voyage.ports + 1):
                if self.worked[hold, port]:
                    boxes = int(self.passing[deck, port])
                    self.total[RESTOWED] += boxes
                    kernels.lift(
                        voyage.blocks[deck].bay, port, 2 * boxes, self.flat.pairs, self.lifts, self.aim, self.total
                    )
