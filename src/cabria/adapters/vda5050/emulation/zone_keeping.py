"""How a vehicle keeps to RELEASE zones: it asks before it enters, and stops at the border without leave (6.4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from cabria.adapters.timestamps import unstamp
from cabria.adapters.vda5050.emulation.kinematics import Leg
from cabria.adapters.vda5050.state import (
    Availability,
    ErrorLevel,
    Reference,
    RequestStatus,
    VehicleError,
    ZoneRequest,
    ZoneRequestType,
    ZoneSetState,
)
from cabria.adapters.vda5050.zones import GrantType, ReleaseLoss, Response, Zone, ZoneSet, ZoneType

ASKS_AHEAD_M = 80.0
SAMPLE_M = 0.5
AGAIN_AFTER_MS = 3_000
"""After a refusal."""


@dataclass(slots=True)
class _Asked:
    request_id: str
    zone: Zone
    zone_set: str
    status: RequestStatus = RequestStatus.REQUESTED
    lease_ms: int | None = None
    is_inside: bool = False
    leaves_m: float = 0.0
    """How far the vehicle will have driven when it is at the zone's end."""

    @property
    def is_lost(self) -> bool:
        return self.is_inside and self.status in (RequestStatus.REVOKED, RequestStatus.EXPIRED)


class _Ground(NamedTuple):
    """Where a zone lies, and the least box around it."""

    zone: str
    corners: tuple[tuple[float, float], ...]
    from_x: float
    until_x: float
    from_y: float
    until_y: float

    @classmethod
    def of(cls, zone: Zone) -> Self:
        corners = tuple((vertex.x, vertex.y) for vertex in zone.vertices)
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return cls(zone.zone_id, corners, min(xs), max(xs), min(ys), max(ys))


