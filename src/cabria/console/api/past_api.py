"""What the terminal has been through: figures of any span, and any hour seen again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.responses import Response

from cabria.console.api.endpoint import Asked, looking
from cabria.console.desks.wire import Outcome
from cabria.console.http.answers import Encoded, wants_msgpack
from cabria.console.messages import ground, parts
from cabria.console.messages import past as m
from cabria.console.past.table import as_csv

FOR_EVER_MS = 10**12
LONGEST_S = 300.0
"""The first who asks may have to wait until the whole log has been heard."""
SHADOW_S = 1_800.0
"""The shadow works the whole log once more."""
CSV, PDF = "text/csv", "application/pdf"


class SpanQuery(parts.Message):
    """What happened after `from_ms` and up to `until_ms`; without it up to now."""

    from_ms: m.AtMs = 0
    until_ms: m.AtMs = FOR_EVER_MS


class MorningQuery(SpanQuery):
    """A morning report; with `shadow` the whole log is worked once more, which may take minutes."""

    language: Literal["en", "es", "zh"] = "en"
    shadow: bool = False


class FilmQuery(parts.Message):
    """A stretch of the past in pictures, one every `every_ms`."""

    from_ms: m.AtMs
    until_ms: m.AtMs
    every_ms: Annotated[int, Meta(ge=100, le=600_000)] = 1_000


class MomentQuery(parts.Message):
    at_ms: m.AtMs


async def span(asked: Asked) -> Encoded:
    return (await _ask(asked, "span")).answer


async def report(asked: Asked) -> Encoded:
    query = asked.query
    return (await _ask(asked, "report", from_ms=query.from_ms, until_ms=query.until_ms)).answer


async def report_csv(asked: Asked) -> Response:
    query = asked.query
    outcome = await asked.office.past.ask(
        "report", limit_s=LONGEST_S, msgpack=True, from_ms=query.from_ms, until_ms=query.until_ms
    )
    found = msgspec.msgpack.decode(outcome.unpacked, type=m.ShiftReport)
    name = f"cabria-{found.from_ms // 1_000}-{found.until_ms // 1_000}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(as_csv(found), media_type=CSV, headers=headers)


async def morning(asked: Asked) -> Encoded:
    return (await _ask_morning(asked, "morning", msgpack=wants_msgpack(asked.request))).answer


async def morning_pdf(asked: Asked) -> Response:
    outcome = await _ask_morning(asked, "morning_paper")
    found = msgspec.msgpack.decode(outcome.unpacked, type=m.MorningPaper)
    name = f"morning-{asked.query.language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=PDF, headers=headers)


async def _ask_morning(asked: Asked, verb: str, **more: Any) -> Outcome:
    query = asked.query
    return await asked.office.past.beside.ask(
        verb,
        limit_s=SHADOW_S,
        from_ms=query.from_ms,
        until_ms=query.until_ms,
        language=query.language,
        has_shadow=query.shadow,
        time_zone=asked.office.settings.time_zone,
        **more,
    )


async def film(asked: Asked) -> Encoded:
    query = asked.query
    return (await _ask(asked, "film", from_ms=query.from_ms, until_ms=query.until_ms, every_ms=query.every_ms)).answer


async def yard(asked: Asked) -> Encoded:
    return (await _ask(asked, "yard", at_ms=asked.query.at_ms)).answer


async def _ask(asked: Asked, verb: str, **arguments: Any) -> Outcome:
    return await asked.office.past.ask(verb, limit_s=LONGEST_S, msgpack=wants_msgpack(asked.request), **arguments)


_look = looking("past", limit_s=LONGEST_S)
ENDPOINTS = (
    _look("/past", "How far back the log goes, and which ships were worked.", span, answer=m.Past),
    _look("/past/report", "The figures of a span, from the log alone.", report, answer=m.ShiftReport, query=SpanQuery),
    _look("/past/report.csv", "The same as a table, one figure a row.", report_csv, query=SpanQuery, gives=CSV),
    _look(
        "/past/morning",
        "The morning report of a span.",
        morning,
        answer=m.MorningReport,
        query=MorningQuery,
        limit_s=SHADOW_S,
    ),
    _look("/past/morning.pdf", "The same on paper.", morning_pdf, query=MorningQuery, gives=PDF, limit_s=SHADOW_S),
    _look("/past/film", "A stretch of the past, as the stream tells it.", film, answer=m.Film, query=FilmQuery),
    _look("/past/yard", "Every box in the yard at a moment.", yard, answer=ground.Yard, query=MomentQuery),
)
