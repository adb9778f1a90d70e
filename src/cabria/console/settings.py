"""What a site may set about its server."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec

from cabria.adapters.time_zones import zone_named
from cabria.domain.errors import DataError

LOOPBACK = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Another's login: OpenID Connect by authorization code with PKCE.

    `roles` says which of ours a value of the claim `role_claim` gives; who has none of them is not let in.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False, default="")
    role_claim: str = "groups"
    roles: tuple[tuple[str, str], ...] = ()
    redirect: str = ""
    """The address of `/api/v1/login/oidc/back` as the browser sees it."""

    def __post_init__(self) -> None:
        host = self.issuer.removeprefix("http://").partition("/")[0].rpartition(":")[0]
        if not self.issuer.startswith("https://") and not is_loopback(host):
            raise DataError("The issuer must be reached by https.", place="oidc.issuer", remedy="Write https://...")


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """Where the server listens, who may come in, and how much of everything it takes on."""

    host: str = LOOPBACK
    port: int = 8765
    store: Path = Path("out/console.sqlite")
    """Users, tokens, sessions and the audit trail."""
    needs_login: bool = True
    names: tuple[str, ...] = ()
    """Further names by which browsers reach this server; any other Host is refused."""
    is_behind_proxy: bool = False
    """Whether TLS is another's work, so that none is asked of this server."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    oidc: OidcSettings | None = None
    static: Path = STATIC
    session_h: int = 12
    max_body_bytes: int = MIB
    max_upload_bytes: int = 32 * MIB
    max_unpacked_bytes: int = 256 * MIB
    request_s: float = 30.0
    """How long an answer may take; planning is no answer but a task."""
    desk_s: float = 60.0
    """How long an act on a plan may take before its process is ended."""
    has_desk_ready: bool = True
    """Whether the process that opens plans is started with the server."""
    planning_s: float = 900.0
    """How long planning may take before its process is ended."""
    planners: int = 1
    """Tasks that plan at a time; others wait."""
    clients: int = 200
    """Pages that look on at a time."""
    stream_ms: int = 200
    """Between two messages of the stream."""
    time_zone: str = ""
    """The terminal's, as America/Lima; without one pages tell times by the reader's clock, and reports in UTC."""

    def __post_init__(self) -> None:
        if self.time_zone:
            zone_named(self.time_zone)
        if not self.host:
            raise DataError("An empty address would mean all of this machine's.", place="host")
        if not self.needs_login and not is_loopback(self.host):
            raise DataError(
                f"Without a login only this machine may come in, not {self.host}.",
                place="needs_login",
                remedy="Listen on 127.0.0.1, or make users with `cabria users add`.",
            )
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise DataError("TLS needs a certificate and its key.", place="tls_certificate, tls_key")
        if not (self.is_encrypted or self.is_behind_proxy or is_loopback(self.host)):
            raise DataError(
                f"Passwords would go to {self.host} in the clear.",
                place="tls_certificate",
                remedy="Name a certificate and its key, or say is_behind_proxy where another does TLS.",
            )

    @property
    def is_encrypted(self) -> bool:
        """Whether this server does TLS itself."""
        return self.tls_certificate is not None

    @property
    def has_safe_cookies(self) -> bool:
        """Whether browsers reach it by https only."""
        return self.is_encrypted or self.is_behind_proxy


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def settings_of(table: Mapping[str, Any], *, file: str, **usual: Any) -> ConsoleSettings:
    """What a settings file says in its table [http]; paths count from the file. `usual` is for what it says nothing of.

    Raises DataError with file and place.
    """
    base = Path(file).resolve().parent

    def read(kind: type, value: Any) -> Any:
        if kind is Path and isinstance(value, str):
            return base / value
        raise ValueError(f"Expected a path, got {value!r:.60}")

    said = {**{name: str(v) if isinstance(v, Path) else v for name, v in usual.items()}, **table}
    for place, kind, part in (("http", ConsoleSettings, said), ("http.oidc", OidcSettings, said.get("oidc") or {})):
        known = [each.name for each in fields(kind)]
        for name in part if isinstance(part, Mapping) else ():
            if name not in known:
                remedy = f"There are {', '.join(known)}."
                raise DataError(f"There is no {name[:40]!r}.", file=file, place=place, remedy=remedy)
    try:
        return msgspec.convert(said, ConsoleSettings, dec_hook=read)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at ")
        raise DataError(f"{text}.", file=file, place=place.strip("`").replace("$", "http")) from None
    except DataError as error:
        raise error.inside(file) from None
