"""The same over SFTP, with a real server on loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import asyncssh
import pytest

from cabria.adapters.exchange import sftp
from cabria.adapters.exchange.mailboxes import FolderMailbox, MailboxLostError, Seen
from cabria.adapters.exchange.sftp import SftpAddress, SftpKeys, SftpMailbox
from cabria.domain.errors import DataError

from .exchanges_by_hand import CALL, Place, box, load_list

LIST = load_list([*CALL.loads, box("TINU000021")])


class Door(asyncssh.SSHServer):
    """Knows who came in."""

    def __init__(self, inside: list[asyncssh.SSHServerConnection]) -> None:
        self._inside = inside

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._inside.append(conn)


class Server:
    """An SFTP server over a folder, in a thread of its own; `stop` and `start` keep its port."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "line").mkdir(parents=True)
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        user_key = asyncssh.generate_private_key("ssh-ed25519")
        user_key.write_private_key(str(root / "id"))
        self._trusted = asyncssh.import_authorized_keys(user_key.export_public_key().decode())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._inside: list[asyncssh.SSHServerConnection] = []
        self.port = 0
        self.start()
        public = self._host_key.export_public_key().decode().strip()
        (root / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}\n")

    def start(self) -> None:
        self._acceptor = self._run(self._listen())
        self.port = self._acceptor.get_port()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: Door(self._inside),
            server_host_keys=[self._host_key],
            authorized_client_keys=self._trusted,
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self.root).encode()),
        )

    def stop(self) -> None:
        async def end() -> None:
            if self._acceptor is not None:
                self._acceptor.close()
                for connection in self._inside:
                    connection.abort()
                self._inside.clear()
                await self._acceptor.wait_closed()

        self._run(end())

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _run(self, work):  # type: ignore[no-untyped-def]
        done: Future[asyncssh.SSHAcceptor] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(30)

    @property
    def address(self) -> SftpAddress:
        return SftpAddress("cabria", "127.0.0.1", self.port, "/line")

    @property
    def keys(self) -> SftpKeys:
        return SftpKeys(self.root / "id", self.root / "known_hosts")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("sftp"))
    yield running
    running.close()


@pytest.fixture
def mailbox(server: Server) -> Iterator[SftpMailbox]:
    made = SftpMailbox(server.address, server.keys)
    yield made
    made.close()


def test_a_list_comes_and_its_answers_go_over_sftp(server: Server, mailbox: SftpMailbox, tmp_path: Path) -> None:
    place = Place(tmp_path, mailbox=mailbox)
    place.box = server.root / "line"
    exchange = place.exchange()
    place.put("list.edi", LIST)
    place.put("poison.edi", b"nothing that is a message")
    assert place.settle(exchange).finished == 2
    assert place.files("in") == []
    assert sorted(answer.state for answer in place.answers()) == ["aside", "done"]
    assert len(place.files("aside")) == 2
    assert place.versions == ["v0001", "v0002"]
    server.stop()
    assert len(exchange.look().lost) == 1
    server.start()
    place.put("again.edi", LIST)
    assert place.settle(exchange).lost == ()
    assert place.files("in") == []
    assert place.versions == ["v0001", "v0002"]


def test_both_kinds_of_mailbox_do_the_same(server: Server, mailbox: SftpMailbox, tmp_path: Path) -> None:
    for root, one in ((tmp_path / "here", FolderMailbox(tmp_path / "here")), (server.root / "line", mailbox)):
        one.look()  # makes the folders
        (root / "in" / "a.edi").write_bytes(LIST)
        (root / "in" / "b.edi.part").write_bytes(LIST)
        (root / "in" / "c.edi").symlink_to(root / "in" / "a.edi")
        [seen] = one.look()
        assert (seen.name, seen.size) == ("a.edi", len(LIST))
        assert one.fetch(seen) == LIST
        assert one.fetch(seen._replace(size=7)) is None
        assert one.fetch(seen._replace(name="gone.edi")) is None
        one.remove(Seen("a.edi", 7, 7))
        assert (root / "in" / "a.edi").read_bytes() == LIST
        one.remove(seen)
        one.remove(seen)
        assert not (root / "in" / "a.edi").exists()
        one.deliver("out", "answer.txt", b"one")
        one.deliver("out", "answer.txt", b"two" * 200_000)
        assert (root / "out" / "answer.txt").read_bytes() == b"two" * 200_000
        (root / "in" / "giant").write_bytes(b"x")
        [giant] = one.look()
        one.push_aside(giant, "giant.file")
        assert (root / "aside" / "giant.file").read_bytes() == b"x"


def test_a_large_file_has_longer_than_an_answer(
    server: Server, mailbox: SftpMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.look()  # makes the folders
    (server.root / "line/in/large.edi").write_bytes(LIST)
    (seen,) = (one for one in mailbox.look() if one.name == "large.edi")
    monkeypatch.setattr(sftp, "PATIENCE_S", 0.0)
    monkeypatch.setattr(sftp, "SLOWEST_BYTES_PER_S", len(LIST) / 60)
    assert mailbox.fetch(seen) == LIST
    with pytest.raises(MailboxLostError, match="no answer in 0 s"):
        mailbox.look()
    (server.root / "line/in/large.edi").unlink()


def test_nothing_is_said_to_a_host_that_is_not_known(server: Server, tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("")
    stranger = SftpMailbox(server.address, SftpKeys(server.keys.private_key, tmp_path / "hosts"))
    with pytest.raises(MailboxLostError, match="does not stand in"):
        stranger.look()
    stranger.close()


def test_a_key_that_is_not_trusted_is_told(server: Server, tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(tmp_path / "id"))
    stranger = SftpMailbox(server.address, SftpKeys(tmp_path / "id", server.keys.known_hosts))
    with pytest.raises(MailboxLostError, match="Permission denied"):
        stranger.look()
    stranger.close()


def test_a_key_that_is_not_there_is_told_at_once(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no private key here"):
        SftpMailbox(server.address, SftpKeys(tmp_path / "none", server.keys.known_hosts))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sftp://me@host", SftpAddress("me", "host")),
        ("sftp://me@host:2222/a/b", SftpAddress("me", "host", 2222, "/a/b")),
        ("sftp://me@[::1]:22/", SftpAddress("me", "::1", 22, "/")),
    ],
)
def test_addresses_are_read(text: str, address: SftpAddress) -> None:
    assert SftpAddress.parse(text) == address


@pytest.mark.parametrize(
    "text", ["", "host", "ftp://me@host", "sftp://host", "sftp://me@host:99999", "sftp://me:pw@host"]
)
def test_what_is_no_address_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(DataError, match="Write sftp://"):
        SftpAddress.parse(text)
