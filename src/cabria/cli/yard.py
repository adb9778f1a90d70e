"""`cabria yard`: pictures of the yard, and the moves that get boxes out, sort them, tidy up and put one away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import Effort, EffortOption, SeedOption
from cabria.cli.pictures import refuse_picture, write_picture
from cabria.cli.screen import keeping_the_best, on_screen, say
from cabria.cli.yard_output import (
    SHARED,
    beside,
    refuse_folder,
    write_plan,
    write_shared,
)
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.files.yard_table import YardTable
    from cabria.domain.retrieval_order import RetrievalMove, RetrievalOrder
    from cabria.domain.verdict import Verdict
    from cabria.planning.search.stopping import StoppingCriterion

app = typer.Typer(
    help="The yard: see it, get boxes out, sort, tidy, put a box away.",
    epilog="Example: cabria yard map yard.csv",
    no_args_is_help=True,
)

SECONDS = {Effort.QUICK: 1.0, Effort.NORMAL: 10.0, Effort.THOROUGH: 60.0}
MS_A_MINUTE = 60_000
TOMORROW_H = 24

YardArgument = Annotated[
    Path,
    typer.Argument(
        help="CSV or Excel: container, position (B03-14-05-2), length_ft, perhaps priority, class, leaves_in_h."
    ),
]
TerminalOption = Annotated[
    Path | None, typer.Option(help="terminal.json with the blocks; else they are read off the boxes.")
]
TiersOption = Annotated[
    int, typer.Option(help="How high boxes may be stacked where no terminal says it.", min=1, max=16)
]
DarkOption = Annotated[bool, typer.Option("--dark", help="For dark screens.")]
FolderOption = Annotated[Path | None, typer.Option("--out", help="Folder for moves and pictures.")]
BayArgument = Annotated[str, typer.Argument(help="The bay, as BLOCK-BAY: A-06.")]


@app.command("map", epilog="Example: cabria yard map yard.csv --block A --out block.png")
def yard_map(
    yard: YardArgument,
    block: Annotated[str, typer.Option(help="One block large, with figures; else the whole yard.")] = "",
    in_the_way: Annotated[bool, typer.Option("--in-the-way", help="Boxes above one that leaves sooner.")] = False,
    out: Annotated[Path | None, typer.Option(help="Picture to write, .svg or .png.")] = None,
    dark: DarkOption = False,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Draw the yard from above.

    Colour says how high boxes stand, or with --in-the-way how many will have to be dug away.
    """
    from cabria.reports.yard_heat_map import Heat, heat_map, heat_of

    target = out or beside(yard, f"-{block}.svg" if block else "-map.svg")
    refuse_picture(target)
    table = _table(yard, terminal, tiers)
    if in_the_way and not table.rank_of:
        raise DataError("No box has a priority or hours until it leaves.", file=str(yard),
                        remedy="Write column priority or leaves_in_h.")  # fmt: skip
    blocks = (table.block(block),) if block else table.blocks
    heat = Heat.IN_THE_WAY if in_the_way else Heat.HEIGHT
    heats = heat_of(table.yard.stacks, heat, table.rank_of)
    names = {one.id for one in blocks}
    boxes = [box for box in table.yard if box.position.block in names]
    teu, slots = sum(len(box.position.odd_bays) for box in boxes), sum(one.slots for one in blocks)
    name = f"Block {block}" if block else yard.name
    headline = f"{name}: {len(boxes):,} boxes, {teu:,} of {slots:,} slots ({teu / slots:.0%})"
    write_picture(heat_map(blocks, heats, heat, headline), target, dark=dark)
    say(f"{headline}. Written to {target}")


