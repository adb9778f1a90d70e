"""`cabria layout`: ground plans, made, checked and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import EXIT_NOT_LEGAL
from cabria.cli.pictures import refuse_picture, write_picture
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.layout import Layout
    from cabria.experiments.layout_figures import LayoutFigures

app = typer.Typer(
    help="Ground plans: lanes, junctions, stands, rails.",
    epilog="Example: cabria layout make chancay --out layout.json",
    no_args_is_help=True,
)

LayoutArgument = Annotated[Path, typer.Argument(help="A layout.json; the terminal it names lies beside it.")]


@app.command(epilog="Example: cabria layout make chancay --out layout.json")
def make(
    name: Annotated[str, typer.Argument(help="small, chancay, chancay-end-loaded or large.")],
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("layout.json"),
) -> None:
    """Write a ground plan to start from, and its terminal beside it.

    All of them are our own proposals; none is a survey.
    """
    from cabria.experiments.layouts import LAYOUTS

    if name not in LAYOUTS:
        raise DataError(f"There is no layout {name[:60]!r}.", remedy=f"Choose among {', '.join(LAYOUTS)}.")
    _write(LAYOUTS[name](), out)


@app.command(epilog="Example: cabria layout around my-call/terminal.json --out layout.json")
def around(
    terminal: Annotated[Path, typer.Argument(help="A terminal.json whose blocks have their places.")],
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("layout.json"),
) -> None:
    """Lay lanes around the blocks of your own terminal.

    Blocks along the quay stand in columns and rows, blocks at right angles to it in one row.
    """
    from cabria.adapters.files.terminal_json import read_terminal
    from cabria.experiments.ground_plan import lay_out

    try:
        layout = lay_out(read_terminal(terminal))
    except DataError as error:
        raise error.inside(str(terminal)) from None
    _write(layout, out)


@app.command(epilog="Example: cabria layout check layout.json")
def check(
    layout: LayoutArgument,
    limit: Annotated[int, typer.Option(help="Show at most so many findings a rule.", min=0)] = 5,
    moves: Annotated[
        int, typer.Option(help="Moves an hour of each quay crane, for the junctions' load.", min=1, max=100)
    ] = 30,
) -> None:
    """Judge a ground plan, and tell how far trips on it are.

    Exit code 2 when it breaks a HARD rule.
    """
    from cabria.adapters.files.layout_json import read_layout
    from cabria.domain.findings import Severity
    from cabria.experiments.layout_figures import layout_figures
    from cabria.referee.layout import judge_layout
    from cabria.reports.layout_text import verdict

    plan = read_layout(layout)
    findings = judge_layout(plan)
    said = [verdict(plan.name, findings, limit=limit)]
    figures = layout_figures(plan, moves_per_h=moves)
    if figures is not None:
        said.append(_figures_text(figures))
    say("\n\n".join(said))
    if any(finding.severity is Severity.HARD for finding in findings):
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria layout draw layout.json --out plan.png")
def draw(
    layout: LayoutArgument,
    out: Annotated[Path | None, typer.Option(help="Picture to write, .svg or .png.")] = None,
    dark: Annotated[bool, typer.Option("--dark", help="For dark screens.")] = False,
) -> None:
    """Draw a ground plan from above, what breaks a rule in red."""
    from cabria.adapters.files.layout_json import read_layout
    from cabria.referee.layout import judge_layout
    from cabria.reports.layout_picture import layout_picture

    target = out or layout.with_suffix(".svg")
    refuse_picture(target)
    plan = read_layout(layout)
    write_picture(layout_picture(plan, judge_layout(plan)), target, dark=dark)
    say(f"{plan.name}: drawn to {target}")


def _write(layout: Layout, out: Path) -> None:
    from cabria.adapters.files.layout_json import write_layout

    beside = write_layout(layout, out)
    say(
        f"{layout.name}: {len(layout.segments):,} segments, {len(layout.junctions):,} junctions, "
        f"{len(layout.stands):,} stands. Written to {out} and {beside}."
    )


def _figures_text(figures: LayoutFigures) -> str:
    lines = [
        f"From a quay crane to a stand of any block: {figures.to_block_m:,.0f} m, back {figures.to_crane_m:,.0f} m.",
        f"By the nearer side of a block: {figures.nearest_side_m:,.0f} m a trip; "
        f"along and away from the quay it is {figures.beeline_m:,.0f} m.",
    ]
    if figures.busiest_junction:
        lines.append(
            f"Every crane making {figures.moves_per_h} moves an hour, each truck the shortest way: junction "
            f"{figures.busiest_junction} is the busiest,\npassed by {figures.busiest_trucks_per_h:.0f} trucks an hour "
            f"and taken for {figures.busiest_share:.0%} of its time; "
            f"{figures.busy_junctions} of {figures.junctions} junctions for more than a quarter."
        )
    return "\n".join(lines)
