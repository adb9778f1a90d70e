"""The stacks of a yard as flat arrays: every odd bay and row for 20 ft, every even one for 40 and 45 ft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock, YardInventory
from cabria.planning.yard.slots.problem import YardGuest, YardRules
from cabria.planning.yard.slots.standing import StandingBoxes
from cabria.referee.imdg import Hazards, code_between

Array = np.ndarray[Any, np.dtype[Any]]


class Places:
    """All stacks that may be, what stands on them, and which of them share ground. Changed box by box.

    Places count from 0. One more, past the last, has no room and stands for "none".
    """

    def __init__(self, blocks: Sequence[YardBlock], rules: YardRules) -> None:
        self.blocks = tuple(blocks)
        self.rules = rules
        rows = [
            (number, bay, row)
            for number, block in enumerate(blocks)
            for bay in range(1, 2 * block.bays)
            for row in range(1, block.rows + 1)
        ]
        self.at = {(blocks[number].id, bay, row): n for n, (number, bay, row) in enumerate(rows)}
        if len(self.at) != len(rows):
            raise DataError("Two yard blocks have the same name.")
        table = np.array(rows, np.int64).reshape(-1, 3)
        self.block, self.bay, self.row = table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()
        self.is_40 = self.bay % 2 == 0
        self._half = np.where(self.is_40, 2, 1)
        """Bay numbers from the middle of a box to its end."""
        ends = np.searchsorted(self.block, np.arange(len(blocks) + 1)).tolist()
        self._of_block = [slice(first, last) for first, last in pairwise(ends)]
        self.standing = StandingBoxes(np.array([*(self._tiers(*place) for place in rows), 0], np.int64))
        self.length_ft = np.zeros(len(rows), np.int64)
        self.top_kg = np.zeros(len(rows), np.int64)
        self.has_rack = np.array([self._has_rack(number, bay) for number, bay, _ in rows], bool)
        self.takes_45_ft = np.array([self._takes_45_ft(number, bay) for number, bay, _ in rows], bool)
        spans = [(number, bay - (bay + 1) % 2, bay + (bay + 1) % 2) for number, bay, _ in rows]
        allocations = [(self._allocation(n, first), self._allocation(n, last)) for n, first, last in spans]
        self.allocation = np.array(allocations, np.int64).reshape(-1, 2)
        """Of each place, the allocations of the first and the last bay it covers, -1 where there is none."""
        self._sharing = np.array([self._sharing_ground(*place) for place in rows], np.int64).reshape(-1, 4)
        self.guests: list[list[YardGuest]] = [[] for _ in rows]
        self.place_of: dict[ContainerId, int] = {}
        self._dangerous: dict[Hazards, list[int]] = {}
        self._of_service: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self.block)

    @property
    def height(self) -> Array:
        return self.standing.height[:-1]

    @property
    def tiers(self) -> Array:
        return self.standing.tiers[:-1]

    def position(self, place: int, tier: int) -> YardPosition:
        return YardPosition(self.blocks[self.block[place]].id, int(self.bay[place]), int(self.row[place]), tier)

    def shares_ground(self) -> Array:
        """Of each place, whether boxes stand on ground that it needs, over other bays."""
        return np.asarray((self.standing.height[self._sharing] > 0).any(axis=1))

    def of_service(self, service: str) -> Array:
        """How many boxes of a service stand in each block."""
        return self._of_service.get(service, np.zeros(len(self.blocks), np.int64))

    def fill(self, inventory: YardInventory, guests: Mapping[ContainerId, YardGuest], now_s: float) -> None:
        """Let boxes stand; `guests` says of each what must be known. Raises DataError for one it does not."""
        for key, stack in inventory.stacks.items():
            place = self.at.get(key)
            if place is None:
                raise DataError(f"The yard has no stack for container {stack[0].id}.", place=str(stack[0].position))
            for box in stack:
                guest = guests.get(box.id)
                if guest is None:
                    raise DataError(f"Nothing is said of when container {box.id} leaves.", place=str(box.position))
                self.put(place, guest, now_s)

    def put(self, place: int, guest: YardGuest, now_s: float) -> YardPosition:
        """Set a box on a place and say where it is. Raises DataError where it cannot stand."""
        if guest.id in self.place_of:
            raise DataError(f"Container {guest.id} stands in the yard already.")
        if self.is_40[place] == (guest.length_ft == 20) or self.length_ft[place] not in (0, guest.length_ft):
            raise DataError(f"Container {guest.id} is of another length than its place.")
        if self.shares_ground()[place]:
            raise DataError(f"Container {guest.id} would share ground with boxes of another bay.")
        self.standing.put(place, guest.departure, now_s)
        self.guests[place].append(guest)
        self.place_of[guest.id] = place
        self._look_again(place)
        if guest.hazards:
            self._dangerous.setdefault(guest.hazards, []).append(place)
        counts = self._of_service.setdefault(guest.service, np.zeros(len(self.blocks), np.int64))
        counts[self.block[place]] += 1
        return self.position(place, len(self.guests[place]))

    def take(self, container: ContainerId, now_s: float) -> YardGuest:
        """Lift a box that stands on top. Raises DataError when it is not in the yard or something stands on it."""
        place = self.place_of.get(container)
        if place is None:
            raise DataError(f"Container {container} is not in the yard.")
        if self.guests[place][-1].id != container:
            raise DataError(f"Container {self.guests[place][-1].id} stands above container {container}.")
        del self.place_of[container]
        guest = self.guests[place].pop()
        self.standing.take(place, now_s)
        self._look_again(place)
        if guest.hazards:
            places = self._dangerous[guest.hazards]
            places.remove(place)
            if not places:
                del self._dangerous[guest.hazards]
        counts = self._of_service[guest.service]
        counts[self.block[place]] -= 1
        if not counts.any():
            del self._of_service[guest.service]
        return guest

    def too_near_dangerous(self, hazards: Hazards) -> Array:
        """Of each place, whether a box with these hazards would stand too near to another."""
        found = np.zeros(len(self), bool)
        for other, places in self._dangerous.items():
            code = code_between(hazards, other)
            if code:
                rule = self.rules.segregation[code]
                for place in set(places):
                    block = self._of_block[self.block[place]]
                    reach = self._half[block] + self._half[place] + 2 * rule.bays
                    near = np.abs(self.bay[block] - self.bay[place]) < reach
                    found[block] |= near & (np.abs(self.row[block] - self.row[place]) <= rule.rows)
        return found

    def _look_again(self, place: int) -> None:
        stack = self.guests[place]
        self.length_ft[place] = stack[-1].length_ft if stack else 0
        self.top_kg[place] = stack[-1].gross_mass_kg if stack else 0

    def _tiers(self, number: int, bay: int, row: int) -> int:
        block = self.blocks[number]
        return min(block.tiers, self.rules.row_tiers.get((block.id, row), block.tiers))

    def _has_rack(self, number: int, bay: int) -> bool:
        covered = (bay,) if bay % 2 else (bay - 1, bay + 1)
        return any(odd in self.blocks[number].plug_bays for odd in covered)

    def _takes_45_ft(self, number: int, bay: int) -> bool:
        allowed = self.rules.bays_for_45_ft
        return bay % 2 == 0 and (allowed is None or bay in allowed.get(self.blocks[number].id, ()))

    def _allocation(self, number: int, bay: int) -> int:
        for n, allocation in enumerate(self.rules.allocations):
            if allocation.block == self.blocks[number].id and allocation.first_bay <= bay <= allocation.last_bay:
                return n
        return -1

    def _sharing_ground(self, number: int, bay: int, row: int) -> tuple[int, int, int, int]:
        others = (bay - 1, bay + 1) if bay % 2 else (bay - 2, bay - 1, bay + 1, bay + 2)
        block = self.blocks[number].id
        found = [self.at.get((block, other, row), len(self.at)) for other in others]
        return tuple((*found, len(self.at), len(self.at))[:4])  # type: ignore[return-value]
