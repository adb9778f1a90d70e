"""Small messages of our own for tests, a segment a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cabria.domain.containers import check_digit
from cabria.domain.findings import Finding

HEAD_22 = (
    "BGM++BAY1+9",
    "DTM+137:2601150830:201",
    "TDT+20+001W+++XYZ:172:20+++9V1234:103::QUIPU EXPRESS",
    "LOC+5+CNSHA:139:6",
    "LOC+61+PECHY:139:6",
    "RFF+VON:001W",
)
HEAD_31 = (
    "BGM+659::LOADONLY+BAY1+9",
    "DTM+137:202601150830:203",
    "TDT+20+001W+++XYZ:LINES:306+++9074729:146:11:QUIPU EXPRESS",
    "LOC+5+CNSHA",
    "LOC+61+PECHY",
    "UNS+D",
)
LIST_HEAD = ("BGM+45+COP1+9", "TDT+20+001W+1++XYZ:172:20+++9V1234:103::QUIPU EXPRESS", "LOC+9+PECHY:139:6")
BOX_22 = (
    "LOC+147+0350384::5",
    "MEA+VGM++KGM:19627",
    "LOC+9+CNSHA:139:6",
    "LOC+11+CNNGB:139:6",
    "RFF+BN:BK1",
    "EQD+CN+CQSU0901220+22G1+++5",
    "NAD+CA+XYZ:172:20",
)


def message(kind: str, *segments: str, reference: str = "1") -> str:
    """One message with a true count; `kind` as in UNH, for example BAPLIE:D:95B:UN:SMDG22."""
    lines = [f"UNH+{reference}+{kind}", *segments]
    return "'\n".join([*lines, f"UNT+{len(lines) + 1}+{reference}"]) + "'\n"


def interchange(*messages: str, una: str = "UNA:+.? '\n") -> bytes:
    """Messages in an envelope."""
    body = "".join(messages)
    return f"{una}UNB+UNOC:3+CARRIER+TERMINAL+260115:0830+1'\n{body}UNZ+{len(messages)}+1'\n".encode("latin-1")


def baplie_22(*cells: Sequence[str], head: Sequence[str] = HEAD_22) -> bytes:
    return interchange(message("BAPLIE:D:95B:UN:SMDG22", *head, *(s for cell in cells for s in cell)))


def baplie_31(*cells: Sequence[str]) -> bytes:
    return interchange(message("BAPLIE:D:13B:UN:SMDG31", *HEAD_31, *(s for cell in cells for s in cell)))


def coprar(*segments: str) -> bytes:
    return interchange(message("COPRAR:D:00B:UN:SMDG21", *LIST_HEAD, *segments))


def box_22(**changes: str | None) -> list[str]:
    """The sample box with segments replaced by their beginning (LOC_9="LOC+9+PECHY"), left out (None) or added."""
    segments = list(BOX_22)
    for name, text in changes.items():
        start = name.replace("_", "+")
        index = next((i for i, segment in enumerate(segments) if segment.startswith(start)), None)
        if index is None:
            assert text is not None
            segments.append(text)
        elif text is None:
            del segments[index]
        else:
            segments[index] = text
    return segments


def number(serial: int) -> str:
    """A container number with a right check digit."""
    first = f"CBRU{serial:06}"
    return f"{first}{check_digit(first)}"


def rules(findings: Sequence[Finding]) -> Counter[str]:
    return Counter(finding.rule for finding in findings)
