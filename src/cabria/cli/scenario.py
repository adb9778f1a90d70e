"""`cabria scenario`: calls to plan, small and full size."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.containers import Port

app = typer.Typer(
    help="Calls to plan, small and full size.",
    epilog="Example: cabria scenario make tiny my-call",
    no_args_is_help=True,
)


@app.command("list", epilog="Example: cabria scenario list")
def scenario_list() -> None:
    """Name the scenarios."""
    from cabria.experiments.calls import SCENARIOS

    for name, text in SCENARIOS.items():
        print(f"{name:<12} {text}")


@app.command("make", epilog="Example: cabria scenario make made my-call --moves 2500 --teu 8000 --seed 7")
def scenario_make(
    name: Annotated[str, typer.Argument(help="tiny, chancay, or made for one from a seed.")],
    folder: Annotated[Path, typer.Argument(help="The call folder to write; it must not exist.")],
    moves: Annotated[int, typer.Option(min=800, max=9_000, help="Moves of a made call.")] = 2_500,
    teu: Annotated[int, typer.Option(min=1_000, max=24_000, help="Size of a made call's ship.")] = 8_000,
    seed: SeedOption = 0,
) -> None:
    """Write a call folder as a terminal would deliver it."""
    from cabria.experiments.calls import make_scenario

    make_scenario(name, folder, moves=moves, teu=teu, seed=seed)
    say(f"Written to {folder}. Plan it with `cabria plan {folder}`.")


@app.command(
    "around", epilog="Example: cabria scenario around ship.json arrival.edi my-call --discharge TWKHH --loads 900"
)
def scenario_around(
    profile: Annotated[Path, typer.Argument(help="The ship's profile.")],
    arrival: Annotated[Path, typer.Argument(help="Her bay plan on arrival (BAPLIE).")],
    folder: Annotated[Path, typer.Argument(help="The call folder to write; it must not exist.")],
    discharge: Annotated[str, typer.Option(help="Ports whose boxes are discharged, the call's own first: A,B.")],
    loads: Annotated[int, typer.Option(min=1, max=9_000, help="How many boxes to load; they are made.")] = 900,
    rotation: Annotated[str, typer.Option(help="Coming ports in order: A,B,C; else guessed from the bay plan.")] = "",
    seed: SeedOption = 0,
) -> None:
    """Make a call around your own ship and bay plan.

    Load list, yard and terminal are invented.
    """
    from cabria.adapters.edi import load, read_bay_plan
    from cabria.adapters.files.call_checks import refuse_bad_slots
    from cabria.adapters.files.call_folder import write_call
    from cabria.adapters.files.profiles import load_profile
    from cabria.experiments.real_calls import call_of_ship

    leaving, coming = _ports(discharge, "--discharge"), _ports(rotation, "--rotation")
    if not leaving:
        raise DataError("No port is named.", place="--discharge")
    ship = load_profile(profile)
    message = read_bay_plan(load(arrival), file=str(arrival))
    aboard = message.bay_plan()
    refuse_bad_slots(aboard, ship, str(arrival), {entry.container.id: entry.segment for entry in message.entries})
    write_call(call_of_ship(ship, aboard, discharged=leaving, loads=loads, seed=seed, rotation=coming), folder)
    say(f"Written to {folder}. Plan it with `cabria plan {folder}`.")


@app.command("instructed", epilog="Example: cabria scenario instructed movins.edi my-call")
def scenario_instructed(
    instruction: Annotated[Path, typer.Argument(help="A carrier's instruction (MOVINS).")],
    folder: Annotated[Path, typer.Argument(help="The call folder to write; it must not exist.")],
    seed: SeedOption = 0,
) -> None:
    """Make a call around a carrier's instruction.

    A ship that has the slots it names, boxes under those that would hang, and one box made for each slot.
    """
    from cabria.adapters.edi import load, read_instruction
    from cabria.adapters.files.call_folder import write_call
    from cabria.experiments.real_calls import call_of_instruction

    message = read_instruction(load(instruction), file=str(instruction))
    if message.header.port is None:
        raise DataError("The instruction does not say for which port it is (LOC+5).", file=str(instruction))
    write_call(call_of_instruction(message.instructions, port=message.header.port, seed=seed), folder)
    say(f"Written to {folder}. Plan it with `cabria plan {folder}`.")


def _ports(text: str, option: str) -> list[Port]:
    """Ports as UN/LOCODE between commas. Raises DataError."""
    from cabria.domain.containers import Port

    ports = [Port(port.strip()) for port in text.upper().split(",") if port.strip()]
    for port in ports:
        if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", port):
            raise DataError(f"{port[:40]!r} is no port as UN/LOCODE, such as CNSHA.", place=option)
    return ports
