"""`cabria emulate`: machines that are not there, on the identical wire."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.mqtt.address import Address
    from cabria.bootstrap.emulation import Machines
    from cabria.domain.layout import Layout

app = typer.Typer()

MOST_TRUCKS = 1_000
MOST_CRANES = 200


@app.command(
    epilog="Example: cabria emulate --trucks 40 --cranes 6 --yard-cranes 15 --speed 20 --faults silence,breakdown:5"
)
def emulate(
    trucks: Annotated[int, typer.Option(help="How many trucks.", min=0, max=MOST_TRUCKS)] = 40,
    cranes: Annotated[int, typer.Option(help="How many of the layout's quay cranes.", min=0, max=MOST_CRANES)] = 0,
    yard_cranes: Annotated[
        int, typer.Option("--yard-cranes", help="How many of the layout's yard cranes.", min=0, max=MOST_CRANES)
    ] = 0,
    broker: Annotated[
        str, typer.Option(help="Address of the broker, as mqtt://127.0.0.1:1883; without it one is started here.")
    ] = "",
    speed: Annotated[float, typer.Option(help="Times as fast as in reality.", min=0.1, max=100)] = 1.0,
    hz: Annotated[float, typer.Option(help="States a second of each truck at least.", min=0.03, max=10)] = 2.0,
    faults: Annotated[
        str,
        typer.Option(
            help="silence, duplicates, reordering, wrong-state, battery, breakdown, disconnect; by commas, "
            "each with a rate if wanted, as breakdown:5 an hour or duplicates:0.2 of messages."
        ),
    ] = "",
    state: Annotated[
        Path | None, typer.Option(help="Folder where machines remember what they did, if they are killed.")
    ] = None,
    layout: Annotated[Path | None, typer.Option(help="A layout.json; else the Chancay proposal.")] = None,
    manufacturer: Annotated[str, typer.Option(help="The trucks' manufacturer.")] = "CABRIA",
    interface: Annotated[str, typer.Option(help="First level of the trucks' topics.")] = "vda5050",
    crane_interface: Annotated[
        str, typer.Option("--crane-interface", help="First level of the cranes' topics.")
    ] = "crane",
    version: Annotated[str, typer.Option(help="VDA 5050 version of the trucks: 3.0.0 or 2.1.0.")] = "3.0.0",
    seed: SeedOption = 0,
    seconds: Annotated[float, typer.Option(help="End after so long; 0 is until Ctrl-C.", min=0)] = 0,
) -> None:
    """Run emulated trucks and cranes on the wire.

    Trucks speak VDA 5050, cranes the crane bus; all move as the twin's machines do. Trucks are called T01, T02 and so
    on, and stand on the layout's parking stands first, then beside blocks and under cranes; cranes are called as in the
    layout and stand where it says. Several programs may share the work: one with trucks, one with cranes.
    """
    import asyncio

    from cabria.adapters.faults_on_demand import faults_of
    from cabria.adapters.mqtt.address import Address
    from cabria.bootstrap.emulation import Machines

    if version not in ("3.0.0", "2.1.0"):
        raise DataError(f"Version {version[:20]!r} of VDA 5050 is not spoken here.", remedy="Take 3.0.0 or 2.1.0.")
    machines = Machines(
        trucks=trucks,
        quay_cranes=cranes,
        yard_cranes=yard_cranes,
        pace=speed,
        hz=hz,
        faults=faults_of(faults),
        seed=seed,
        version=version,
        manufacturer=manufacturer,
        truck_interface=interface,
        crane_interface=crane_interface,
        state=state,
    )
    if not machines.count:
        raise DataError("There is no machine to run.", remedy="Ask for --trucks, --cranes or --yard-cranes.")
    address = Address.parse(broker) if broker else None
    asyncio.run(_run(machines, ground(layout), address, seconds))


def ground(path: Path | None) -> Layout:
    """The layout of a file, or the Chancay proposal. Raises DataError."""
    if path is None:
        from cabria.experiments.layouts import chancay_layout

        return chancay_layout()
    from cabria.adapters.files.layout_json import read_layout

    return read_layout(path)


async def _run(machines: Machines, layout: Layout, address: Address | None, seconds: float) -> None:
    import asyncio
    import time
    from contextlib import AsyncExitStack

    from cabria.adapters.mqtt.embedded import embedded_broker
    from cabria.adapters.mqtt.link import ignore_closed_sockets
    from cabria.bootstrap.emulation import run_machines

    ignore_closed_sockets(asyncio.get_running_loop())
    told = -1

    def tell(connected: int) -> None:
        nonlocal told
        if connected != told:
            say(f"{connected} of {machines.count} machines connected")
            told = connected

    async with AsyncExitStack() as stack:
        where = address if address is not None else await stack.enter_async_context(embedded_broker())
        say(
            f"{machines.trucks} trucks (VDA 5050 {machines.version}), {machines.quay_cranes} quay cranes, "
            f"{machines.yard_cranes} yard cranes, {machines.pace:g} times as fast as in reality, broker {where}"
        )
        running = run_machines(machines, layout, where, lambda: time.time_ns() // 1_000_000, tell)
        try:
            await asyncio.wait_for(running, seconds or None)
        except TimeoutError:
            say("time is over")
