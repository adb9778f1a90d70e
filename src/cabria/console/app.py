"""The application: API, stream, health, metrics and pages, in one Starlette."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cabria.console import metrics
from cabria.console.api.endpoint import PREFIX, Told, may_do, route
from cabria.console.api.endpoints import ENDPOINTS
from cabria.console.api.oidc_api import oidc_routes
from cabria.console.api.openapi import document
from cabria.console.api.outside import Outside, gate, mounted
from cabria.console.api.socket import stream_route
from cabria.console.http.answers import respond
from cabria.console.http.guard import Guard
from cabria.console.http.problems import handlers
from cabria.console.messages.people import Health
from cabria.console.office import Office
from cabria.console.past.keeper import FinishedLog
from cabria.console.people.roles import Action
from cabria.console.settings import ConsoleSettings
from cabria.console.training.academy import Academy, Room
from cabria.operations.running import RunningTerminal

IMMUTABLE = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""
NO_PAGES = "The pages are not built here. `make pages` builds them; the API is under /api/v1.\n"


def app(
    terminal: RunningTerminal | None,
    plans: Path,
    settings: ConsoleSettings | None = None,
    more: Iterable[Outside] = (),
    log: FinishedLog | None = None,
    room: Room | None = None,
) -> Starlette:
    """The application over a running terminal, or over plans alone. `more` make routes of other rooms, which come under
    /api/v1 beside those of the gate; each is handed who may do what. `log` is of a run to be looked at where none runs;
    `room` is the training session that this is an application of. All others have sessions of training beside them.

    Raises DataError and TerminalError for a store of users that cannot be used.
    """
    settings = settings or ConsoleSettings()
    office = Office(terminal, plans, settings, log)
    office.room = room
    outside = [*more] if terminal is None else [gate(terminal), *more]
    routes: list[BaseRoute] = [
        *(route(endpoint, office) for endpoint in ENDPOINTS),
        Route(PREFIX + "/openapi.json", _openapi(office, [told for part in outside for told in part.told])),
        stream_route(office),
        *oidc_routes(office),
        mounted(office, [part.routes for part in outside]),
        Route("/healthz", _alive),
        Route("/readyz", _ready(office)),
        Route("/metrics", _metrics(office)),
    ]
    if room is None and log is None:
        office.academy = Academy(partial(_of_training, settings), settings.store.parent / "training")
        routes.append(Mount("/training/{id}", office.academy))
    routes.append(_pages(settings.static))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await office.open()
        try:
            yield
        finally:
            await office.close()

    guard = Middleware(Guard, settings=settings, metrics=office.metrics, log=office.log)
    made = Starlette(routes=routes, middleware=[guard], exception_handlers=dict(handlers()), lifespan=lifespan)
    made.state.office = office
    return made


def _of_training(settings: ConsoleSettings, room: Room | None, plans: Path, log: FinishedLog | None) -> Starlette:
    """A session has the server's people and pages, and nothing else of it."""
    own = replace(settings, has_desk_ready=False)
    return app(None if room is None else room.terminal, plans, own, log=log, room=room)


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def _ready(office: Office) -> Any:
    async def ready(request: Request) -> Response:
        parts = {"operations": office.terminal.problem if office.terminal is not None else ""}
        is_well = not any(parts.values())
        told = {name: problem or "ok" for name, problem in parts.items()}
        known = Action.SEE in office.entrance.who(request).may
        return await respond(request, Health(ok=is_well, parts=told if known else {}), 200 if is_well else 503)

    return ready


def _metrics(office: Office) -> Any:
    async def tell(request: Request) -> Response:
        may_do(office.entrance.who(request), Action.SEE)
        return Response(await asyncio.to_thread(_measured, office), media_type=metrics.CONTENT_TYPE)

    return tell


def _measured(office: Office) -> bytes:
    found = office.metrics
    if office.stream is not None:
        found.clients.set(len(office.stream.clients))
        found.frames_lost.set(office.stream.frames_lost)
        found.moves.set(office.stream.feed.snapshot.figures.moves)
    if office.terminal is not None:
        picture = office.terminal.standing()
        found.operations.set(0 if office.terminal.problem else 1)
        found.entries.set(picture.number)
        found.links_lost.set(sum(not link.is_connected for link in picture.links.values()))
        out = [
            *(truck.out for truck in picture.trucks.values()),
            *(crane.out for crane in picture.quay_cranes.values()),
            *(crane.out for crane in picture.yard_cranes.values()),
        ]
        found.out_of_service.set(sum(service is not None for service in out))
    found.workers_started.set(office.desk.starts)
    states = [task.state for task in office.tasks.tasks()]
    for state in {"waiting", "running", "done", "stopped", "failed"}:
        found.tasks.labels(state).set(states.count(state))
    return found.text()


def _openapi(office: Office, outside: Iterable[Told]) -> Any:
    said = document(outside)

    async def tell(request: Request) -> Response:
        may_do(office.entrance.who(request), Action.SEE)
        return JSONResponse(said)

    return tell


class _Pages(StaticFiles):
    """Files whose names change with their content may be kept; the page that names them is asked for each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_asset = path.startswith("assets/")
        response.headers["Cache-Control"] = IMMUTABLE if is_asset else "no-cache"
        return response


def _pages(folder: Path) -> BaseRoute:
    if not (folder / "index.html").is_file():
        return Route("/", _no_pages)
    return Mount("/", _Pages(directory=folder, html=True), middleware=[Middleware(GZipMiddleware, minimum_size=1_000)])


async def _no_pages(_: Request) -> Response:
    return PlainTextResponse(NO_PAGES)
