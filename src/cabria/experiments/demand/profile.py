"""What a year at a terminal looks like: services, flows, cargo, how long boxes stay, when road trucks come.

The figures are those of no terminal. Chancay's public ones (three main and three feeder services) are kept; shares,
stays and hours are plausible values to put one's own in place of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from math import isfinite

from cabria.domain.errors import DataError
from cabria.experiments.cargo import EXPORTS, IMPORTS, MILD_GOODS, Line

HOURS_A_WEEK = 168
MOST_TEU_A_YEAR = 20_000_000


class Stream(IntEnum):
    """Where a box comes from and how it leaves."""

    IMPORT = 0
    """By ship, then by road."""
    EXPORT = 1
    """By road, then by ship."""
    TRANSHIPMENT = 2
    """By ship, then by a ship of another service."""


@dataclass(frozen=True, slots=True)
class Service:
    """A liner service with a call every `period_h`. `exchange_teu` weighs its calls against those of other services.

    `ports` are the ports it links this one with, and their shares of its cargo. `cranes` work one call at a time.
    `delays` are its own; None is as late as the profile's others.
    """

    name: str
    is_feeder: bool
    ship_teu: int
    exchange_teu: int
    first_eta_h: float
    ports: Mapping[str, float]
    period_h: float = 168.0
    cranes: int = 3
    delays: Delays | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.ports or min(self.ports.values()) < 0 or sum(self.ports.values()) <= 0:
            raise DataError(f"Service {self.name!r} has no name, or no port with a share.", place=self.name)
        if min(self.ship_teu, self.exchange_teu, self.cranes) <= 0 or not 24 <= self.period_h <= 2_000:
            raise DataError(
                f"Service {self.name} needs a ship, cargo, a crane and a period of 24 to 2000 h.", place=self.name
            )
        if not 0 <= self.first_eta_h < self.period_h:
            raise DataError(f"Service {self.name} does not call in its first period.", place=self.name)


@dataclass(frozen=True, slots=True)
class Stay:
    """Hours: never under `least_h`, and on top a lognormal time of median `median_h` and spread `sigma`."""

    least_h: float
    median_h: float
    sigma: float

    def __post_init__(self) -> None:
        if not (0 <= self.least_h <= 1_000 and 0 < self.median_h <= 1_000 and 0 <= self.sigma <= 1.5):
            raise DataError(f"A stay of {self.least_h} h and {self.median_h} h with spread {self.sigma} is none.")


@dataclass(frozen=True, slots=True)
class RoadHours:
    """When road trucks come: weights of the hours of a day and of the days from Monday on, none of them zero for
    a whole week. `by_appointment` of them have booked an hour, and miss it by a normal time of `off_min`. Of the
    trucks that come and those that fetch in one hour, `both_ways` (of the fewer) are one truck that does both."""

    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    by_appointment: float = 0.85
    off_min: float = 20.0
    both_ways: float = 0.25

    def __post_init__(self) -> None:
        if len(self.hours) != 24 or len(self.weekdays) != 7 or min(*self.hours, *self.weekdays) < 0:
            raise DataError("A week of road trucks has 24 weights for hours and 7 for weekdays, none below zero.")
        if sum(self.hours) <= 0 or sum(self.weekdays) <= 0:
            raise DataError("There is no hour at which road trucks come.")
        if not (0 <= self.by_appointment <= 1 and 0 <= self.both_ways <= 1 and 0 <= self.off_min <= 240):
            raise DataError("Shares of road trucks lie between 0 and 1, and they are at most four hours off.")

    @property
    def week(self) -> tuple[float, ...]:
        """Of each hour of the week, from Monday midnight: how busy it is, 1 being the mean."""
        raw = [day * hour for day in self.weekdays for hour in self.hours]
        return tuple(HOURS_A_WEEK * weight / sum(raw) for weight in raw)


@dataclass(frozen=True, slots=True)
class Delays:
    """How late ships come: most within a few hours (normal), the others later than `late_least_h` (exponential beyond),
    all within limits."""

    punctual: float = 0.65
    punctual_sd_h: float = 2.0
    late_mean_h: float = 18.0
    earliest_h: float = -6.0
    latest_h: float = 96.0
    late_least_h: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.punctual <= 1 and -6 <= self.earliest_h <= 0 <= self.latest_h <= 240):
            raise DataError("Ships are at most 6 h early and 240 h late, and a share of them is punctual.")
        if min(self.punctual_sd_h, self.late_mean_h, self.late_least_h) < 0:
            raise DataError("Delays are not negative.")


@dataclass(frozen=True, slots=True)
class DemandProfile:
    """All parameters of a year of demand. TEU are counted over the quay: in transhipment each box twice.

    `transhipment` is its share of these, `imports` the share of imports in the rest. A call's cargo differs by a
    lognormal factor of `call_spread` and by the season: `season` more than the mean around day `season_peak_day`.
    """

    name: str
    teu_a_year: int
    services: tuple[Service, ...]
    transhipment: float
    imports: float
    cargo: Mapping[Stream, Sequence[Line]]
    stays: Mapping[Stream, Stay]
    empty_stays: Mapping[Stream, Stay]
    road: RoadHours
    delays: Delays = field(default_factory=Delays)
    port: str = "PECHY"
    start: str = "2027-01-04T00:00"
    """A Monday."""
    days: int = 365
    call_spread: float = 0.12
    season: float = 0.08
    season_peak_day: int = 45
    cut_off_h: float = 10.0
    """Before a ship's ETA the last export box is in."""

    def __post_init__(self) -> None:
        if not 0 < self.teu_a_year <= MOST_TEU_A_YEAR or not 1 <= self.days <= 1_000:
            raise DataError(f"{self.teu_a_year} TEU a year over {self.days} days cannot be made.", place=self.name)
        if not (0 <= self.transhipment <= 1 and 0 <= self.imports <= 1):
            raise DataError("Shares of transhipment and imports lie between 0 and 1.", place=self.name)
        if not (0 <= self.season < 1 and 0 <= self.call_spread <= 1 and isfinite(self.cut_off_h)):
            raise DataError("Season and spread lie between 0 and 1.", place=self.name)
        if self.cut_off_h < 8:
            raise DataError("Export boxes are in at least 8 h before a ship's ETA.", place=self.name)
        names = [service.name for service in self.services]
        if len(names) != len(set(names)) or not names:
            raise DataError("Services have names of their own, and there is one at least.", place=self.name)
        if self.transhipment and len(names) < 2:
            raise DataError("Transhipment needs two services.", place=self.name)
        self._refuse_small_ships()
        for what in (self.cargo, self.stays, self.empty_stays):
            if missing := [stream.name for stream in Stream if stream not in what]:
                raise DataError(f"Nothing is said of {missing[0].lower()} boxes.", place=self.name)
        try:
            is_monday = datetime.fromisoformat(self.start).weekday() == 0
        except ValueError as error:
            raise DataError(f"The start {self.start!r:.40} is no ISO date.", place=self.name) from error
        if not is_monday:
            raise DataError(f"The year begins on a Monday, not on {self.start}.", place=self.name)

    def _refuse_small_ships(self) -> None:
        """No service brings or takes more in a call than its ships hold."""
        calls_teu = {s.name: s.exchange_teu * 8_766 / s.period_h for s in self.services}
        for service in self.services:
            share = calls_teu[service.name] / sum(calls_teu.values())
            each_way = self.teu_a_year * share * service.period_h / 8_766 * max(self.imports, 1 - self.imports)
            if each_way > service.ship_teu:
                raise DataError(
                    f"Ships of service {service.name} hold {service.ship_teu} TEU and would bring or take "
                    f"{each_way:,.0f} a call.",
                    place=service.name,
                    remedy="Give it larger ships or more calls.",
                )


