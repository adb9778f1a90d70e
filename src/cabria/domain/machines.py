"""How machines move and what they use: axes, cranes' cycles, trucks and their batteries.

Times are rounded up to whole milliseconds: never promise an early arrival. Speeds and energy are those of a plausible
machine of its kind, not of a maker; a terminal puts its own in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from cabria.domain.errors import DataError
from cabria.domain.told import told


@dataclass(frozen=True, slots=True)
class Axis:
    """One drive: it speeds up and slows down evenly and never passes its top speed."""

    speed_mm_per_s: int
    acceleration_mm_per_s2: int

    def __post_init__(self) -> None:
        if min(self.speed_mm_per_s, self.acceleration_mm_per_s2) <= 0:
            raise DataError(
                told(
                    "An axis of {speed} mm/s and {acceleration} mm/s2 stands still.",
                    "axis-stands-still",
                    speed=self.speed_mm_per_s,
                    acceleration=self.acceleration_mm_per_s2,
                )
            )

    def travel_ms(self, distance_mm: int) -> int:
        """From rest to rest."""
        if distance_mm <= 0:
            return 0
        speed, acceleration = self.speed_mm_per_s, self.acceleration_mm_per_s2
        if distance_mm * acceleration < speed * speed:
            return _root_up(4_000_000 * distance_mm, acceleration)
        return -(-1_000 * distance_mm // speed) + -(-1_000 * speed // acceleration)

    @property
    def start_ms(self) -> int:
        """What starting from rest, or stopping, costs against passing at full speed."""
        return -(-500 * self.speed_mm_per_s // self.acceleration_mm_per_s2)


def _root_up(numerator: int, denominator: int) -> int:
    """The square root of a fraction, rounded up."""
    whole = -(-numerator // denominator)
    root = isqrt(whole)
    return root if root * root >= whole else root + 1


@dataclass(frozen=True, slots=True)
class TruckModel:
    """A driverless truck. It drives forward only; `air_mm` is what it keeps behind its tail, and `cargo_kg` what it
    may carry.

    It uses `wh_per_km` empty and more with the mass it carries, and `on_board_w` all the time.
    """

    length_mm: int = 18_000
    air_mm: int = 2_000
    cargo_kg: int = 65_000
    drive: Axis = Axis(speed_mm_per_s=7_000, acceleration_mm_per_s2=500)
    wh_per_km: int = 1_100
    wh_per_t_km: int = 25
    on_board_w: int = 1_500
    """For its computers, lights and cooling, driving or not."""
    battery_wh: int = 280_000

    def drive_wh(self, distance_mm: int, cargo_kg: int) -> int:
        return -(-distance_mm * (1_000 * self.wh_per_km + self.wh_per_t_km * cargo_kg) // 1_000_000_000)

    def on_board_wh(self, time_ms: int) -> int:
        return -(-self.on_board_w * time_ms // 3_600_000)


@dataclass(frozen=True, slots=True)
class YardCraneModel:
    """A rail yard crane that serves trucks on both sides of its block.

    Gantry and trolley drive at the same time with the spreader up, `clearance_mm` above where it would set a box on
    the highest. `lock_ms` is for finding and locking a box, or for setting it down and letting go.
    """

    gantry: Axis = Axis(speed_mm_per_s=4_000, acceleration_mm_per_s2=400)
    trolley: Axis = Axis(speed_mm_per_s=1_160, acceleration_mm_per_s2=400)
    hoist: Axis = Axis(speed_mm_per_s=1_200, acceleration_mm_per_s2=500)
    lock_ms: int = 8_000
    tier_mm: int = 2_896
    clearance_mm: int = 1_500
    wh_per_lift: int = 2_600
    wh_per_gantry_km: int = 9_000

    def travel_ms(self, gantry_mm: int, trolley_mm: int) -> int:
        return max(self.gantry.travel_ms(gantry_mm), self.trolley.travel_ms(trolley_mm))

    def down_ms(self, tiers: int, tier: int) -> int:
        """Down to a tier of a block of so many; tier 0 is a truck's bed."""
        return self.hoist.travel_ms(self._down_mm(tiers, tier))

    def half_down_ms(self, tiers: int) -> tuple[int, int]:
        """Down to where a truck with a box still passes beneath what hangs there, and from there on to a truck."""
        low_mm = self.tier_mm + self.clearance_mm
        return self.hoist.travel_ms(self._down_mm(tiers, 0) - low_mm), self.hoist.travel_ms(low_mm)

    @property
    def clear_ms(self) -> int:
        """Lock or let go, and rise until a truck beneath may drive."""
        return self.lock_ms + self.hoist.travel_ms(self.clearance_mm)

    def up_ms(self, tiers: int, tier: int) -> int:
        """From there to where it travels. No crane halts on its way up, so the two are a little too long."""
        return self.hoist.travel_ms(self._down_mm(tiers, tier) - self.clearance_mm)

    def _down_mm(self, tiers: int, tier: int) -> int:
        return self.tier_mm * (tiers + 1 - tier) + self.clearance_mm
