"""Serves one finished report folder on the loopback interface: read only, no listing, nothing outside the folder."""

from __future__ import annotations

import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

from cabria.domain.errors import DataError, TerminalError

LOOPBACK = "127.0.0.1"


def serve_report(folder: Path, *, host: str = LOOPBACK, port: int = 8765, open_browser: bool = False) -> None:
    """Serve until Ctrl-C. Raises DataError when the folder holds no report, TerminalError when no port is free."""
    import uvicorn

    if not (folder / "index.html").is_file():
        raise DataError("There is no report here.", file=str(folder), remedy="Make one with `cabria plan CALL`.")
    port = free_port(host, port)
    url = f"http://{host}:{port}/"
    print(f"The report is at {url}  (Ctrl-C ends)", flush=True)
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [url]).start()
    with suppress(KeyboardInterrupt):  # uvicorn passes it on after its own end
        uvicorn.run(report_app(folder), host=host, port=port, log_level="warning", access_log=False)


def report_app(folder: Path):  # type: ignore[no-untyped-def]
    """A Starlette application over the folder; every answer forbids the page to reach for the network."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    class OnlyItself(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
            response = await call_next(request)
            response.headers["Content-Security-Policy"] = (
                "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
                "img-src 'self' data:; frame-ancestors 'self'"
            )
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = "no-cache"
            return response

    return Starlette(
        routes=[Mount("/", StaticFiles(directory=folder, html=True))],
        middleware=[Middleware(OnlyItself)],
    )


def free_port(host: str, wanted: int) -> int:
    """The wanted port or one of the nine after it; 0 lets the system choose."""
    import errno
    import socket

    if not host:
        raise TerminalError("An empty address would mean all of this machine's; name one with --host.")
    for port in range(wanted, wanted + 10) if wanted else (0,):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    continue
                raise TerminalError(f"{host} is not an address of this machine.") from error
            return int(probe.getsockname()[1])
    raise TerminalError(f"Ports {wanted} to {wanted + 9} are all taken. Name another with --port.")