class ZoneKeeper:
    """The zone sets on a vehicle, and its requests. Distances are the vehicle's driven metres."""

    def __init__(self, length_m: float) -> None:
        self._length_m = length_m
        self._sets: dict[str, ZoneSet] = {}
        self._enabled: dict[str, str] = {}
        self._asked: dict[str, _Asked] = {}
        self._refused_ms: dict[str, int] = {}
        self._count = 0
        self._grounds: tuple[_Ground, ...] = ()
        """Of the RELEASE zones that are enabled."""
        self._crossings: dict[Leg, tuple[tuple[str, float, float], ...]] = {}

    def store(self, zone_set: ZoneSet) -> bool:
        """False when a set of that name is here already."""
        if zone_set.zone_set_id in self._sets:
            return False
        self._sets[zone_set.zone_set_id] = zone_set
        return True

    def enable(self, name: str) -> bool:
        zone_set = self._sets.get(name)
        if zone_set is None:
            return False
        self._enabled[zone_set.map_id] = name
        self._grounds = tuple(_Ground.of(zone) for _, zone in self._zones())
        self._crossings.clear()
        return True

    def delete(self, name: str) -> bool:
        """Not while it is in use."""
        if name not in self._sets or name in self._enabled.values():
            return False
        del self._sets[name]
        return True

    def drop_requests(self) -> None:
        self._asked.clear()

    def may_drive_m(self, legs: Sequence[Leg], on_leg_m: float, driven_m: float, now_ms: int) -> float:
        """How far the vehicle may drive before it needs a leave it does not have; it asks for what it will need."""
        free = float("inf")
        for name, enters_m, leaves_m in self._ahead(legs, on_leg_m, driven_m):
            if leaves_m + self._length_m <= driven_m:
                continue
            asked = self._asked.get(name)
            if enters_m > driven_m + ASKS_AHEAD_M:
                break
            if asked is None:
                asked = self._ask(name, now_ms)
            if asked is not None and asked.status is RequestStatus.GRANTED:
                if enters_m <= driven_m:
                    asked.is_inside, asked.leaves_m = True, max(leaves_m, asked.leaves_m)
            elif asked is None or not asked.is_inside:
                free = min(free, max(0.0, enters_m - driven_m))
        return 0.0 if self._must_stop else free

    @property
    def _must_stop(self) -> bool:
        return any(a.is_lost and a.zone.release_loss_behavior is not ReleaseLoss.CONTINUE for a in self._asked.values())

    def advance(self, driven_m: float, now_ms: int) -> None:
        """Leases run out; zones that the tail has left are given back."""
        for name, asked in list(self._asked.items()):
            if asked.status is RequestStatus.GRANTED and asked.lease_ms is not None and now_ms >= asked.lease_ms:
                asked.status = RequestStatus.EXPIRED
            has_left = asked.is_inside and driven_m >= asked.leaves_m + self._length_m
            if has_left or (asked.status is RequestStatus.EXPIRED and not asked.is_inside):
                del self._asked[name]

    def hear(self, response: Response, now_ms: int) -> None:
        for name, asked in list(self._asked.items()):
            if asked.request_id != response.request_id:
                continue
            if response.grant_type is GrantType.GRANTED:
                asked.status = RequestStatus.GRANTED
                asked.lease_ms = None if response.lease_expiry is None else unstamp(response.lease_expiry)
            elif response.grant_type is GrantType.REVOKED and asked.is_inside:
                asked.status = RequestStatus.REVOKED
            elif response.grant_type in (GrantType.REJECTED, GrantType.REVOKED):
                del self._asked[name]
                self._refused_ms[name] = now_ms

    def _ask(self, name: str, now_ms: int) -> _Asked | None:
        if now_ms - self._refused_ms.get(name, -AGAIN_AFTER_MS) < AGAIN_AFTER_MS:
            return None
        zone_set, zone = next((s, z) for s, z in self._zones() if z.zone_id == name)
        self._count += 1
        self._asked[name] = asked = _Asked(f"Z{self._count}", zone, zone_set.zone_set_id)
        return asked

    def _zones(self) -> Iterator[tuple[ZoneSet, Zone]]:
        for name in self._enabled.values():
            for zone in self._sets[name].zones:
                if zone.zone_type is ZoneType.RELEASE:
                    yield self._sets[name], zone

    def _ahead(self, legs: Sequence[Leg], on_leg_m: float, driven_m: float) -> Iterator[tuple[str, float, float]]:
        start_m = driven_m - on_leg_m
        for leg in legs:
            if start_m > driven_m + ASKS_AHEAD_M or not self._enabled:
                return
            if leg not in self._crossings:
                self._crossings[leg] = _crossings(leg, self._grounds)
            for name, enters_m, leaves_m in self._crossings[leg]:
                yield name, start_m + enters_m, start_m + leaves_m
            start_m += leg.length_m

    @property
    def errors(self) -> Iterator[VehicleError]:
        for name, asked in self._asked.items():
            if asked.is_lost:
                stops = asked.zone.release_loss_behavior is not ReleaseLoss.CONTINUE
                yield VehicleError(
                    error_type="RELEASE_LOST",
                    error_references=(Reference(reference_key="zoneId", reference_value=name),),
                    error_description=f"the leave for zone {name} is {asked.status.lower()}",
                    error_level=ErrorLevel.CRITICAL if stops else ErrorLevel.WARNING,
                )

    @property
    def requests(self) -> tuple[ZoneRequest, ...]:
        return tuple(
            ZoneRequest(
                request_id=asked.request_id,
                request_type=ZoneRequestType.ACCESS,
                zone_id=name,
                zone_set_id=asked.zone_set,
                request_status=asked.status,
            )
            for name, asked in self._asked.items()
        )

    @property
    def states(self) -> tuple[ZoneSetState, ...]:
        return tuple(
            ZoneSetState(
                zone_set_id=name,
                map_id=zone_set.map_id,
                zone_set_status=Availability.ENABLED
                if self._enabled.get(zone_set.map_id) == name
                else Availability.DISABLED,
            )
            for name, zone_set in self._sets.items()
        )


def _crossings(leg: Leg, grounds: Sequence[_Ground]) -> tuple[tuple[str, float, float], ...]:
    """Zones a leg runs through: from how far along it to how far."""
    steps = max(1, int(leg.length_m / SAMPLE_M))
    places = [step * leg.length_m / steps for step in range(steps + 1)]
    points = [leg.pose(at_m)[:2] for at_m in places]
    low_x, high_x = min(x for x, _ in points), max(x for x, _ in points)
    low_y, high_y = min(y for _, y in points), max(y for _, y in points)
    found = []
    for zone, corners, from_x, until_x, from_y, until_y in grounds:
        if from_x > high_x or until_x < low_x or from_y > high_y or until_y < low_y:
            continue
        inside = [at_m for at_m, point in zip(places, points, strict=True) if _is_inside(point, corners)]
        if inside:
            found.append((zone, inside[0], inside[-1]))
    return tuple(sorted(found, key=lambda crossing: crossing[1]))


def _is_inside(point: tuple[float, float], corners: Sequence[tuple[float, float]]) -> bool:
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside
