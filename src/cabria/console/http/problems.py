"""Everything that goes wrong, as one form of answer: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from cabria.console.messages.parts import Problem
from cabria.domain.errors import DataError, TerminalError
from cabria.domain.verdict import Values, Verdict
from cabria.operations.gateways import JournalStoppedError
from cabria.operations.replay import ReplayDivergedError
from cabria.operations.running import Refused

MEDIA_TYPE = "application/problem+json"
ABOUT = "/problems/"


class ProblemError(TerminalError):
    """An answer that says why not."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        self.problem, self.headers = problem, dict(headers or {})
        super().__init__(problem.detail)


def refusal(
    status: int,
    word: str,
    detail: str,
    *,
    place: str = "",
    remedy: str = "",
    entry: int = 0,
    code: str = "",
    values: Values | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemError:
    """Raise it: `word` names the sort of problem and stays, as does `code` where there is a finer one; `detail` is a
    sentence for a person, `values` what it names."""
    title = HTTPStatus(status).phrase
    problem = Problem(
        type=ABOUT + word,
        title=title,
        status=status,
        detail=detail,
        place=place,
        remedy=remedy,
        entry=entry,
        code=code or word,
        values=dict(values or {}),
    )
    return ProblemError(problem, headers)


def of_data(error: DataError) -> Problem:
    """Input that cannot be used. Of a file its name is told, not where the server keeps it."""
    return Problem(
        type=ABOUT + "unusable",
        title=HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        detail=error.problem,
        place=", ".join(part for part in (PurePath(error.file).name, error.place) if part),
        remedy=error.remedy,
        code=error.code or "unusable",
        values=dict(error.values),
    )


def refused(why: Verdict | Refused) -> ProblemError:
    """What the terminal does not do, with its own word and values."""
    entry = why.entry if isinstance(why, Refused) else 0
    detail = why.reason[:1].upper() + why.reason[1:].rstrip(".") + "."
    return refusal(409, "refused", detail, entry=entry, code=why.code, values=why.values)


def problem_of(error: Exception) -> tuple[Problem, Mapping[str, str]]:
    """What is told of an error, and further headers. What nobody expected is told without its text."""
    if isinstance(error, ProblemError):
        return error.problem, error.headers
    if isinstance(error, DataError):
        return of_data(error), {}
    if isinstance(error, ReplayDivergedError):
        why = "Doing the journal again gives something else: another version wrote it, or it was spoilt."
        remedy = "Start the server anew with one version, or ask `cabria journal replay` where they part."
        return refusal(409, "replay-diverged", why, remedy=remedy).problem, {}
    if isinstance(error, JournalStoppedError):
        why = "The journal can write nothing more, so nothing is accepted."
        return refusal(503, "journal-stopped", why, remedy="Look at the server's log.").problem, {}
    if isinstance(error, TerminalError):
        return refusal(409, "refused", str(error)).problem, {}
    if isinstance(error, ClientDisconnect):
        return refusal(400, "unreadable", "The body broke off.", place="body").problem, {}
    if isinstance(error, HTTPException):
        detail = str(error.detail).rstrip(".") + "."
        return refusal(error.status_code, "http", detail).problem, error.headers or {}
    if isinstance(error, TimeoutError):
        return refusal(504, "took-too-long", "The answer took too long and was given up.").problem, {}
    return refusal(500, "fault", "Something went wrong here; the server's log has it.").problem, {}


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    content = msgspec.json.encode(problem)
    return Response(content, problem.status, {**(headers or {}), "Cache-Control": "no-store"}, MEDIA_TYPE)


def handlers() -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """For Starlette: every kind of error that is expected; the guard answers others."""

    def handle(_: Request, error: Exception) -> Response:
        return problem_response(*problem_of(error))

    return dict.fromkeys((HTTPException, TerminalError, TimeoutError), handle)
