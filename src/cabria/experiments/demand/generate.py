"""From a profile and a seed to a year of demand, in whole columns at a time.

Ships first: their calls by timetable, how late each is, what it brings and takes. Then every box of a call: its kind,
mass, ports, and when it comes and leaves by the other carrier. Road trucks keep the hours of the gate because stays
are counted in *busy time*, which runs as fast as road trucks come: a stay of one busy hour takes long at night. The
stays keep the distribution they are drawn from, and arrivals the rhythm of the week (the time change of a Poisson
process; Cinlar 1975).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from cabria.domain.containers import SizeType
from cabria.experiments.cargo import OPERATORS, OWNERS, Line
from cabria.experiments.demand.numbers import container_numbers
from cabria.experiments.demand.profile import HOURS_A_WEEK, Delays, DemandProfile, Stay, Stream
from cabria.experiments.demand.road import Errands, road_visits
from cabria.experiments.demand.tables import DAY_S, NONE, Boxes, Demand, RoadVisits, Ships, Variant

HOUR_S = 3_600
MARGIN_DAYS = 70
"""Before and after the year ships call, too, so that it begins and ends with a full yard."""
MOVES_A_CRANE_HOUR = 28
BERTHING_S = HOUR_S
CONNECTION_S = 6 * HOUR_S
"""From a box's discharge to the ATA of the ship that takes it, at least."""
UNLOCKED_S = HOUR_S
"""From discharge until a road truck may fetch a box."""


