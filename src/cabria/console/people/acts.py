"""What people do, as the audit trail keeps it: a word that stays and what it names. Here it becomes English.

docs/reference/acts.md lists the words. A sentence names its values in braces; what stands in square brackets is left
out where none of its values is known. A value whose name ends in `_at` is a time in UTC, ISO 8601.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

import msgspec

from cabria.domain.verdict import Values

LONGEST_VALUE = 300
UNKNOWN = "…"
SENTENCES: Mapping[str, str] = {
    "logged-in": "logged in",
    "logged-out": "logged out",
    "own-password-changed": "changed the own password",
    "token-made": "made the API token {name}[ for {days} days][ of {user}]",
    "token-ended": "ended the API token {token}[ of {user}]",
    "user-added": "let {name} in as {role}",
    "role-given": "gave {user} the role {role}",
    "password-given": "gave {user} a new password",
    "user-removed": "removed {user}",
    "plan-edited": "changed {plan}[: {what}]",
    "plan-undone": "took back the last change of {plan}",
    "plan-redone": "made the change of {plan} again",
    "plan-made": "had {plan} planned ({effort}, seed {seed})",
    "plan-made-again": "had {plan} planned anew",
    "plan-selection-chosen": "had a selection of {plan} chosen anew",
    "proposal-signed": "signed what was proposed for {plan}",
    "proposal-dropped": "dropped what was proposed for {plan}",
    "task-ended": "ended planning task {task}",
    "call-loaded": "loaded call {name}",
    "plan-given": "gave {plan} to the terminal[ (revision {revision})]",
    "speed-set": "set the speed to {speed}×",
    "machine-taken-out": "took {machine} out of service: {cause}",
    "machine-put-back": "put {machine} back into service",
    "truck-towed": "had {truck} towed to {stand}: {reason}",
    "back-expected": "expects {machine} back on {back_at}",
    "queue-held": "held the queue of {crane}: {reason}",
    "queue-released": "released the queue of {crane}",
    "step-skipped": "skipped {what} in the queue of {crane}: {reason}",
    "bay-given": "gave bay {bay} of {crane} to {to}: {reason}",
    "box-hurried": "hurried {box}: {reason}",
    "alert-seen": "saw alert {alert}",
    "alerts-seen": "saw {count} alerts alike: {alerts}",
    "ship-let-sail": "let {call} sail",
    "try-begun": "tried[ · {crane} out for {crane_h} h][ · {trucks} trucks][ · trucks by {policy}]"
    "[ · {ship}, {ship_late_h} h late]",
    "try-dropped": "dropped a try",
    "try-taken-over": "took over a try[ · {crane} out for {crane_h} h][ · trucks by {policy}]: {cause}",
    "training-begun": "began a training session of {scenario}",
    "training-closed": "ended training session {id}",
    "fault-injected": "let go wrong: {fault}[ ({machine})]",
    "training-noted": "noted: {text}",
    "snapshot-kept": "kept snapshot {name}",
    "training-branched": "began another session from {snapshot}",
    "training-finished": "ended the session to be scored",
    "week-made": "made {name}, a week of {ships} ships",
    "berth-case-loaded": "loaded berth case {name}",
    "berths-taken": "changed berth plan {berth}",
    "berth-ship-moved": "[{berth}: ]{ship} to {at_m} m at {at_h} h",
    "berth-ship-moved-around": "[{berth}: ]{ship} to {at_m} m at {at_h} h, the others planned anew",
    "berth-ships-moved": "[{berth}: ]{count} ships moved",
    "berth-ships-moved-around": "[{berth}: ]{count} ships moved, the others planned anew",
    "berths-planned-again": "[{berth}: ]planned again",
    "berths-undone": "took back the last change of berth plan {berth}",
    "berths-redone": "made the change of berth plan {berth} again",
    "berths-planned": "had {berth} planned",
    "appointment-booked": "booked visit {id}",
    "appointment-cancelled": "cancelled visit {id}",
    "truck-let-in": "let visit {id} in",
    "truck-at-stand": "visit {id} stands where it was sent",
    "truck-let-out": "let visit {id} out",
    "port-call-written": "wrote {id} into the port calls",
    "port-call-marked": "marked {id} of the port calls as not to be done",
}
_VALUE = re.compile(r"{(\w+)}")
_PART = re.compile(r"\[([^]]*)]")


class Deed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was done, and where it was refused why (docs/reference/refusals.md). "" is what nobody has a word for."""

    act: str = ""
    values: dict[str, str | int] = {}  # msgspec copies it
    code: str = ""
    why: dict[str, str | int] = {}


def names_of(act: str) -> tuple[str, ...]:
    """What the sentence of an act names."""
    return tuple(dict.fromkeys(_VALUE.findall(SENTENCES[act])))


def in_english(act: str, values: Values, zone: tzinfo | None = None) -> str:
    """Times of that zone, or as the clock of this machine has them; what is not known is `UNKNOWN`. "" for an act
    without a word."""

    def said(name: str) -> str:
        value = values.get(name, "")  # 0 is a value: a seed, or a pause
        return _local(str(value), zone) if name.endswith("_at") and value else str(value)

    def optional(part: re.Match[str]) -> str:
        return part[1] if any(said(name) for name in _VALUE.findall(part[1])) else ""

    sentence = _PART.sub(optional, SENTENCES.get(act, ""))
    return _VALUE.sub(lambda name: said(name[1]) or UNKNOWN, sentence)


def value_of(given: object) -> str | int | None:
    """As the trail keeps it; None for what is no plain value, or says nothing."""
    match given:
        case bool() | None:
            return None
        case int():
            return given
        case float():
            return f"{given:g}"
        case str():
            return given[:LONGEST_VALUE] or None
    return None


def _local(utc: str, zone: tzinfo | None) -> str:
    try:
        return f"{datetime.fromisoformat(utc).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return utc
