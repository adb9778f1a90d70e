"""What is tried: a stretch of a year's demand at a terminal, with its machines and the way it is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np

from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.terminal import Terminal
from cabria.experiments.demand.generate import make_demand
from cabria.experiments.demand.profile import chancay_demand
from cabria.experiments.demand.tables import DAY_S, Demand
from cabria.experiments.layouts import LAYOUTS
from cabria.operations.places import REEFER_TIERS
from cabria.operations.settings import Settings

YEAR_DAYS = 365
MOST_TRUCKS = 300


@dataclass(frozen=True, slots=True)
class Scenario:
    """Raises DataError for what cannot be: see `demand_of` for what only the demand shows."""

    teu_a_year: int = 1_000_000
    """TEU over the quay in the year whose stretch is run; a box in transhipment counts twice."""
    days: int = 7
    """How long the run is."""
    begins_day: int = 28
    """The day of the year with which it begins, at midnight; every seventh is a Monday."""
    trucks: int = 40
    """Driverless trucks."""
    layout: str = "chancay"
    """The ground plan, one of `experiments.layouts.LAYOUTS`."""
    reefers: float = 0.05
    """Share of boxes that need a plug."""
    aboard: float = 0.5
    """What part of a ship's TEU is taken at most by boxes that stay aboard."""
    lists_close_h: float = 4.0
    """How long before a ship's planned berthing her load list is closed and her plan is made; a ship that finds her
    place free before that is planned then."""
    moves_a_crane_hour: int = 28
    """What the berth plan counts on."""
    variation: float = 0.1
    """How much the cycles of quay cranes differ."""
    has_breakdowns: bool = False
    """Whether machines break down and are repaired."""
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            close = get_close_matches(self.layout, LAYOUTS, n=1)
            hint = f"Do you mean {close[0]}?" if close else f"There are {', '.join(LAYOUTS)}."
            raise DataError(f"There is no layout {self.layout[:40]!r}.", place="layout", remedy=hint)
        for name, low, high in (
            ("days", 1, YEAR_DAYS),
            ("begins_day", 0, YEAR_DAYS - 1),
            ("trucks", 1, MOST_TRUCKS),
            ("reefers", 0, 0.5),
            ("aboard", 0, 0.8),
            ("lists_close_h", 0, 48),
            ("moves_a_crane_hour", 5, 60),
            ("variation", 0, 0.5),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise DataError(f"{name} is {value}; it lies between {low} and {high}.", place=name)
        if self.begins_day + self.days > YEAR_DAYS:
            raise DataError(
                f"A run of {self.days} days that begins on day {self.begins_day} goes beyond the year.",
                place="begins_day",
                remedy="Begin earlier, or run fewer days.",
            )

    @property
    def begins_s(self) -> int:
        """On the clock of the demand."""
        return self.begins_day * DAY_S

    @property
    def ends_s(self) -> int:
        return (self.begins_day + self.days) * DAY_S


def layout_of(scenario: Scenario) -> Layout:
    """The ground of a scenario, its machines as they stand when the run begins."""
    return LAYOUTS[scenario.layout]()


def demand_of(scenario: Scenario, layout: Layout, seed: int) -> Demand:
    """The year of demand of which the run is a stretch.

    Raises DataError, with the place named, when no ship calls meanwhile or more stands in the yard than it holds.
    """
    demand = make_demand(chancay_demand(scenario.teu_a_year, reefers=scenario.reefers), seed)
    if not len(ships_within(demand, scenario)):
        days = f"day {scenario.begins_day} and day {scenario.begins_day + scenario.days}"
        raise DataError(f"No ship calls between {days}.", place="demand", remedy="Run more days, or begin on another.")
    _refuse_full_yard(demand, scenario, layout.terminal)
    return demand


def ships_within(demand: Demand, scenario: Scenario) -> np.ndarray:
    """Rows of the ships that are at the terminal within the run and have work left when it begins, by ATA."""
    ships = demand.ships
    is_there = (ships.ata_s < scenario.ends_s) & (ships.atd_s > scenario.begins_s)
    return np.flatnonzero(is_there & (ships.discharged + ships.loaded > 0))


def _refuse_full_yard(demand: Demand, scenario: Scenario, terminal: Terminal) -> None:
    hours = slice(scenario.begins_s // 3_600, scenario.ends_s // 3_600)
    plugs = sum(len(block.plug_bays) * block.rows * min(block.tiers, REEFER_TIERS) for block in terminal.blocks)
    for what, weights, room, place in (
        ("TEU", demand.of_variants("teu"), sum(block.slots for block in terminal.blocks), "yard"),
        ("reefers", demand.of_variants("needs_plug"), plugs, "reefer racks"),
    ):
        peak = round(demand.stock_by_hour(weights)[hours].max())
        if peak > room:
            raise DataError(
                f"{peak:,} {what} would stand on layout {scenario.layout}, which has room for {room:,}.",
                place=place,
                remedy="Ask for fewer TEU a year, fewer reefers, or take a larger layout.",
            )
