"""A half-year of the coarse twin as a history: every box's visit to the yard, as it was known when it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np

from cabria.adapters.history.arrivals import Arrival
from cabria.domain.berthing import BerthCase
from cabria.experiments.berth_weeks import make_berth_week
from cabria.experiments.coarse.scenario_run import CoarseScenarioRun, rows_within, run_coarse
from cabria.experiments.demand.generate import make_demand
from cabria.experiments.demand.profile import Stream, chancay_demand, with_reported_delays
from cabria.experiments.demand.tables import NONE, Demand
from cabria.experiments.learning.times import Seen, Subject
from cabria.experiments.weeks.arrivals import vessel_of
from cabria.experiments.weeks.berths import ShipDue, berth_case
from cabria.experiments.weeks.scenario import Scenario, demand_of, layout_of
from cabria.planning.yard.forecast.problem import YardVisit

_CARRIERS = {
    Stream.IMPORT: ("vessel", "truck"),
    Stream.EXPORT: ("truck", "vessel"),
    Stream.TRANSHIPMENT: ("vessel", "vessel"),
}


def make_half_year(teu_a_year: int = 1_000_000, *, days: int = 182, trucks: int = 40, seed: int = 0) -> list[YardVisit]:
    """Visits in order of arrival: boxes that came and left again within the run. Raises DataError.

    When a box came and left is the twin's doing, with its ships' delays and its queues. Known when it comes: what it
    is, where it goes, and of the ship that takes it the ETA by the timetable.
    """
    scenario = Scenario(teu_a_year, days=days, begins_day=0, trucks=trucks)
    demand = demand_of(scenario, layout_of(scenario), seed)
    return visits_of(demand, run_coarse(scenario, seed))


def visits_of(demand: Demand, done: CoarseScenarioRun) -> list[YardVisit]:
    """Of the boxes that came and left within a run of this demand."""
    run, begins_s = done.run, done.scenario.begins_s
    rows = rows_within(demand, done.scenario)
    has_both = np.flatnonzero((run.stood_since_ms != NONE) & (run.stood_until_ms != NONE))
    order = has_both[np.argsort(run.stood_since_ms[has_both], kind="stable")]
    spans_s = (np.stack((run.stood_since_ms, run.stood_until_ms)) // 1_000 + begins_s).T
    return [_visit(demand, int(rows[number]), *map(int, spans_s[number])) for number in order]


def _visit(demand: Demand, row: int, since_s: int, until_s: int) -> YardVisit:
    boxes, ships = demand.boxes, demand.ships
    variant = demand.variants[boxes.variant[row]]
    outbound = int(boxes.outbound[row])
    comes_by, leaves_by = _CARRIERS[demand.stream(row)]
    ship = outbound if outbound != NONE else int(boxes.inbound[row])
    return YardVisit(
        since_s,
        until_s,
        variant.size_type.length_ft,
        int(boxes.gross_mass_kg[row]),
        f"{variant.cargo}{'' if variant.is_full else ' empty'}",
        comes_by,
        leaves_by,
        demand.operators[boxes.operator[row]],
        demand.profile.services[ships.service[ship]].name if ship != NONE else "",
        demand.ports[boxes.pod[row]],
        vessel_due_s=int(ships.eta_s[outbound]) if outbound != NONE else None,
    )


def shuffled(visits: list[YardVisit], seed: int = 0) -> list[YardVisit]:
    """The same visits with each other's stays and no plans: nothing known on arrival has to do with when they leave."""
    stays = [visit.stay_s for visit in visits]
    Random(seed).shuffle(stays)
    return [
        replace(visit, left_s=visit.arrived_s + stay, vessel_due_s=None, appointment_s=None)
        for visit, stay in zip(visits, stays, strict=True)
    ]


def shuffled_times(subject: Subject, seed: int = 0) -> Subject:
    """The same, with times that have changed places with each other: nothing known beforehand has to do with them."""

    def read(*span: Any) -> tuple[list[Seen], tuple[str, ...]]:
        found, notes = subject.read(*span)
        took_s = [each.took_s for each in found]
        Random(seed).shuffle(took_s)
        return [each._replace(took_s=took) for each, took in zip(found, took_s, strict=True)], notes

    return subject._replace(read=read)


