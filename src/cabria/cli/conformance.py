"""`cabria conformance`: does a vehicle, or another system, keep to the standard?"""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.emulate import ground
from cabria.cli.options import EXIT_NOT_LEGAL
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.conformance_check import Result

app = typer.Typer(
    help="Checks of vehicles and systems of others.",
    epilog="Example: cabria conformance vda5050 --broker mqtt://127.0.0.1:1883 --manufacturer ACME --serial T01",
    no_args_is_help=True,
)


@app.callback()
def _group() -> None:
    """One command a standard."""


@app.command(
    epilog="Example: cabria conformance vda5050 --broker mqtt://127.0.0.1:1883 --manufacturer ACME --serial T01"
)
def vda5050(
    broker: Annotated[str, typer.Option(help="Address of the broker.")],
    manufacturer: Annotated[str, typer.Option(help="Manufacturer of the vehicle.")],
    serial: Annotated[str, typer.Option(help="Its serial number.")],
    interface: Annotated[str, typer.Option(help="First level of the topics.")] = "vda5050",
    drive: Annotated[
        float, typer.Option(help="Metres straight ahead that the vehicle may drive; 0 is none.", min=0, max=200)
    ] = 0,
    master: Annotated[bool, typer.Option("--master", help="Be that vehicle, and check who gives it orders.")] = False,
    seconds: Annotated[float, typer.Option(help="How long to watch with --master.", min=10, max=86_400)] = 300,
    x: Annotated[float, typer.Option(help="Where the vehicle stands with --master, in metres.")] = 0,
    y: Annotated[float, typer.Option(help="The same, across.")] = 0,
    theta: Annotated[float, typer.Option(help="Its heading in radians.", min=-pi, max=pi)] = 0,
    map_id: Annotated[str, typer.Option("--map", help="The map it stands on.")] = "terminal",
) -> None:
    """Try a vehicle, or another fleet control, against VDA 5050 3.0.0.

    One line a check: its number, the clause, the verdict. Nobody else may give the vehicle orders meanwhile, and it
    stands still unless --drive allows metres. Exit code 2 when a check failed.
    """
    import asyncio
    import time

    from cabria.adapters.mqtt.address import Address
    from cabria.adapters.vda5050.conformance.run import try_vehicle, watch_master
    from cabria.adapters.vda5050.emulation.fleet import FleetSettings
    from cabria.adapters.vda5050.emulation.kinematics import Pose
    from cabria.adapters.vda5050.topics import RobotId

    address, robot = Address.parse(broker), RobotId(manufacturer, serial)

    def clock_ms() -> int:
        return time.time_ns() // 1_000_000

    if master:
        say(f"vehicle {robot} for {seconds:.0f} s at {address}: have your fleet control send it orders")
        settings = FleetSettings(interface=interface, map_id=map_id)
        watching = watch_master(robot, address, Pose(x, y, theta), settings, seconds=seconds, clock_ms=clock_ms)
        results = asyncio.run(watching)
        for result in results:
            _say(result)
    else:
        results = asyncio.run(
            try_vehicle(robot, address, drive_m=drive, clock_ms=clock_ms, interface=interface, tell=_say)
        )
    _conclude(results, f"{robot}")


@app.command(epilog="Example: cabria conformance crane --broker mqtt://127.0.0.1:1883 --crane QC1 --drive 10")
def crane(
    broker: Annotated[str, typer.Option(help="Address of the broker.")],
    name: Annotated[str, typer.Option("--crane", help="Name of the crane, as QC1.")],
    interface: Annotated[str, typer.Option(help="First level of the topics.")] = "crane",
    drive: Annotated[
        float, typer.Option(help="Metres along its rail that the gantry may drive; 0 is none.", min=0, max=500)
    ] = 0,
    terminal: Annotated[bool, typer.Option("--terminal", help="Be that crane, and check who gives it jobs.")] = False,
    seconds: Annotated[float, typer.Option(help="How long to watch with --terminal.", min=10, max=86_400)] = 300,
    layout: Annotated[
        Path | None, typer.Option(help="With --terminal, a layout.json that has the crane; else the Chancay proposal.")
    ] = None,
) -> None:
    """Try a crane, or another terminal, against the CraneJob protocol.

    One line a check: its number, the topic, the verdict. Nobody else may give the crane jobs meanwhile. Nothing is
    lifted, and the gantry stands still unless --drive allows metres. Exit code 2 when a check failed.
    """
    import asyncio
    import time

    from cabria.adapters.crane_bus.conformance.run import try_crane
    from cabria.adapters.mqtt.address import Address
    from cabria.bootstrap.emulation import watch_terminal_as

    address = Address.parse(broker)

    def clock_ms() -> int:
        return time.time_ns() // 1_000_000

    if terminal:
        say(f"crane {name} for {seconds:.0f} s at {address}: have your terminal give it jobs")
        results = asyncio.run(
            watch_terminal_as(name, ground(layout), address, interface=interface, seconds=seconds, clock_ms=clock_ms)
        )
        for result in results:
            _say(result)
    else:
        drive_mm = round(1_000 * drive)
        trying = try_crane(name, address, drive_mm=drive_mm, clock_ms=clock_ms, interface=interface, tell=_say)
        results = asyncio.run(trying)
    _conclude(results, name)


def _conclude(results: list[Result], who: str) -> None:
    """Counts, and the exit code. Raises DataError when nothing was heard."""
    from cabria.adapters.conformance_check import Outcome, is_conformant

    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    say(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    if all(result.outcome is Outcome.NOT_TRIED for result in results):
        raise DataError(f"Nothing was heard of {who}.", remedy="Check the address, the names and the interface.")
    if not is_conformant(results):
        raise typer.Exit(EXIT_NOT_LEGAL)


def _say(result: Result) -> None:
    detail = f": {result.detail}" if result.detail else ""
    say(f"{result.number}  {result.clause:11}  {result.outcome:9}  {result.title}{detail}")
