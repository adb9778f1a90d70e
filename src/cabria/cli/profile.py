"""`cabria profile`: vessel profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cabria.cli.options import SeedOption
from cabria.cli.screen import say

app = typer.Typer(help="Vessel profiles.", epilog="Example: cabria profile show ship.json", no_args_is_help=True)


@app.command("import", epilog="Example: cabria profile import SHIP_STAF.txt ship.json")
def profile_import(
    source: Annotated[Path, typer.Argument(help="STAF text, a Larsen-Pacino vessel file or our own JSON.")],
    target: Annotated[Path, typer.Argument(help="The JSON file to write.")],
) -> None:
    """Turn a ship's profile from another format into ours."""
    from cabria.adapters.files.profile_json import write_profile
    from cabria.adapters.files.profiles import load_profile

    profile = load_profile(source)
    write_profile(profile, target)
    say(f"{profile.name}: {profile.capacity_teu:,} TEU, {profile.plugs:,} plugs, written to {target}")


@app.command("show", epilog="Example: cabria profile show ship.json")
def profile_show(source: Annotated[Path, typer.Argument(help="Any profile Cabria can read.")]) -> None:
    """Say what a profile holds and what it does not say."""
    from cabria.adapters.files.profiles import describe, load_profile

    say(describe(load_profile(source)))


@app.command("make", epilog="Example: cabria profile make 18000 big.json")
def profile_make(
    teu: Annotated[int, typer.Argument(min=1_000, max=24_000, help="Size of the ship.")],
    target: Annotated[Path, typer.Argument(help="The JSON file to write.")],
    seed: SeedOption = 0,
) -> None:
    """Make a credible ship of a given size."""
    from cabria.adapters.files.profile_json import write_profile
    from cabria.experiments.ships import make_ship

    profile = make_ship(teu, seed=seed)
    write_profile(profile, target)
    say(f"{profile.name}: {profile.capacity_teu:,} TEU, {profile.plugs:,} plugs, written to {target}")
