"""The table `[exchange]` of a terminal's settings: partners, where their folders are, and how patient we are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cabria.adapters.exchange.exchange import Rules
from cabria.adapters.exchange.sftp import SftpAddress, SftpKeys
from cabria.adapters.files.documents import converted, text_like
from cabria.domain.errors import DataError

COARRI, CODECO, BAPLIE, PORT_CALLS = "COARRI", "CODECO", "BAPLIE", "port calls"
REPORTS = (COARRI, CODECO, BAPLIE, PORT_CALLS)
FileName = Annotated[str, Meta(max_length=500)]
PartnerName = Annotated[str, text_like(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,34}\Z", "1 to 35 letters, digits and hyphens")]


class PartnerTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[exchange.partners]]`: a folder here, or sftp with a key and known hosts."""

    name: PartnerName
    folder: FileName = ""
    sftp: FileName = ""
    key: FileName = ""
    known_hosts: FileName = ""
    senders: Annotated[list[Annotated[str, Meta(min_length=1, max_length=35)]], Meta(max_length=100)] = []
    reports: list[str] = msgspec.field(default_factory=lambda: list(REPORTS[:3]))


class ExchangeTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[exchange]`. Paths are seen from where the file lies."""

    folder: FileName = "exchange"
    every_s: Annotated[float, Meta(ge=0.1, le=3_600)] = 5.0
    settle_s: Annotated[float, Meta(ge=0, le=3_600)] = 5.0
    patience_s: Annotated[float, Meta(ge=0, le=86_400)] = 600.0
    tries: Annotated[int, Meta(ge=1, le=100)] = 3
    retry_s: Annotated[float, Meta(ge=1, le=86_400)] = 60.0
    wait_days: Annotated[float, Meta(ge=0, le=365)] = 14.0
    keep_days: Annotated[float, Meta(ge=1, le=3_650)] = 90.0
    takes_used_references: bool = False
    tables: FileName = ""
    partners: Annotated[list[PartnerTable], Meta(max_length=200)] = []


@dataclass(frozen=True, slots=True)
class PartnerSettings:
    """Either `folder`, or `address` with `keys`."""

    name: str
    folder: Path | None = None
    address: SftpAddress | None = None
    keys: SftpKeys | None = None
    senders: frozenset[str] = frozenset()
    reports: tuple[str, ...] = REPORTS[:3]


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    folder: Path
    partners: tuple[PartnerSettings, ...]
    rules: Rules
    every_s: float = 5.0
    tables: Path | None = None


def exchange_settings(table: object, base: Path, *, file: str) -> ExchangeSettings:
    """From the parsed table. Raises DataError with the place in the file."""
    said = converted(table, ExchangeTable, file, table="exchange")
    partners = tuple(
        _partner(part, base, file, f"exchange.partners[{number}]") for number, part in enumerate(said.partners)
    )
    names = [partner.name for partner in partners]
    if len(names) != len(set(names)):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"Two partners are called {twice}.", file=file, place="exchange.partners")
    rules: dict[str, Any] = {name: getattr(said, name) for name in Rules.__dataclass_fields__}
    tables = base / said.tables if said.tables else None
    return ExchangeSettings(base / said.folder, partners, Rules(**rules), said.every_s, tables)


def _partner(part: PartnerTable, base: Path, file: str, place: str) -> PartnerSettings:
    for report in part.reports:
        if report not in REPORTS:
            problem = f"{report[:40]!r} is no report; there are {', '.join(REPORTS)}."
            raise DataError(problem, file=file, place=f"{place}.reports")
    if bool(part.folder) == bool(part.sftp):
        remedy = 'Write folder = "..." or sftp = "sftp://user@host/folder".'
        problem = f"Partner {part.name} has a folder or an SFTP server, one of both."
        raise DataError(problem, file=file, place=place, remedy=remedy)
    common = frozenset(part.senders), tuple(part.reports)
    if part.folder:
        return PartnerSettings(part.name, base / part.folder, None, None, *common)
    if not (part.key and part.known_hosts):
        remedy = "Write key and known_hosts, files as OpenSSH has them."
        raise DataError(f"Partner {part.name} needs a key and known hosts.", file=file, place=place, remedy=remedy)
    try:
        address = SftpAddress.parse(part.sftp)
    except DataError as error:
        raise DataError(error.problem, file=file, place=f"{place}.sftp", remedy=error.remedy) from None
    return PartnerSettings(part.name, None, address, SftpKeys(base / part.key, base / part.known_hosts), *common)
