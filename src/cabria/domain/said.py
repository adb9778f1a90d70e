"""What operations say of themselves: a word that stays, and what it names. Here alone it becomes English.

Logs and the journal keep word and values, so that whoever reads them says it in their own language:
docs/reference/said.md. A new word is a line of `SENTENCES`, and is said as `said("its-word", name=value)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cabria.domain.verdict import Values

ALERTS: Mapping[str, str] = {
    "end-of-unsent-order": "says {order_state} to an order that it was not sent",
    "order-failed": "could not: {why}",
    "order-cancelled-by-itself": "cancelled by itself: {why}",
    "order-ended-is-held": "has an order as {order_state} that has ended, or was never given",
    "order-forgotten": "does not know an order that was {order_state}",
    "order-never-given": "speaks of an order that was never given",
    "order-of-another": "speaks of an order of {machine}",
    "no-answer": "has not answered {times} times",
    "silent-with-order": "is silent with an order since {since_ms} ms",
    "order-refused": "refuses {order}: {why}",
    "crane-not-heard": "is silent: nothing was heard for {seconds} s",
    "crane-off-line": "is silent: connection {link_state}",
    "job-nobody-gave": "has job {job}, which nobody here gave",
    "job-otherwise": "says {told} where its job says {wanted}",
    "memory-lost": "has lost its memory; what it had not told yet is lost",
    "message-refused": "sends what is no message: {why}",
    "message-not-taken": "does not act upon our message {topic}: {why}",
    "nonsense": "sends what cannot be true: {why}",
    "order-nobody-gave": "it executes order {order}, which nobody gave",
    "zone-unknown": "it asks for zone {zone}, which there is not",
    "box-elsewhere": "says that {box} is {place}; it was taken to be {was}",
    "box-unknown": "says that {box} is {place}; nobody knew of it",
    "call-changed": "{message} changed a call that is worked. {what}",
    "operations-ended": "operations have ended: {why}",
    "not-acknowledged": "does not acknowledge {job}",
    "stands-behind-head": "has stood on the lanes for more than {minutes} min behind {truck}: see why {head}, at the "
    "head of the queue, does not go on, or take it out of service",
    "stands-in-ring": "has stood on the lanes for more than {minutes} min behind {truck}: they wait for each other; "
    "take one of them out of service and have it moved by hand",
    "out-on-lanes": "has stood on the lanes out of service for more than {minutes} min ({why}): get it going, or drive "
    "it by hand along its way: it goes on from where it is given back",
    "order-undone": "took an order more than {minutes} min ago and has not done it: look what keeps it, or take it out "
    "of service so that others get its work",
    "tells-nothing": "has told nothing for more than {seconds} s: look at its link and its power",
}
"""What a person should look at, said of a machine where there is one."""

REASONS: Mapping[str, str] = {
    "at-crane-first": "is at {crane} first",
    "battery-low": "{left_percent} % of its battery is left; a move and the way to a charger may take "
    "{least_percent} %",
    "battery-spare": "{left_percent} % of its battery is left, and others can do without it",
    "bay-given": "bay {bay} is given to {crane}: {why}",
    "before-its-turn": "{steps} steps before its turn at {crane}",
    "block-out-of-reach": "no crane in service comes over block {block}, bay {bay}; it goes to block {to}",
    "brought-by": "{truck} brings it",
    "charges": "charges, {left_percent} % of its battery is left",
    "comes-for-it": "{truck} comes for it",
    "crane-back": "{crane} is back in service",
    "crane-back-in": "{crane} is said to be out of service for another {minutes} min",
    "crane-out-long": "{crane} has been out of service for {minutes} min and is taken to be so as long again",
    "drives-out": "leaves the terminal",
    "goes-to-charge": "goes to charge, {left_percent} % of its battery is left",
    "has-nothing-to-do": "has nothing to do",
    "half-way": "the other crane takes it on from there",
    "is-back": "is back in service",
    "is-out": "{machine} is out of service",
    "is-there-first": "{truck} is there first",
    "late-at-crane": "{policy}: {drive_s} s of driving to its quay crane, {late_s} s late",
    "makes-room": "makes room at the charger",
    "makes-way": "makes way for {machine}",
    "not-begun": "is out of service and has not begun it",
    "over-wanted": "stands over {box}",
    "reefer-to-plug": "a reefer without a plug",
    "sooner-round": "is there sooner another way",
    "step-of-queue": "step {step} of its queue",
    "step-skipped": "{kind} of {what} is skipped: {why}",
    "stop-there": "{stop} there",
    "time-for-crane": "{policy}: {drive_s} s of driving to its quay crane, {early_s} s early",
    "towed-aside": "is towed out of the way",
    "towed-idle": "has stood for {minutes} min and is taken out of the way",
    "towed-on": "has stood for {minutes} min and goes on with {move}",
    "truck-at-block": "its truck stands at the block",
    "truck-at-half-way": "its truck stands at the block; no crane carries it farther",
    "truck-stands-still": "{truck} stands still",
    "waits-for-stand": "waits until there is a stand for it",
    "was-there-before": "{truck} was at {crane} before it",
}
"""Why they decide as they do."""

TURNED_AWAY: Mapping[str, str] = {
    "box-anothers": "container {box} is another's already",
    "box-here-already": "container {box} is at the terminal already",
    "box-not-here": "container {box} is not at the terminal",
    "box-not-in-yard": "container {box} is not in the yard but at {place}",
    "box-to-be-loaded": "container {box} is on the load list of a ship at the quay",
    "no-room": "no stack takes container {box} ({length_ft} ft)",
    "no-room-with-plug": "no stack with a plug takes container {box} ({length_ft} ft)",
    "visit-here-already": "{visit} is at the terminal already",
}
"""Why a road truck may not come in: refusals (docs/reference/refusals.md) that the log keeps."""

SENTENCES: Mapping[str, str] = {**ALERTS, **REASONS, **TURNED_AWAY}
NAMES: Mapping[str, frozenset[str]] = {
    code: frozenset(re.findall(r"{(\w+)}", text)) for code, text in SENTENCES.items()
}


@dataclass(frozen=True, slots=True)
class Said:
    """Raises ValueError for a word that there is not, or with other values than it names."""

    code: str
    values: Values = field(default_factory=dict)

    def __post_init__(self) -> None:
        if frozenset(self.values) != NAMES.get(self.code):
            known = "does not name what is said with it" if self.code in NAMES else "is no word"
            raise ValueError(f"{self.code[:60]!r} {known}.")

    def __str__(self) -> str:
        return SENTENCES[self.code].format_map(self.values)


Reason = str | Said
"""In the words of whoever said it, a person or a machine; or our own."""


def said(code: str, **values: str | int) -> Said:
    return Said(code, values)
