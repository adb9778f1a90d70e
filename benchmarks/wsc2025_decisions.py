"""Our rules behind the decision hooks of the WSC 2025 simulator: reads its state, asks the rule, names the answer.

The simulator calls three methods of a decision maker. Its objects are taken as they are; nothing of them is changed,
but with `orders_boxes` the list of boxes that wait for a truck, in which the box chosen is put first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cabria.planning.dispatch.transhipment.problem import ArrivingBox, BlockState, Terminal, WaitingJob, WaitingShip
from cabria.planning.dispatch.transhipment.rules import (
    Params,
    choose_berth,
    choose_block,
    choose_job,
    choose_ship,
    choose_truck,
)

YARD_CRANE_S = 90.0
WEEKS_BETWEEN = 2
"""A box is loaded two weeks after the week in which it came."""
PARAMS = Params(onward=0.0)
"""In the simulator a box to load is fetched where it was discharged, whatever block it stands in."""
_LOOKED_AHEAD = 3
"""Of the boxes asked for in a block, so many are taken to come before one that arrives."""


class Decisions:
    """The decision maker of one run. `days` are the ships' scheduled arrivals in the week, by ship."""

    def __init__(
        self, port: Any, distance: Any, speed: float, days: Mapping[str, float], *, orders_boxes: bool, params: Params
    ) -> None:
        self._port, self._distance, self._speed = port, distance, speed
        self._days, self._orders_boxes, self._params = days, orders_boxes, params
        self._berth_number = {id(berth): number for number, berth in enumerate(port.berths)}
        self._block_number = {id(block): number for number, block in enumerate(port.yard_blocks)}
        self._ships: Counter[tuple[int, str, int]] = Counter()
        self._legs: Counter[tuple[int, str, str, int]] = Counter()
        self._berth_of: dict[tuple[str, int], Any] = {}
        self._driven: dict[tuple[Any, Any], float] = {}
        self._terminal = Terminal(
            tuple(tuple(self._mean_drive_s(berth, block) for block in port.yard_blocks) for berth in port.berths),
            tuple(block.capacity for block in port.yard_blocks),
            YARD_CRANE_S,
        )

    def customeized_allocated_berth(self, waiting_vessel_list: Any) -> tuple[Any, Any]:
        free = [berth for berth in self._port.berth_being_idle.completed_list if berth.berthed_vessel is None]
        now = self._port.clock_time
        waits_s = [(now - vessel.arrival_time).total_seconds() for vessel in waiting_vessel_list]
        chosen = choose_ship(waits_s, self._params)
        if not free or chosen is None:
            return None, None
        vessel = waiting_vessel_list[chosen]
        ship = WaitingShip(sum(vessel.discharging_containers_information.values()), self._fetch_s(vessel))
        blocks = [BlockState(len(block.stacked_containers), block.reserved_slots) for block in self._port.yard_blocks]
        numbers = sorted(self._berth_number[id(berth)] for berth in free)
        choice = choose_berth(self._terminal, ship, numbers, blocks, self._params)
        berth = self._port.berths[choice.chosen] if choice else free[0]
        self._berth_of[vessel.id, vessel.week] = berth
        return berth, vessel

    def customeized_allocated_agvs(self, container: Any) -> Any:
        free = self._port.agv_being_idle.completed_list
        if not free:
            return None
        waiting = self._port.agv_being_idle.containers_pending
        if self._orders_boxes and len(waiting) > 1:
            container = self._next_box(waiting, free)
            waiting.remove(container)
            waiting.insert(0, container)
        chosen = choose_truck([self._drive_s(truck.current_location, container.current_location) for truck in free])
        return None if chosen is None else free[chosen]

    def customeized_determine_yard_block(self, agv: Any) -> Any:
        box = agv.loaded_container
        origin, destination, week = box.discharging_vessel_id, box.loading_vessel_id, box.week
        stay_days = 7 * WEEKS_BETWEEN + self._days[destination] - self._days[origin]
        at_berth = next(
            number for number, berth in enumerate(self._port.berths) if berth.berthed_vessel is box.discharging_vessel
        )
        is_last = not any(box.discharging_vessel.discharging_containers_information.values())
        arriving = ArrivingBox(0, stay_days, self._called_back(), at_berth, is_last)
        choice = choose_block(self._terminal, arriving, self._blocks_for(agv), self._params)
        if choice is None:
            return None
        self._ships[choice.chosen, destination, week] += 1
        self._legs[choice.chosen, origin, destination, week] += 1
        return self._port.yard_blocks[choice.chosen]

    def _blocks_for(self, agv: Any) -> list[BlockState]:
        box = agv.loaded_container
        origin, destination, week = box.discharging_vessel_id, box.loading_vessel_id, box.week
        asked = Counter(id(other.block_stacked) for other in self._port.container_being_unstacked.pending_list)
        return [
            BlockState(
                standing=len(block.stacked_containers),
                coming=block.reserved_slots,
                wanted=min(asked[id(block)], _LOOKED_AHEAD),
                same_ship=self._ships[number, destination, week],
                same_leg=self._legs[number, origin, destination, week],
                drive_in_s=self._drive_s(agv.current_location, block.cp),
            )
            for number, block in enumerate(self._port.yard_blocks)
        ]

    def _called_back(self) -> tuple[int, ...]:
        """Berths that still discharge, unless the trucks that are free now are enough for all that is left."""
        left = [
            sum(berth.berthed_vessel.discharging_containers_information.values()) if berth.berthed_vessel else 0
            for berth in self._port.berths
        ]
        if sum(left) <= len(self._port.agv_being_idle.completed_list):
            return ()
        return tuple(number for number, boxes in enumerate(left) if boxes > 0)

    def _fetch_s(self, vessel: Any) -> tuple[float, ...]:
        if vessel.loading_containers_information is None:
            return (0.0,) * len(self._port.berths)
        came_at = [
            (self._berth_of[origin, vessel.week - WEEKS_BETWEEN], boxes)
            for origin, boxes in vessel.loading_containers_information.items()
            if (origin, vessel.week - WEEKS_BETWEEN) in self._berth_of
        ]
        return tuple(
            sum(boxes * self._drive_s(_middle(other), _middle(berth)) for other, boxes in came_at)
            for berth in self._port.berths
        )

    def _next_box(self, waiting: Any, free: Any) -> Any:
        """One box of each kind (ship, place, block) is judged, as the others of its kind cost the same."""
        on_the_way = Counter(
            truck.loaded_container.loading_vessel_id
            for truck in self._port.agvs
            if truck.loaded_container is not None and not truck.in_discharging
        )
        before = Counter(id(box.block_stacked) for box in self._port.yc_repositioning.container_pending_list)
        ready = {id(crane.served_block) for crane in self._port.yc_repositioning.completed_list}
        kinds: dict[tuple[int, int, str], Any] = {}
        for box in waiting:
            ship = "" if box.in_discharging else box.loading_vessel_id
            kinds.setdefault((id(box.current_location), id(box.block_stacked), ship), box)
        picks_s = {
            id(place): min(self._drive_s(truck.current_location, place) for truck in free)
            for place in {id(box.current_location): box.current_location for box in kinds.values()}.values()
        }
        jobs = [
            WaitingJob(
                is_load=not box.in_discharging,
                pick_s=picks_s[id(box.current_location)],
                on_the_way=on_the_way[box.loading_vessel_id],
                before=before[id(box.block_stacked)] + (id(box.block_stacked) not in ready),
            )
            for box in kinds.values()
        ]
        choice = choose_job(self._terminal, jobs, self._params)
        return list(kinds.values())[choice.chosen] if choice else waiting[0]

    def _mean_drive_s(self, berth: Any, block: Any) -> float:
        drives = [self._drive_s(crane.cp, block.cp) for crane in berth.equipped_qcs]
        return sum(drives) / len(drives)

    def _drive_s(self, place: Any, other: Any) -> float:
        drive_s = self._driven.get((place, other))
        if drive_s is None:
            drive_s = self._driven[place, other] = self._distance(place, other) / self._speed
        return drive_s


def _middle(berth: Any) -> Any:
    return berth.equipped_qcs[len(berth.equipped_qcs) // 2].cp
