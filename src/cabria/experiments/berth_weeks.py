"""Made weeks at a quay like Chancay's, from a seed: services, ad-hoc calls, tide, storms, outages and late ships.

Public, and used: 1,500 m of quay with four berths, two for containers and two multipurpose, 17.8 m deep; six quay
cranes; ships to 400 m and 18,000 TEU; three main and three feeder services; about 1,390 TEU a call; eleven berths one
day. Arrivals: of 50 deep-sea and 130 feeder arrivals in Hamburg in summer 2021 (ConFlowGen, MIT licence), the realised
time lies 12 and 6 min after the planned one in the mean, with standard deviations of 28 and 31 min.

Everything else is assumed, and no statement about the real terminal: lengths of the sections (350 m multipurpose,
400 m container), one rail for all cranes, two cranes more for each further berth, services, ships, their windows and
prices, 28 moves a crane hour, a tide of half a metre, storms, outages, delays, half-hour steps, shifts of eight hours.
The doubt about an arrival grows by 2 % of the time until then, on top of Hamburg's half hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from math import cos, pi
from random import Random
from uuid import UUID

from cabria.domain.berthing import (
    BerthCase,
    BerthKind,
    BerthRules,
    ChangeRates,
    CostRates,
    CraneRhythm,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    Shifts,
    ShipCall,
    ShipId,
    Spell,
    TideTable,
    WindSpell,
    crane_minutes,
)
from cabria.domain.port_calls import (
    Classifier,
    FacilityType,
    Location,
    Phase,
    PortCall,
    PortCallBook,
    PortCallService,
    PortCallVessel,
    ServiceEvent,
    ServiceType,
    TerminalCall,
    Timestamp,
)

PORT = "PECHY"
BEGINNING = "2026-11-23T00:00-05:00"
"""A Monday at Chancay's clock, which keeps the same offset all year."""
DAY, WEEK, HORIZON = 1_440, 10_080, 14_400
STEP_MIN, STEP_MM = 30, 10_000
MOVES_PER_CRANE_H = 28
MOORING_MIN, UNMOORING_MIN = 60, 30
DEPTH_MM, CHANNEL_MM, CLEARANCE_MM = 17_800, 17_500, 900
SECTION_MM = {BerthKind.MULTIPURPOSE: 350_000, BerthKind.CONTAINER: 400_000}
LENGTHS_M = ((500, 120), (1_000, 148), (1_700, 172), (3_000, 222), (5_000, 280), (8_000, 320), (10_000, 336),
             (14_000, 366), (18_000, 400))  # fmt: skip
"""Usual lengths of container ships by TEU; straight lines between."""
HAMBURG_SPREAD_MIN = 30
MOST_CALLS, MOST_BERTHS = 120, 20


@dataclass(frozen=True, slots=True)
class Trade:
    """What the calls of one kind have in common: TEU of the ships, moves of a call, cranes, prices in USD."""

    teu: tuple[int, int]
    moves: tuple[int, int]
    most_cranes: tuple[int, int]
    draught_mm: tuple[int, int]
    delay_min: int
    """Standard deviation of the delay against the pro-forma window; ad-hoc calls have none."""
    rates: CostRates
    priority: int = 1
    kinds: tuple[BerthKind, ...] = (BerthKind.CONTAINER, BerthKind.MULTIPURPOSE)


def _rates(speed_up: int, late: int, overrun: int) -> CostRates:
    """Speeding up, lateness and overrun as in the literature's three classes of ships, the rest in proportion."""
    return CostRates(
        speed_up_per_h=speed_up,
        waiting_per_h=late // 2,
        late_per_h=late,
        overrun=overrun,
        window_per_h=late // 4,
        distance_per_m=0,
        held_berth_per_h=late // 4,
        unserved=100 * overrun,
    )