ASIA = {"CNSHA": 0.36, "CNNGB": 0.14, "CNXMN": 0.13, "CNTAO": 0.17, "CNYTN": 0.12, "KRPUS": 0.08}
COAST = {"ECGYE": 0.3, "CLVAP": 0.2, "CLSAI": 0.25, "COBUN": 0.17, "PEPAI": 0.08}
SERVICES = (
    Service("ASIA1", False, 12_000, 6_000, 74.0, ASIA),
    Service("ASIA2", False, 14_000, 7_000, 6.0, {**ASIA, "JPYOK": 0.06}),
    Service("ASIA3", False, 18_000, 7_600, 38.0, ASIA),
    Service("COAST1", True, 2_000, 2_000, 138.0, {"ECGYE": 0.7, "PEPAI": 0.3}, cranes=2),
    Service("COAST2", True, 2_500, 2_500, 32.0, {"CLVAP": 0.45, "CLSAI": 0.55}, cranes=2),
    Service("COAST3", True, 3_500, 3_100, 92.0, COAST, cranes=2),
)
REPORTED_ON_TIME = {"ASIA1": 0.713, "ASIA2": 0.65, "ASIA3": 0.459}
"""Share of ships within a day of the timetable, September 2023, by Sea-Intelligence as the trade press had it: the
best, a middle one and the last of the fourteen largest carriers. Which service is as which carrier is our choice."""
REPORTED_LATE_H = 4.58 * 24
"""How late the late ones were in the mean, the same report."""
GATE_HOURS = (
    0.5, 0.4, 0.4, 0.4, 0.5, 0.7, 1.0, 1.3, 1.5, 1.6, 1.6, 1.5,
    1.3, 1.4, 1.5, 1.5, 1.5, 1.4, 1.2, 1.1, 0.9, 0.8, 0.7, 0.6,
)  # fmt: skip
STAYS = {
    Stream.IMPORT: Stay(4.0, 60.0, 0.65),
    Stream.EXPORT: Stay(2.0, 90.0, 0.55),
    Stream.TRANSHIPMENT: Stay(16.0, 40.0, 0.8),
}
EMPTY_STAYS = {
    Stream.IMPORT: Stay(24.0, 110.0, 0.5),
    Stream.EXPORT: Stay(24.0, 140.0, 0.5),
    Stream.TRANSHIPMENT: Stay(24.0, 120.0, 0.5),
}


