"""Ships as they arrive: what they bring by the demand, over and beside boxes that stay aboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from cabria.domain.containers import Container, ContainerId, Port, check_digit
from cabria.domain.errors import DataError
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import VesselProfile
from cabria.experiments.cargo import IMPORTS, make_cargo
from cabria.experiments.demand.profile import Service, with_shares
from cabria.experiments.demand.tables import Demand
from cabria.experiments.ships import make_ship
from cabria.experiments.stowing import bay_plan, pools_of, stow, units_of

THROUGH_OWNER = "THRU"
"""Owner code of the boxes that stay aboard; no box of the demand has it."""
THROUGH_FROM = Port("CLSAI")
HERE_BELOW, THROUGH_BELOW = 0.45, 0.9
"""What part of the cargo for this port, and of that which stays aboard, is meant for the holds."""
TEU_A_BOX = 1.7
NUMBERS_A_SHIP = 20_000
TRIES = 4
"""With half as many boxes that stay aboard each time, before a ship is too small."""


def vessel_of(service: Service) -> VesselProfile:
    """The ships of a service are alike."""
    return _made(service.name, service.ship_teu)


@cache
def _made(service: str, teu: int) -> VesselProfile:
    return make_ship(teu, seed=sum(service.encode()), name=f"CABRIA {service}")


def off_the_ship(demand: Demand, row: int) -> Container:
    """A box as the ship brings it: it leaves her here, whatever comes after."""
    box = demand.container(row)
    port = Port(demand.profile.port)
    return box if box.pod == port else replace(box, pod=port, onward_port=box.pod)


def on_to_the_ship(demand: Demand, row: int) -> Container:
    """A box as the ship takes it: from here."""
    return replace(demand.container(row), pol=Port(demand.profile.port))


def rotation_of(service: Service) -> tuple[Port, ...]:
    """The ports a ship goes on to."""
    return tuple(map(Port, service.ports))


def arrival(
    vessel: VesselProfile, service: Service, discharges: Sequence[Container], through_teu: int, *, call: int, seed: int
) -> BayPlan:
    """The ship with all she brings, and as much as finds room of what stays aboard; `call` is her number among the
    ships of the demand. Raises DataError for a ship that is too small for what the demand has her bring."""
    for attempt in range(TRIES + 1):
        chance = Random(f"{seed}/{call}/{attempt}")
        teu = through_teu >> attempt if attempt < TRIES else 0
        boxes = [*discharges, *_through(service, round(teu / TEU_A_BOX), chance, call)]
        units = units_of(vessel)
        order_of = _order_of(service, discharges)
        lost = stow(units, pools_of(boxes, order_of, chance), _below(order_of), chance, keep_open=True)
        if {box.id for box in lost}.isdisjoint(box.id for box in discharges):
            return bay_plan(units)
    raise DataError(
        f"A ship of {vessel.capacity_teu:,} TEU is too small to bring {len(discharges):,} boxes.", place=service.name
    )


def _order_of(service: Service, discharges: Sequence[Container]) -> Mapping[str, int]:
    """0 leaves here, 1 at the next port ..."""
    here = {str(box.pod) for box in discharges}
    return {**dict.fromkeys(here, 0), **{port: n for n, port in enumerate(rotation_of(service), 1)}}


def _below(order_of: Mapping[str, int]) -> dict[int, float]:
    return {order: THROUGH_BELOW if order else HERE_BELOW for order in order_of.values()}


def _through(service: Service, count: int, chance: Random, call: int) -> list[Container]:
    """Boxes from an earlier port for the ports after this one: plain ones, and some reefers."""
    lines = with_shares(IMPORTS, reefers=0.02, dangerous=0.0, out_of_gauge=0.0)
    pod = {Port(port): share for port, share in service.ports.items() if port != THROUGH_FROM}
    return make_cargo(lines, count, pol={THROUGH_FROM: 1.0}, pod=pod, numbers=_numbers(call), random=chance)


def _numbers(call: int) -> Iterator[ContainerId]:
    """Numbers that no ship has that calls soon before or after."""
    for serial in range(NUMBERS_A_SHIP):
        stem = f"{THROUGH_OWNER}{call % (1_000_000 // NUMBERS_A_SHIP) * NUMBERS_A_SHIP + serial:06}"
        yield ContainerId(f"{stem}{check_digit(stem)}")
    raise DataError(f"No ship has more than {NUMBERS_A_SHIP:,} boxes that stay aboard.")
