"""A yard of many blocks in which boxes of all kinds come and leave: what slot choice is timed in."""

from __future__ import annotations

from random import Random

from cabria.domain.containers import ContainerId, Port
from cabria.domain.yard import YardBlock
from cabria.planning.yard.slots.departures import DepartureSkill
from cabria.planning.yard.slots.places import Places
from cabria.planning.yard.slots.problem import Allocation, YardGuest, YardRules, YardWork
from cabria.planning.yard.slots.solve import SlotChoice, choose

DAY_S = 86_400
BAYS, ROWS, TIERS = 40, 10, 5
SERVICES, PORTS = ("ALPHA", "BRAVO", "COAST", "DELTA"), ("CNSHA", "MXZLO", "CLSAI", "ECGYE")
RACKS = (1, 3, 5, 7)
FILL = 0.6
MEAN_STAY_S, ERROR_S = 4.5 * DAY_S, 1.0 * DAY_S


class SlotYard:
    """Filled to `FILL` at birth; then for each box that comes the one that is due leaves."""

    def __init__(self, blocks: int, seed: int) -> None:
        self._random = Random(seed)
        self._number = 0
        yard = [YardBlock(f"B{n:02}", BAYS, ROWS, TIERS, plug_bays=RACKS) for n in range(1, blocks + 1)]
        rules = YardRules(
            allocations=tuple(
                Allocation(block.id, 9, 9 + 2 * 12, services=(SERVICES[n % 4],)) for n, block in enumerate(yard)
            ),
            row_tiers={(block.id, 1): TIERS - 1 for block in yard},
            max_inversion_kg=15_000,
        )
        self.places = Places(yard, rules)
        self.skill = DepartureSkill(MEAN_STAY_S)
        self.now_s = 0.0
        self._work = YardWork(
            backlog_min={block.id: self._random.uniform(0, 30) for block in yard},
            crane_bay={block.id: self._random.randrange(1, 2 * BAYS) for block in yard},
            being_worked=tuple((block.id, self._random.randrange(1, 2 * BAYS, 2), 0) for block in yard),
        )
        self._leaves_s: dict[ContainerId, float] = {}
        places_teu = blocks * BAYS * ROWS * TIERS
        teu = 0
        self._gap_s = MEAN_STAY_S / (FILL * places_teu / 1.6)
        while teu < FILL * places_teu:
            box = self.next_box()
            choice = self.choose(box)
            if choice.best:
                self._put(box, choice)
                teu += 1 if box.length_ft == 20 else 2
            else:
                self._forget(box.id)

    def next_box(self) -> YardGuest:
        """The next box that comes, a little later than the last."""
        random = self._random
        self.now_s += random.expovariate(1 / self._gap_s)
        self._number += 1
        name = ContainerId(f"SLOT{self._number:07}")
        leaves_s = self.now_s + random.lognormvariate(12.36, 1.0)
        self._leaves_s[name] = leaves_s
        departure = self.skill.arrived(name, self.now_s, leaves_s + random.gauss(0, ERROR_S))
        length_ft = random.choices((20, 40, 45), (40, 57, 3))[0]
        return YardGuest(
            name, length_ft, random.randrange(4_000, 30_000), departure,
            needs_plug=random.random() < 0.05,
            hazards=((random.choice(("3", "8", "5.1", "2.1", "9")),),) if random.random() < 0.03 else (),
            service=random.choice(SERVICES), port=Port(random.choice(PORTS)),
        )  # fmt: skip

    def choose(self, box: YardGuest) -> SlotChoice:
        return choose(self.places, box, self.now_s, skill=self.skill, work=self._work)

    def carry_out(self, box: YardGuest, choice: SlotChoice) -> bool:
        """Set the box down and let another of its size leave; whether it stands well. A refused box goes away."""
        if choice.position is None:
            self._forget(box.id)
            return choice.verdict.reason != ""
        self._put(box, choice)
        stands = tuple(self.places.guests[self.places.place_of[box.id]])
        self._let_leave(box.length_ft)
        return choice.position.tier == len(stands) and len({guest.length_ft for guest in stands}) == 1

    def _put(self, box: YardGuest, choice: SlotChoice) -> None:
        position = choice.best[0].position
        self.places.put(self.places.at[position.block, position.bay, position.row], box, self.now_s)

    def _let_leave(self, length_ft: int) -> None:
        """One of some boxes on top, of like length, the one whose time is nearest."""
        tops = [stack[-1] for stack in self._random.sample(self.places.guests, 300) if stack]
        alike = [guest for guest in tops if (guest.length_ft > 20) == (length_ft > 20)]
        if alike:
            first = min(alike, key=lambda guest: self._leaves_s[guest.id])
            self.places.take(first.id, self.now_s)
            self._forget(first.id)

    def _forget(self, container: ContainerId) -> None:
        self.skill.left(container, self.now_s)
        self._leaves_s.pop(container, None)
