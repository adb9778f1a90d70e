"""Programs beside the terminal: the embedded broker and emulated machines, each a process that ends with this one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from cabria.domain.errors import TerminalError
from cabria.domain.layout import Layout

STARTING_S = 60.0
ENDING_S = 10.0
LOOK_S = 0.05
TIED = """
import ctypes, os, sys
parent = int(sys.argv[1])
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
if os.getppid() != parent:
    sys.exit(0)
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""On Linux the system ends a program at its parent's death, however that came, and though it stands still."""
EMULATED = ("trucks", "cranes")


class Parts:
    """A context manager; leaving it ends what it started. What they print goes to files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._frozen: set[str] = set()
        self._commands: dict[str, Sequence[str]] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, process in self.processes.items():
            if name in self._frozen:
                process.kill()
            else:
                process.terminate()
        for process in self.processes.values():
            _wait(process)
        self._stack.close()

    def broker(self, port: int = 0) -> str:
        """The embedded broker; returns its address when it answers."""
        from cabria.adapters.mqtt.address import LOOPBACK, Address, free_port

        address = Address(LOOPBACK, port or free_port())
        self._start("broker", ["-m", "cabria.adapters.mqtt.embedded", str(address.port)])
        self._until_it_answers("broker", address.host, address.port)
        return str(address)

    def emulators(
        self, kinds: Sequence[str], broker: str, layout: Layout, trucks: int, speed: float, *, faults: str = ""
    ) -> None:
        """A process for each kind of machine, `trucks` and `cranes`: all cranes of the layout. They remember what they
        did in the folder, and where they stood at first: a layout that is there already is kept."""
        from cabria.adapters.files.layout_json import write_layout

        ground = self._folder / "layout.json"
        if not ground.is_file():
            write_layout(layout, ground)
        common = ["-m", "cabria", "emulate", "--broker", broker, "--layout", str(ground), "--speed", f"{speed:g}"]
        common += ["--state", str(self._folder), *(("--faults", faults) if faults else ())]
        numbers = {
            "trucks": ["--trucks", str(trucks), "--cranes", "0", "--yard-cranes", "0"],
            "cranes": [
                *("--trucks", "0", "--cranes", str(len(layout.terminal.quay_cranes))),
                *("--yard-cranes", str(sum(len(runway.cranes) for runway in layout.runways))),
            ],
        }
        for kind in kinds:
            self._start(kind, [*common, *numbers[kind]])

    def freeze(self) -> None:
        """Emulated machines stand still until they are ended, as the time of a terminal does that ends."""
        import signal

        for name in EMULATED:
            if name in self.processes:
                self.processes[name].send_signal(signal.SIGSTOP)
                self._frozen.add(name)

    def kill(self, name: str) -> None:
        """As if its power was cut."""
        self.processes[name].kill()
        self.processes[name].wait()

    def start_again(self, name: str) -> None:
        self._start(name, self._commands[name])

    def refuse_ended(self) -> None:
        """Raises TerminalError when one of them has ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise TerminalError(f"The program of the {name} has ended: {self._last_words(name)}")

    def _start(self, name: str, command: Sequence[str]) -> None:
        import os

        self._commands[name] = command
        said: IO[bytes] = self._stack.enter_context((self._folder / f"{name}.log").open("ab"))
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-c", TIED, str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for this program, which ends them in order
        )

    def _until_it_answers(self, name: str, host: str, port: int) -> None:
        import socket

        until_s = time.monotonic() + STARTING_S
        while time.monotonic() < until_s:
            self.refuse_ended()
            with socket.socket() as probe:
                probe.settimeout(1.0)
                if probe.connect_ex((host, port)) == 0:
                    return
            time.sleep(LOOK_S)
        raise TerminalError(f"The program of the {name} does not answer: {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        lines = (self._folder / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing."


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
