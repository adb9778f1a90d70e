"""One endpoint of the API: who may, what it takes, what it answers. Routes and OpenAPI document are made of these."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cabria.console.api.acts import act_of, values_of
from cabria.console.http.answers import JSON, MSGPACK, respond
from cabria.console.http.problems import ProblemError, problem_of, problem_response, refusal
from cabria.console.messages.parts import Message
from cabria.console.office import Office
from cabria.console.people.acts import Deed, in_english
from cabria.console.people.entrance import CSRF_HEADER, STRANGER, Person
from cabria.console.people.roles import Action
from cabria.domain.verdict import Values

PREFIX = "/api/v1"
BODYLESS = frozenset({"GET", "HEAD", "DELETE"})
LONGEST_PART = 200
"""Characters of one part of a path."""
Body = TypeVar("Body", bound=Message)


class NoQuery(Message):
    """An endpoint that takes no query but `format`."""


@dataclass(slots=True)
class Asked:
    """A question as its handler sees it. `act`, what that names and `entry` go into the audit trail: of the path, the
    query and the body what is named alike, unless the handler says it in `values`."""

    office: Office
    person: Person
    request: Request
    path: Mapping[str, str]
    query: Any
    body: Any
    act: str = ""
    values: dict[str, str | int] = field(default_factory=dict)
    entry: int = 0

    @property
    def named(self) -> Values:
        return values_of(self.act, self.values, self.path, self.body, self.query)

    @property
    def sentence(self) -> str:
        """What is done, in English."""
        return in_english(self.act, self.named)

    def of(self, kind: type[Body]) -> Body:
        """The body, which is of the endpoint's kind."""
        assert isinstance(self.body, kind)
        return self.body


Handler = Callable[[Asked], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the OpenAPI document says of a request. `answer` is the message it gives, `body` the one it takes; `gives`
    and `takes` are the media types of what is no message."""

    method: str
    path: str
    action: Action
    summary: str
    answer: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] = NoQuery
    takes: str = ""
    gives: str = ""
    status: int = 200
    tags: tuple[str, ...] = ()
    has_msgpack: bool = True
    """Whether it answers in msgpack too, where that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Told):
    """One of ours. An act is written into the audit trail; what only asks is none, even if it is sent by POST."""

    handler: Handler
    is_act: bool = True
    limit_s: float | None = None

    @property
    def traced(self) -> bool:
        return self.is_act and self.method != "GET"


def tagged(tag: str) -> Callable[..., Endpoint]:
    """Makes the endpoints of a group: method, path, action, summary and handler in this order, the rest by name."""

    def one(method: str, path: str, action: Action, summary: str, handler: Handler, **more: Any) -> Endpoint:
        return Endpoint(method=method, path=path, action=action, summary=summary, handler=handler, tags=(tag,), **more)

    return one


def looking(tag: str, **usual: Any) -> Callable[..., Endpoint]:
    """Makes the endpoints of a group that only show something: path, summary, handler and answer in this order, the
    rest by name; what is `usual` in the group may be said otherwise of one."""

    def look(path: str, summary: str, handler: Handler, answer: Any = None, **more: Any) -> Endpoint:
        said = {"answer": answer, "tags": (tag,)} | usual | more
        return Endpoint(method="GET", path=path, action=Action.SEE, summary=summary, handler=handler, **said)

    return look


def route(endpoint: Endpoint, office: Office) -> Route:
    """As Starlette takes it. Raises nothing: every problem becomes an answer."""

    async def answer(request: Request) -> Response:
        person = STRANGER
        try:
            person = office.entrance.who(request)
            asked = await _asked(endpoint, office, person, request)
        except Exception as error:  # noqa: BLE001
            return await _refused(endpoint, office, person, request, error)
        return await _answered(endpoint, office, asked)

    return Route(PREFIX + endpoint.path, answer, methods=[endpoint.method])


async def _asked(endpoint: Endpoint, office: Office, person: Person, request: Request) -> Asked:
    may_do(person, endpoint.action)
    if endpoint.method != "GET" and person.csrf and endpoint.action is not Action.ENTER:
        refuse_forgery(person, request.headers.get(CSRF_HEADER, ""))
    for name, part in request.path_params.items():
        if len(part) > LONGEST_PART or not part.isprintable():
            raise refusal(422, "unusable", f"The {name} has 1 to {LONGEST_PART} printable characters.", place=name)
    query = _query(endpoint, request)
    body = await _body(endpoint, request) if endpoint.body else None
    return Asked(office, person, request, request.path_params, query, body, act_of(endpoint.method, endpoint.path))


