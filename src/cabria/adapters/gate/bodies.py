"""What is sent to the gate and what it answers, as JSON. Times are ISO 8601 with their offset from UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import text_like
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.gate_visits import Appointment, Visit
from cabria.domain.road_visits import Brought

VISIT_FORM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z"
BOX_FORM = r"^[A-Z]{4}[0-9]{7}\Z"
BoxNumber = Annotated[str, text_like(BOX_FORM, "a container number such as CBRU1234560")]
Instant = Annotated[datetime, Meta(tz=True)]
Words = Annotated[str, Meta(max_length=60)]
FIRST_YEAR, LAST_YEAR = 2000, 2200


class BroughtBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A box on the bed of a road truck."""

    container: BoxNumber
    length_ft: Annotated[int, Meta(ge=10, le=60)]
    gross_mass_kg: Annotated[int, Meta(ge=500, le=80_000)]
    needs_plug: bool = False

    def brought(self) -> Brought:
        return Brought(ContainerId(self.container), self.length_ft, self.gross_mass_kg, self.needs_plug)


class AppointmentBody(
    msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_": "from"}, omit_defaults=True
):
    """When a road truck may come, and what for."""

    from_: Instant
    until: Instant
    brings: BroughtBody | None = None
    takes: BoxNumber | None = None
    haulier: Words = ""
    plate: Words = ""

    def appointment(self, id: str, zero_utc_ms: int) -> Appointment:  # noqa: A002 - the field's name
        return Appointment(
            id,
            _run_ms(self.from_, zero_utc_ms, "from"),
            _run_ms(self.until, zero_utc_ms, "until"),
            self.brings.brought() if self.brings else None,
            ContainerId(self.takes) if self.takes else None,
            self.haulier,
            self.plate,
        )


class GateInBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A road truck at the gate; with an appointment both may be left out."""

    brings: BroughtBody | None = None
    takes: BoxNumber | None = None


class VisitAnswer(msgspec.Struct, omit_defaults=True, rename={"from_": "from"}):
    """How far a visit is."""

    id: str
    state: str
    since: str
    brings: dict[str, Any] | None = None
    takes: str | None = None
    from_: str | None = None
    until: str | None = None
    haulier: str = ""
    plate: str = ""
    reason: str = ""


class VisitsAnswer(msgspec.Struct):
    visits: list[VisitAnswer]


def visit_answer(visit: Visit, zero_utc_ms: int) -> VisitAnswer:
    booked = visit.appointment
    return VisitAnswer(
        visit.id,
        visit.state.value,
        utc(visit.since_ms + zero_utc_ms),
        msgspec.structs.asdict(brought_body(visit.brings)) if visit.brings else None,
        visit.takes,
        utc(booked.from_ms + zero_utc_ms) if booked else None,
        utc(booked.until_ms + zero_utc_ms) if booked else None,
        booked.haulier if booked else "",
        booked.plate if booked else "",
        visit.reason,
    )


def brought_body(brought: Brought) -> BroughtBody:
    return BroughtBody(
        container=brought.container,
        length_ft=brought.length_ft,
        gross_mass_kg=brought.gross_mass_kg,
        needs_plug=brought.needs_plug,
    )


def utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _run_ms(at: datetime, zero_utc_ms: int, place: str) -> int:
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        raise DataError(f"The year {at.year} is not meant.", place=place)
    return round(at.timestamp() * 1_000) - zero_utc_ms
