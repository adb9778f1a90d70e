"""The application on a port: until Ctrl-C, or in a thread beside what else the program does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cabria.console.server import free_port
from cabria.console.settings import ConsoleSettings
from cabria.domain.errors import TerminalError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

KEEP_ALIVE_S, LAST_ANSWERS_S, START_S = 5, 3, 30.0
MOST_CONNECTIONS = 600
LONGEST_HEAD_BYTES = 32 * 1024
LONGEST_FROM_A_PAGE_BYTES = 4 * 1024
"""Pages only look on at the stream; what they send is not read."""


def address(settings: ConsoleSettings) -> str:
    """As a browser writes it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.is_encrypted else 'http'}://{host}:{settings.port}/"


def serve(app: Starlette, settings: ConsoleSettings) -> None:
    """Until Ctrl-C. Raises TerminalError when the port is taken."""
    with suppress(KeyboardInterrupt):  # uvicorn passes it on after its own end
        _server(app, settings).run()


@dataclass
class Beside:
    """A server in a thread of its own. `stop` ends it and waits."""

    settings: ConsoleSettings
    _server: uvicorn.Server
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._server.run, name="console", daemon=True)

    @property
    def url(self) -> str:
        return address(self.settings)

    def start(self) -> Beside:
        """Returns when it answers. Raises TerminalError when it does not come up."""
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(START_S / 0.02)):
            if self._server.started:
                return self
            if not self._thread.is_alive():
                break
            waited.wait(0.02)
        raise TerminalError(f"The server at {self.url} did not start; its log says why.")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(LAST_ANSWERS_S + KEEP_ALIVE_S)


def serve_beside(make: Callable[[ConsoleSettings], Starlette], settings: ConsoleSettings) -> Beside:
    """Serve what `make` makes on the settings' port, or one of the nine after it; 0 lets the system choose.

    Raises TerminalError when none is free or the server does not come up.
    """
    from dataclasses import replace

    settings = replace(settings, port=free_port(settings.host, settings.port))
    return Beside(settings, _server(make(settings), settings)).start()


def _server(app: Starlette, settings: ConsoleSettings) -> uvicorn.Server:
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=settings.is_behind_proxy,
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # frames are encoded once for all; packing them anew for each would not pay
            ws_max_size=LONGEST_FROM_A_PAGE_BYTES,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=LAST_ANSWERS_S,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=LONGEST_HEAD_BYTES,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
        )
    )
