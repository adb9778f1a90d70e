"""The decisions, one function each: a block for a box, the next ship, a berth for her, the next box and its truck."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cabria.planning.dispatch.transhipment.problem import (
    ArrivingBox,
    BlockState,
    Choice,
    Terminal,
    WaitingJob,
    WaitingShip,
)

_USUAL_STAY_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class Params:
    """What a second of each kind weighs.

    Blocks: `back`, the truck's drive back to a crane that waits for it, `away_s` more to another berth than it is at;
    `inward`, its drive to the block, `inward_last` with the last box of its ship; `onward`, the drive to the next ship;
    `queue`, waiting for the yard crane; `leg_s` and `ship_s`, for each box in the block that will be asked for just
    before or after this one, or by the same ship; `slot_s`, for two weeks in the last free place of a block, falling
    with how full it is to the power `scarcity`.
    Ships: `on_time_s`, how long one may wait and be on time; `most_s`, after which she goes first whatever is lost.
    Berths: `fetch`, driving the boxes to load to the berth.
    Jobs: `crane_waits_s`, how much sooner a box on a quay crane's hook is served; `enough_trucks` for a loading ship,
    and `too_many_s` for each truck beyond; `block_queue`, waiting for the yard crane.
    """

    back: float = 1.0
    away_s: float = 90.0
    inward: float = 0.35
    inward_last: float = 1.7
    onward: float = 0.3
    queue: float = 0.18
    leg_s: float = 8.0
    ship_s: float = 0.5
    slot_s: float = 230.0
    scarcity: float = 6.0
    on_time_s: float = 7_200.0
    most_s: float = 86_400.0
    fetch: float = 0.02
    crane_waits_s: float = 50.0
    enough_trucks: int = 4
    too_many_s: float = 200.0
    block_queue: float = 0.5


def choose_block(
    terminal: Terminal, box: ArrivingBox, blocks: Sequence[BlockState], params: Params = Params()
) -> Choice | None:
    """The block that costs least for a box, the lowest of equals; None when every block is full."""
    return _least(
        _block_choice(terminal, box, block, state, params)
        for block, state in enumerate(blocks)
        if state.standing + state.coming < terminal.rooms[block]
    )


def _block_choice(terminal: Terminal, box: ArrivingBox, block: int, state: BlockState, params: Params) -> Choice:
    back_s = min(
        (
            terminal.drive_s[berth][block] + (0.0 if berth == box.at_berth else params.away_s)
            for berth in box.called_back
        ),
        default=0.0,
    )
    busy_s = (state.coming + state.wanted) * terminal.yard_crane_s
    return Choice(
        block,
        {
            "truck back": params.back * back_s,
            "drive in": (params.inward_last if box.is_last else params.inward) * state.drive_in_s,
            "drive out": params.onward * terminal.drive_s[box.next_berth][block],
            "yard crane": params.queue * max(0.0, busy_s - state.drive_in_s),
            "neighbours": params.leg_s * state.same_leg + params.ship_s * state.same_ship,
            "room": _room_s(terminal, block, state, box.stay_days, params),
        },
    )


def _room_s(terminal: Terminal, block: int, state: BlockState, stay_days: float, params: Params) -> float:
    """The price of a place: dear in a block that is nearly full, and for a box that stays long."""
    fill = (state.standing + state.coming) / terminal.rooms[block]
    return params.slot_s * stay_days / _USUAL_STAY_DAYS * math.pow(fill, params.scarcity)


def choose_ship(waits_s: Sequence[float], params: Params = Params()) -> int | None:
    """The ship that goes to the next free berth, by how long each has waited; None when none waits.

    The longest wait first, but a ship that is late already waits for those that can still be on time, as long as she
    has not waited `most_s`.
    """
    return max(
        range(len(waits_s)),
        key=lambda number: (not params.on_time_s <= waits_s[number] < params.most_s, waits_s[number], -number),
        default=None,
    )


def choose_berth(
    terminal: Terminal,
    ship: WaitingShip,
    free: Iterable[int],
    blocks: Sequence[BlockState],
    params: Params = Params(),
) -> Choice | None:
    """The free berth with room near it for what she brings, and near what she takes; None when none is free."""
    return _least(_berth_choice(terminal, ship, berth, blocks, params) for berth in free)


def _berth_choice(
    terminal: Terminal, ship: WaitingShip, berth: int, blocks: Sequence[BlockState], params: Params
) -> Choice:
    place_s = min(
        params.back * drive_s + _room_s(terminal, block, blocks[block], _USUAL_STAY_DAYS, params)
        for block, drive_s in enumerate(terminal.drive_s[berth])
    )
    return Choice(berth, {"discharge": ship.to_discharge * place_s, "load": params.fetch * ship.fetch_s[berth]})


def choose_job(terminal: Terminal, jobs: Sequence[WaitingJob], params: Params = Params()) -> Choice | None:
    """The box the next free truck is for: near before far, one on a hook sooner than one in the yard; None without."""
    return _least(_job_choice(terminal, number, job, params) for number, job in enumerate(jobs))


def _job_choice(terminal: Terminal, number: int, job: WaitingJob, params: Params) -> Choice:
    if not job.is_load:
        return Choice(number, {"pick": job.pick_s, "crane waits": -params.crane_waits_s})
    beyond = max(0, job.on_the_way - params.enough_trucks)
    return Choice(
        number,
        {
            "pick": job.pick_s,
            "enough trucks": params.too_many_s * beyond,
            "yard crane": params.block_queue * terminal.yard_crane_s * job.before,
        },
    )


def choose_truck(picks_s: Sequence[float]) -> int | None:
    """The truck that is there first, the lowest of equals; None when there is none."""
    return min(range(len(picks_s)), key=picks_s.__getitem__, default=None)


def _least(choices: Iterable[Choice]) -> Choice | None:
    return min(choices, key=lambda choice: (choice.total_s, choice.chosen), default=None)
