"""Made calls: a ship on her way from Asia along South America's west coast and back, at a terminal like Chancay's.

`reference_call()` is the call every benchmark of loading plans reports; `make_call` makes others from a seed. Ships,
cargo, carriers and rotation are invented; the ports are real. The same arguments give the same call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from random import Random
from typing import Any

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import Level, VesselProfile
from cabria.experiments.ballast import ballast
from cabria.experiments.cargo import EXPORTS, IMPORTS, MILD_GOODS, Line, container_numbers, make_cargo
from cabria.experiments.ships import make_ship
from cabria.experiments.stowing import bay_plan, occupy, pools_of, stow, units_of
from cabria.experiments.terminals import make_terminal
from cabria.experiments.tiny import small_call, tiny_call
from cabria.experiments.yards import make_yard

PORT = Port("PECHY")
PREVIOUS_PORT = Port("CLSAI")
ROTATION = tuple(map(Port, ("ECPSJ", "COBUN", "MXZLO", "JPYOK", "KRPUS", "CNSHA", "CNNGB", "CNSHK")))
"""North along the coast, then across the Pacific."""
FROM_ASIA = {Port("CNSHA"): 0.4, Port("CNNGB"): 0.25, Port("CNSHK"): 0.2, Port("KRPUS"): 0.15}
FROM_CHILE = {PREVIOUS_PORT: 1.0}
TO_COAST = {Port("ECPSJ"): 0.4, Port("COBUN"): 0.3, Port("MXZLO"): 0.3}
TO_ASIA = {Port("CNSHK"): 0.38, Port("CNNGB"): 0.2, Port("CNSHA"): 0.22, Port("KRPUS"): 0.1, Port("JPYOK"): 0.1}
FRUIT_TO = {Port("CNSHA"): 0.42, Port("CNSHK"): 0.2, Port("JPYOK"): 0.14, Port("KRPUS"): 0.14, Port("CNNGB"): 0.1}
LOADS_TO = {Port("CNSHA"): 0.27, Port("CNNGB"): 0.13, Port("CNSHK"): 0.15, Port("KRPUS"): 0.12, Port("JPYOK"): 0.09,
            Port("ECPSJ"): 0.09, Port("COBUN"): 0.07, Port("MXZLO"): 0.08}  # fmt: skip
ARRIVING_BELOW = {**dict.fromkeys(TO_ASIA, 1.2), **dict.fromkeys(TO_COAST, 0.7), PORT: 0.45}
"""What part of a port's cargo is meant for the holds; decks stay free, and their plugs with them."""
LOADED_BELOW = {**dict.fromkeys(TO_ASIA, 0.9), **dict.fromkeys(TO_COAST, 0.3)}
CHILEAN_FRUIT = 0.06
COASTAL = 0.4
"""Share of what stays aboard that leaves along the coast; the rest goes on to Asia."""

REFERENCE_TEU, REFERENCE_MOVES, REFERENCE_SEED = 18_000, 9_000, 1
DISCHARGED = 4 / 9
"""Share of the moves that are discharges."""
HELD = 0.0016
WITHOUT_MASS = 0.002
OVERSTOWING = 0.004
"""Share of what stays aboard that stands over something for this port, as last-minute changes leave it."""
HOLDS = ("customs inspection", "documents missing", "phytosanitary certificate missing")


SCENARIOS: Mapping[str, str] = {
    "tiny": "12 containers, one crane, one lid; worked out by hand in scenarios/tiny",
    "small": "the same ship and boxes at a terminal with lanes and four trucks: to be run live in a minute",
    "chancay": "the reference call: 18,000 TEU, 4,000 discharges, 5,000 loads, six cranes, 15 blocks",
    "made": "a call of 800 to 9,000 moves made from a seed",
}


def make_scenario(name: str, folder: Path | str, *, moves: int = 2_500, teu: int = 8_000, seed: int = 0) -> None:
    """Write the call folder of a scenario; the numbers are those of a `made` one. Raises DataError."""
    if name == "tiny":
        call = tiny_call()
    elif name == "small":
        call = small_call()
    elif name == "chancay":
        call = reference_call()
    elif name == "made":
        call = make_call(moves=moves, teu=teu, seed=seed)
    else:
        close = get_close_matches(name, SCENARIOS, n=1)
        hint = f"Do you mean {close[0]}?" if close else f"There are {', '.join(SCENARIOS)}."
        raise DataError(f"There is no scenario {name!r}.", remedy=hint)
    write_made_call(call, folder)