def chancay_demand(teu_a_year: int = 1_000_000, days: int = 365, reefers: float | None = None) -> DemandProfile:
    """A terminal with Chancay's six services: Asian cargo in, fruit and ores out, relayed along the coast.

    `reefers` is their share of the boxes of each stream; None leaves it to the cargo, some 8 % in all.
    """
    through = (*shared_out(IMPORTS, 0.5), *shared_out(EXPORTS, 0.5))
    cargo = {Stream.IMPORT: IMPORTS, Stream.EXPORT: EXPORTS, Stream.TRANSHIPMENT: through}
    return DemandProfile(
        name="chancay",
        teu_a_year=teu_a_year,
        services=SERVICES,
        transhipment=0.4,
        imports=0.5,
        cargo={stream: with_shares(lines, reefers=reefers) for stream, lines in cargo.items()},
        stays=STAYS,
        empty_stays=EMPTY_STAYS,
        road=RoadHours(GATE_HOURS, (1.0, 1.1, 1.1, 1.1, 1.15, 0.8, 0.35)),
        days=days,
    )


def with_reported_delays(profile: DemandProfile) -> DemandProfile:
    """Main services as late as carriers were reported to be, each as one of them; feeders as they were. That the ships
    on time scatter by eight hours, and the late ones exponentially beyond a day, is assumed."""
    services = tuple(
        replace(service, delays=Delays(REPORTED_ON_TIME[service.name], 8.0, REPORTED_LATE_H - 24, -6.0, 240.0, 24.0))
        if service.name in REPORTED_ON_TIME
        else service
        for service in profile.services
    )
    return replace(profile, services=services)


