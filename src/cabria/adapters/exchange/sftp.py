"""A partner's folders on another machine, over SFTP (asyncssh; the extra `sftp`).

The host must be known: its key stands in a file of known hosts, or nothing is said to it. The connection is made when
it is wanted and made anew after a fault. asyncssh works in its own loop; to the exchange every method is a plain call.
"""

from __future__ import annotations

import asyncio
import posixpath
import re
import stat
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cabria.adapters.edi.syntax import MAX_BYTES
from cabria.adapters.exchange.mailboxes import (
    ASIDE,
    DRAFT,
    FOLDERS,
    IN,
    MOST_NAMES,
    TAKEN,
    MailboxLostError,
    Seen,
    is_plain,
    is_waiting,
)
from cabria.domain.errors import DataError, TerminalError

if TYPE_CHECKING:
    import asyncssh

T = TypeVar("T")
PATIENCE_S = 30.0
"""For what the other machine is asked; for a file it has longer, by how large that is."""
SLOWEST_BYTES_PER_S = 100_000
BLOCK = 256 * 1024
_ADDRESS = re.compile(
    r"sftp://(?P<user>[^@/:\s]+)@(?P<host>\[[0-9a-fA-F:.]+\]|[^@/:\s]+)(:(?P<port>\d{1,5}))?(?P<path>/[^\s]*)?"
)


@dataclass(frozen=True, slots=True)
class SftpAddress:
    """Written sftp://user@host:port/path; the path is that of the folder with `in`, `out` and `aside`."""

    user: str
    host: str
    port: int = 22
    path: str = "."

    @classmethod
    def parse(cls, text: str) -> SftpAddress:
        """Raises DataError."""
        found = _ADDRESS.fullmatch(text)
        if found is None or int(found["port"] or 22) > 65_535:
            remedy = "Write sftp://user@host:22/folder; the key is named apart."
            raise DataError(f"{text[:80]!r} is no address of an SFTP server.", remedy=remedy)
        return cls(found["user"], found["host"].strip("[]"), int(found["port"] or 22), found["path"] or ".")

    def __str__(self) -> str:
        return f"sftp://{self.user}@{self.host}:{self.port}{self.path if self.path != '.' else ''}"


@dataclass(frozen=True, slots=True)
class SftpKeys:
    """Who we are and whom we trust. `known_hosts` is a file as OpenSSH writes it."""

    private_key: Path
    known_hosts: Path


