"""A general solver on the same bay section: CP-SAT with a model by cells, which knows nothing of piles.

A variable for every kind of box and every slot that may take it; masses are shared out by stack. Imported only when
asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product

from ortools.sat.python import cp_model

from cabria.domain.slot_planning import PUBLISHED, BaySection, Slot, SlotBox

Kind = tuple[int, int, int, bool]
Var = cp_model.IntVar


def by_cp_sat(section: BaySection, seconds: float) -> tuple[int | None, int | None, bool]:
    """Cost and bound within these seconds on one core, and whether that is proven; no cost and proven: no plan."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(_Model(section).model)
    if status == cp_model.INFEASIBLE:
        return None, None, True
    cost = round(solver.objective_value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    return cost, round(solver.best_objective_bound), status == cp_model.OPTIMAL


def _kind(box: SlotBox) -> Kind:
    return (box.length_ft, box.height_mm, box.port, box.is_reefer)


class _Model:
    def __init__(self, section: BaySection) -> None:
        self.section, self.model = section, cp_model.CpModel()
        self.stacks, self.tiers = range(1, len(section.stacks) + 1), range(1, section.tiers + 1)
        self.aboard = {
            (place.stack, place.tier, half): box for box, place in section.on_board for half in place.slot.halves
        }
        self.puts: dict[tuple[int, int, Slot], dict[Kind, Var]] = defaultdict(dict)
        self.cost: list[cp_model.LinearExprT] = []
        for stack in self.stacks:
            self._slots(stack)
            self._stand(stack)
            self._heights(stack)
            self._overstows(stack)
            self._ports(stack)
        self._masses()
        self.model.minimize(sum(self.cost))

    def _slots(self, stack: int) -> None:
        for tier, slot in product(self.tiers, Slot):
            cell = self.section.stacks[stack - 1].cells[tier - 1]
            if not cell.takes(slot) or self._is_below_aboard(stack, tier, slot):
                continue
            for kind in sorted({_kind(box) for box in self.section.to_load}):
                length_ft, _, _, is_reefer = kind
                if (length_ft == 40) is (slot is Slot.BOTH) and (cell.has_plug(slot) or not is_reefer):
                    put = self.puts[stack, tier, slot][kind] = self.model.new_bool_var("")
                    if cell.has_plug(slot) and not is_reefer:
                        self.cost.append(PUBLISHED.plug * put)

    def _is_below_aboard(self, stack: int, tier: int, slot: Slot) -> bool:
        upwards = range(tier, self.section.tiers + 1)
        return any((stack, above, half) in self.aboard for above in upwards for half in slot.halves)

    def _at(self, stack: int, tier: int, *slots: Slot) -> list[Var]:
        return [put for slot in slots for put in self.puts[stack, tier, slot].values()]

    def _stand(self, stack: int) -> None:
        floor = self.section.stacks[stack - 1].floor
        for tier, half in product(self.tiers, Slot.BOTH.halves):
            here = self._at(stack, tier, half, Slot.BOTH)
            self.model.add_at_most_one(here)
            lower = self.aboard.get((stack, tier - 1, half))
            if lower is None and tier > floor:
                self.model.add(sum(here) <= sum(self._at(stack, tier - 1, half, Slot.BOTH)))
            stands_on_40 = int(lower is not None and lower.length_ft == 40)
            forty_below = sum(self._at(stack, tier - 1, Slot.BOTH)) + stands_on_40
            self.model.add(sum(self._at(stack, tier, half)) + forty_below <= 1)

    def _heights(self, stack: int) -> None:
        limit_mm = self.section.stacks[stack - 1].height_limit_mm
        is_loaded = self._whether(self._in(stack))
        for half in Slot.BOTH.halves:
            new_mm = [
                kind[1] * put
                for tier, slot in product(self.tiers, (half, Slot.BOTH))
                for kind, put in self.puts[stack, tier, slot].items()
            ]
            aboard_mm = sum(box.height_mm for (at, _, side), box in self.aboard.items() if (at, side) == (stack, half))
            self.model.add(sum(new_mm) + aboard_mm <= limit_mm).only_enforce_if(is_loaded)

    def _overstows(self, stack: int) -> None:
        ports = sorted({box.port for box in self.section.to_load} | {box.port for box in self.aboard.values()})
        earlier = {
            (tier, half, port): self._whether(
                [
                    put
                    for below, slot in product(range(1, tier), (half, Slot.BOTH))
                    for kind, put in self.puts[stack, below, slot].items()
                    if kind[2] < port
                ],
                any(
                    (at, side) == (stack, half) and below < tier and box.port < port
                    for (at, below, side), box in self.aboard.items()
                ),
            )
            for tier, half, port in product(self.tiers, Slot.BOTH.halves, ports[1:])
        }
        for tier, slot in product(self.tiers, Slot):
            for kind, put in self.puts[stack, tier, slot].items():
                if kind[2] > ports[0]:
                    overstows = self.model.new_bool_var("")
                    self.cost.append(PUBLISHED.overstow * overstows)
                    for half in slot.halves:
                        self.model.add(overstows >= put + earlier[tier, half, kind[2]] - 1)
        for box, place in self.section.on_board:
            below = [self.aboard.get((stack, tier, h)) for tier in range(1, place.tier) for h in place.slot.halves]
            if place.stack == stack and any(lower is not None and lower.port < box.port for lower in below):
                self.cost.append(PUBLISHED.overstow)

    def _ports(self, stack: int) -> None:
        standing = [(box, place) for box, place in self.section.on_board if place.stack == stack]
        is_at_plug = [
            not box.is_reefer and self.section.stacks[stack - 1].cells[place.tier - 1].has_plug(place.slot)
            for box, place in standing
        ]
        self.cost.append(PUBLISHED.plug * sum(is_at_plug))
        for port in {box.port for box in self.section.to_load} | {box.port for box, _ in standing}:
            here = [
                put
                for tier, slot in product(self.tiers, Slot)
                for kind, put in self.puts[stack, tier, slot].items()
                if kind[2] == port
            ]
            self.cost.append(PUBLISHED.port * self._whether(here, any(box.port == port for box, _ in standing)))
        self.cost.append(PUBLISHED.stack * self._whether(self._in(stack), bool(standing)))

    def _masses(self) -> None:
        alike = Counter((_kind(box), box.mass_kg) for box in self.section.to_load)
        shares = {
            (stack, kind, mass_kg): self.model.new_int_var(0, count, "")
            for stack in self.stacks
            for (kind, mass_kg), count in alike.items()
        }
        for (kind, mass_kg), count in alike.items():
            self.model.add(sum(shares[stack, kind, mass_kg] for stack in self.stacks) == count)
        for stack in self.stacks:
            for kind in {kind for kind, _ in alike}:
                puts = [
                    self.puts[stack, tier, slot][kind]
                    for tier, slot in product(self.tiers, Slot)
                    if kind in self.puts[stack, tier, slot]
                ]
                own = [share for (at, its, _), share in shares.items() if at == stack and its == kind]
                self.model.add(sum(own) == sum(puts))
            new_kg = sum(mass_kg * share for (at, _, mass_kg), share in shares.items() if at == stack)
            aboard_kg = sum(box.mass_kg for box, place in self.section.on_board if place.stack == stack)
            limit_kg = self.section.stacks[stack - 1].mass_limit_kg
            self.model.add(new_kg <= max(0, limit_kg - aboard_kg))

    def _in(self, stack: int) -> list[Var]:
        return [put for tier in self.tiers for put in self._at(stack, tier, *Slot)]

    def _whether(self, puts: list[Var], already: bool = False) -> cp_model.LinearExprT:
        """At least 1 when any of these is put."""
        if already:
            return 1
        some = self.model.new_bool_var("")
        for put in puts:
            self.model.add_implication(put, some)
        return some
