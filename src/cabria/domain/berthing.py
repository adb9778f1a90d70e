"""The quay over days: who may lie where and when, with how many cranes, and what that costs.

Places are whole millimetres along the quay, growing to the right of someone who looks from land to the sea; a ship's
place is her left end. Times are whole minutes from the plan's beginning. A plan keeps to two grids that the rules
state: places are multiples of `position_step_mm`, times of `step_min`. Stretches of time and quay are half open: a ship
that leaves at 600 frees her place for one that starts at 600.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from math import ceil, erf, exp, pi, sqrt
from typing import NewType

from cabria.domain.errors import DataError
from cabria.domain.verdict import Values

ShipId = NewType("ShipId", str)
MILLION = 1_000_000


class BerthKind(StrEnum):
    """What a stretch of quay is built for, and what a ship needs."""

    CONTAINER = "container"
    MULTIPURPOSE = "multipurpose"


class BerthLayout(StrEnum):
    """How ships share the quay."""

    CONTINUOUS = "continuous"
    """Anywhere, across the limits of sections too."""
    HYBRID = "hybrid"
    """Inside one section; several small ships may share it."""
    DISCRETE = "discrete"
    """Inside one section, which takes one ship at a time."""


class CraneRhythm(StrEnum):
    """When the number of cranes at a ship may change (steps in which the wind stops all cranes count for none)."""

    STAY = "stay"
    """Never: one number from her first to her last hour of work."""
    SHIFT = "shift"
    """When a shift begins."""
    STEP = "step"
    """At every step of time."""


@dataclass(frozen=True, slots=True, order=True)
class Spell:
    """A stretch of time, half open."""

    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        if self.start_min >= self.end_min:
            raise DataError(f"A spell from minute {self.start_min} to {self.end_min} has no length.")

    def meets(self, start_min: int, end_min: int) -> bool:
        return self.start_min < end_min and start_min < self.end_min


@dataclass(frozen=True, slots=True)
class QuaySection:
    """A stretch of quay of one depth (below chart datum) and kind."""

    name: str
    start_mm: int
    end_mm: int
    depth_mm: int
    kind: BerthKind = BerthKind.CONTAINER

    def __post_init__(self) -> None:
        if self.start_mm >= self.end_mm:
            raise DataError(f"Quay section {self.name} has no length.")


@dataclass(frozen=True, slots=True)
class RailCrane:
    """A quay crane and the stretch of rail it reaches; `outages` are when it is broken or being mended."""

    id: str
    rail_start_mm: int
    rail_end_mm: int
    outreach_rows: int = 24
    outages: tuple[Spell, ...] = ()

    def __post_init__(self) -> None:
        if self.rail_start_mm >= self.rail_end_mm:
            raise DataError(f"Quay crane {self.id} reaches no rail.")

    def is_out(self, start_min: int, end_min: int) -> bool:
        return any(outage.meets(start_min, end_min) for outage in self.outages)


@dataclass(frozen=True, slots=True)
class Quay:
    """The wall, its sections from left to right without gaps, and its cranes in their order on the rail.

    Cranes never pass each other. `channel_depth_mm` is what a ship crosses on her way in and out (None: deep enough).
    """

    name: str
    sections: tuple[QuaySection, ...]
    cranes: tuple[RailCrane, ...]
    layout: BerthLayout = BerthLayout.CONTINUOUS
    channel_depth_mm: int | None = None

    def __post_init__(self) -> None:
        if not self.sections:
            raise DataError(f"Quay {self.name} has no section.")
        if self.sections[0].start_mm != 0:
            raise DataError(f"Quay {self.name} must begin at 0 mm.")
        for left, right in zip(self.sections, self.sections[1:], strict=False):
            if left.end_mm != right.start_mm:
                raise DataError(f"Quay section {right.name} must begin where {left.name} ends, at {left.end_mm} mm.")
        _refuse_twins(f"Quay {self.name}", "crane", (crane.id for crane in self.cranes))
        _refuse_twins(f"Quay {self.name}", "section", (section.name for section in self.sections))

    @property
    def length_mm(self) -> int:
        return self.sections[-1].end_mm

    def sections_under(self, start_mm: int, end_mm: int) -> tuple[QuaySection, ...]:
        return tuple(section for section in self.sections if section.start_mm < end_mm and start_mm < section.end_mm)


@dataclass(frozen=True, slots=True)
class TideTable:
    """Height of the water above chart datum at rising times; straight lines between, constant before and after."""

    times_min: tuple[int, ...] = ()
    heights_mm: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.times_min) != len(self.heights_mm):
            raise DataError("The tide table has not as many heights as times.")
        if any(a >= b for a, b in zip(self.times_min, self.times_min[1:], strict=False)):
            raise DataError("The times of the tide table do not rise.")

    def height_mm(self, at_min: int) -> int:
        """Rounded down; 0 without a table."""
        if not self.times_min:
            return 0
        i = bisect_left(self.times_min, at_min)
        if i in (0, len(self.times_min)):
            return self.heights_mm[0 if i == 0 else -1]
        before, after = self.times_min[i - 1 : i + 1]
        low, high = self.heights_mm[i - 1 : i + 1]
        return low + (high - low) * (at_min - before) // (after - before)

    def lowest_mm(self, start_min: int, end_min: int) -> int:
        """The lowest water from one time to another, both included."""
        inside = self.heights_mm[bisect_right(self.times_min, start_min) : bisect_left(self.times_min, end_min)]
        return min((self.height_mm(start_min), self.height_mm(end_min), *inside))


@dataclass(frozen=True, slots=True)
class WindSpell:
    """Gusts that are forecast over a stretch of time."""

    spell: Spell
    gust_kn: int


@dataclass(frozen=True, slots=True)
class Eta:
    """When a ship is expected: never before `earliest_min`, planned for `planned_min` (her ETA), and how sure that is.

    `spread_min` is the standard deviation of her arrival about the planned time; 0 is certain. A ship that starts
    before `planned_min` is asked to speed up.
    """

    planned_min: int
    earliest_min: int
    spread_min: int = 0

    def __post_init__(self) -> None:
        if self.earliest_min > self.planned_min:
            raise DataError(
                f"A ship planned for minute {self.planned_min} cannot come at {self.earliest_min} earliest."
            )
        if self.spread_min < 0:
            raise DataError("The spread of an arrival is negative.")

    @classmethod
    def of_quantiles(cls, quantiles: Mapping[float, int], *, earliest_min: int | None = None) -> Eta:
        """From forecast quantiles (share -> minute) with the median 0.5 and one above it; a normal one is fitted."""
        above = [(share, minute) for share, minute in sorted(quantiles.items()) if 0.5 < share < 1]
        if 0.5 not in quantiles or not above:
            raise DataError("An arrival needs its median and one quantile above it.")
        share, minute = above[-1]
        spread = max(0, round((minute - quantiles[0.5]) / _normal_quantile(share)))
        first = min(quantiles.values()) if earliest_min is None else earliest_min
        return cls(quantiles[0.5], min(first, quantiles[0.5]), spread)

    def expected_late_min(self, start_min: int) -> int:
        """Expected minutes by which she comes after a start that is held for her, rounded up.

        Her arrival is normal about the planned time, or about an earlier start for which she was asked to speed up.
        """
        if self.spread_min == 0:
            return 0
        ahead = min(0, self.planned_min - start_min)
        z = ahead / self.spread_min
        return ceil(ahead * 0.5 * (1 + erf(z / sqrt(2))) + self.spread_min * exp(-z * z / 2) / sqrt(2 * pi))


@dataclass(frozen=True, slots=True)
class CostRates:
    """What a call costs, in whole units of money, on top of its crane hours. Hours are charged by the minute."""

    speed_up_per_h: int = 0
    """For each hour of a start before the planned arrival."""
    waiting_per_h: int = 0
    """For each hour of a start after the planned arrival."""
    late_per_h: int = 0
    """For each hour of a departure after the wanted finish."""
    overrun: int = 0
    """Once, for a departure after the last finish."""
    window_per_h: int = 0
    """For each hour of a start outside the pro-forma window."""
    distance_per_m: int = 0
    """For each metre away from the wanted place."""
    held_berth_per_h: int = 0
    """For each expected hour by which she comes after the start held for her."""
    unserved: int = 1_000_000
    """Once, when she is not served."""

    def __post_init__(self) -> None:
        if (
            min(
                self.speed_up_per_h,
                self.waiting_per_h,
                self.late_per_h,
                self.overrun,
                self.window_per_h,
                self.distance_per_m,
                self.held_berth_per_h,
                self.unserved,
            )
            < 0
        ):
            raise DataError("A cost rate is negative.")


@dataclass(frozen=True, slots=True)
class ShipCall:
    """A ship that wants the quay.

    `work_crane_min` is what one crane alone would need at the wanted place; `max_cranes` is what fits along her side.
    `priority` multiplies her rates of waiting, lateness, overrun and window. `kinds` are the kinds of quay she may lie
    at. `latest_departure_min` is hard, `wanted_finish_min` and `last_finish_min` cost.
    """

    id: ShipId
    length_mm: int
    eta: Eta
    work_crane_min: int
    max_cranes: int
    min_cranes: int = 1
    name: str = ""
    service: str = ""
    arrival_draught_mm: int = 0
    departure_draught_mm: int = 0
    kinds: tuple[BerthKind, ...] = tuple(BerthKind)
    reach_rows: int = 0
    priority: int = 1
    wanted_position_mm: int | None = None
    window: Spell | None = None
    wanted_finish_min: int | None = None
    last_finish_min: int | None = None
    latest_departure_min: int | None = None
    wind_limit_kn: int | None = None
    """Gusts above which she neither berths nor leaves."""
    rates: CostRates = field(default_factory=CostRates)

    def __post_init__(self) -> None:
        if self.length_mm <= 0:
            raise DataError(f"Ship {self.id} has no length.")
        if self.work_crane_min <= 0:
            raise DataError(f"Ship {self.id} has no work.")
        if not 1 <= self.min_cranes <= self.max_cranes:
            raise DataError(f"Ship {self.id} asks for {self.min_cranes} to {self.max_cranes} cranes.")
        if min(self.arrival_draught_mm, self.departure_draught_mm, self.reach_rows) < 0:
            raise DataError(f"Ship {self.id} has a negative draught or width.")
        if self.priority < 1:
            raise DataError(f"Ship {self.id} has priority {self.priority}; 1 is the lowest.")

    @property
    def draught_mm(self) -> int:
        """The deepest she lies during her stay."""
        return max(self.arrival_draught_mm, self.departure_draught_mm)

    def distance_m(self, position_mm: int) -> int:
        """Metres from her wanted place, begun ones counted; 0 when she has none."""
        if self.wanted_position_mm is None:
            return 0
        return -(-abs(position_mm - self.wanted_position_mm) // 1000)


@dataclass(frozen=True, slots=True)
class ChangeRates:
    """What it costs to depart from the last plan, in money: so that a plan does not jump for nothing."""

    moved_ship: int = 0
    """Once for each ship whose start or place differs."""
    start_per_h: int = 0
    position_per_m: int = 0


@dataclass(frozen=True, slots=True)
class Shifts:
    """Shifts of equal length; one begins at `first_start_min`."""

    first_start_min: int = 0
    length_min: int = 480

    def __post_init__(self) -> None:
        if self.length_min <= 0:
            raise DataError("A shift has no length.")

    def number(self, at_min: int) -> int:
        return (at_min - self.first_start_min) // self.length_min


@dataclass(frozen=True, slots=True)
class BerthRules:
    """The rules and prices of a terminal; the defaults are those of the literature (Meisel and Bierwirth 2009).

    n cranes at one ship do the work of n ** `interference_exponent`; work grows by `growth_ppm_per_m` for each metre
    away from the wanted place. `mooring_min` passes between a ship's start and her first lift, `unmooring_min` between
    her last lift and her departure; both are rounded up to whole steps.
    """

    horizon_min: int
    step_min: int = 60
    position_step_mm: int = 10_000
    mooring_gap_mm: int = 0
    under_keel_clearance_mm: int = 0
    mooring_min: int = 0
    unmooring_min: int = 0
    movements_per_h: int | None = None
    """Ships berthing or leaving within any 60 minutes; None is no limit."""
    crane_wind_limit_kn: int | None = None
    """Gusts above which no crane works."""
    crane_rhythm: CraneRhythm = CraneRhythm.STAY
    interference_exponent: float = 0.9
    growth_ppm_per_m: int = 0
    crane_hour: int = 0
    """Price of a crane hour."""
    shifts: Shifts = Shifts()
    changes: ChangeRates = ChangeRates()

    def __post_init__(self) -> None:
        if self.step_min <= 0 or self.position_step_mm <= 0:
            raise DataError("The steps of time and place must be more than 0.")
        if self.horizon_min <= 0 or self.horizon_min % self.step_min:
            raise DataError(f"The horizon of {self.horizon_min} min is no multiple of the step of {self.step_min} min.")
        if not 0 < self.interference_exponent <= 1:
            raise DataError("The exponent of crane interference lies above 0 and not above 1.")
        if min(self.mooring_gap_mm, self.mooring_min, self.unmooring_min, self.growth_ppm_per_m, self.crane_hour) < 0:
            raise DataError("A gap, a mooring time, the growth of work or the price of a crane hour is negative.")
        if self.movements_per_h is not None and self.movements_per_h < 1:
            raise DataError("At least one movement an hour must be possible.")
        on_grid = (self.shifts.first_start_min % self.step_min, self.shifts.length_min % self.step_min)
        if self.crane_rhythm is CraneRhythm.SHIFT and any(on_grid):
            raise DataError(f"Shifts must begin on the step of {self.step_min} min.")

    def output_ppm(self, cranes: int) -> int:
        """What that many cranes do at one ship, in millionths of one crane alone, rounded down."""
        return int(cranes**self.interference_exponent * MILLION + 1e-6)

    def work_ppm(self, ship: ShipCall, position_mm: int) -> int:
        """Millionths of a crane minute the ship needs at a place."""
        return ship.work_crane_min * (MILLION + self.growth_ppm_per_m * ship.distance_m(position_mm))

    def steps_up(self, minutes: int) -> int:
        """Whole steps that hold so many minutes."""
        return -(-minutes // self.step_min)


@dataclass(frozen=True, slots=True)
class CraneSpell:
    """So many cranes at a ship for a stretch of time; `crane_ids` names them when they have been assigned."""

    spell: Spell
    cranes: int
    crane_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.cranes < 0:
            raise DataError("A spell has a negative number of cranes.")
        if self.crane_ids and len(self.crane_ids) != self.cranes:
            raise DataError(f"A spell of {self.cranes} cranes names {len(self.crane_ids)}.")


@dataclass(frozen=True, slots=True)
class Stay:
    """A ship at the quay: her left end, from the first line fast to the last line off, and her cranes by time."""

    ship: ShipId
    position_mm: int
    start_min: int
    end_min: int
    work: tuple[CraneSpell, ...]

    def __post_init__(self) -> None:
        if self.start_min >= self.end_min:
            raise DataError(f"Ship {self.ship} leaves at minute {self.end_min}, not after her start.")
        after = self.start_min
        for part in self.work:
            if part.spell.start_min < after or part.spell.end_min > self.end_min:
                raise DataError(f"The crane spells of ship {self.ship} overlap or lie outside her stay.")
            after = part.spell.end_min

    def cranes_at(self, at_min: int) -> int:
        return next((part.cranes for part in self.work if part.spell.meets(at_min, at_min + 1)), 0)

    def crane_ids_at(self, at_min: int) -> tuple[str, ...]:
        return next((part.crane_ids for part in self.work if part.spell.meets(at_min, at_min + 1)), ())

    @property
    def crane_minutes(self) -> int:
        return sum(part.cranes * (part.spell.end_min - part.spell.start_min) for part in self.work)


@dataclass(frozen=True, slots=True)
class Unserved:
    """A ship that gets no berth, the rule that stops her (an id of the referee's), and why, for a person.

    `text` is the English sentence; `code` and `values` say it for other languages, as those of `Told`.
    """

    ship: ShipId
    rule: str
    text: str
    code: str = field(default="", compare=False)
    values: Values = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class BerthPlan:
    """Who lies where and when, and who cannot."""

    stays: tuple[Stay, ...]
    unserved: tuple[Unserved, ...] = ()

    def __post_init__(self) -> None:
        ships = [stay.ship for stay in self.stays] + [left.ship for left in self.unserved]
        _refuse_twins("The berth plan", "ship", ships)

    @cached_property
    def stay_of(self) -> Mapping[ShipId, Stay]:
        return {stay.ship: stay for stay in self.stays}


@dataclass(frozen=True)
class BerthCase:
    """All that a berth plan is made from.

    With a `last_plan`, `now_min` is how far it has been carried out: ships that have started keep place, start and the
    crane work up to now (from now on the number of their cranes may differ from what it was). Ships of the last plan
    that start before `frozen_until_min` keep place and start, unless they can no longer be there so early.
    """

    quay: Quay
    ships: tuple[ShipCall, ...]
    rules: BerthRules
    tide: TideTable = TideTable()
    wind: tuple[WindSpell, ...] = ()
    last_plan: BerthPlan | None = None
    now_min: int = 0
    frozen_until_min: int = 0
    name: str = ""
    beginning: str = ""
    """The plan's minute 0 as ISO 8601 local time."""
    currency: str = ""
    """What a unit of the prices is; "" where nobody says."""

    def __post_init__(self) -> None:
        _refuse_twins("The case", "ship", (ship.id for ship in self.ships))
        if self.now_min % self.rules.step_min:
            raise DataError(f"Now, minute {self.now_min}, is not on the step of {self.rules.step_min} min.")
        for ship in self.ships:
            wanted = ship.wanted_position_mm
            if wanted is not None and wanted % self.rules.position_step_mm:
                raise DataError(
                    f"Ship {ship.id} wants place {wanted} mm, which is not on the step of "
                    f"{self.rules.position_step_mm} mm."
                )

    @cached_property
    def ship_of(self) -> Mapping[ShipId, ShipCall]:
        return {ship.id: ship for ship in self.ships}

    def is_begun(self, ship: ShipId) -> bool:
        """Whether she lies at the quay now, or has been there, by the last plan."""
        stay = self.last_plan.stay_of.get(ship) if self.last_plan else None
        return stay is not None and stay.start_min < self.now_min

    def is_frozen(self, ship: ShipId) -> bool:
        """Whether she keeps the place and start of the last plan."""
        stay = self.last_plan.stay_of.get(ship) if self.last_plan else None
        if stay is None or ship not in self.ship_of:
            return False
        can_be_there = self.ship_of[ship].eta.earliest_min <= stay.start_min
        return self.is_begun(ship) or (stay.start_min < self.frozen_until_min and can_be_there)

    def gust_kn(self, start_min: int, end_min: int) -> int:
        """The strongest gusts forecast in a stretch of time; 0 when none are."""
        return max((wind.gust_kn for wind in self.wind if wind.spell.meets(start_min, end_min)), default=0)

    def is_too_windy_for_cranes(self, start_min: int) -> bool:
        """Whether the wind stops every crane in the step that begins then."""
        limit = self.rules.crane_wind_limit_kn
        return limit is not None and self.gust_kn(start_min, start_min + self.rules.step_min) > limit


class ChangeKind(StrEnum):
    NEW = "new"
    """Served now, not before."""
    DROPPED = "dropped"
    """Served before, not now."""
    MOVED = "moved"
    """Another start or place."""
    CRANES = "cranes"
    """Same start and place, other cranes or another end."""


@dataclass(frozen=True, slots=True)
class BerthChange:
    """How one ship's stay differs between two plans; later and to the right are positive."""

    ship: ShipId
    kind: ChangeKind
    before: Stay | None = None
    after: Stay | None = None

    @property
    def start_shift_min(self) -> int:
        return self.after.start_min - self.before.start_min if self.before and self.after else 0

    @property
    def end_shift_min(self) -> int:
        return self.after.end_min - self.before.end_min if self.before and self.after else 0

    @property
    def position_shift_mm(self) -> int:
        return self.after.position_mm - self.before.position_mm if self.before and self.after else 0


def berth_changes(before: BerthPlan, after: BerthPlan) -> tuple[BerthChange, ...]:
    """Every ship whose stay is not the same in both plans, in the order of the ships' names."""
    return tuple(
        change
        for ship in sorted({*before.stay_of, *after.stay_of})
        if (change := _change(ship, before.stay_of.get(ship), after.stay_of.get(ship)))
    )


def _change(ship: ShipId, before: Stay | None, after: Stay | None) -> BerthChange | None:
    if before is None:
        return BerthChange(ship, ChangeKind.NEW, None, after)
    if after is None:
        return BerthChange(ship, ChangeKind.DROPPED, before, None)
    if (before.start_min, before.position_mm) != (after.start_min, after.position_mm):
        return BerthChange(ship, ChangeKind.MOVED, before, after)
    if before != after:
        return BerthChange(ship, ChangeKind.CRANES, before, after)
    return None


def crane_minutes(moves: int, moves_per_crane_h: int) -> int:
    """Work of so many moves at a crane's productivity, rounded up. Raises DataError."""
    if moves_per_crane_h <= 0:
        raise DataError("A crane that makes no moves an hour does no work.")
    return -(-moves * 60 // moves_per_crane_h)


def joined_spells(spells: Iterable[CraneSpell]) -> tuple[CraneSpell, ...]:
    """The same work with as few spells as possible: neighbours alike are joined, spells without cranes left out."""
    joined: list[CraneSpell] = []
    for part in spells:
        if not part.cranes:
            continue
        last = joined[-1] if joined else None
        alike = last and (last.cranes, last.crane_ids) == (part.cranes, part.crane_ids)
        if last and alike and last.spell.end_min == part.spell.start_min:
            joined[-1] = replace(last, spell=Spell(last.spell.start_min, part.spell.end_min))
        else:
            joined.append(part)
    return tuple(joined)


def _refuse_twins(where: str, what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DataError(f"{where} has {what} {name} twice.")
        seen.add(name)


def _normal_quantile(share: float) -> float:
    """By halving; 40 steps are more than a minute needs."""
    low, high = 0.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.5 * (1 + erf(middle / sqrt(2))) < share else (low, middle)
    return max(high, 1e-6)
