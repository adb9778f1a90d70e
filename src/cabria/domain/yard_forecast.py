"""What is known tonight of when the boxes of a block will leave tomorrow: a chance for each period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import YardBay

MAX_PERIODS = 200
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Departure:
    """The chance that a box leaves in each period of tomorrow, in their order; what is missing to 1 is that it stays.

    Raises DataError on chances that are none or sum to more than 1.
    """

    chances: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.chances) <= MAX_PERIODS:
            raise DataError(f"A forecast has 1 to {MAX_PERIODS} periods, not {len(self.chances)}.")
        for period, chance in enumerate(self.chances, 1):
            if not _is_chance(chance):
                raise DataError("The chance of leaving must be a number from 0 to 1.", place=f"period {period}")
        if sum(self.chances) > 1 + _ROUNDING:
            raise DataError(f"The chances of leaving sum to {sum(self.chances):g}, more than 1.")

    @property
    def stays(self) -> float:
        """The chance that it does not leave tomorrow."""
        return max(0.0, 1.0 - sum(self.chances))


@dataclass(frozen=True)
class BlockForecast:
    """A block tonight: its bays under one crane, side by side, and the forecast of every box.

    Boxes are known by number: in these bays a stack lists box numbers, not priorities. Departures are independent of
    each other; of boxes that leave in one period each order is as likely as any other. Raises DataError on a number
    that stands twice or has no forecast, and on forecasts of different lengths.
    """

    bays: tuple[YardBay, ...]
    departures: Mapping[int, Departure]

    def __post_init__(self) -> None:
        if not self.bays:
            raise DataError("A block has at least one bay.")
        seen: set[int] = set()
        for number, bay in enumerate(self.bays, 1):
            for box in bay.priorities:
                if box in seen:
                    raise DataError(f"Box {box} stands in the block twice.", place=f"bay {number}")
                if box not in self.departures:
                    raise DataError(f"Box {box} has no forecast of when it leaves.", place=f"bay {number}")
                seen.add(box)
        if len({len(departure.chances) for departure in self.departures.values()}) > 1:
            raise DataError("All forecasts of a block must have the same periods.")

    @property
    def periods(self) -> int:
        return next((len(departure.chances) for departure in self.departures.values()), 1)


def _is_chance(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