def write_made_call(call: VesselCall, folder: Path | str) -> None:
    """Write a call as the files that a terminal would get. Raises DataError where something stands there already."""
    from cabria.adapters.files.call_folder import write_call

    write_call(call, folder, previous_port=PREVIOUS_PORT)


def reference_call() -> VesselCall:
    """18,000 TEU, 4,000 discharges, 5,000 loads, 15 yard blocks and six quay cranes."""
    return make_call(
        moves=REFERENCE_MOVES, teu=REFERENCE_TEU, seed=REFERENCE_SEED, name="CABRIA CHANCAY", call_id="CHANCAY-REF"
    )


def make_call(
    *,
    moves: int,
    teu: int,
    seed: int,
    aboard: float = 0.65,
    yard_fill: float = 0.62,
    blocks: int | None = None,
    quay_cranes: int | None = None,
    has_instructions: bool = False,
    name: str | None = None,
    call_id: str = "",
) -> VesselCall:
    """A call with `moves` discharges and loads of a made ship of `teu`, the same for the same arguments.

    `aboard` is the share of the ship's TEU with which she arrives, `yard_fill` that of the yard's slots; the number
    of yard blocks and quay cranes follows the moves unless given. With `has_instructions` the carrier says by
    MOVINS what class of box each slot shall take. Raises DataError when the ship is too small for the moves.
    """
    if moves < 2:
        raise DataError("A call needs at least two moves.")
    call_id = call_id or f"MADE-{teu}-{moves}-{seed}"
    ship = make_ship(teu, seed=seed, name=name, imo=_imo_number(seed), call_sign=f"CB{seed % 10_000:04}")
    numbers = container_numbers(Random(f"{seed}/numbers"))
    discharges = round(DISCHARGED * moves)
    loads = _with_stops(_loads(moves - discharges, numbers, Random(f"{seed}/loads")), Random(f"{seed}/stops"))
    arrival = _arrival(ship, discharges, aboard, numbers, Random(f"{seed}/arrival"))
    cranes = quay_cranes or min(6, max(2, round(moves / 900)))
    terminal = make_terminal(blocks=blocks or min(15, max(2, round(moves / 600))), quay_cranes=cranes, port=PORT)
    yard = make_yard(terminal, loads, call_id=call_id, fill=yard_fill, numbers=numbers, random=Random(f"{seed}/yard"))
    instructions: tuple[SlotInstruction, ...] = ()
    if has_instructions:
        instructions = _instructions(ship, arrival, loads, Random(f"{seed}/instructions"))
    return VesselCall(
        id=call_id,
        vessel=ship,
        voyage=f"{100 + seed % 900:03}W",
        port=PORT,
        rotation=ROTATION,
        arrival=arrival,
        loads=tuple(loads),
        terminal=terminal,
        yard=yard,
        instructions=instructions,
        tank_contents_kg=ballast(ship, arrival),
        berth_x_mm=max(0, 1_480_000 - (ship.length_mm or 0)),
        start="2026-03-02T06:00",
    )


def _imo_number(seed: int) -> str:
    """A number with the right check digit, from a range (10...) that is not given to ships yet."""
    stem = f"10{seed % 10_000:04}"
    return stem + str(sum(int(digit) * weight for digit, weight in zip(stem, range(7, 1, -1), strict=True)) % 10)


def _order_of() -> dict[str, int]:
    """0 leaves here, 1 at the next port ..."""
    return {str(port): order for order, port in enumerate((PORT, *ROTATION))}


def _loads(count: int, numbers: Iterator[ContainerId], random: Random) -> list[Container]:
    return make_cargo(EXPORTS, count, pol={PORT: 1.0}, pod=LOADS_TO, cold_pod=FRUIT_TO, numbers=numbers, random=random)


def _with_stops(loads: list[Container], random: Random) -> list[Container]:
    """A few boxes on hold and a few full ones without verified mass."""
    full = [index for index, box in enumerate(loads) if box.is_full]
    held, unweighed = max(1, round(HELD * len(loads))), max(1, round(WITHOUT_MASS * len(loads)))
    chosen = random.sample(full, min(len(full), held + unweighed))
    for index in chosen[:held]:
        loads[index] = replace(loads[index], holds=(random.choice(HOLDS),))
    for index in chosen[held:]:
        loads[index] = replace(loads[index], mass_is_verified=False)
    return loads