def ships_of_half_year(
    teu_a_year: int = 1_000_000, *, days: int = 182, seed: int = 0, is_as_reported: bool = False
) -> list[Arrival]:
    """The ships of that half-year by when they came, with the ETA of the timetable. Every ship is as late as any;
    `is_as_reported`, main services are as late as carriers were reported to be."""
    demand = _ships_demand(teu_a_year, days, seed, is_as_reported)
    ships, services = demand.ships, demand.profile.services
    return [
        _arrival(services[ships.service[n]].name, int(ships.number[n]), int(ships.eta_s[n]), int(ships.ata_s[n]))
        for n in np.argsort(ships.ata_s, kind="stable")
        if 0 <= ships.ata_s[n] < 86_400 * days
    ]


def _ships_demand(teu_a_year: int, days: int, seed: int, is_as_reported: bool) -> Demand:
    scenario = Scenario(teu_a_year, days=days, begins_day=0)
    if not is_as_reported:
        return demand_of(scenario, layout_of(scenario), seed)
    return make_demand(with_reported_delays(chancay_demand(teu_a_year, reefers=scenario.reefers)), seed)


def quay_of_half_year(teu_a_year: int = 1_000_000, *, seed: int = 0) -> BerthCase:
    """The quay of that half-year, with a ship of each service and her mean work."""
    scenario = Scenario(teu_a_year, days=182, begins_day=0)
    layout = layout_of(scenario)
    demand = demand_of(scenario, layout, seed)
    ships = demand.ships
    moves = ships.discharged + ships.loaded
    due = [
        ShipDue(service.name, vessel_of(service), service.is_feeder, 0, int(moves[ships.service == number].mean()))
        for number, service in enumerate(demand.profile.services)
    ]
    case = berth_case(due, layout, 7, scenario.moves_a_crane_hour)
    return replace(case, ships=tuple(replace(ship, service=ship.id) for ship in case.ships))


def quay_of_unlike_ships(services: int = 14, *, seed: int = 0) -> BerthCase:
    """A quay like Chancay's, with a ship of each of the made services."""
    case = make_berth_week(calls=services, seed=seed, late_ships=0, storms=0, outages=0)
    return replace(case, ships=tuple(replace(ship, service=_made_name(n)) for n, ship in enumerate(case.ships)))


def _made_name(number: int) -> str:
    return f"SERVICE {number:02}"


def shuffled_arrivals(arrivals: list[Arrival], seed: int = 0) -> list[Arrival]:
    """The same ETAs with each other's delays."""
    late = [each.came - each.eta for each in arrivals]
    Random(seed).shuffle(late)
    return sorted(each._replace(came=each.eta + by) for each, by in zip(arrivals, late, strict=True))


def unlike_ships(services: int = 14, *, days: int = 182, seed: int = 0) -> list[Arrival]:
    """Made weekly services of which each has a lateness of its own, some hours to more than a day, and its own scatter;
    a ship that is late is late the next time, too."""
    chance = Random(f"{seed}/unlike ships")
    found = []
    for number in range(services):
        usual_h, scatter_h, drag_h = chance.uniform(-2, 30), chance.uniform(2, 8), 0.0
        for week in range(days // 7):
            eta_s = 3_600 * (24 * (7 * week + number % 7) + 3 * number % 24)
            drag_h = 0.5 * drag_h + chance.gauss(0, scatter_h)
            late_s = round(3_600 * max(-6.0, usual_h + drag_h))
            found.append(_arrival(_made_name(number), week % 6, eta_s, eta_s + late_s))
    return sorted(found, key=lambda arrival: (arrival.came, arrival.call))


FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""


def _arrival(service: str, ship: int, eta_s: int, came_s: int) -> Arrival:
    eta, came = FIRST_DAY + timedelta(seconds=eta_s), FIRST_DAY + timedelta(seconds=came_s)
    return Arrival(came, f"{service} {eta:%Y-%m-%d}", f"{service} {ship}", service, eta, eta)
