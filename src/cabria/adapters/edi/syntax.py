"""UN/EDIFACT as it arrives: bytes to messages made of segments, lenient towards the envelope (ISO 9735).

Accepted: no UNA, own separators, a byte order mark, CR, LF or blanks between segments, lines wrapped anywhere, no UNB
around the messages, several messages and interchanges, UTF-8 or the one-byte sets of UNOA to UNOF, wrong counts.
Refused: what was cut off, because half a bay plan looks like a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.told import Told, told

MAX_BYTES = 64 * 1024 * 1024
"""A bay plan of 24,000 TEU has some 3 MB; more than this is not one message from one sender."""
MAX_SEGMENTS = 1_000_000
"""The largest ship needs a quarter of them."""
MAX_SEGMENT_CHARS = 20_000
"""The longest segment of the guides has some 3,000 characters."""

_ASK_AGAIN = "Ask the sender to send it again."
_CHARSETS = {"UNOD": "iso8859-2", "UNOE": "iso8859-5", "UNOF": "iso8859-7"}
_UNA = re.compile(r"UNA(?P<component>.)(?P<element>.)(?P<decimal>.)(?P<release>.)(?P<repeat>.)(?P<end>.)", re.DOTALL)
_NEXT_UNA = re.compile(r"UNA.(.)...(.)(?=\s*UNB\1)", re.DOTALL)
_FIRST_SEGMENT = re.compile(r"UN[ABH]")

# A character that was released (escaped) travels 0xE000 higher, where no separator is, until its component is read.
_SHIELD = 0xE000
_SHIELDED = re.compile("[\ue000-\ue0ff]")

Elements = list[str]
"""A segment: its elements, still written; the first is the tag. `at` and `parts` read their components."""


class Separators(NamedTuple):
    """The characters with a meaning; a blank for `release` is none (UNA)."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    end: str = "'"


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message of a file: its segments from UNH to UNT, still written, with "+" and ":" as separators.

    `first` is the number of UNH in the file, `interchange` the elements of its UNB (empty without one).
    """

    kind: str
    dialect: str
    guide: str
    reference: str
    segments: list[str]
    first: int
    interchange: Elements
    file: str
    findings: list[Finding] = field(default_factory=list)


def elements(segment: str) -> Elements:
    return segment.split("+")


def at(e: Elements, element: int, component: int = 0) -> str:
    """A component without blanks around it, "" where the segment is shorter; release characters are resolved."""
    if element >= len(e):
        return ""
    text = e[element]
    if ":" in text:
        pieces = text.split(":")
        text = pieces[component] if component < len(pieces) else ""
    elif component:
        return ""
    text = text.strip()
    return text if text.isascii() else _plain(text)


def parts(e: Elements, element: int) -> list[str]:
    """All components of an element as they stand, [] where the segment is shorter."""
    return [_plain(piece) for piece in e[element].split(":")] if element < len(e) else []


def readable(segment: str) -> str:
    """The beginning of a segment as a person would find it in the file."""
    text = _plain(segment)
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def read_messages(data: bytes, *, file: str) -> list[RawMessage]:
    """Every message of a file. Raises DataError for what is no EDIFACT, too large or cut off."""
    text = _decode(data, file)
    envelope = _Envelope(file)
    for part, separators in _interchange_parts(text, envelope):
        envelope.read(part, separators)
    return envelope.finish()


def _plain(text: str) -> str:
    return _SHIELDED.sub(lambda found: chr(ord(found[0]) - _SHIELD), text)


def _shielded(char: str) -> str:
    return chr(ord(char) + _SHIELD)


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise too_large(len(data), file)
    if not data.strip():
        raise DataError(told("The file is empty.", "file-empty"), file=file, remedy=_ASK_AGAIN)
    if b"\0" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        place = f"byte {data.find(bytes(1)) + 1}" if b"\0" in data else "byte 1"
        raise DataError(
            told("This is not a text of EDIFACT: it holds binary data.", "edi-binary"), file=file, place=place
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = re.search(rb"UNB.(UNO[A-Z])", data[:4096])
        return data.decode(_CHARSETS.get(declared[1].decode(), "latin-1") if declared else "latin-1", "replace")


def too_large(size: int, file: str) -> DataError:
    return DataError(
        told(
            "The file has {size_mb} MB; a message has at most {most_mb} MB.",
            "edi-too-large",
            size_mb=size // 1000000,
            most_mb=MAX_BYTES // 1000000,
        ),
        file=file,
        remedy="Send one message per file.",
    )


def _interchange_parts(text: str, envelope: _Envelope) -> Iterator[tuple[str, Separators]]:
    """The text cut where a UNA changes the separators. Raises DataError if it does not begin as EDIFACT does."""
    start = _start(text, envelope)
    while start < len(text):
        una = _UNA.match(text, start)
        separators = Separators()
        if una:
            separators = Separators(una["component"], una["element"], una["release"], una["end"])
            if len(set(separators)) < 4 or not all(char.isascii() for char in separators):
                raise DataError(
                    told("UNA does not name four different separators.", "edi-separators"),
                    file=envelope.file,
                    place="segment 1",
                )
            start = una.end()
        following = _NEXT_UNA.search(text, start)
        end = following.start() if following else len(text)
        yield text[start:end], separators
        start = end


def _start(text: str, envelope: _Envelope) -> int:
    begin = len(text) - len(text.lstrip())
    if _FIRST_SEGMENT.match(text, begin):
        return begin
    later = re.compile(r"UNA.{6}\s*UNB|UNB.UNO[A-Z]", re.DOTALL).search(text, 0, 4096)
    if later:
        envelope.note(
            "EDI-ENVELOPE", Severity.NOTE, told("There is other text before the interchange.", "edi-text-before"), 1
        )
        return later.start()
    shown = readable(" ".join(text[begin : begin + 60].split()))
    raise DataError(
        told(
            "This does not begin as an EDIFACT message does, with UNA, UNB or UNH, but with {shown}: "
            "it is something else, or its head was cut off.",
            "edi-no-beginning",
            shown=shown,
        ),
        file=envelope.file,
        place="segment 1",
        remedy=_ASK_AGAIN,
    )


def _segments(part: str, separators: Separators) -> tuple[list[str], str]:
    """Written segments with "+" and ":" between their parts, and what stands after the last terminator."""
    component, element, release, end = separators
    if end not in "\r\n" and ("\n" in part or "\r" in part):
        part = part.replace("\r", "").replace("\n", "")
    if release != " " and release in part:
        for char in (release, end, element, component):
            part = part.replace(release + char, _shielded(char))
        part = part.replace(release, "")
    if (element, component) != ("+", ":"):
        turned = {"+": _shielded("+"), ":": _shielded(":"), element: "+", component: ":"}
        part = part.translate({ord(char): to for char, to in turned.items()})
    *segments, rest = part.split(end)
    return [kept for segment in segments if (kept := segment.lstrip())], rest.strip()


class _Envelope:
    """Follows UNB, UNH, UNT and UNZ through a file and notes what does not add up."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.messages: list[RawMessage] = []
        self.count = 0
        self.interchange: Elements = []
        self.in_interchange = 0
        self.open_at: int | None = None
        self.is_closed = True
        self.findings: list[Finding] = []

    def note(self, rule: str, severity: Severity, text: Told, number: int) -> None:
        self.findings.append(Finding.of(rule, severity, text, f"segment {number}"))

    def read(self, part: str, separators: Separators) -> None:
        if self.count + part.count(separators.end) > MAX_SEGMENTS:
            raise DataError(
                told("There are more than {most:,} segments in it.", "edi-too-many-segments-in-all", most=MAX_SEGMENTS),
                file=self.file,
                remedy="Send one message per file.",
            )
        segments, rest = _segments(part, separators)
        first = self.count + 1
        if (segments and max(map(len, segments)) > MAX_SEGMENT_CHARS) or len(rest) > MAX_SEGMENT_CHARS:
            self._refuse_long([*segments, rest], first)
        if rest:
            self._take_rest(rest, segments, separators)
        self.count += len(segments)
        opened = 0
        for index, segment in enumerate(segments):
            if not segment.startswith("UN"):
                continue
            tag, number = segment[:3], first + index
            if tag == "UNH":
                self._refuse_open(number)
                self.open_at, opened = number, index
            elif tag == "UNT" and self.open_at is not None:
                self._close_message(segments[opened : index + 1], number)
            elif tag == "UNB":
                self._refuse_open(number)
                if not self.is_closed:
                    self.note(
                        "EDI-ENVELOPE",
                        Severity.NOTE,
                        told("The interchange before ends without UNZ.", "edi-interchange-unended"),
                        number,
                    )
                self.interchange, self.in_interchange, self.is_closed = elements(segment), 0, False
            elif tag == "UNZ":
                self._refuse_open(number)
                self._close_interchange(segment, number)
        if self.open_at is not None:
            last = segments[-1] if segments else ""
            raise self._cut_off(
                told(
                    "The message that begins in segment {first} has no end (UNT); last comes {shown}: the rest "
                    "is missing.",
                    "edi-cut-off",
                    first=self.open_at,
                    shown=readable(last),
                )
            )

    def finish(self) -> list[RawMessage]:
        if not self.messages:
            raise DataError(
                told("There is no message in it (UNH to UNT).", "edi-no-message"), file=self.file, remedy=_ASK_AGAIN
            )
        if not self.is_closed:
            self.note(
                "EDI-ENVELOPE",
                Severity.NOTE,
                told("The interchange ends without UNZ.", "edi-ends-without-unz"),
                self.count,
            )
        self.messages[0].findings[:0] = self.findings
        return self.messages

    def _take_rest(self, rest: str, segments: list[str], separators: Separators) -> None:
        """Text after the last terminator: a closing segment without one, a tail of another program, or a cut."""
        number = self.count + len(segments) + 1
        if not segments:
            raise DataError(
                told("No segment ends with {given} in it.", "edi-no-terminator", given=repr(separators.end)),
                file=self.file,
                place="segment 1",
                remedy=_ASK_AGAIN,
            )
        if re.fullmatch(r"UN[TZ]\+\d+\+[^+]+", rest):
            segments.append(rest)
            self.note(
                "EDI-ENVELOPE",
                Severity.NOTE,
                told("The last segment has no terminator.", "edi-last-unterminated"),
                number,
            )
        elif segments[-1].startswith("UNZ"):
            self.note(
                "EDI-ENVELOPE",
                Severity.NOTE,
                told("There is other text after the interchange: {shown}.", "edi-text-after", shown=readable(rest)),
                number,
            )
        else:
            self.count += len(segments)
            raise self._cut_off(
                told("The file breaks off inside {shown}: the rest is missing.", "edi-breaks-off", shown=readable(rest))
            )

    def _cut_off(self, said: Told) -> DataError:
        return DataError(
            said,
            file=self.file,
            place=f"segment {max(1, self.count)}",
            remedy=_ASK_AGAIN,
        )

    def _refuse_long(self, segments: list[str], first: int) -> None:
        for number, segment in enumerate(segments, first):
            if len(segment) > MAX_SEGMENT_CHARS:
                raise DataError(
                    told(
                        "A segment of {length:,} characters, {shown}, is no segment of these messages (at most "
                        "{most:,}).",
                        "edi-segment-too-long",
                        length=len(segment),
                        shown=readable(segment),
                        most=MAX_SEGMENT_CHARS,
                    ),
                    file=self.file,
                    place=f"segment {number}",
                )

    def _refuse_open(self, number: int) -> None:
        if self.open_at is not None:
            raise DataError(
                told(
                    "The message that begins in segment {first} has no end (UNT) before the next one begins.",
                    "edi-message-unended",
                    first=self.open_at,
                ),
                file=self.file,
                place=f"segment {number}",
                remedy=_ASK_AGAIN,
            )

    def _close_message(self, segments: list[str], number: int) -> None:
        head, tail = elements(segments[0]), elements(segments[-1])
        assert self.open_at is not None
        kind, guide = at(head, 2), at(head, 2, 4) or at(head, 3)
        release = at(head, 2, 2)
        dialect = " ".join(text for text in (f"D.{release}" if release else "", guide) if text)
        message = RawMessage(kind, dialect, guide, at(head, 1), segments, self.open_at, self.interchange, self.file)
        stated = at(tail, 1).lstrip("0") or "0"
        if stated != str(len(segments)):
            message.findings.append(
                Finding.of(
                    "EDI-UNT-COUNT",
                    Severity.COMMERCIAL,
                    told(
                        "UNT says {given} segments, the message has {count}.",
                        "edi-unt-count",
                        given=stated[:20],
                        count=len(segments),
                    ),
                    f"segment {number}",
                )
            )
        if at(tail, 2) != at(head, 1):
            text = told(
                "UNT names message {given}, UNH {head}.",
                "edi-unt-reference",
                given=repr(at(tail, 2)[:20]),
                head=repr(at(head, 1)[:20]),
            )
            message.findings.append(Finding.of("EDI-ENVELOPE", Severity.NOTE, text, f"segment {number}"))
        self.messages.append(message)
        self.in_interchange += 1
        self.open_at = None

    def _close_interchange(self, segment: str, number: int) -> None:
        tail = elements(segment)
        stated = at(tail, 1).lstrip("0") or "0"
        if self.is_closed:
            self.note(
                "EDI-ENVELOPE",
                Severity.NOTE,
                told("UNZ ends an interchange that has no UNB.", "edi-unz-without-unb"),
                number,
            )
        if stated != str(self.in_interchange):
            text = told(
                "UNZ says {given} messages, the interchange has {count}.",
                "edi-unz-count",
                given=stated[:20],
                count=self.in_interchange,
            )
            self.note("EDI-UNZ-COUNT", Severity.COMMERCIAL, text, number)
        elif at(tail, 2) != at(self.interchange, 5) and not self.is_closed:
            text = told(
                "UNZ names interchange {given}, UNB {head}.",
                "edi-unz-reference",
                given=repr(at(tail, 2)[:20]),
                head=repr(at(self.interchange, 5)[:20]),
            )
            self.note("EDI-ENVELOPE", Severity.NOTE, text, number)
        self.is_closed = True
