"""A PostgreSQL server of one's own: in a temporary folder, on a free port of the loopback, as an ordinary user.

For benchmarks and tests that stop and kill it; it flushes to disk as a server of a site does.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

START_S = 30.0
USERS = ("postgres", "nobody")
"""As whom the server runs when we are root, as which it refuses to."""


class NoPostgresError(Exception):
    """The programs are not there."""


def programs() -> Path:
    """The folder with initdb and postgres, in the same order as `make database`."""
    named = os.environ.get("POSTGRES_BIN")
    if named:
        return Path(named)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise NoPostgresError(
            "No PostgreSQL found: run `make database`, or name the folder of its programs in the variable POSTGRES_BIN."
        )
    return versions[-1].parent


class PostgresServer:
    """A context manager; `url` is of its database `postgres`. `kill` ends all its processes at once."""

    def __init__(self, parent: Path | None = None) -> None:
        """Its folder is made in `parent`, or where temporary files go."""
        self._bin = programs()
        self._user = _user()
        self._folder = Path(tempfile.mkdtemp(prefix="cabria-postgres-", dir=parent))
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self.url = f"postgresql://cabria@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        if self._user:
            shutil.chown(self._folder, self._user)
        self._call("initdb", "-D", str(self._data), "-U", "cabria", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> float:
        """Start it; returns the seconds until it answered."""
        began = time.perf_counter()
        command = [
            str(self._bin / "postgres"), "-D", str(self._data), "-p", str(self._port), "-k", str(self._folder),
            "-c", "listen_addresses=127.0.0.1", "-c", "recovery_init_sync_method=syncfs",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, user=self._user, cwd=self._folder)
        while time.perf_counter() < began + START_S:
            if self._process.poll() is not None:
                break
            if self._answers():
                return time.perf_counter() - began
            time.sleep(0.01)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text(errors='replace')[-2_000:]}")

    def new_database(self) -> str:
        """The address of an empty one."""
        self._databases += 1
        name = f"empty{self._databases}"
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "cabria", name)
        return f"{self.url.rpartition('/')[0]}/{name}"

    def kill(self) -> None:
        """SIGKILL to the server and all its children, as if the machine's power was cut for them."""
        if self._process is None:
            return
        processes = [self._process.pid, *_children(self._process.pid)]
        self._process.send_signal(signal.SIGSTOP)  # it starts nobody anew while they die
        for number in processes[1:]:
            _end(number)
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        """Of its first process."""
        if self._process is None:
            raise RuntimeError("PostgreSQL is not running.")
        return self._process.pid

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _answers(self) -> bool:
        done = subprocess.run(
            [self._bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self._port), "-t", "1"], check=False
        )
        return done.returncode == 0

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments], check=True, capture_output=True, user=self._user, cwd=self._folder
        )


def _user() -> str | None:
    """Whom to become; None when we are nobody special ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(user for user in USERS if user in known)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _children(parent: int) -> list[int]:
    """Of a process, from the table of processes."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    return [number for number, its_parent in pairs if its_parent == parent]


def _end(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return
