"""Who may enter which RELEASE zone: requests in states, responses with leases (6.4.3, 6.9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from cabria.adapters.timestamps import stamp
from cabria.adapters.vda5050.control.events import FleetEvent, Nonsense, ZoneGranted, ZoneLeft
from cabria.adapters.vda5050.state import RequestStatus, ZoneRequest, ZoneRequestType
from cabria.adapters.vda5050.topics import RobotId
from cabria.adapters.vda5050.zones import GrantType, Response
from cabria.domain.said import said
from cabria.domain.verdict import Verdict

MayEnter = Callable[[RobotId, str], Verdict]
"""Whether a vehicle may enter a zone now; it is asked again and again while the request waits."""
LEASE_MS = 30_000
ANSWER_AGAIN_MS = 1_000


@dataclass(slots=True)
class _Request:
    zone: str
    answer: GrantType | None = None
    answered_ms: int = 0
    lease_ms: int = 0
    is_revoked: bool = False


class ZoneDesk:
    """The requests of all vehicles. A zone is one vehicle's until that vehicle's state shows its request no more."""

    def __init__(
        self, may_enter: MayEnter, hear: Callable[[FleetEvent], None], zones: Collection[str] | None = None
    ) -> None:
        """`zones` are those that there are; without them, any."""
        self._may_enter, self._hear, self._zones = may_enter, hear, zones
        self._requests: dict[RobotId, dict[str, _Request]] = {}
        self._holders: dict[str, RobotId] = {}

    def holder(self, zone: str) -> RobotId | None:
        return self._holders.get(zone)

    def answer(self, robot: RobotId, asked: Iterable[ZoneRequest], now_ms: int) -> list[Response]:
        """What to answer to the requests that a vehicle's state shows now."""
        known = self._requests.setdefault(robot, {})
        shown = {request.request_id: request for request in asked}
        for gone in set(known) - set(shown):
            self._give_back(robot, known.pop(gone).zone)
        responses = []
        for name, request in shown.items():
            entry = known.setdefault(name, _Request(request.zone_id))
            response = self._one(robot, request, entry, now_ms)
            if response is not None:
                entry.answer, entry.answered_ms = response.grant_type, now_ms
                responses.append(response)
        return responses

    def revoke(self, zone: str) -> None:
        """Take a leave back; the zone stays the vehicle's until its state says that it knows."""
        robot = self._holders.get(zone)
        for entry in self._requests.get(robot, {}).values() if robot else ():
            entry.is_revoked |= entry.zone == zone

    def _one(self, robot: RobotId, request: ZoneRequest, entry: _Request, now_ms: int) -> Response | None:
        since_ms = now_ms - entry.answered_ms
        if request.request_type is not ZoneRequestType.ACCESS:
            return self._say(request, GrantType.REJECTED) if since_ms >= ANSWER_AGAIN_MS else None
        if self._zones is not None and request.zone_id not in self._zones:
            if entry.answer is None:
                self._hear(Nonsense(robot, said("zone-unknown", zone=request.zone_id[:60])))
            return self._say(request, GrantType.REJECTED) if since_ms >= ANSWER_AGAIN_MS else None
        if request.request_status is RequestStatus.REVOKED:
            return None
        if entry.is_revoked:
            return self._say(request, GrantType.REVOKED) if since_ms >= ANSWER_AGAIN_MS else None
        if request.request_status is RequestStatus.GRANTED:
            runs_out = entry.lease_ms - now_ms < LEASE_MS // 2
            return self._grant(robot, request, entry, now_ms) if runs_out and since_ms >= ANSWER_AGAIN_MS else None
        holder = self._holders.get(request.zone_id, robot)
        if holder == robot and self._may_enter(robot, request.zone_id):
            # One whose lease ran out inside while nobody answered would stand there for good without a new one.
            is_new = entry.answer is not GrantType.GRANTED
            if is_new or since_ms >= ANSWER_AGAIN_MS:
                return self._grant(robot, request, entry, now_ms)
            return None
        return self._say(request, GrantType.QUEUED) if entry.answer is None else None

    def _grant(self, robot: RobotId, request: ZoneRequest, entry: _Request, now_ms: int) -> Response:
        if request.zone_id not in self._holders:
            self._holders[request.zone_id] = robot
            self._hear(ZoneGranted(robot, request.zone_id))
        entry.lease_ms = now_ms + LEASE_MS
        return self._say(request, GrantType.GRANTED, stamp(entry.lease_ms))

    def _say(self, request: ZoneRequest, grant: GrantType, lease: str | None = None) -> Response:
        return Response(request_id=request.request_id, grant_type=grant, lease_expiry=lease)

    def _give_back(self, robot: RobotId, zone: str) -> None:
        still_asked = any(entry.zone == zone for entry in self._requests[robot].values())
        if self._holders.get(zone) == robot and not still_asked:
            del self._holders[zone]
            self._hear(ZoneLeft(robot, zone))