class SftpMailbox:
    """One connection, used by one thread."""

    def __init__(self, address: SftpAddress, keys: SftpKeys) -> None:
        """Raises TerminalError where asyncssh is not installed, DataError where a file of keys is not there."""
        try:
            import asyncssh  # noqa: F401
        except ImportError:
            raise TerminalError("SFTP needs asyncssh: install cabria[sftp].") from None
        for path, what in ((keys.private_key, "private key"), (keys.known_hosts, "list of known hosts")):
            if not path.is_file():
                raise DataError(f"There is no {what} here.", file=str(path))
        self.where = str(address)
        self._address, self._keys = address, keys
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def look(self) -> tuple[Seen, ...]:
        return self._run(self._look())

    def fetch(self, seen: Seen) -> bytes | None:
        return None if seen.size > MAX_BYTES else self._run(self._fetch(seen), seen.size)

    def remove(self, seen: Seen) -> None:
        self._run(self._take_out(seen, None))

    def push_aside(self, seen: Seen, name: str) -> None:
        self._run(self._take_out(seen, self._path(ASIDE, name)))

    def deliver(self, folder: str, name: str, content: bytes) -> None:
        self._run(self._deliver(folder, name, content), len(content))

    def close(self) -> None:
        self._drop()
        self._runner.close()

    def _run(self, asked: Coroutine[Any, Any, T], size: int = 0) -> T:
        import asyncssh

        patience_s = PATIENCE_S + size / SLOWEST_BYTES_PER_S
        try:
            return self._runner.run(asyncio.wait_for(asked, patience_s))
        except asyncssh.HostKeyNotVerifiable:
            self._drop()
            raise MailboxLostError(
                f"{self.where}: the host's key does not stand in {self._keys.known_hosts}; nothing was sent."
            ) from None
        except TimeoutError:
            self._drop()
            raise MailboxLostError(f"{self.where}: no answer in {patience_s:.0f} s.") from None
        except (OSError, asyncssh.Error, EOFError) as error:
            self._drop()
            told = getattr(error, "reason", "") or getattr(error, "strerror", "") or str(error)
            raise MailboxLostError(f"{self.where}: {told}.".replace("..", ".")) from None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._client = None

    async def _sftp(self) -> asyncssh.SFTPClient:
        import asyncssh

        if self._client is not None and self._connection is not None and not self._connection.is_closed():
            return self._client
        self._connection = await asyncssh.connect(
            self._address.host,
            self._address.port,
            username=self._address.user,
            client_keys=[str(self._keys.private_key)],
            known_hosts=str(self._keys.known_hosts),
            config=None,
            agent_path=None,
            keepalive_interval=15,
        )
        client = await self._connection.start_sftp_client()
        for folder in FOLDERS:
            await client.makedirs(self._path(folder), exist_ok=True)
        self._client = client
        return client

    def _path(self, folder: str, name: str = "") -> str:
        return posixpath.join(self._address.path, folder, name) if name else posixpath.join(self._address.path, folder)

    async def _look(self) -> tuple[Seen, ...]:
        client = await self._sftp()
        found: list[Seen] = []
        async for entry in client.scandir(self._path(IN)):
            name = entry.filename if isinstance(entry.filename, str) else entry.filename.decode("utf-8", "replace")
            facts = entry.attrs
            if not is_plain(name) or is_waiting(name) or facts.permissions is None:
                continue
            if stat.S_ISREG(facts.permissions):  # as listed, so a link is a link
                found.append(Seen(name, facts.size or 0, (facts.mtime or 0) * 1_000_000_000 + (facts.mtime_ns or 0)))
            if len(found) >= MOST_NAMES:
                break
        return tuple(sorted(found, key=lambda seen: (seen.changed_ns, seen.name)))

    async def _fetch(self, seen: Seen) -> bytes | None:
        import asyncssh

        client = await self._sftp()
        try:
            async with client.open(self._path(IN, seen.name), "rb") as file:
                content = bytearray()
                while block := bytes(await file.read(BLOCK)):  # type: ignore[arg-type] # binary, so not the text it says
                    content += block
                    if len(content) > seen.size:
                        return None
        except asyncssh.SFTPNoSuchFile:
            return None
        return bytes(content) if len(content) == seen.size else None

    async def _take_out(self, seen: Seen, to: str | None) -> None:
        """As for a folder here: out of reach of writers first, then a look whether it is still what was seen."""
        import asyncssh

        client = await self._sftp()
        path = self._path(IN, seen.name)
        held = path if seen.name.startswith(TAKEN) else self._path(IN, TAKEN + seen.name)
        try:
            if held != path:
                await client.posix_rename(path, held)
            facts = await client.lstat(held)
            changed_ns = (facts.mtime or 0) * 1_000_000_000 + (facts.mtime_ns or 0)
            if (facts.size, changed_ns) != seen[1:]:
                await client.posix_rename(held, path)
            elif to is None:
                await client.remove(held)
            else:
                await client.posix_rename(held, to)
        except asyncssh.SFTPNoSuchFile:
            return

    async def _deliver(self, folder: str, name: str, content: bytes) -> None:
        client = await self._sftp()
        draft = self._path(folder, DRAFT + name)
        async with client.open(draft, "wb") as file:
            for start in range(0, len(content), BLOCK):
                await file.write(content[start : start + BLOCK])
        await client.posix_rename(draft, self._path(folder, name))