def make_demand(profile: DemandProfile, seed: int = 0) -> Demand:
    """The same for the same profile and seed."""
    chance = np.random.default_rng(seed)
    kinds = _kinds(profile)
    ships, weight = _ships(profile, chance, kinds)
    parts = [_stream(profile, stream, ships, weight, kinds, chance) for stream in Stream]
    carried = _Carried(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    carried = carried.of(np.flatnonzero((carried.departs_s > 0) & (carried.arrives_s < profile.days * DAY_S)))
    visits, carried, by_road = _by_road(profile, carried, chance)
    ports = tuple(sorted({profile.port} | {port for service in profile.services for port in service.ports}))
    boxes = _with_attributes(profile, carried, by_road, ships, kinds.variants, ports, chance)
    discharged, loaded = (
        np.bincount(call[call != NONE], minlength=len(ships)) for call in (boxes.inbound, boxes.outbound)
    )
    ships = replace(ships, discharged=discharged, loaded=loaded)
    return Demand(profile, seed, kinds.variants, ports, tuple(OPERATORS), ships, boxes, visits)


class _Carried(NamedTuple):
    """Boxes before they have attributes: who brings and takes them, and when."""

    stream: np.ndarray
    variant: np.ndarray
    inbound: np.ndarray
    outbound: np.ndarray
    arrives_s: np.ndarray
    departs_s: np.ndarray
    limit_s: np.ndarray
    """A road truck brings it no later than this, or takes it no earlier."""

    def of(self, rows: np.ndarray) -> _Carried:
        return _Carried(*(column[rows] for column in self))


class _Kinds(NamedTuple):
    """All kinds of boxes; of each stream the number of its first, and the shares of its own."""

    variants: tuple[Variant, ...]
    first: dict[Stream, int]
    shares: dict[Stream, np.ndarray]

    def mean_teu(self, stream: Stream) -> float:
        first = self.first[stream]
        return sum(float(p) * self.variants[first + n].size_type.teu for n, p in enumerate(self.shares[stream]))


def _by_road(
    profile: DemandProfile, carried: _Carried, chance: np.random.Generator
) -> tuple[RoadVisits, _Carried, tuple[np.ndarray, np.ndarray]]:
    """Road trucks, the boxes by when they come with the trucks' times, and who brings and who takes each."""
    brought, fetched = (np.flatnonzero(carried.stream == stream) for stream in (Stream.EXPORT, Stream.IMPORT))
    visits = road_visits(
        profile.road,
        Errands(brought, carried.arrives_s[brought], carried.limit_s[brought]),
        Errands(fetched, carried.departs_s[fetched], carried.limit_s[fetched]),
        chance,
    )
    by_road = []
    for column, at_s in ((visits.brings, carried.arrives_s), (visits.takes, carried.departs_s)):
        visit = np.flatnonzero(column != NONE)
        at_s[column[visit]] = visits.arrives_s[visit]
        by = np.full(len(at_s), NONE)
        by[column[visit]] = visit
        by_road.append(by)
    order = np.argsort(carried.arrives_s, kind="stable")
    # One more place, so that nobody stays nobody.
    row = np.full(len(order) + 1, NONE)
    row[order] = np.arange(len(order))
    visits = replace(visits, brings=row[visits.brings], takes=row[visits.takes])
    return visits, carried.of(order), (by_road[0][order], by_road[1][order])


def _kinds(profile: DemandProfile) -> _Kinds:
    variants: list[Variant] = []
    first: dict[Stream, int] = {}
    shares: dict[Stream, np.ndarray] = {}
    for stream in Stream:
        first[stream] = len(variants)
        for line in profile.cargo[stream]:
            variants += _variants_of(line)
        mine = np.array([variant.share for variant in variants[first[stream] :]])
        shares[stream] = mine / mine.sum()
    return _Kinds(tuple(variants), first, shares)


def _variants_of(line: Line) -> list[Variant]:
    goods = line.dangerous or (None,)
    set_points = line.set_points_tenth_c or (None,)
    even = len(goods) * len(set_points)
    return [
        Variant(
            cargo=line.cargo,
            size_type=SizeType.parse(code),
            share=line.share * weight / sum(line.codes.values()) / even,
            mean_kg=line.mean_kg,
            spread_kg=line.spread_kg,
            low_kg=line.low_kg,
            high_kg=line.high_kg,
            is_full=line.is_full,
            set_point_tenth_c=set_point,
            dangerous=good,
            is_out_of_gauge=line.is_out_of_gauge,
        )
        for code, weight in line.codes.items()
        for good in goods
        for set_point in set_points
    ]


def _ships(profile: DemandProfile, chance: np.random.Generator, kinds: _Kinds) -> tuple[Ships, np.ndarray]:
    """All calls by ATA, and the share of the year's cargo that each brings, and takes."""
    columns: list[tuple[np.ndarray, ...]] = []
    for number, service in enumerate(profile.services):
        calls = np.arange(
            -int(MARGIN_DAYS * 24 // service.period_h), int((profile.days + MARGIN_DAYS) * 24 // service.period_h) + 1
        )
        eta_s = ((service.first_eta_h + calls * service.period_h) * HOUR_S).astype(np.int64)
        # A ship of a service never passes the one before: half a day lies between them.
        apart_s = np.arange(len(calls)) * DAY_S // 2
        ata_s = (
            np.maximum.accumulate(eta_s + _delays_s(service.delays or profile.delays, len(calls), chance) - apart_s)
            + apart_s
        )
        season = 1 + profile.season * np.cos(2 * np.pi * (eta_s / DAY_S - profile.season_peak_day) / 365)
        spread = profile.call_spread
        weight = service.exchange_teu * season * chance.lognormal(-spread * spread / 2, spread, len(calls))
        columns.append((np.full(len(calls), number), calls, eta_s, ata_s, weight))
    together = [np.concatenate(column) for column in zip(*columns, strict=True)]
    order = np.lexsort((together[0], together[3]))
    service_of, calls, eta_s, ata_s, weight = (column[order] for column in together)
    this_year = (ata_s >= 0) & (ata_s < profile.days * DAY_S)
    share = weight / weight[this_year].sum() if this_year.any() else 0 * weight
    cranes = np.array([service.cranes for service in profile.services])[service_of]
    # Near enough for the length of calls: the streams' mean boxes hardly differ.
    mean_teu = sum(map(kinds.mean_teu, Stream)) / len(Stream)
    moves = share * profile.teu_a_year * profile.days / 365 / mean_teu
    atd_s = ata_s + 2 * BERTHING_S + (moves / cranes / MOVES_A_CRANE_HOUR * HOUR_S).astype(np.int64)
    nobody = np.zeros(len(share), np.int64)
    return Ships(service_of, calls, eta_s, ata_s, atd_s, nobody, nobody), share


def _delays_s(delays: Delays, count: int, chance: np.random.Generator) -> np.ndarray:
    hours = np.where(
        chance.random(count) < delays.punctual,
        chance.normal(0, delays.punctual_sd_h, count),
        delays.late_least_h + chance.exponential(delays.late_mean_h, count),
    )
    return (np.clip(hours, delays.earliest_h, delays.latest_h) * HOUR_S).astype(np.int64)


def _stream(
    profile: DemandProfile,
    stream: Stream,
    ships: Ships,
    weight: np.ndarray,
    kinds: _Kinds,
    chance: np.random.Generator,
) -> _Carried:
    """The boxes of one stream, by the ship that brings them or, for exports, takes them."""
    year_teu = profile.teu_a_year * profile.days / 365
    part = {
        Stream.IMPORT: (1 - profile.transhipment) * profile.imports,
        Stream.EXPORT: (1 - profile.transhipment) * (1 - profile.imports),
        Stream.TRANSHIPMENT: profile.transhipment / 2,
    }[stream]
    expected = weight * part * year_teu / kinds.mean_teu(stream)
    counts = (expected + chance.random(len(expected))).astype(np.int64)
    call = np.repeat(np.arange(len(ships)), counts)
    variant = kinds.first[stream] + _drawn(kinds.shares[stream], len(call), chance)
    is_full = np.array([v.is_full for v in kinds.variants])[variant]
    stay_s = _stays_s(profile.stays[stream], profile.empty_stays[stream], is_full, chance)
    nobody = np.full(len(call), NONE)
    if stream is Stream.EXPORT:
        loaded_s = _worked_s(ships, call, chance, is_load=True)
        limit_s = ships.eta_s[call] - int(profile.cut_off_h * HOUR_S)
        arrives_s = np.minimum(limit_s, _later_s(profile, limit_s, -stay_s))
        inbound, outbound, departs_s = nobody, call, loaded_s
    else:
        arrives_s = _worked_s(ships, call, chance, is_load=False)
        limit_s = arrives_s + UNLOCKED_S
        inbound = call
        if stream is Stream.IMPORT:
            outbound, departs_s = nobody, np.maximum(limit_s, _later_s(profile, arrives_s, stay_s))
        else:
            outbound = _next_ships(profile, ships, call, arrives_s + np.maximum(stay_s, CONNECTION_S), chance)
            departs_s = _worked_s(ships, outbound, chance, is_load=True)
    return _Carried(np.full(len(call), int(stream)), variant, inbound, outbound, arrives_s, departs_s, limit_s)


def _drawn(shares: np.ndarray, count: int, chance: np.random.Generator) -> np.ndarray:
    """`count` numbers of entries, by their shares, which need not sum to one."""
    return np.searchsorted(np.cumsum(shares / shares.sum())[:-1], chance.random(count), side="right")


def _stays_s(full: Stay, empty: Stay, is_full: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    normal = chance.standard_normal(len(is_full))
    hours = np.where(
        is_full,
        full.least_h + full.median_h * np.exp(full.sigma * normal),
        empty.least_h + empty.median_h * np.exp(empty.sigma * normal),
    )
    return (np.minimum(hours, (MARGIN_DAYS - 10) * 24) * HOUR_S).astype(np.int64)


def _worked_s(ships: Ships, call: np.ndarray, chance: np.random.Generator, *, is_load: bool) -> np.ndarray:
    """When a box is lifted: discharge in the first half of the work and a little more, loading in the last."""
    work_s = ships.atd_s[call] - ships.ata_s[call] - 2 * BERTHING_S
    done = 0.55 * chance.random(len(call)) + (0.45 if is_load else 0.0)
    lifted_s: np.ndarray = ships.ata_s[call] + BERTHING_S + (done * work_s).astype(np.int64)
    return lifted_s


def _later_s(profile: DemandProfile, from_s: np.ndarray, stay_s: np.ndarray) -> np.ndarray:
    """The time a stay in busy time ends that begins, or, if negative, ended, at a time."""
    week = np.concatenate(([0.0], np.cumsum(profile.road.week)))
    hours = np.arange(HOURS_A_WEEK + 1)
    weeks, hour = np.divmod(from_s / HOUR_S, HOURS_A_WEEK)
    busy = weeks * HOURS_A_WEEK + np.interp(hour, hours, week) + stay_s / HOUR_S
    weeks, rest = np.divmod(busy, HOURS_A_WEEK)
    later_s: np.ndarray = ((weeks * HOURS_A_WEEK + np.interp(rest, week, hours)) * HOUR_S).astype(np.int64)
    return later_s


def _next_ships(
    profile: DemandProfile, ships: Ships, inbound: np.ndarray, ready_s: np.ndarray, chance: np.random.Generator
) -> np.ndarray:
    """For each box in transhipment a ship of another service that comes when it is ready: from a main service to a
    feeder and the other way round where there are both, by what the services carry; the last one known if need be."""
    outbound = np.empty(len(inbound), np.int64)
    from_service = ships.service[inbound]
    services = profile.services
    for number, service in enumerate(services):
        mine = np.flatnonzero(from_service == number)
        others = [n for n, other in enumerate(services) if other.is_feeder != service.is_feeder]
        others = others or [n for n in range(len(services)) if n != number]
        carried = np.array([services[n].exchange_teu / services[n].period_h for n in others])
        chosen = _drawn(carried, len(mine), chance)
        for place, other in enumerate(others):
            rows = mine[chosen == place]
            calls = np.flatnonzero(ships.service == other)
            after = np.searchsorted(ships.ata_s[calls], ready_s[rows])
            outbound[rows] = calls[np.minimum(after, len(calls) - 1)]
    return outbound


def _with_attributes(
    profile: DemandProfile,
    here: _Carried,
    by_road: tuple[np.ndarray, np.ndarray],
    ships: Ships,
    variants: tuple[Variant, ...],
    ports: tuple[str, ...],
    chance: np.random.Generator,
) -> Boxes:
    count = len(here.stream)
    own = ports.index(profile.port)
    gauge = np.flatnonzero(np.array([v.is_out_of_gauge for v in variants])[here.variant])
    over_height = np.zeros(count, np.int16)
    over_width = np.zeros(count, np.int16)
    over_height[gauge] = 50 * chance.integers(2, 18, len(gauge))
    has_open_sides = np.array([v.size_type.code[2] == "P" for v in variants])[here.variant[gauge]]
    over_width[gauge] = 50 * chance.integers(1, 7, len(gauge)) * (has_open_sides & (chance.random(len(gauge)) < 0.5))
    return Boxes(
        number=container_numbers(OWNERS, count, chance),
        stream=here.stream.astype(np.int8),
        variant=here.variant.astype(np.int16),
        gross_mass_kg=_masses_kg(here.variant, variants, chance),
        pol=_ports(profile, ships, here.inbound, ports, own, chance),
        pod=_ports(profile, ships, here.outbound, ports, own, chance),
        operator=_drawn(np.array(list(OPERATORS.values())), count, chance).astype(np.int8),
        over_height_mm=over_height,
        over_width_mm=over_width,
        inbound=here.inbound,
        outbound=here.outbound,
        brought_by=by_road[0],
        taken_by=by_road[1],
        arrives_s=here.arrives_s,
        departs_s=here.departs_s,
    )


def _masses_kg(variant: np.ndarray, variants: tuple[Variant, ...], chance: np.random.Generator) -> np.ndarray:
    mean, spread, low, high = (
        np.array([getattr(v, name) for v in variants], np.float64)[variant]
        for name in ("mean_kg", "spread_kg", "low_kg", "high_kg")
    )
    drawn = np.clip(mean + spread * chance.standard_normal(len(variant)), low, high)
    masses_kg: np.ndarray = (drawn / 10).astype(np.int32) * 10
    return masses_kg


def _ports(
    profile: DemandProfile,
    ships: Ships,
    call: np.ndarray,
    ports: tuple[str, ...],
    own: int,
    chance: np.random.Generator,
) -> np.ndarray:
    """Where a ship brings each box from, or takes it; this port for boxes that come or leave by road."""
    found = np.full(len(call), own, np.int8)
    service = np.where(call == NONE, NONE, ships.service[call])
    for number, each in enumerate(profile.services):
        mine = np.flatnonzero(service == number)
        shares = np.array(list(each.ports.values()))
        drawn = _drawn(shares, len(mine), chance)
        found[mine] = np.array([ports.index(port) for port in each.ports])[drawn]
    return found
