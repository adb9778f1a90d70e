"""The gate's book: who may come when, who is here, who has left. What is asked again changes nothing.

A visit has an id that whoever asks has given it, and everything about it is known by that id. Boxes themselves are
looked after by `gate_work`; the book only says whether it is this truck's turn.
"""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import OVER, Appointment, Visit, VisitState
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.desk import Desk
from cabria.operations.gate_work import announce, may_take

MOST_KEPT = 20_000
"""Visits in the book; the oldest that are over are forgotten first."""
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def book(desk: Desk, wanted: Appointment) -> Verdict:
    """An appointment, or another time for one that is booked."""
    visits, now_ms = desk.board.visits, desk.now_ms
    if not (named := _may_be_called(desk, wanted.id)):
        return named
    known = visits.get(wanted.id)
    if known is not None:
        if known.appointment == wanted and known.state not in (VisitState.CANCELLED, VisitState.REFUSED):
            return YES
        if known.state not in (VisitState.BOOKED, VisitState.CANCELLED, VisitState.REFUSED):
            return refuse("visit {visit} is {state} already", "visit-already", visit=wanted.id, state=known.state.value)
    verdict = _may_book(desk, wanted)
    if verdict:
        _write(desk, Visit(wanted.id, VisitState.BOOKED, now_ms, wanted.brings, wanted.takes, wanted))
    return verdict


def _may_be_called(desk: Desk, visit: str) -> Verdict:
    """A road truck is called as its visit; no machine of ours may be called so."""
    board = desk.board
    ours = visit in board.quay_cranes or visit in board.yard_cranes
    if ours or (visit in board.trucks and not board.trucks[visit].is_visitor):
        return refuse("{visit} is a machine of the terminal", "machine-of-ours", visit=visit)
    if "/" in visit or not visit:
        return refuse("{visit} is no name for a visit", "no-visit-name", visit=f"{visit!r:.60}")
    return YES