MAIN = Trade((8_000, 18_000), (1_600, 2_800), (4, 5), (14_000, 16_900), 300, _rates(3_000, 3_000, 9_000), 2)
FEEDER = Trade((1_000, 3_000), (350, 650), (2, 2), (8_500, 11_500), 180, _rates(1_000, 1_000, 3_000))
AD_HOC = Trade((1_700, 6_000), (300, 800), (2, 3), (9_000, 13_000), 0, _rates(2_000, 2_000, 6_000))
GENERAL_CARGO = Trade(
    (1_000, 2_000), (150, 400), (1, 2), (8_000, 11_000), 0, _rates(1_000, 1_000, 3_000),
    kinds=(BerthKind.MULTIPURPOSE,),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    code: str
    trade: Trade
    start_h: int
    """When its window opens, in hours of the week."""


SERVICES = (
    Service("Pacific Arc", "PAC", MAIN, 18),
    Service("Silk Andes", "SIA", MAIN, 74),
    Service("Southern Loop", "SOL", MAIN, 130),
    Service("Humboldt Feeder", "HUF", FEEDER, 6),
    Service("Guayas Feeder", "GUF", FEEDER, 58),
    Service("Atacama Feeder", "ATF", FEEDER, 106),
)
"""Invented names. Main services call once a week, feeders twice where there are calls enough."""
AD_HOC_SERVICE = Service("Ad hoc", "ADH", AD_HOC, 0)
NAMES = ("CONDOR", "PELICANO", "ZARCILLO", "GUANAY", "PIQUERO", "VICUNA", "PUMA", "OTORONGO", "TARUCA", "VISCACHA",
         "FLAMENCO", "ALBATROS", "TORTUGA", "DELFIN", "ORCA", "CACHALOTE")  # fmt: skip
"""Ships are called by their service and an animal of Peru; no real ship is meant."""


def make_berth_week(
    *, calls: int = 8, berths: int = 4, seed: int = 0, late_ships: int = 1, storms: int = 1, outages: int = 1
) -> BerthCase:
    """A week of so many calls at so many berths (the first two multipurpose), planned on half hours over ten days.

    In fours: the main services and a feeder; in eights: all services and two ad-hoc calls; in fourteens: feeders twice
    and five ad-hoc calls; beyond, more services of the same kinds. `late_ships` are 8 to 30 hours behind their windows.
    """
    if not (1 <= calls <= MOST_CALLS and 3 <= berths <= MOST_BERTHS):
        raise ValueError(f"1 to {MOST_CALLS} calls at 3 to {MOST_BERTHS} berths can be made.")
    draw = Random(f"berth week {seed}")
    quay = make_quay(berths)
    ships = [_ship(draw, quay, number, *slot) for number, slot in zip(range(calls), _slots(draw), strict=False)]
    for number in draw.sample(range(calls), min(late_ships, calls)):
        ships[number] = _later(ships[number], draw.randrange(8 * 60, 30 * 60, STEP_MIN))
    quay = replace(quay, cranes=_with_outages(draw, quay.cranes, outages))
    return BerthCase(
        quay,
        tuple(ships),
        _rules(),
        tide=_tide(draw),
        wind=tuple(_storm(draw) for _ in range(storms)),
        name=f"Made week: {calls} calls, {berths} berths, seed {seed}",
        beginning=BEGINNING,
    )


def make_quay(berths: int) -> Quay:
    """Two multipurpose sections on the left, container sections to the right of them, two cranes less than twice as
    many as berths: six at four.
    """
    sections: list[QuaySection] = []
    for number in range(berths):
        kind = BerthKind.MULTIPURPOSE if number < 2 else BerthKind.CONTAINER
        start_mm = sections[-1].end_mm if sections else 0
        sections.append(QuaySection(f"Berth {number + 1}", start_mm, start_mm + SECTION_MM[kind], DEPTH_MM, kind))
    cranes = tuple(RailCrane(f"QC{n + 1}", 0, sections[-1].end_mm) for n in range(2 * berths - 2))
    return Quay("A quay like Chancay's", tuple(sections), cranes, channel_depth_mm=CHANNEL_MM)


def make_port_calls(case: BerthCase) -> PortCallBook:
    """The carriers' estimates of all ships' arrivals at the berth, as DCSA port calls; IMO numbers begin with 00,
    which no real ship's does.
    """
    beginning = datetime.fromisoformat(case.beginning)
    calls, terminal_calls, services, timestamps = [], [], [], []
    for number, ship in enumerate(case.ships, 1):
        call, terminal_call, service, timestamp = (
            UUID(bytes=sha256(f"{case.name}/{ship.id}/{part}".encode()).digest()[:16], version=4)
            for part in ("call", "terminal call", "berth", "estimate")
        )
        calls.append(PortCall(call, PORT, PortCallVessel(f"{number:07}", name=ship.name)))
        terminal_calls.append(TerminalCall(terminal_call, call, ship.service, ship.id.split("-")[0], ship.id))
        services.append(
            PortCallService(
                service, terminal_call, ServiceType.BERTH, ServiceEvent.ARRIVED, Location(PORT), Phase.INBOUND,
                FacilityType.BERTH,
            )
        )  # fmt: skip
        at = beginning + timedelta(minutes=ship.eta.planned_min)
        timestamps.append(Timestamp(timestamp, service, Classifier.ESTIMATED, at))
    return PortCallBook(tuple(calls), tuple(terminal_calls), tuple(services), tuple(timestamps))


def make_news(case: BerthCase, book: PortCallBook, *, seed: int = 0, ships: int = 2) -> PortCallBook:
    """The same port calls after some carriers have written again: ships of the later days, 3 to 14 hours late."""
    draw = Random(f"berth news {seed}")
    beginning = datetime.fromisoformat(case.beginning)
    waiting = [told for told in book.timestamps if told.at - beginning >= timedelta(days=2)]
    news = [
        replace(
            told,
            id=UUID(bytes=sha256(f"{told.id}/news".encode()).digest()[:16], version=4),
            at=told.at + timedelta(minutes=draw.randrange(3 * 60, 14 * 60, STEP_MIN)),
            reply_to=told.id,
        )
        for told in draw.sample(waiting, min(ships, len(waiting)))
    ]
    return replace(book, timestamps=(*book.timestamps, *news))


def _slots(draw: Random) -> Iterator[tuple[Service, int]]:
    """Each call's service and the minute its window opens: blocks of fourteen, each with services of its own."""
    block = 0
    while True:
        again_min = block * 27 * 60
        services = [
            replace(service, name=f"{service.name} {block + 1}", code=f"{service.code}{block + 1}")
            if block
            else service
            for service in SERVICES
        ]
        openings = [(service.start_h * 60 + again_min) % WEEK for service in services]
        yield from zip(services, openings, strict=True)
        yield from (_ad_hoc(draw) for _ in range(2))
        yield from zip(services[3:], ((opening + WEEK // 2) % WEEK for opening in openings[3:]), strict=True)
        yield from (_ad_hoc(draw) for _ in range(3))
        block += 1


def _ad_hoc(draw: Random) -> tuple[Service, int]:
    trade = draw.choice((AD_HOC, GENERAL_CARGO))
    return replace(AD_HOC_SERVICE, trade=trade), draw.randrange(0, WEEK, STEP_MIN)


def _ship(draw: Random, quay: Quay, number: int, service: Service, opens_min: int) -> ShipCall:
    trade = service.trade
    teu = draw.randrange(*trade.teu, 100)
    length_mm = _length_mm(teu)
    work = crane_minutes(draw.randint(*trade.moves), MOVES_PER_CRANE_H)
    max_cranes = min(draw.randint(*trade.most_cranes), len(quay.cranes))
    shortest = _shortest_min(work, max_cranes)
    is_regular = service.code != AD_HOC_SERVICE.code
    delay_min = _on_step(draw.gauss(0, trade.delay_min)) if is_regular else 0
    planned_min = max(0, opens_min + delay_min)
    draught_mm = draw.randrange(*trade.draught_mm, 100)
    return ShipCall(
        ShipId(f"{service.code}-{number + 1}"),
        length_mm,
        Eta(planned_min, max(0, planned_min - _on_step(planned_min * 0.05)), _spread_min(planned_min)),
        work,
        max_cranes,
        min_cranes=2 if trade is MAIN and max_cranes > 1 else 1,
        name=_name(service, number),
        service=service.name,
        arrival_draught_mm=draught_mm,
        departure_draught_mm=max(7_000, draught_mm - draw.randrange(0, 1_000, 100)),
        kinds=trade.kinds,
        priority=trade.priority,
        wanted_position_mm=_wanted_mm(draw, quay, trade, length_mm),
        window=Spell(opens_min, opens_min + _on_step(1.3 * shortest)) if is_regular else None,
        wanted_finish_min=max(planned_min, opens_min) + _on_step(1.5 * shortest),
        last_finish_min=max(planned_min, opens_min) + _on_step(2.5 * shortest),
        wind_limit_kn=33,
        rates=trade.rates,
    )


def _name(service: Service, number: int) -> str:
    again, animal = divmod(number, len(NAMES))
    first = "MAR" if service.code == AD_HOC_SERVICE.code else service.name.split()[0].upper()
    return f"{first} {NAMES[animal]}{f' {again + 1}' if again else ''}"


def _later(ship: ShipCall, late_min: int) -> ShipCall:
    planned_min = ship.eta.planned_min + late_min
    return replace(ship, eta=Eta(planned_min, ship.eta.earliest_min + late_min, _spread_min(planned_min)))


def _spread_min(planned_min: int) -> int:
    return HAMBURG_SPREAD_MIN + planned_min // 50


def _shortest_min(work_crane_min: int, cranes: int) -> int:
    return MOORING_MIN + -(-work_crane_min * 1_000_000 // _rules().output_ppm(cranes)) + UNMOORING_MIN


def _on_step(minutes: float) -> int:
    return round(minutes / STEP_MIN) * STEP_MIN


def _length_mm(teu: int) -> int:
    for (low, short), (high, long) in pairwise(LENGTHS_M):
        if teu <= high:
            return 1_000 * (short + (long - short) * max(0, teu - low) // (high - low))
    return 1_000 * LENGTHS_M[-1][1]


def _wanted_mm(draw: Random, quay: Quay, trade: Trade, length_mm: int) -> int:
    """Main services want the container berths, the others any of their kinds; in the middle of a section."""
    kinds = (BerthKind.CONTAINER,) if trade is MAIN else trade.kinds
    section = draw.choice([section for section in quay.sections if section.kind in kinds])
    middle_mm = (section.start_mm + section.end_mm - length_mm) // 2
    return max(0, min(middle_mm, quay.length_mm - length_mm)) // STEP_MM * STEP_MM


def _with_outages(draw: Random, cranes: tuple[RailCrane, ...], outages: int) -> tuple[RailCrane, ...]:
    mended = list(cranes)
    for _ in range(outages):
        number, start = draw.randrange(len(mended)), draw.randrange(0, WEEK - DAY, STEP_MIN)
        spell = Spell(start, start + draw.randrange(4 * 60, 24 * 60, STEP_MIN))
        mended[number] = replace(mended[number], outages=tuple(sorted((*mended[number].outages, spell))))
    return tuple(mended)


def _storm(draw: Random) -> WindSpell:
    """Six to eighteen hours in which no crane works and no ship moves."""
    start = draw.randrange(DAY, WEEK - DAY, STEP_MIN)
    return WindSpell(Spell(start, start + draw.randrange(6 * 60, 18 * 60, STEP_MIN)), draw.randint(42, 52))


def _tide(draw: Random) -> TideTable:
    """High and low water every 372.5 min about 0.6 m above chart datum, half a metre apart, more at springs."""
    first = draw.randrange(372)
    times = [first + (745 * n) // 2 for n in range(-1, HORIZON // 372 + 2)]
    swing = [240 + 90 * cos(2 * pi * at / (14.77 * DAY)) for at in times]
    return TideTable(tuple(times), tuple(round(600 + (-1) ** n * half) for n, half in enumerate(swing)))


def _rules() -> BerthRules:
    return BerthRules(
        HORIZON,
        STEP_MIN,
        STEP_MM,
        mooring_gap_mm=20_000,
        under_keel_clearance_mm=CLEARANCE_MM,
        mooring_min=MOORING_MIN,
        unmooring_min=UNMOORING_MIN,
        movements_per_h=2,
        crane_wind_limit_kn=40,
        crane_rhythm=CraneRhythm.SHIFT,
        growth_ppm_per_m=1_000,
        crane_hour=100,
        shifts=Shifts(7 * 60, 8 * 60),
        changes=ChangeRates(moved_ship=500, start_per_h=100, position_per_m=2),
    )