def conflowgen_like(teu_a_year: int = 1_000_000, days: int = 365) -> DemandProfile:
    """The terminal of the public ConFlowGen sample, by its own shares, stays and hours, odd ones included: reefers in
    20 ft boxes, no road truck on a Sunday, special boxes no heavier than plain ones."""
    return replace(
        chancay_demand(teu_a_year, days),
        name="conflowgen-like",
        cargo=dict.fromkeys(Stream, SAMPLE_CARGO),
        stays={
            Stream.IMPORT: Stay(10.0, 38.0, 0.74),
            Stream.EXPORT: Stay(2.0, 97.0, 0.64),
            Stream.TRANSHIPMENT: Stay(0.0, 36.0, 1.1),
        },
        empty_stays={
            Stream.IMPORT: Stay(48.0, 216.0, 0.48),
            Stream.EXPORT: Stay(48.0, 228.0, 0.5),
            Stream.TRANSHIPMENT: Stay(48.0, 135.0, 0.5),
        },
        road=RoadHours(SAMPLE_HOURS, (1.0, 1.14, 1.03, 1.19, 1.17, 0.1, 0.0), off_min=0.0, both_ways=0.0),
        delays=Delays(punctual=1.0, punctual_sd_h=0.0),
    )


SAMPLE_HOURS = (
    0.7, 0.6, 0.7, 0.8, 0.8, 2.8, 3.3, 5.7, 6.4, 6.7, 7.0, 7.2,
    6.9, 6.9, 6.9, 7.1, 6.4, 5.6, 4.2, 3.0, 1.8, 1.6, 0.9, 0.7,
)  # fmt: skip
SAMPLE_CARGO = (
    Line("plain in 20 ft", 0.292, {"22G1": 1}, 16_000, 7_500, 2_200, 31_000),
    Line("plain in 40 ft", 0.417, {"42G1": 0.5, "45G1": 0.5}, 14_300, 5_300, 4_000, 31_000),
    Line("plain in 45 ft", 0.021, {"L5G1": 1}, 14_300, 5_300, 4_800, 31_000),
    Line("reefers in 20 ft", 0.028, {"22R1": 1}, 16_000, 7_500, 3_000, 31_000, set_points_tenth_c=(-200, 20)),
    Line("reefers in 40 ft", 0.042, {"45R1": 1}, 14_300, 5_300, 4_600, 31_000, set_points_tenth_c=(-200, 20)),
    Line("dangerous goods", 0.079, {"22G1": 0.4, "42G1": 0.57, "L5G1": 0.03}, 15_000, 6_000, 4_000, 31_000,
         dangerous=MILD_GOODS),
    Line("empty 20 ft", 0.048, {"22G1": 1}, 2_250, 60, is_full=False),
    Line("empty 40 ft", 0.073, {"42G1": 0.96, "L5G1": 0.04}, 3_900, 80, is_full=False),
)  # fmt: skip


def shared_out(lines: Sequence[Line], share: float) -> tuple[Line, ...]:
    """The same lines in the same proportions, `share` in all."""
    total = sum(line.share for line in lines)
    return tuple(replace(line, share=line.share * share / total) for line in lines)


def with_shares(
    lines: Sequence[Line],
    *,
    empties: float | None = None,
    reefers: float | None = None,
    dangerous: float | None = None,
    out_of_gauge: float | None = None,
) -> tuple[Line, ...]:
    """Lines with these shares of empty boxes, live reefers, dangerous goods and out-of-gauge cargo; None keeps what
    there is. Plain cargo makes up the rest. Raises DataError when a kind has no line, or all of them are too many."""
    wanted = {"empty": empties, "reefer": reefers, "dangerous": dangerous, "out of gauge": out_of_gauge}
    total = sum(line.share for line in lines)
    now: dict[str, float] = {}
    for line in lines:
        now[_kind(line)] = now.get(_kind(line), 0.0) + line.share / total
    shares = {kind: now.get(kind, 0.0) if share is None else share for kind, share in wanted.items()}
    shares["plain"] = 1 - sum(shares.values())
    for kind, share in shares.items():
        if share < 0 or (share > 0 and not now.get(kind)):
            raise DataError(f"{share:.1%} of {kind} boxes cannot be made from these lines.")
    return tuple(
        replace(line, share=line.share / total * shares[_kind(line)] / now[_kind(line)])
        for line in lines
        if shares[_kind(line)] > 0
    )


def _kind(line: Line) -> str:
    if not line.is_full:
        return "empty"
    if line.is_out_of_gauge:
        return "out of gauge"
    if line.dangerous:
        return "dangerous"
    return "reefer" if line.set_points_tenth_c else "plain"
