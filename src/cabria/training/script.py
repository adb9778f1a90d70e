"""What goes wrong in a session, at simulated times: by the scenario's script, or now by an instructor's hand.

Each fault raises an alert, as an operator's screen would have it, and the alarm by which the answer is timed. What a
good operator does about it is its advice; the trainee who follows the policy does just that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from cabria.adapters.running.kept_journal import KeptJournal
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import MachineResumed, MachineStopped, OnTruck, Place
from cabria.domain.said import said
from cabria.domain.verdict import Values
from cabria.domain.work import ONTO_SHIP
from cabria.operations.board import QuayCraneState
from cabria.operations.gateways import EntryKind
from cabria.operations.journaling import JournaledControl
from cabria.operations.order_desk import OpenOrder, OrderState, OrderTerms
from cabria.operations.records import Command, Order
from cabria.operations.sailing import may_sail
from cabria.referee.judge import judge
from cabria.referee.judgement import Judgement
from cabria.training.scenario import MINUTE_MS, Fault, Injection, Scenario
from cabria.training.start import Prepared, Ship
from cabria.twin.twin import Twin

SCRIPT = "training"
"""The correlation of what the room itself asks of operations."""
UNATTENDED_MS = 20 * MINUTE_MS
"""After so long the foreman puts a repaired machine back himself."""
TOO_SOON_MS = 30_000
"""After so long a machine that was put back before it is repaired is reported out of service again."""
ASK_AGAIN_MS = 30_000
SILENT_MS = 10_000
NO_LINK, WIND = "no link to the broker", "wind"
MOST_WEIGHED = 12
"""Boxes that are looked at for one whose weight matters; each is judged with its ship."""
TERMS = OrderTerms()
"""Of orders on a live wire."""

SAID: Mapping[str, str] = {
    "shift-begins": "the shift begins: say that you have seen this",
    "truck-dead": "is dead on its lane, a tug is called",
    "spreader-fault": "spreader fault, the fitter is on his way",
    "crane-down": "hoist gearbox: the fitters need {minutes} min; say when it will be back",
    "repaired": "is repaired: put it back into service",
    "ship-late": "the next ship comes {minutes} min later",
    "list-changed": "load list changed: {boxes} not to be loaded",
    "weight-breaks": "{box} weighs {weighed_kg} kg, its VGM says {declared_kg} kg; at {slot} it would break {rule}: "
    "leave it ashore",
    "weight-holds": "{box} weighs {weighed_kg} kg, its VGM says {declared_kg} kg; at {slot} it breaks no rule: "
    "say that you have seen this and let it be loaded",
    "box-elsewhere": "{box} is not where it should be: it stands at {place}",
    "wind": "gusts of 22 m/s: quay cranes stand still for about {minutes} min",
    "gate-surge": "{count} road trucks come within {minutes} min",
    "broker-lost": "the broker is not heard: trucks have stopped by themselves, cranes acknowledge no order",
    "link-back": "the broker is heard again; machines have said where boxes are: {count} otherwise than believed",
    "not-injected": "could not be injected: {why}",
}
"""What alarms say, by code; behind the machine's name where there is one."""


class Alarm(NamedTuple):
    """Something that asks for an answer until `until_ms`: one of the verbs in `answers`, about the alert `number` or
    naming `about`. `advice` is what a good operator does, in order. `text` is what `code` says with `values`."""

    number: int
    at_ms: int
    until_ms: int
    fault: Fault
    code: str
    values: Values
    text: str
    about: tuple[str, ...]
    answers: tuple[str, ...]
    advice: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class _Out:
    """A machine that a fault has stopped, and when it is repaired."""

    machine: str
    cause: str
    repaired_ms: int
    answer_ms: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """A box that weighs other than was declared: since when that is known, and the hard or safety rules that the
    referee finds broken when it is loaded as planned."""

    at_ms: int
    mass_kg: int
    rules: tuple[str, ...]


@dataclass(slots=True)
class Unheard:
    """A time in which no machine was heard: it begins after `entry` of the journal. `told` are machines whose silence
    was."""

    from_ms: int
    entry: int
    until_ms: int | None = None
    told: frozenset[str] = frozenset()


