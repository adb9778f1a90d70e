"""The rules a run of the terminal is judged by, and what is said when one is broken: which event, when, where."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Severity
from cabria.referee.rule import Rule


def _hard(name: str, sentence: str) -> Rule:
    return Rule(f"RUN-{name}", Severity.HARD, sentence)


TIME = _hard("TIME", "Events stand in the log by time, and nothing ends before it begins.")
KNOWN = _hard("KNOWN", "Every machine, call, segment, job, move and box in the log is known when it is named.")
STOCK = _hard(
    "STOCK", "No box comes to the terminal that is there, and a ship comes with what her call says is aboard."
)
PLACE = _hard("PLACE", "No two boxes stand in one place, and none where there is no place.")
FLOATING = _hard("FLOATING", "Under a box in the yard stands another, or the ground.")
UNDER = _hard("UNDER", "No box is lifted from under another, or set under one.")
PAIR = _hard(
    "PAIR", "A 20 ft box stands in an odd bay, a longer one in an even bay, and never both in one pair of stacks."
)
LIFT = _hard(
    "LIFT", "A box is lifted from where it stands and set down by the crane that lifted it, before the next lift."
)
BED = _hard("BED", "A truck carries one long box, or a 20 ft at each end, and no more than it may.")
HANDOVER = _hard("HANDOVER", "A truck stands still, at a stand in reach of the crane, when a box is lifted on or off.")
REACH = _hard("REACH", "A crane stands still over the bay from which it lifts, and lifts on its own ground only.")
LANE = _hard("LANE", "A trip runs over lanes that join, from where the truck is to a stand.")
SPEED = _hard("SPEED", "No truck drives faster than the lane and its drive allow, and its tail follows its front.")
OWNER = _hard("OWNER", "One truck at a time is in a segment, and in the segments of a junction.")
TRAVEL = _hard("TRAVEL", "A crane travels from where it stands, on its rail, no faster than it can, one way at a time.")
GAP = _hard("GAP", "Cranes on one rail keep their order and their distance at all times, also while travelling.")
SLOT = _hard("SLOT", "On board a box is set into a free slot, on something, with nothing above it.")
LIDS = _hard(
    "LIDS",
    "The hold is worked with the lids over it off, deck boxes are set on lids that are on, a lid is lifted bare, and "
    "all lids are on when she sails.",
)
QUEUE = _hard(
    "QUEUE",
    "A quay crane does the steps of its queue in their order, each once, but for what a person has left out before, "
    "and nothing else; when queues are changed, what was left to do is in them, and a load is brought forward only "
    "past loads over its bay on other stacks.",
)
ABOARD = _hard("ABOARD", "At the end there is aboard what the plan says, where it says, but for what was skipped.")
JOB = _hard("JOB", "A job is given once and done once, or taken back.")
MOVE = _hard(
    "MOVE",
    "A move is released once and done once, when its boxes stand where they were to go, or dropped while none of them "
    "is in a machine that no other move has it for.",
)
SERVICE = _hard("SERVICE", "A machine out of service does nothing until it is back; a truck may be towed.")
ENERGY = _hard("ENERGY", "Whoever works uses energy; only a truck at a charger takes some in, no more than it gives.")
BATTERY = _hard(
    "BATTERY", "A battery is never below empty or above full, and holds what it held, less what was used, plus charge."
)
PLUG = _hard(
    "PLUG",
    "A reefer that needs a plug and was set down in the yard stands at one, or does so again within two hours.",
)
WAIT = _hard("WAIT", "A quay crane that waits does no work, and waits for one thing at a time.")
OPEN = Rule("RUN-OPEN", Severity.NOTE, "What is still under way when the log ends is named.")

RUN_RULES = (
    TIME, KNOWN, STOCK, PLACE, FLOATING, UNDER, PAIR, LIFT, BED, HANDOVER, REACH, LANE, SPEED, OWNER, TRAVEL, GAP, SLOT,
    LIDS, QUEUE, ABOARD, JOB, MOVE, SERVICE, ENERGY, BATTERY, PLUG, WAIT, OPEN,
)  # fmt: skip


def clock(at_ms: int) -> str:
    """Time since the run began, as h:mm:ss.mmm."""
    sign, at_ms = ("-", -at_ms) if at_ms < 0 else ("", at_ms)
    seconds, ms = divmod(at_ms, 1_000)
    return f"{sign}{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


@dataclass(frozen=True, slots=True)
class RunFinding:
    """A rule broken in a run. `event` is the number of the event in the log, from 1; `at_ms` is when it is broken."""

    rule: Rule
    event: int
    at_ms: int
    text: str
    place: str = ""
    container: ContainerId | None = None

    def __str__(self) -> str:
        about = " ".join(part for part in (self.place, self.container) if part)
        head = f"{self.rule.severity.upper()} {self.rule.id} event {self.event:,} at {clock(self.at_ms)}"
        return f"{head} {about}: {self.text}" if about else f"{head}: {self.text}"


@dataclass(slots=True)
class Notebook:
    """What the judges of a run write down. `event` and `at_ms` are those of the event they are hearing."""

    findings: list[RunFinding] = field(default_factory=list)
    event: int = 0
    at_ms: int = 0

    def broken(self, rule: Rule, text: str, place: object = "", container: ContainerId | None = None) -> None:
        """By the event that is heard."""
        self.findings.append(RunFinding(rule, self.event, self.at_ms, text, str(place), container))

    def broken_at(self, rule: Rule, event: int, at_ms: int, text: str, place: object = "") -> None:
        """By an earlier event, at a time of its own."""
        self.findings.append(RunFinding(rule, event, at_ms, text, str(place)))
