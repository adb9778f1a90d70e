"""What a sender gets back for each file: a letter for a person and the same for a program."""

from __future__ import annotations

from collections import Counter

import msgspec

from cabria.adapters.edi.letter import letter
from cabria.adapters.exchange.contents import Letterbox, worst_first
from cabria.adapters.exchange.ledger import Parcel, State, Taken
from cabria.adapters.exchange.mailboxes import ASIDE, OUT, safe_name
from cabria.domain.errors import DataError
from cabria.domain.messages import Message

FORMAT = "cabria.exchange-answer/1"
_VERDICTS = {
    State.DONE: "TAKEN OVER",
    State.WAITING: "KEPT, NOT YET TAKEN OVER",
    State.REFUSED: "NOT TAKEN OVER",
    State.ASIDE: "CANNOT BE READ, set aside",
    State.AGAIN: "CAME BEFORE, nothing was done again",
}


class MessagePart(msgspec.Struct):
    """One message of the file."""

    kind: str
    reference: str
    interchange: str
    ship: str
    voyage: str
    findings: dict[str, int]


class FindingPart(msgspec.Struct):
    severity: str
    rule: str
    text: str
    place: str
    container: str


class Answer(msgspec.Struct):
    """What became of a file; `what` is a sentence."""

    format: str
    file: str
    digest: str
    state: str
    what: str
    messages: list[MessagePart] = []
    findings: list[FindingPart] = []


def answers(taken: Taken, state: State, what: str, said: Letterbox | None = None) -> tuple[Parcel, ...]:
    """The letter and the answer for a program, to lie in `out`; both are named after the file."""
    return tuple(
        Parcel(
            f"{taken.digest}/{state}/{taken.at_ms}{ending}",
            taken.partner,
            OUT,
            safe_name(taken.name, taken.digest, f"-{state}{ending}"),
            content,
        )
        for ending, content in (
            (".letter.txt", _letter(taken, state, what, said)),
            (".answer.json", _for_program(taken, state, what, said)),
        )
    )


def set_aside(taken: Taken, why: str, content: bytes | None) -> tuple[Parcel, ...]:
    """The file and the reason, to lie in `aside`."""
    name = safe_name(taken.name, taken.digest, "")
    reason = _printable(f"{taken.name}\nSHA-256 {taken.digest}\n\n{why}\n").encode()
    parts = [(f"{name}.reason.txt", reason)]
    if content is not None:
        parts.insert(0, (f"{name}.file", content))
    return tuple(Parcel(f"{taken.digest}/aside/{part}", taken.partner, ASIDE, part, raw) for part, raw in parts)


def sentence_of(error: DataError) -> str:
    """An error without our own name of the file: the sender has another."""
    place = f"{error.place}: " if error.place else ""
    return f"{place}{error.problem} {error.remedy}".strip()


def _letter(taken: Taken, state: State, what: str, said: Letterbox | None) -> bytes:
    head = [f"File:     {taken.name}", f"SHA-256:  {taken.digest}", f"Verdict:  {_VERDICTS[state]}", "", what, ""]
    letters = [letter(message, message.findings) for message in (said.messages if said else ())]
    return ("\n" + "=" * 100 + "\n").join([_printable("\n".join(head)), *letters]).encode()


def _for_program(taken: Taken, state: State, what: str, said: Letterbox | None) -> bytes:
    answer = Answer(
        FORMAT,
        _printable(taken.name),
        taken.digest,
        state.value,
        _printable(what),
        [_message(message) for message in said.messages] if said else [],
        [
            FindingPart(f.severity.value, f.rule, _printable(f.text), f.place, _printable(f.container or ""))
            for f in worst_first(said.findings)
        ]
        if said
        else [],
    )
    return msgspec.json.format(msgspec.json.encode(answer), indent=1) + b"\n"


def _message(message: Message) -> MessagePart:
    header = message.header
    counts = Counter(finding.severity.value for finding in message.findings)
    kind, reference, interchange, ship, voyage = map(
        _printable, (header.kind, header.reference, header.interchange_reference, header.vessel, header.voyage)
    )
    return MessagePart(kind, reference, interchange, ship, voyage, dict(counts))


def _printable(text: str) -> str:
    """What strangers wrote must not steer the screen on which it is shown; lone surrogates cannot be written."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