class Script:
    """Over one twin. `alarms` are in order; `cancelled` are boxes that must not be loaded any more, each with since
    when."""

    def __init__(self, twin: Twin, kept: KeptJournal, scenario: Scenario, start: Prepared) -> None:
        self.twin, self.kept = twin, kept
        self._ships = (*start.ships, *(one.ship for one in start.coming))
        self.injected: list[Injection] = []
        self.alarms: list[Alarm] = []
        self.cancelled: dict[ContainerId, int] = {}
        self.displaced: set[ContainerId] = set()
        """Boxes that were said to stand elsewhere."""
        self.too_soon: list[str] = []
        """Machines that somebody put back before they were repaired."""
        self.weighed: dict[ContainerId, Weighed] = {}
        self.unheard: list[Unheard] = []
        """The last one lasts while its end is not known."""
        self._out: dict[str, _Out] = {}
        self._held: dict[str, list[str]] = {}
        """Machines that wind or a lost broker holds, or both."""
        self._grave: dict[str, frozenset[tuple[str, str]]] = {}
        """By call: rules broken by the plan as it is, and where."""
        self._awaited = 0
        self._late_ms = 0
        self._begins_ms = twin.now_ms
        for injection in scenario.injections:
            self._enter(injection.at_min, self._inject, injection)
        for one in start.coming:
            self._enter(one.at_ms / MINUTE_MS, self._ship_comes, one.ship)

    @property
    def is_over(self) -> bool:
        """Whether nothing is to come by itself and no machine is out."""
        return self._awaited == 0 and not self._out

    @property
    def lost(self) -> Unheard | None:
        """Since when no machine is heard."""
        return self.unheard[-1] if self.unheard and self.unheard[-1].until_ms is None else None

    def open_orders(self) -> Mapping[int, OpenOrder]:
        """What machines were told since the broker was lost; none has acknowledged it."""
        if self.lost is None:
            return {}
        found = {}
        for told in self.kept.read(self.lost.entry, self.kept.durable):
            if told.record.kind is EntryKind.ORDER and isinstance(told.record.content, Order):
                attempts = 1 + (self.twin.now_ms - told.record.at_ms) // TERMS.acknowledge_ms
                found[told.number] = OpenOrder(told.record.content, OrderState.SENT, attempts, False)
        return found

    @property
    def under_repair(self) -> tuple[str, ...]:
        """Machines that stand still and are not repaired yet."""
        now_ms, causes = self.twin.now_ms, self.control.desk.causes
        return tuple(out.machine for out in self._out.values() if out.repaired_ms > now_ms and out.machine in causes)

    def is_unheard(self, at_ms: int) -> bool:
        """Whether no machine heard what was asked then."""
        return any(one.from_ms <= at_ms and (one.until_ms is None or at_ms < one.until_ms) for one in self.unheard)

    @property
    def control(self) -> JournaledControl:
        control = self.twin.control
        assert isinstance(control, JournaledControl)
        return control

    def inject_now(self, injection: Injection) -> None:
        """Raises DataError for a machine or ship that there is not."""
        KINDS[injection.fault](self, injection)
        self.injected.append(injection)

    def may_go_on(self, machine: str) -> bool:
        """Somebody has put a machine back into service: whether it works. One that is not repaired does not, and is
        reported out of service again."""
        out = self._out.get(machine)
        if machine in self._held or (out is not None and self.twin.now_ms < out.repaired_ms):
            self.too_soon.append(machine)
            self.twin.agenda.after(TOO_SOON_MS, self._stops_again, machine)
            return False
        self._out.pop(machine, None)
        return True

    def _enter(self, at_min: float, handler: Callable[..., int | None], argument: object) -> None:
        self._awaited += 1
        self.twin.agenda.at(self._begins_ms + round(at_min * MINUTE_MS), handler, argument)

    def _inject(self, injection: Injection) -> None:
        self._awaited -= 1
        try:
            self.inject_now(injection)
        except DataError as error:
            self._alarm(injection, "not-injected", why=error.problem)

    # Faults

    def _notice(self, injection: Injection) -> None:
        self._alarm(injection, "shift-begins")

    def _truck(self, injection: Injection) -> None:
        board = self.control.desk.board
        own = [truck for truck in board.trucks.values() if not truck.is_visitor and not truck.failed]
        named = [truck for truck in own if truck.id == injection.machine]
        found = named or sorted((t for t in own if not injection.machine), key=lambda t: (not t.is_driving, t.id))
        if not found:
            raise DataError(f"No truck {injection.machine[:40] or 'of ours'} is in service.", place="machine")
        truck = found[0].id
        self._stop(truck, "dead on the lane", injection)
        self._alarm(injection, "truck-dead", machine=truck)

    def _spreader(self, injection: Injection) -> None:
        crane = self._quay_crane(injection.machine)
        self._stop(crane, "spreader fault", injection)
        self._alarm(injection, "spreader-fault", machine=crane)

    def _crane(self, injection: Injection) -> None:
        crane = self._quay_crane(injection.machine)
        self._stop(crane, "hoist gearbox", injection)
        back_ms = self.twin.now_ms + round(injection.minutes * MINUTE_MS)
        self._alarm(
            injection,
            "crane-down",
            Command("expect_back", (crane, back_ms)),
            machine=crane,
            about=(crane,),
            minutes=round(injection.minutes),
        )

    def _late_ship(self, injection: Injection) -> None:
        self._late_ms += round(injection.minutes * MINUTE_MS)
        self._alarm(injection, "ship-late", minutes=round(injection.minutes))

    def _load_list(self, injection: Injection) -> None:
        boxes = self._loads_to_come(injection.count)
        for _, box in boxes:
            self.cancelled[box] = self.twin.now_ms
        self._alarm(
            injection,
            "list-changed",
            *(Command("skip_step", (crane, box, "off the load list")) for crane, box in boxes),
            about=tuple(box for _, box in boxes),
            boxes=", ".join(box for _, box in boxes),
        )

    def _weight(self, injection: Injection) -> None:
        """A box in the yard is weighed: of those that can still be left out, one that breaks a rule with what it weighs
        where it is to stand, or none, as `injection.breaks` says, where there is such a one."""
        to_come = self._loads_to_come(1, most=MOST_WEIGHED)
        found = ((crane, box, self._weighs(box, injection.kg)) for crane, box in to_come)
        first = next(found)
        rest = chain([first], found)
        crane, box, weighed = next((one for one in rest if bool(one[2].rules) is injection.breaks), first)
        self.weighed[box] = weighed
        self._alarm(
            injection,
            "weight-breaks" if weighed.rules else "weight-holds",
            *([Command("skip_step", (crane, box, "weighs too much"))] if weighed.rules else []),
            about=(box,),
            box=box,
            weighed_kg=weighed.mass_kg,
            declared_kg=weighed.mass_kg - injection.kg,
            slot=str(self._slot_of(box)),
            rule=", ".join(weighed.rules),
        )

    def _weighs(self, box: ContainerId, more_kg: int) -> Weighed:
        """What the referee finds when the box goes to its slot with what it weighs, beside what it finds as planned."""
        call, plan = next(ship for ship in self._ships if box in ship[1].loads)
        loads = tuple(
            replace(load, gross_mass_kg=load.gross_mass_kg + more_kg) if load.id == box else load for load in call.loads
        )
        if call.id not in self._grave:
            self._grave[call.id] = frozenset((one.rule, one.place) for one in _grave(judge(call, plan)))
        after = _grave(judge(replace(call, loads=loads), plan))
        rules = dict.fromkeys(one.rule for one in after if (one.rule, one.place) not in self._grave[call.id])
        mass_kg = next(load.gross_mass_kg for load in loads if load.id == box)
        return Weighed(self.twin.now_ms, mass_kg, tuple(rules))

    def _slot_of(self, box: ContainerId) -> StowPosition | str:
        return next((ship[1].loads[box] for ship in self._ships if box in ship[1].loads), "")

    def _elsewhere(self, injection: Injection) -> None:
        """A box on top of its stack is said to stand on another of its block."""
        box, place = self._movable()
        crane = self._yard_crane_of(place.block)
        self.displaced.add(box)
        self.control.machine_says(crane, {box: place}, correlation=SCRIPT)
        self._alarm(injection, "box-elsewhere", alert=max(self.control.desk.alerts), box=box, place=str(place))

    def _hold(self, injection: Injection, machines: Iterable[str], cause: str, over: Callable[..., None]) -> None:
        """They stand still until `over` happens; those that operations hear of are out of service for them."""
        for machine in machines:
            self._held.setdefault(machine, []).append(cause)
            self.twin.stops.stop(machine)
        at_min = (self.twin.now_ms - self._begins_ms) / MINUTE_MS + injection.minutes
        self._enter(at_min, over, injection)

    def _out_for(self, machines: Iterable[str], cause: str) -> None:
        for machine in machines:
            if machine not in self.control.desk.causes:
                self.twin.hear(MachineStopped(self.twin.now_ms, machine, cause))

    def _go_on(self, cause: str) -> None:
        """But for those that something else holds, that are not put back yet, or that a person has taken out."""
        for machine in [name for name, causes in self._held.items() if cause in causes]:
            self._held[machine].remove(cause)
            if self._held[machine]:
                continue
            del self._held[machine]
            if machine in self._out:
                continue
            if machine not in self.control.desk.causes:
                self.twin.stops.resume(machine)
            elif self.control.desk.causes[machine][1] in (WIND, NO_LINK):
                self.twin.hear(MachineResumed(self.twin.now_ms, machine))

    def _wind_stop(self, injection: Injection) -> None:
        cranes = tuple(self.control.desk.board.quay_cranes)
        self._hold(injection, cranes, WIND, self._wind_is_over)
        self._out_for(cranes, WIND)
        self._alarm(injection, "wind", minutes=round(injection.minutes))

    def _wind_is_over(self, injection: Injection) -> None:
        self._awaited -= 1
        self._go_on(WIND)

    def _broker(self, injection: Injection) -> None:
        """Trucks stop where their lease ends, as operations know. Cranes end what they have begun and hear of nothing
        new; what operations tell them meanwhile stays without an answer."""
        if self.lost is not None:
            raise DataError("The broker is lost already.", place="fault")
        board = self.control.desk.board
        trucks = [name for name, truck in board.trucks.items() if not truck.is_visitor]
        self.unheard.append(Unheard(self.twin.now_ms, self.kept.written))
        self._hold(injection, (*trucks, *board.quay_cranes, *board.yard_cranes), NO_LINK, self._broker_is_back)
        self._out_for(trucks, NO_LINK)
        self._alarm(injection, "broker-lost")
        self.twin.agenda.after(SILENT_MS, self._look_at_orders, len(self.unheard))

    def _look_at_orders(self, number: int) -> int | None:
        """Whether machines have acknowledged; each is told of once."""
        lost = self.lost
        if lost is None or len(self.unheard) != number:
            return None
        for order, one in self.open_orders().items():
            machine = one.order.machine
            if one.attempts > TERMS.alert_after and machine not in lost.told:
                lost.told |= {machine}
                self.control.raise_alert(machine, order, said("not-acknowledged", job=one.order.job), SCRIPT)
        return SILENT_MS

    def _broker_is_back(self, injection: Injection) -> None:
        """All machines say where boxes are, and are believed."""
        assert self.lost is not None
        self._awaited -= 1
        self.lost.until_ms = self.twin.now_ms
        differences = 0
        for machine, boxes in self._say_all().items():
            differences += len(self.control.machine_says(machine, boxes, correlation=SCRIPT))
        self._go_on(NO_LINK)
        self._alarm(injection, "link-back", count=differences)

    def _say_all(self) -> dict[str, dict[ContainerId, Place]]:
        """What trucks carry that no crane is at, and a box that a yard crane was made to set down elsewhere by hand."""
        board = self.control.desk.board
        said: dict[str, dict[ContainerId, Place]] = {}
        hanging = {box for crane in board.quay_cranes.values() if crane.work for box in crane.work.containers}
        for box, place in board.boxes.items():
            if isinstance(place, OnTruck) and box not in board.in_hand and box not in hanging:
                said.setdefault(place.truck, {})[box] = place
        with suppress(DataError):
            box, there = self._movable()
            self.displaced.add(box)
            said.setdefault(self._yard_crane_of(there.block), {})[box] = there
        return said

    def _yard_crane_of(self, block: str) -> str:
        return next(crane.id for crane in self.control.desk.board.yard_cranes.values() if crane.block == block)

    def _gate(self, injection: Injection) -> None:
        now_ms, number = self.twin.now_ms, len(self.injected)
        self.twin.visitors.expect(
            RoadVisit(
                f"ROAD{number}-{n:02}", now_ms + 20_000 * n, Brought(ContainerId(f"ROAD{number}{n:02}"), 40, 15_000)
            )
            for n in range(injection.count)
        )
        self._alarm(injection, "gate-surge", count=injection.count, minutes=injection.count // 3 + 1)

    # What faults are made of

    def _alarm(
        self,
        injection: Injection,
        code: str,
        *advice: Command,
        machine: str = "",
        about: tuple[str, ...] = (),
        alert: int = 0,
        **values: str | int,
    ) -> None:
        """An alert on the screen, the one of that number where operations have told of it already, and the answer that
        is awaited: what is advised, else to have seen it."""
        said = SAID[code].format(**values)
        number = alert or self._raise(machine, said)
        now_ms = self.twin.now_ms
        self.alarms.append(
            Alarm(
                number,
                now_ms,
                now_ms + round(injection.answer_min * MINUTE_MS),
                injection.fault,
                code,
                {"machine": machine, **values} if machine else values,
                f"{machine}: {said}" if machine else said,
                about,
                tuple(dict.fromkeys(_verbs(advice))) or ("acknowledge_alert",),
                (*advice, Command("acknowledge_alert", (number, "policy"))),
            )
        )

    def _raise(self, machine: str, said: str) -> int:
        """The alert's number; it is told once until somebody has looked."""
        self.control.raise_alert(machine, 0, said, correlation=SCRIPT)
        alerts = self.control.desk.alerts.values()
        return max(one.number for one in alerts if (one.machine, one.problem) == (machine, said))

    def _stop(self, machine: str, cause: str, injection: Injection) -> None:
        repaired_ms = self.twin.now_ms + round(injection.minutes * MINUTE_MS)
        self._out[machine] = _Out(machine, cause, repaired_ms, round(injection.answer_min * MINUTE_MS))
        if machine not in self.control.desk.causes:
            self.twin.hear(MachineStopped(self.twin.now_ms, machine, cause))
        self.twin.agenda.at(repaired_ms, self._repaired, machine)

    def _repaired(self, machine: str) -> None:
        out = self._out.get(machine)
        if out is None or self.twin.now_ms < out.repaired_ms:
            return
        if machine not in self.control.desk.causes:
            del self._out[machine]
            return
        if machine in self.control.desk.board.trucks:
            self.twin.agenda.after(0, self._foreman, machine)
            return
        self._alarm(
            Injection(Fault.NOTICE, 0.0, answer_min=out.answer_ms / MINUTE_MS),
            "repaired",
            Command("put_back", (machine,)),
            machine=machine,
            about=(machine,),
        )
        self.twin.agenda.after(UNATTENDED_MS, self._foreman, machine)

    def _foreman(self, machine: str) -> int | None:
        if machine in self._held:
            return ASK_AGAIN_MS
        out = self._out.get(machine)
        if out is not None and self.twin.now_ms >= out.repaired_ms and machine in self.control.desk.causes:
            self.twin.hear(MachineResumed(self.twin.now_ms, machine))
        return None

    def _stops_again(self, machine: str) -> None:
        out = self._out.get(machine)
        held = self._held.get(machine)
        cause = held[-1] if held else out.cause if out is not None else ""
        if cause and machine not in self.control.desk.causes:
            self.twin.hear(MachineStopped(self.twin.now_ms, machine, cause))

    def _ship_comes(self, ship: Ship) -> int | None:
        """As soon as she is there and her cranes are free; asked again every half minute."""
        if self._late_ms:
            late_ms, self._late_ms = self._late_ms, 0
            return late_ms
        board = self.control.desk.board
        if any(board.quay_cranes[queue.crane].call for queue in ship[1].queues):
            return ASK_AGAIN_MS
        self._awaited -= 1
        self.control.berth(*ship, correlation=SCRIPT)
        return None

    def _in_service(self, cranes: Mapping[str, object]) -> list[str]:
        return [name for name in cranes if name not in self.control.desk.causes]

    def _quay_crane(self, named: str) -> str:
        """The named one, else that with most still to do."""
        cranes = self.control.desk.board.quay_cranes
        if named and named not in cranes:
            remedy = f"There are {', '.join(cranes)}."
            raise DataError(f"There is no quay crane {named[:40]!r}.", place="machine", remedy=remedy)
        at_work = [crane for crane in self._in_service(cranes) if named in ("", crane)]
        if not at_work:
            raise DataError(f"No quay crane {named} is in service.".replace("  ", " "), place="machine")
        return max((cranes[name] for name in at_work), key=_left).id

    def _loads_to_come(self, count: int, most: int = 0) -> list[tuple[str, ContainerId]]:
        """The last boxes to be loaded that may be left out: late enough to be caught, and nothing stands on them. At
        least `count`, at most as many or `most`."""
        board = self.control.desk.board
        found = [
            (step.end_s, crane.id, box)
            for crane in board.quay_cranes.values()
            for step in crane.steps[crane.released + 1 :]
            if step.kind in ONTO_SHIP and len(step.containers) == 1
            for box in step.containers
            if isinstance(board.boxes.get(box), YardPosition) and box not in self.cancelled and box not in self.weighed
        ]
        found.sort(reverse=True)
        if len(found) < count:
            raise DataError(f"{len(found)} boxes are still to be loaded, not {count}.", place="count")
        return [(crane, box) for _, crane, box in found[: most or count]]

    def _movable(self) -> tuple[ContainerId, YardPosition]:
        """A box on top of its stack that is to be loaded, where there is one, and another stack of its block."""
        board = self.control.desk.board
        wanted = {box for _, box in self._wanted()}
        tops = sorted(
            (boxes[-1] not in wanted, stack, boxes[-1])
            for stack, boxes in board.stacks.items()
            if boxes and boxes[-1] not in board.in_hand and boxes[-1] not in self.displaced
        )
        for _, stack, box in tops:
            source = board.boxes[box]
            assert isinstance(source, YardPosition)
            for other, boxes in sorted(board.stacks.items()):
                if other == stack or not boxes or len(boxes) >= board.blocks[source.block].tiers - 1:
                    continue
                under = board.boxes[boxes[-1]]
                if (
                    isinstance(under, YardPosition)
                    and (under.block, under.bay) == (source.block, source.bay)
                    and board.length_ft[boxes[-1]] == board.length_ft[box]
                    and not board.coming[other]
                    and boxes[-1] not in board.in_hand
                ):
                    return box, YardPosition(under.block, under.bay, under.row, under.tier + 1)
        raise DataError("No box in the yard can be taken to stand elsewhere.", place="fault")

    def _wanted(self) -> list[tuple[str, ContainerId]]:
        return [
            (crane.id, box)
            for crane in self.control.desk.board.quay_cranes.values()
            for step in crane.steps[crane.next :]
            if step.kind in ONTO_SHIP
            for box in step.containers
        ]


def may_all_sail(control: JournaledControl) -> tuple[str, ...]:
    """Calls whose ships may leave now."""
    return tuple(name for name in control.desk.board.calls if may_sail(control.desk, name))


def _verbs(advice: Iterable[Command]) -> Iterator[str]:
    """What answers an alarm: what is advised; boxes are left out one by one, or by another plan without them."""
    for command in advice:
        yield command.verb
        if command.verb == "skip_step":
            yield "work_by"


def _grave(judgement: Judgement) -> Iterator[Finding]:
    """Findings that nobody lets pass."""
    for finding in judgement.findings:
        if finding.severity in (Severity.HARD, Severity.SAFETY):
            yield finding


def _left(crane: QuayCraneState) -> tuple[int, str]:
    return len(crane.steps) - crane.next, crane.id


KINDS: Mapping[Fault, Callable[[Script, Injection], None]] = {
    Fault.NOTICE: Script._notice,
    Fault.TRUCK: Script._truck,
    Fault.SPREADER: Script._spreader,
    Fault.CRANE: Script._crane,
    Fault.LATE_SHIP: Script._late_ship,
    Fault.LOAD_LIST: Script._load_list,
    Fault.ELSEWHERE: Script._elsewhere,
    Fault.WEIGHT: Script._weight,
    Fault.WIND: Script._wind_stop,
    Fault.GATE: Script._gate,
    Fault.BROKER: Script._broker,
}