def may_do(person: Person, action: Action) -> None:
    """Raises ProblemError: 401 for a stranger, 403 for a person who may not."""
    if action in person.may:
        return
    if person is STRANGER:
        raise refusal(
            401, "login-needed", "Nobody is logged in here.", headers={"WWW-Authenticate": 'Bearer realm="Cabria"'}
        )
    raise refusal(
        403,
        "not-allowed",
        f"{person.name} may not do this ({action}) as {person.role}.",
        values={"name": person.name, "action": action.value, "role": person.role or ""},
    )


def refuse_forgery(person: Person, sent: str) -> None:
    """Raises ProblemError 403 for an act that the pages of this server did not send."""
    import secrets

    if not secrets.compare_digest(person.csrf.encode(), sent.encode()):
        raise refusal(
            403,
            "forged",
            f"The header {CSRF_HEADER} is missing or not of this session.",
            remedy="GET /api/v1/session tells it.",
        )


def _query(endpoint: Endpoint, request: Request) -> Any:
    given = {name: value for name, value in request.query_params.items() if name != "format"}
    try:
        return msgspec.convert(given, endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise _misfit(error, "query") from None


async def _body(endpoint: Endpoint, request: Request) -> Any:
    content = await request.body()
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type not in (JSON, MSGPACK):
        raise refusal(
            415,
            "media-type",
            f"The body is {JSON} or {MSGPACK}, not {media_type[:60]}.",
            values={"media_type": media_type[:60]},
        )
    try:
        if media_type == MSGPACK:
            return msgspec.msgpack.decode(content, type=endpoint.body)
        return msgspec.json.decode(content, type=endpoint.body)
    except msgspec.ValidationError as error:
        raise _misfit(error, "body") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refusal(400, "unreadable", f"The body is no {media_type}: {error}.", place="body") from None


def _misfit(error: msgspec.ValidationError, where: str) -> ProblemError:
    text, _, place = str(error).partition(" - at ")
    place = place.strip("`").removeprefix("$").lstrip(".")
    return refusal(422, "unusable", text.rstrip(".") + ".", place=f"{where}.{place}" if place else where)


async def _answered(endpoint: Endpoint, office: Office, asked: Asked) -> Response:
    limit_s = office.settings.request_s if endpoint.limit_s is None else endpoint.limit_s
    try:
        async with asyncio.timeout(limit_s):
            answer = await endpoint.handler(asked)
            response = answer if isinstance(answer, Response) else await respond(asked.request, answer, endpoint.status)
    except Exception as error:  # noqa: BLE001
        return await _refused(endpoint, office, asked.person, asked.request, error, asked.named)
    if endpoint.traced:
        deed = Deed(asked.act, dict(asked.named))
        await _trace(office, endpoint, asked.person, asked.request, "done", "", asked.entry, deed)
    return response


async def _refused(
    endpoint: Endpoint,
    office: Office,
    person: Person,
    request: Request,
    error: Exception,
    named: Values | None = None,
) -> Response:
    problem, headers = problem_of(error)
    if problem.status >= 500:
        office.log.error("fault", path=request.url.path, action=str(endpoint.action), exc_info=error)
    if endpoint.traced and person is not STRANGER:  # strangers could fill the disk
        outcome = "failed" if problem.status >= 500 else "refused"
        act = act_of(endpoint.method, endpoint.path)
        values = values_of(act, request.path_params) if named is None else named
        deed = Deed(act, dict(values), problem.code, problem.values)
        await _trace(office, endpoint, person, request, outcome, problem.detail, problem.entry, deed)
    return problem_response(problem, headers)


async def _trace(
    office: Office,
    endpoint: Endpoint,
    person: Person,
    request: Request,
    outcome: str,
    reason: str,
    entry: int,
    deed: Deed,
) -> None:
    address = request.client.host if request.client else ""
    target = request.url.path.removeprefix(PREFIX)
    trace = partial(
        office.store.trace, person.name, person.role or "", person.way, address, endpoint.action, target, outcome
    )
    await asyncio.to_thread(trace, reason, entry, deed)
