"""What somebody should look at now: told by operations, and seen in how everything stands."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.console.messages.live import Act, AlertRow, CallRow
from cabria.domain.said import Reason, Said, said
from cabria.operations.running import BROKER, Picture

NOW, SOON, WORTH_KNOWING = 1, 2, 3
WAITS_LONG_MS = 300_000
LATE_MS = 1_800_000


def alert_rows(picture: Picture, calls: list[CallRow], problem: str) -> Iterator[AlertRow]:
    """The most urgent first within each kind; an id stays with its cause."""
    if problem:
        yield _told("journal", "operations-ended", NOW, said("operations-ended", why=problem), "", picture.now_ms)
    for alert in picture.alerts.values():
        if not alert.seen_by:
            acts = [Act(name="see-alert", body={"alert": str(alert.number)})]
            yield _told(str(alert.number), "operations", SOON, alert.problem, alert.machine, alert.at_ms, acts)
    yield from _out_of_service(picture)
    yield from _waiting(picture)
    lost = [link for link in picture.links.values() if not link.is_connected]
    for link in [one for one in lost if one.name == BROKER] or lost:
        yield _row(f"link/{link.name}", "link-lost", NOW, f"{link.name} is not heard", link.name, link.seen_ms)
    for call in calls:
        if call.late_ms >= LATE_MS:
            text = f"{call.vessel} is {call.late_ms // 60_000} min behind her plan"
            yield _row(f"late/{call.id}", "call-late", SOON, text, "", call.began_ms)


def _out_of_service(picture: Picture) -> Iterator[AlertRow]:
    for machines, urgency in ((picture.quay_cranes, NOW), (picture.yard_cranes, NOW), (picture.trucks, SOON)):
        for machine in machines.values():
            if machine.out is None:
                continue
            acts = [Act(name="put-back", body={"machine": machine.id})]
            if machine.id in picture.quay_cranes and not machine.out.back_ms:
                acts.append(Act(name="expect-back", body={"machine": machine.id}))
            text = f"{machine.id} is out of service: {machine.out.cause}"
            row = _row(f"out/{machine.id}", "machine-out", urgency, text, machine.id, machine.out.since_ms, acts)
            row.values["cause"] = machine.out.cause
            yield row


def _waiting(picture: Picture) -> Iterator[AlertRow]:
    for crane in picture.quay_cranes.values():
        waited_ms = picture.now_ms - crane.waits_since_ms
        if crane.waits_for and crane.out is None and waited_ms >= WAITS_LONG_MS:
            text = f"{crane.id} has waited {waited_ms // 60_000} min for {crane.waits_for}"
            yield _row(f"waits/{crane.id}", "crane-waits", SOON, text, crane.id, crane.waits_since_ms)


def _told(
    name: str, code: str, urgency: int, told: Reason, machine: str, since_ms: int, acts: list[Act] | None = None
) -> AlertRow:
    row = _row(name, code, urgency, f"{machine}: {told}" if machine else str(told), machine, since_ms, acts)
    if isinstance(told, Said):
        row.said, row.values = told.code, dict(told.values)
    return row


def _row(
    name: str, code: str, urgency: int, text: str, machine: str, since_ms: int, acts: list[Act] | None = None
) -> AlertRow:
    return AlertRow(
        id=name,
        code=code,
        urgency=urgency,
        text=text,
        machine=machine,
        since_ms=since_ms,
        seen_by="",
        acts=acts or [],
    )
