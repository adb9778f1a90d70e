"""`cabria emulate`: trucks that are not there, on the identical wire."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.vda5050.emulation.fleet import FleetSettings
    from cabria.adapters.vda5050.emulation.kinematics import Pose
    from cabria.adapters.vda5050.topics import RobotId
    from cabria.domain.layout import Layout

app = typer.Typer()

MOST_TRUCKS = 1_000


@app.command(epilog="Example: cabria emulate --trucks 40 --broker mqtt://127.0.0.1:1883 --faults silence,breakdown")
def emulate(
    trucks: Annotated[int, typer.Option(help="How many.", min=1, max=MOST_TRUCKS)] = 40,
    broker: Annotated[
        str, typer.Option(help="Address of the broker, as mqtt://127.0.0.1:1883; without it one is started here.")
    ] = "",
    speed: Annotated[float, typer.Option(help="Times as fast as in reality.", min=0.1, max=100)] = 1.0,
    hz: Annotated[float, typer.Option(help="States a second of each truck at least.", min=0.03, max=10)] = 2.0,
    faults: Annotated[
        str,
        typer.Option(help="silence, duplicates, reordering, wrong-state, battery, breakdown, disconnect; by commas."),
    ] = "",
    layout: Annotated[Path | None, typer.Option(help="A layout.json; else the Chancay proposal.")] = None,
    manufacturer: Annotated[str, typer.Option(help="Their manufacturer.")] = "CABRIA",
    interface: Annotated[str, typer.Option(help="First level of the topics.")] = "vda5050",
    version: Annotated[str, typer.Option(help="VDA 5050 version they speak: 3.0.0 or 2.1.0.")] = "3.0.0",
    seed: SeedOption = 0,
    seconds: Annotated[float, typer.Option(help="End after so long; 0 is until Ctrl-C.", min=0)] = 0,
) -> None:
    """Run driverless trucks that speak VDA 5050.

    They take orders over MQTT and move as the twin's trucks do. They stand on the layout's parking stands at first,
    then beside blocks and under cranes, with their serial numbers T001, T002 ... in that order.
    """
    import asyncio

    from cabria.adapters.mqtt.address import Address
    from cabria.adapters.vda5050.emulation.faults import Fault
    from cabria.adapters.vda5050.emulation.fleet import FleetSettings

    if version not in ("3.0.0", "2.1.0"):
        raise DataError(f"Version {version[:20]!r} of VDA 5050 is not spoken here.", remedy="Take 3.0.0 or 2.1.0.")
    settings = FleetSettings(
        interface=interface,
        version=version,
        pace=speed,
        interval_ms=round(1_000 / hz),
        faults=Fault.list_of(faults),
        seed=seed,
    )
    places = placed(_ground(layout), trucks, manufacturer)
    address = Address.parse(broker) if broker else None
    asyncio.run(_run(places, address, settings, seconds))


def placed(layout: Layout, trucks: int, manufacturer: str) -> list[tuple[RobotId, Pose]]:
    """Trucks on stands: parking first, then the others. Raises DataError when there are too few."""
    from cabria.adapters.vda5050.emulation.kinematics import Pose
    from cabria.adapters.vda5050.ground import pose_on
    from cabria.adapters.vda5050.topics import RobotId
    from cabria.domain.stands import StandKind

    kinds = (StandKind.PARKING, StandKind.CHARGER, StandKind.YARD, StandKind.QUAY)
    stands = [stand for kind in kinds for stand in layout.stands_of(kind)]
    if trucks > len(stands):
        raise DataError(
            f"{trucks} trucks find {len(stands)} stands on layout {layout.name}.",
            remedy="Take fewer, or a larger layout.",
        )
    return [
        (RobotId(manufacturer, f"T{number:03}"), Pose(*pose_on(layout, stand.id)))
        for number, stand in enumerate(stands[:trucks], 1)
    ]


def _ground(path: Path | None) -> Layout:
    if path is None:
        from cabria.experiments.layouts import chancay_layout

        return chancay_layout()
    from cabria.adapters.files.layout_json import read_layout

    return read_layout(path)


async def _run(places: list[tuple[RobotId, Pose]], address: object, settings: FleetSettings, seconds: float) -> None:
    import asyncio
    import time
    from contextlib import AsyncExitStack

    from cabria.adapters.mqtt.address import Address
    from cabria.adapters.mqtt.embedded import embedded_broker
    from cabria.adapters.mqtt.link import ignore_closed_sockets
    from cabria.adapters.vda5050.emulation.fleet import run_fleet

    ignore_closed_sockets(asyncio.get_running_loop())
    told = -1

    def tell(connected: int) -> None:
        nonlocal told
        if connected != told:
            say(f"{connected} of {len(places)} trucks connected")
            told = connected

    async with AsyncExitStack() as stack:
        where = address if isinstance(address, Address) else await stack.enter_async_context(embedded_broker())
        say(f"{len(places)} trucks, VDA 5050 {settings.version}, broker {where}")
        running = run_fleet(places, where, settings, lambda: time.time_ns() // 1_000_000, tell)
        try:
            await asyncio.wait_for(running, seconds or None)
        except TimeoutError:
            say("time is over")