def _arrival(
    ship: VesselProfile, discharges: int, aboard: float, numbers: Iterator[ContainerId], random: Random
) -> BayPlan:
    """The ship as she comes in: boxes for this port, for the ports of the coast and, from Chile, for Asia."""
    teu_per_box = 1.72
    staying = round(aboard * ship.capacity_teu / teu_per_box) - discharges
    if staying < 0:
        raise DataError(f"A ship of {ship.capacity_teu:,} TEU cannot discharge {discharges:,} boxes.")
    overstowing = min(round(OVERSTOWING * staying), discharges // 50)
    to_coast = round(COASTAL * staying)

    def cargo(
        lines: Sequence[Line], count: int, pol: Mapping[Port, float], pod: Mapping[Port, float]
    ) -> list[Container]:
        return make_cargo(lines, count, pol=pol, pod=pod, numbers=numbers, random=random)

    boxes = [
        *cargo(IMPORTS, discharges + overstowing, FROM_ASIA, {PORT: 1.0}),
        *cargo(IMPORTS, to_coast - overstowing, FROM_ASIA, TO_COAST),
        *cargo(_chilean_exports(), staying - to_coast, FROM_CHILE, TO_ASIA),
    ]
    units = units_of(ship)
    lost = stow(units, pools_of(boxes, _order_of(), random), _by_order(ARRIVING_BELOW), random, keep_open=True)
    if any(box.pod == PORT for box in lost):
        raise DataError(f"A ship of {ship.capacity_teu:,} TEU is too small to bring {discharges:,} boxes.")
    plan = bay_plan(units)
    return _with_overstows(ship, plan, overstowing, random)


def _chilean_exports() -> tuple[Line, ...]:
    """As Peru's, with fewer reefers so early in the voyage, milder dangerous goods and nothing over-wide."""
    changes: dict[str, dict[str, Any]] = {
        "fruit": {"share": CHILEAN_FRUIT},
        "dangerous goods": {"dangerous": MILD_GOODS},
        "machines": {"codes": {"42U1": 1}},
    }
    return tuple(replace(line, **changes.get(line.cargo, {})) for line in EXPORTS)


def _by_order(shares: Mapping[Port, float]) -> dict[int, float]:
    order_of = _order_of()
    return {order_of[port]: share for port, share in shares.items()}


def _with_overstows(ship: VesselProfile, plan: BayPlan, count: int, random: Random) -> BayPlan:
    """Give boxes that stand on deck on top of others for this port to a later one."""
    tops = [
        box.id
        for box, at in plan
        if _is_plain(box) and box.pod == PORT and _is_on_deck(ship, at) and _is_top_of_two(plan, at)
    ]
    changed = {number: random.choice(list(TO_COAST)) for number in random.sample(tops, min(count, len(tops)))}
    if len(changed) < count:
        raise DataError("The made ship has too few stacks for this port.")
    return BayPlan.of(
        (replace(box, pod=changed[box.id]) if box.id in changed else box, position) for box, position in plan
    )


def _is_plain(box: Container) -> bool:
    return not (box.needs_plug or box.dangerous or box.out_of_gauge or box.is_20)


def _is_on_deck(ship: VesselProfile, at: StowPosition) -> bool:
    place = ship.place(at)
    return place is not None and place.stack.level is Level.DECK


def _is_top_of_two(plan: BayPlan, at: StowPosition) -> bool:
    above = StowPosition(at.bay, at.row, at.tier + 2)
    below = plan.by_position.get(StowPosition(at.bay, at.row, at.tier - 2))
    return above not in plan.by_position and below is not None and below.pod == PORT


def _instructions(
    ship: VesselProfile, arrival: BayPlan, loads: Sequence[Container], random: Random
) -> tuple[SlotInstruction, ...]:
    """What class each slot takes in a stowage of the loads over what stays aboard."""
    staying = [stowed for stowed in arrival if stowed.container.pod != PORT]
    units = units_of(ship)
    occupy(units, staying, _order_of())
    stow(units, pools_of((box for box in loads if not box.holds), _order_of(), random), _by_order(LOADED_BELOW), random)
    aboard = {stowed.container.id for stowed in staying}
    return tuple(
        SlotInstruction(
            position=position,
            size_type=box.size_type,
            pod=box.pod,
            gross_mass_kg=box.gross_mass_kg,
            is_reefer=box.needs_plug,
            is_full=box.is_full,
        )
        for box, position in bay_plan(units)
        if box.id not in aboard
    )