def _may_book(desk: Desk, wanted: Appointment) -> Verdict:
    if wanted.until_ms <= desk.now_ms:
        return refuse("the appointment lies in the past", "appointment-past")
    most = desk.settings.appointments_an_hour
    hour = wanted.from_ms // HOUR_MS
    others = [visit for visit in desk.board.visits.values() if visit.id != wanted.id]
    booked = [v.appointment for v in others if v.state is VisitState.BOOKED and v.appointment is not None]
    if sum(other.from_ms // HOUR_MS == hour for other in booked) >= most:
        return refuse("the hour is full: {most} appointments begin in it", "hour-full", most=most)
    for visit in others:
        if visit.state in OVER:
            continue
        if wanted.takes is not None and visit.takes == wanted.takes:
            return _promised(wanted.takes, visit)
        if wanted.brings is not None and visit.brings and visit.brings.container == wanted.brings.container:
            comes = "container {box} comes with visit {visit}"
            return refuse(comes, "box-comes-with", box=wanted.brings.container, visit=visit.id)
    if wanted.brings is not None and wanted.brings.container in desk.board.boxes:
        here = "container {box} is at the terminal already"
        return refuse(here, "box-here-already", box=wanted.brings.container)
    return _may_be_promised(desk, wanted.takes)


def _may_be_promised(desk: Desk, box: ContainerId | None) -> Verdict:
    """What is on its way to the yard may be promised; whether it has got there is asked at the gate."""
    if box is None:
        return YES
    place = desk.board.boxes.get(box)
    return may_take(desk, box) if isinstance(place, YardPosition) or place is None else YES


def cancel_booking(desk: Desk, visit: str) -> Verdict:
    known = desk.board.visits.get(visit)
    if known is None:
        return _no_visit(visit)
    if known.state is VisitState.CANCELLED:
        return YES
    if known.state is not VisitState.BOOKED:
        return refuse("visit {visit} is {state} already", "visit-already", visit=visit, state=known.state.value)
    _write(desk, replace(known, state=VisitState.CANCELLED, since_ms=desk.now_ms))
    return YES


def gate_in(desk: Desk, visit: str, brings: Brought | None, takes: ContainerId | None) -> Verdict:
    """A road truck is at the gate. With an appointment it may leave out what it brings and takes."""
    if not (named := _may_be_called(desk, visit)):
        return named
    known = desk.board.visits.get(visit)
    appointment = known.appointment if known is not None else None
    if known is not None and (brings, takes) == (None, None):
        brings, takes = known.boxes
    if known is not None and known.state not in (VisitState.BOOKED, VisitState.REFUSED):
        if known.state is VisitState.CANCELLED:
            return refuse("the appointment of visit {visit} was cancelled", "appointment-cancelled", visit=visit)
        same = known.boxes == (brings, takes)
        other = "visit {visit} is {state} already, with other boxes"
        return YES if same else refuse(other, "visit-other-boxes", visit=visit, state=known.state.value)
    verdict = _is_its_turn(desk, known, brings, takes)
    if verdict:
        start_ms = appointment.from_ms if appointment else None
        verdict = announce(desk, RoadVisit(visit, desk.now_ms, brings, takes, start_ms))
    state = VisitState.AT_GATE if verdict else VisitState.REFUSED
    if not verdict and known is not None and known.state is VisitState.BOOKED:
        return verdict  # it may come again, within its time
    _write(desk, Visit(visit, state, desk.now_ms, brings, takes, appointment, verdict.reason))
    return verdict


def _is_its_turn(desk: Desk, known: Visit | None, brings: Brought | None, takes: ContainerId | None) -> Verdict:
    if brings is None and takes is None:
        return refuse("it brings nothing and comes for nothing", "visit-for-nothing")
    if brings is not None and brings.container == takes:
        return refuse("it brings the box it comes for", "visit-for-its-own")
    booked = known.appointment if known is not None else None
    if booked is None:
        if desk.settings.needs_appointment:
            return refuse("it has no appointment", "no-appointment")
        return _not_promised(desk, takes, known)
    if known is not None and known.boxes != (brings, takes):
        return refuse("its appointment is for other boxes", "appointment-other-boxes")
    early_ms = booked.from_ms - desk.settings.early_ms - desk.now_ms
    if early_ms > 0:
        early = "it comes {minutes} minutes too early for its appointment"
        return refuse(early, "too-early", minutes=-(-early_ms // MINUTE_MS))
    late_ms = desk.now_ms - booked.until_ms - desk.settings.late_ms
    if late_ms > 0:
        late = "it comes {minutes} minutes too late for its appointment"
        return refuse(late, "too-late", minutes=-(-late_ms // MINUTE_MS))
    return YES


def _not_promised(desk: Desk, box: ContainerId | None, known: Visit | None) -> Verdict:
    if box is not None:
        for other in desk.board.visits.values():
            if other.state is VisitState.BOOKED and other.takes == box and other is not known:
                return _promised(box, other)
    return YES


def _promised(box: ContainerId, to: Visit) -> Verdict:
    return refuse("container {box} is promised to visit {visit}", "box-promised", box=box, visit=to.id)


def _no_visit(visit: str) -> Verdict:
    return refuse("there is no visit {visit}", "no-such-visit", visit=visit)


def gate_out(desk: Desk, visit: str) -> Verdict:
    """Whether a road truck may leave: it has left already, or nothing is to be done for it any more."""
    board, known = desk.board, desk.board.visits.get(visit)
    if known is not None and known.state is VisitState.LEFT:
        return YES
    truck = board.trucks.get(visit)
    if truck is None or not truck.is_visitor:
        if known is None:
            return _no_visit(visit)
        return refuse("visit {visit} is {state}", "visit-is", visit=visit, state=known.state.value)
    if move := board.moves.get(truck.move):
        box = ", ".join(move.stops[-1].containers)
        return refuse("{move} of container {box} is not done", "move-not-done", move=move.kind.value, box=box)
    if waiting := board.errands.get(visit):
        box, kind = ", ".join(waiting[0].stop.containers), waiting[0].kind.value
        return refuse("{move} of container {box} is not begun", "move-not-begun", move=kind, box=box)
    return YES


def _write(desk: Desk, visit: Visit) -> None:
    visits = desk.board.visits
    visits[visit.id] = visit
    if len(visits) > MOST_KEPT:
        over = [known.id for known in visits.values() if known.state in OVER]
        for name in over[: len(visits) - MOST_KEPT]:
            del visits[name]
