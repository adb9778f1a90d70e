"""Where a broker is."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from cabria.domain.errors import DataError

PORTS = {"mqtt": 1883, "mqtts": 8883}
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """`mqtt://user:password@host:port`, with TLS `mqtts://`; the password is never shown."""

    host: str
    port: int
    has_tls: bool = False
    username: str = ""
    password: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises DataError."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise DataError(f"The broker's address cannot be read: {error}.", remedy=REMEDY) from None
        if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
            raise DataError(f"{text.rpartition('@')[2][:80]!r} is no address of a broker.", remedy=REMEDY)
        return cls(
            parts.hostname,
            port or PORTS[parts.scheme],
            parts.scheme == "mqtts",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    def __str__(self) -> str:
        return f"mqtt{'s' if self.has_tls else ''}://{self.host}:{self.port}"


REMEDY = "Write it as mqtt://127.0.0.1:1883."


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
