"""What every request passes before anybody looks at it: the Host it names, how much it sends, what every answer says.

A page of another site must not reach a server on loopback through a name of its own (DNS rebinding), so an unknown Host
is refused; no header ever lets another origin in.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cabria.console.http.problems import problem_of, problem_response, refusal
from cabria.console.metrics import Metrics
from cabria.console.settings import ConsoleSettings, is_loopback

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR_S = 31_536_000
UPLOAD_PATH = "/api/v1/uploads"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Those that are counted by name: a stranger may make up any number of others."""


class Guard:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, settings: ConsoleSettings, metrics: Metrics, log: Any) -> None:
        self._app, self._settings, self._metrics, self._log = app, settings, metrics, log
        self._names = {settings.host.lower(), *(name.lower() for name in settings.names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not self._is_ours(Headers(scope=scope).get("host", "")):
            await self._refuse(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]
        return name.lower() in self._names or (is_loopback(self._settings.host) and is_loopback(name.lower()))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "unknown host"})
            return
        refused = refusal(
            421, "other-host", "This server is not reached by that name.", remedy="Name it in the settings' names."
        )
        await problem_response(refused.problem)(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0
        is_upload = scope["path"].endswith(UPLOAD_PATH)
        limit = self._settings.max_upload_bytes if is_upload else self._settings.max_body_bytes
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_long(limit)
            return message

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                if self._settings.has_safe_cookies:
                    headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR_S}")
            await send(message)

        said = Headers(scope=scope).get("content-length", "")
        try:
            if said.isdigit() and int(said) > limit:
                await problem_response(_too_long(limit).problem, {"Connection": "close"})(scope, receive, send_guarded)
            else:
                await self._app(scope, receive_some, send_guarded)
        except Exception as error:
            self._log.error("fault", path=scope["path"], exc_info=error)
            if status:  # the answer has begun: all that is left is to break it off
                raise
            await problem_response(*problem_of(error))(scope, receive, send_guarded)
        finally:
            seconds = time.perf_counter() - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.requests.labels(method, str(status)).inc()
            self._metrics.seconds.observe(seconds)
            client = scope.get("client") or ("", 0)
            said_of = {"method": method, "path": scope["path"], "status": status, "ms": round(1_000 * seconds)}
            self._log.info("answered", address=client[0], **said_of)


def _too_long(limit: int) -> Any:
    return refusal(413, "too-long", f"The body is longer than {limit:,} bytes.", place="body", values={"bytes": limit})