@app.command("section", epilog="Example: cabria yard section yard.csv A-06 --out bay.png")
def yard_section(
    yard: YardArgument,
    bay: BayArgument,
    out: Annotated[Path | None, typer.Option(help="Picture to write, .svg or .png.")] = None,
    dark: DarkOption = False,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Draw one bay and what is in the way."""
    from cabria.reports.yard_section import BoxWords, blocking_boxes, section_picture

    target = out or beside(yard, f"-{bay}.svg")
    refuse_picture(target)
    table = _table(yard, terminal, tiers)
    block, number = table.bay(bay)
    stacks = {key: stack for key, stack in table.yard.stacks.items() if key[:2] == (block.id, number)}
    boxes = sum(map(len, stacks.values()))
    blocking = sum(sum(1 for _ in blocking_boxes(stack, table.rank_of)) for stack in stacks.values())
    headline = f"Bay {block.id}-{number:02}: {boxes} boxes, {blocking} in the way"
    words = BoxWords(table.rank_of, {box: str(priority) for box, priority in table.priority_of.items()})
    write_picture(section_picture(block, number, table.yard.stacks, words, headline), target, dark=dark)
    say(f"{headline}. Written to {target}")


@app.command("retrieve", epilog="Example: cabria yard retrieve yard.csv wanted.csv --out moves")
def yard_retrieve(
    yard: YardArgument,
    wanted: Annotated[
        Path | None, typer.Argument(help="Table of what is wanted in which order: container or class, perhaps due.")
    ] = None,
    bay: Annotated[str, typer.Option(help="Empty this bay by its priorities: A-06.")] = "",
    tolerance: Annotated[
        int, typer.Option(help="A box may be handed out so many places off its turn.", min=0, max=100_000)
    ] = 0,
    out: FolderOption = None,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Get boxes out with few digs.

    Those of a list, or all of a bay by their priorities. Where the list names a class, the box is chosen too.
    """
    if bool(bay) is (wanted is not None):
        raise DataError("Name either a list of what is wanted or a bay to be emptied.", place="--bay")
    folder = out or beside(yard, "-moves")
    refuse_folder(folder)
    table = _table(yard, terminal, tiers)
    if wanted is None:
        from cabria.adapters.files.yard_table import order_by_priority

        block, number = table.bay(bay)
        standing = [box for box in table.yard if (box.position.block, box.position.bay) == (block.id, number)]
        order = order_by_priority(table, standing)
        place_of = {wanted.box_class: place for place, wanted in enumerate(order.wanted, 1)}
        moves = tuple(
            move if move.is_dig else replace(move, serves=place_of[move.container])
            for move in _empty_bay(table, bay, seed, effort)
        )
        _tell(order, moves, "", folder)
    else:
        from cabria.adapters.files.yard_table import read_retrieval_list

        order = read_retrieval_list(wanted, table, tolerance=tolerance)
        moves, bound = _fill_order(order, seed, effort)
        _tell(order, moves, f" (no plan needs fewer than {bound})", folder)
    write_plan(table, moves, folder, f"{yard.name}: {len(moves)} moves")


@app.command("premarshal", epilog="Example: cabria yard premarshal yard.csv A-06 --out sorted")
def yard_premarshal(
    yard: YardArgument,
    bay: BayArgument,
    out: FolderOption = None,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Sort a bay by its priorities.

    After the moves nothing must be dug away any more.
    """
    from cabria.planning.yard.block_bays import BlockBays
    from cabria.planning.yard.premarshal.problem import PremarshalProblem
    from cabria.planning.yard.premarshal.solve import solve
    from cabria.referee.yard_replay import PREMARSHAL, replay_bay

    folder = out or beside(yard, "-sorted")
    refuse_folder(folder)
    table = _table(yard, terminal, tiers)
    block, number = table.bay(bay)
    bays = BlockBays.of(block, table.yard.stacks, [number])
    (given,) = bays.bays(table.priorities(bays.boxes()))
    with on_screen("moves") as screen, keeping_the_best() as interrupted:
        result = solve(PremarshalProblem(given), _stop(effort, interrupted.is_set), seed=seed, listen=screen.listen)
    if result.plan is None:
        raise DataError(
            f"No way to sort bay {bay} was found.", file=str(yard), remedy="Take boxes out, or --effort thorough."
        )
    _refuse_broken(replay_bay(given, result.plan.moves, PREMARSHAL).verdict)
    moves = bays.moves(result.plan.moves)
    headline = f"{bay}: {len(moves)} moves sort {given.badly_placed} badly placed boxes"
    write_plan(table, moves, folder, headline)
    say(f"{headline}. Written to {folder}")


@app.command("tidy", epilog="Example: cabria yard tidy yard.csv A --minutes 60 --out tonight")
def yard_tidy(
    yard: YardArgument,
    block: Annotated[str, typer.Argument(help="The block.")],
    minutes: Annotated[float, typer.Option(help="Idle minutes of its crane.", min=0, max=1440)] = 60,
    error_h: Annotated[float, typer.Option(help="By how many hours leaves_in_h usually errs.", min=0, max=1000)] = 6,
    length_ft: Annotated[int, typer.Option(help="Which boxes: 20, or 40 for all longer ones.")] = 40,
    out: FolderOption = None,
    seed: SeedOption = 0,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Tidy a block tonight.

    The moves of an idle crane after which tomorrow's digs are fewest. Column leaves_in_h says in how many hours each
    box is expected to leave; empty is not tomorrow.
    """
    from cabria.domain.yard_forecast import BlockForecast
    from cabria.planning.search.stopping import Interrupted
    from cabria.planning.yard.block_bays import BlockBays, bays_with_boxes, departure
    from cabria.planning.yard.tidying.problem import TidyingProblem
    from cabria.planning.yard.tidying.solve import solve
    from cabria.referee.yard_replay import Goal, ReplayRules, replay_block

    folder = out or beside(yard, "-tidied")
    refuse_folder(folder)
    table = _table(yard, terminal, tiers)
    if not table.leaves_in_h:
        raise DataError("No box says when it leaves.", file=str(yard), remedy="Write column leaves_in_h.")
    the_block = table.block(block)
    numbers = bays_with_boxes(the_block, table.yard.stacks, is_40=length_ft > 20)
    if not numbers:
        raise DataError(f"Block {block} has no boxes of {length_ft} ft.", file=str(yard))
    bays = BlockBays.of(the_block, table.yard.stacks, numbers)
    number_of = {box.id: n for n, box in enumerate(bays.boxes(), 1)}
    departures = {n: departure(table.leaves_in_h.get(box), error_h, TOMORROW_H) for box, n in number_of.items()}
    problem = TidyingProblem(BlockForecast(bays.bays(number_of), departures), round(minutes * MS_A_MINUTE))
    with on_screen("digs expected") as screen, keeping_the_best() as interrupted:
        plan = solve(problem, Interrupted(interrupted.is_set), seed=seed, listen=screen.listen).plan
    replayed = replay_block(problem.block.bays, plan.moves, ReplayRules(Goal.ANY, inside_only=True), problem.times)
    _refuse_broken(replayed.verdict)
    if replayed.crane_ms > problem.budget_ms:
        raise DataError(f"The referee refuses the plan: it takes {replayed.crane_ms:,} ms, more than there are.")
    moves = bays.moves(plan.moves)
    headline = (
        f"Block {block}: {len(moves)} moves in {plan.crane_ms / MS_A_MINUTE:.0f} min, "
        f"{plan.before:.1f} digs expected tomorrow become {plan.after:.1f}"
    )
    write_plan(table, moves, folder, headline)
    say(f"{headline}. Written to {folder}")


@app.command("share", epilog="Example: cabria yard share yard.csv moves/moves.csv --block A")
def yard_share(
    yard: YardArgument,
    moves: Annotated[Path, typer.Argument(help="Table of moves: container, from, to, perhaps ready_s and due_s.")],
    block: Annotated[str, typer.Option(help="The block; needed when the moves are of several.")] = "",
    gap_bays: Annotated[int, typer.Option(help="Bay numbers the cranes keep between them.", min=1, max=200)] = 6,
    bay_travel_s: Annotated[int, typer.Option(help="Seconds from a bay number to the next.", min=1, max=600)] = 2,
    out: FolderOption = None,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Share moves between two cranes on a rail.

    They never pass each other and keep their gap at all times; moves of one stack keep their order.
    """
    from cabria.adapters.files.yard_moves_csv import read_lifts
    from cabria.planning.yard.rail.block_work import rail_case
    from cabria.planning.yard.rail.problem import RailProblem
    from cabria.planning.yard.rail.solve import Params, solve
    from cabria.referee.rail_work import judge_rail

    folder = out or beside(yard, "-cranes")
    refuse_folder(folder, SHARED)
    table = _table(yard, terminal, tiers)
    told = read_lifts(moves)
    names = sorted({lift.places[0].block for _, lift in told})
    if not block and len(names) > 1:
        raise DataError(f"The moves are of {len(names)} blocks.", file=str(moves), remedy="Name one with --block.")
    the_block = table.block(block or names[0])
    mine = [(container, lift) for container, lift in told if lift.places[0].block == the_block.id]
    last = 2 * the_block.bays - 1
    starts = max(1, min(last // 4, last - gap_bays)), last
    try:
        case = rail_case(the_block.id, the_block, [lift for _, lift in mine], starts, gap_bays=gap_bays,
                         bay_travel_s=bay_travel_s)  # fmt: skip
    except DataError as error:
        number = error.place.removeprefix("jobs[").removesuffix("]")
        place = f"container {mine[int(number)][0]}" if number.isdecimal() else ""
        raise DataError(error.problem, file=str(moves), place=place, remedy=error.remedy) from None
    with on_screen("points") as screen, keeping_the_best() as interrupted:
        stop = _stop(effort, interrupted.is_set)
        result = solve(RailProblem(case), stop, seed=seed, params=Params.within(SECONDS[effort], len(mine)),
                       listen=screen.listen)  # fmt: skip
    verdict = judge_rail(case, result.plan)
    if not verdict.ok:
        raise DataError(f"The referee refuses the plan: {verdict.findings[0]}.")
    headline = (
        f"Block {the_block.id}: {len(mine)} moves in {verdict.makespan_s / 60:.0f} min with two cranes, "
        f"{verdict.late_s} s late in all"
    )
    write_shared(mine, case, result.plan, folder, headline)
    say(f"{headline}. Written to {folder}")


@app.command("put", epilog="Example: cabria yard put yard.csv CBAU2000010 --leaves-in-h 30")
def yard_put(
    yard: YardArgument,
    container: Annotated[str, typer.Argument(help="The number of the box that comes.")],
    length_ft: Annotated[int, typer.Option(help="Its length: 20, 40 or 45.")] = 40,
    mass_kg: Annotated[int, typer.Option(help="Its mass.", min=0, max=100_000)] = 20_000,
    leaves_in_h: Annotated[
        float | None, typer.Option(help="When it leaves, in hours; unknown if not given.", min=0, max=100_000)
    ] = None,
    error_h: Annotated[float, typer.Option(help="By how many hours leaves_in_h usually errs.", min=0, max=1000)] = 6,
    block: Annotated[str, typer.Option(help="Only this block.")] = "",
    out: Annotated[Path | None, typer.Option(help="CSV of the yard with the box in it.")] = None,
    terminal: TerminalOption = None,
    tiers: TiersOption = 5,
) -> None:
    """Find the slot for an arriving box.

    And the next best ones, with what each is expected to cost in crane minutes.
    """
    from cabria.adapters.files.yard_table import write_yard_table
    from cabria.domain.containers import ContainerId
    from cabria.domain.yard import YardBox, YardInventory
    from cabria.planning.yard.arriving import slot_for

    table = _table(yard, terminal, tiers)
    number = ContainerId(container.replace(" ", "").upper())
    if not 0 < len(number) <= 17:
        raise DataError("The container number is missing or too long.", place="CONTAINER")
    blocks = (table.block(block),) if block else table.blocks
    names = {one.id for one in blocks}
    standing = YardInventory.of(box for box in table.yard if box.position.block in names or box.id == number)
    known = {**table.leaves_in_h, **({} if leaves_in_h is None else {number: leaves_in_h})}
    try:
        choice = slot_for(number, length_ft, mass_kg, blocks, standing, known, error_h)
    except DataError as error:
        raise error.inside(str(yard)) from None
    if choice.position is None:
        raise DataError(f"Container {number} finds no place: {choice.verdict.reason}.", file=str(yard))
    if not any(one.has(choice.position) for one in blocks):
        raise DataError(f"The place chosen, {choice.position}, is not in the yard.", file=str(yard))
    box = YardBox(number, choice.position, length_ft, gross_mass_kg=mass_kg)
    yard_with_it = YardInventory.of(sorted((*table.yard, box), key=lambda one: one.position))  # refuses what floats
    for rank, place in enumerate(choice.best):
        terms = ", ".join(f"{term} {minutes:.1f}" for term, minutes in place.minutes.items() if minutes >= 0.05)
        costs = f"{place.total_min:.1f} min" + (f" ({terms})" if terms else "")
        say(f"{place.position}: {costs}" if rank else f"{number} goes to {place.position}: {costs}")
    if out is not None:
        write_yard_table(replace(table, leaves_in_h=known), yard_with_it, out)
        say(f"Written to {out}")


def _refuse_broken(verdict: Verdict) -> None:
    if not verdict:
        raise DataError(f"The referee refuses the plan: {verdict.reason}.")


def _table(yard: Path, terminal: Path | None, tiers: int) -> YardTable:
    from cabria.adapters.files.yard_table import read_yard_table

    return read_yard_table(yard, terminal=terminal, tiers=tiers)


def _stop(effort: Effort, is_interrupted: Callable[[], bool]) -> StoppingCriterion:
    import time

    from cabria.planning.search.stopping import FirstOf, Interrupted, MaxSeconds

    clock = MaxSeconds(SECONDS[effort], time.process_time, time.process_time())
    return FirstOf((Interrupted(is_interrupted), clock))


def _fill_order(order: RetrievalOrder, seed: int, effort: Effort) -> tuple[tuple[RetrievalMove, ...], int]:
    from cabria.planning.yard.whole_yard.problem import WholeYardProblem
    from cabria.planning.yard.whole_yard.solve import Params, solve

    with on_screen("digs") as screen, keeping_the_best() as interrupted:
        stop, params = _stop(effort, interrupted.is_set), Params.within(SECONDS[effort])
        result = solve(WholeYardProblem(order), stop, seed=seed, params=params, listen=screen.listen)
    return result.plan.moves, int(result.bound or 0)


def _empty_bay(table: YardTable, bay: str, seed: int, effort: Effort) -> tuple[RetrievalMove, ...]:
    from cabria.planning.yard.block_bays import BlockBays
    from cabria.planning.yard.relocation.problem import RelocationProblem
    from cabria.planning.yard.relocation.solve import solve

    block, number = table.bay(bay)
    bays = BlockBays.of(block, table.yard.stacks, [number])
    (given,) = bays.bays(table.priorities(bays.boxes()))
    with on_screen("digs") as screen, keeping_the_best() as interrupted:
        stop = _stop(effort, interrupted.is_set)
        return bays.moves(solve(RelocationProblem(given), stop, seed=seed, listen=screen.listen).plan.moves)


def _tell(order: RetrievalOrder, moves: tuple[RetrievalMove, ...], known: str, folder: Path) -> None:
    """Say what the plan comes to once the referee has passed it."""
    from cabria.referee.retrieval_order import judge_retrieval

    verdict = judge_retrieval(order, moves)
    if not verdict.ok:
        raise DataError(f"The referee refuses the plan: {verdict.findings[0]}.")
    say(f"{verdict.retrieved} boxes out with {verdict.digs} digs{known}. Written to {folder}")
