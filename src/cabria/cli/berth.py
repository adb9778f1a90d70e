"""`cabria berth`: which ship lies where and when, with how many cranes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.bootstrap import berth_folders
from cabria.cli.options import EXIT_NOT_LEGAL, Effort, EffortOption, SeedOption
from cabria.cli.pictures import write_picture
from cabria.cli.screen import keeping_the_best, on_screen, say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.berthing import BerthCase, BerthPlan
    from cabria.domain.port_calls import PortCallBook

app = typer.Typer(
    help="Berths: which ship lies where and when, with how many cranes.",
    epilog="Example: cabria berth make my-week, then cabria berth plan my-week",
    no_args_is_help=True,
)

CaseArgument = Annotated[Path, typer.Argument(help=f"A berth case, or the folder with its {berth_folders.CASE}.")]
PlanArgument = Annotated[Path, typer.Argument(help=f"A plan, or the folder with its {berth_folders.PLAN}.")]
CaseOption = Annotated[
    Path | None, typer.Option("--case", help="The case the plan is of; else the one beside the plan.")
]
PortCallsOption = Annotated[
    Path | None, typer.Option(help="DCSA 2.0 port calls: arrivals are read, the plan's answers are written.")
]
SecondsOption = Annotated[
    float | None, typer.Option(help="Wall time for the search; with it two runs may differ.", min=0.1)
]


@app.command(epilog="Example: cabria berth make my-week --calls 14 --berths 4 --seed 3 --late-ships 2")
def make(
    folder: Annotated[Path, typer.Argument(help="The folder to write.")],
    calls: Annotated[int, typer.Option(help="Ships in the week.", min=1, max=120)] = 8,
    berths: Annotated[int, typer.Option(help="Berths: four today, eleven one day.", min=3, max=20)] = 4,
    late_ships: Annotated[int, typer.Option(help="Ships 8 to 30 hours behind.", min=0, max=120)] = 1,
    storms: Annotated[int, typer.Option(help="Storms that stop the cranes.", min=0, max=10)] = 1,
    outages: Annotated[int, typer.Option(help="Cranes out for 4 to 24 hours.", min=0, max=40)] = 1,
    seed: SeedOption = 0,
) -> None:
    """Make a week at a quay like Chancay's.

    Ships, services, tide and storms are invented; docs/how-to/plan-berths.md says which figures are public.
    """
    from cabria.experiments.berth_weeks import make_berth_week, make_news, make_port_calls

    case = make_berth_week(calls=calls, berths=berths, seed=seed, late_ships=late_ships, storms=storms, outages=outages)
    book = make_port_calls(case)
    berth_folders.write_week(folder, case, book, make_news(case, book, seed=seed))
    say(f"{case.name}: written to {folder}. Plan it with `cabria berth plan {folder}`.")


@app.command(epilog="Example: cabria berth plan my-week --port-calls my-week/port-calls.json --effort quick")
def plan(
    case: CaseArgument,
    out: Annotated[Path | None, typer.Option(help="Folder for the plan; the default is CASE-plan.")] = None,
    port_calls: PortCallsOption = None,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    seconds: SecondsOption = None,
) -> None:
    """Give each ship a place, a time and cranes.

    Plan, tables, charts and answers to the port calls. Ctrl-C keeps the best plan so far. Exit code 2 when the
    referee finds a HARD rule broken.
    """
    from cabria.adapters.files.berth_json import read_case

    source = berth_folders.case_file(case)
    folder = out or berth_folders.folder_for(source, "-plan")
    berth_folders.refuse_output(folder)
    the_case = replace(read_case(source), last_plan=None, now_min=0, frozen_until_min=0)
    _plan(the_case, source, folder, port_calls, seed, effort, seconds)


@app.command(
    epilog="Example: cabria berth replan my-week-plan --now 2026-11-24T06:00 --late SIA-2=10 --crane-out QC3=36/44"
)
def replan(
    plan: PlanArgument,
    case: CaseOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the new plan; the default is PLAN-next.")] = None,
    now: Annotated[
        str, typer.Option(metavar="TIME", help="How far the plan has been carried out: 2026-11-24T06:00, or hours: 30.")
    ] = "0",
    frozen_hours: Annotated[
        float, typer.Option(help="The next hours of the plan stay as they are.", min=0, max=1_000)
    ] = 6,
    late: Annotated[
        list[str] | None, typer.Option(metavar="SHIP=HOURS", help="So much later than expected; repeatable.")
    ] = None,
    crane_out: Annotated[
        list[str] | None, typer.Option(metavar="CRANE=FROM/TO", help="A crane is out; repeatable.")
    ] = None,
    wind: Annotated[list[str] | None, typer.Option(metavar="KNOTS=FROM/TO", help="Gusts; repeatable.")] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="SHIP", help="She will not come; repeatable.")] = None,
    port_calls: PortCallsOption = None,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    seconds: SecondsOption = None,
) -> None:
    """Plan again after something has happened.

    Ships at the quay stay, the frozen hours stay, and the rest moves only where that pays. Other news, such as a ship
    nobody expected, go into a copy of the case that is named with --case.
    """
    from cabria.adapters.files.berth_json import read_case, read_plan
    from cabria.cli import berth_times
    from cabria.domain import berth_events
    from cabria.domain.berthing import ShipId

    source = berth_folders.case_beside(plan, case)
    folder = out or berth_folders.folder_for(berth_folders.plan_file(plan).parent, "-next")
    berth_folders.refuse_output(folder)
    old_case = read_case(source)
    last = read_plan(berth_folders.plan_file(plan))
    with _asked_by("--now"):
        minute = berth_times.minute_of(old_case, now, "--now")
        the_case = berth_events.later(old_case, last, minute, round(frozen_hours * 60))
    with _asked_by("--late"):
        for text in late or ():
            the_case = berth_events.with_delay(the_case, *berth_times.delay_of(text))
    with _asked_by("--crane-out"):
        for text in crane_out or ():
            the_case = berth_events.with_outage(the_case, *berth_times.outage_of(the_case, text))
    with _asked_by("--wind"):
        for text in wind or ():
            the_case = berth_events.with_wind(the_case, berth_times.wind_of(the_case, text))
    with _asked_by("--without"):
        for ship in without or ():
            the_case = berth_events.without_ship(the_case, ShipId(ship))
    _plan(the_case, source, folder, port_calls, seed, effort, seconds)


@app.command(epilog="Example: cabria berth check my-week-plan, or cabria berth check their-plan.json --case week.json")
def check(
    plan: PlanArgument,
    case: CaseOption = None,
    chart: Annotated[Path | None, typer.Option(help="Also draw it, offences in red, as .svg or .png.")] = None,
    limit: Annotated[int, typer.Option(help="Show at most so many findings a rule.", min=0)] = 5,
) -> None:
    """Let the referee judge a berth plan, by whomever it was made.

    Exit code 2 when it breaks a HARD rule.
    """
    from cabria.referee.berthing import judge_berthing
    from cabria.reports.berth_chart import berth_chart
    from cabria.reports.berth_text import costs_text, verdict

    the_case, the_plan = _read(plan, case)
    judgement = judge_berthing(the_case, the_plan)
    if chart is not None:
        write_picture(berth_chart(the_case, the_plan, judgement.findings), chart, dark=False)
    costs = costs_text(judgement.costs, judgement.hours, None, currency=the_case.currency)
    say(f"{verdict(judgement.findings, limit=limit)}\n\n{costs}")
    if judgement.hard_by_plan:
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria berth show my-week-plan --chart week.png --dark")
def show(
    plan: PlanArgument,
    case: CaseOption = None,
    chart: Annotated[Path | None, typer.Option(help="Draw it as .svg or .png.")] = None,
    dark: Annotated[bool, typer.Option(help="Draw it for a dark screen.")] = False,
) -> None:
    """Show a berth plan as a table, and as a chart if one is asked for."""
    from cabria.referee.berthing import judge_berthing
    from cabria.reports.berth_chart import berth_chart
    from cabria.reports.berth_text import changes_text, plan_table

    the_case, the_plan = _read(plan, case)
    if chart is not None:
        findings = judge_berthing(the_case, the_plan).findings
        write_picture(berth_chart(the_case, the_plan, findings), chart, dark=dark)
    say(plan_table(the_case, the_plan))
    if the_case.last_plan is not None:
        say(f"\n{changes_text(the_case, the_case.last_plan, the_plan)}")


@contextmanager
def _asked_by(option: str) -> Iterator[None]:
    """What cannot be done is told with the option that asked for it."""
    try:
        yield
    except DataError as error:
        raise DataError(error.problem, file=error.file, place=error.place or option, remedy=error.remedy) from None


def _read(plan: Path, case: Path | None) -> tuple[BerthCase, BerthPlan]:
    from cabria.adapters.files.berth_json import read_case, read_plan

    the_case = read_case(berth_folders.case_beside(plan, case))
    return the_case, read_plan(berth_folders.plan_file(plan))


def _plan(
    case: BerthCase,
    source: Path,
    folder: Path,
    port_calls: Path | None,
    seed: int,
    effort: Effort,
    seconds: float | None,
) -> None:
    """Read the port calls, plan, judge, write and tell; every fault of the data together names the case."""
    import time

    from cabria.planning.berth.problem import EFFORTS, BerthProblem
    from cabria.planning.berth.solve import solve
    from cabria.planning.search.stopping import FirstOf, Interrupted, MaxSeconds, StoppingCriterion
    from cabria.referee.berthing import judge_berthing
    from cabria.reports.berth_text import changes_text, costs_text, plan_table, verdict

    book = None
    if port_calls is not None:
        case, book = _with_arrivals(case, source, port_calls)
    with on_screen("") as screen, keeping_the_best() as interrupted:
        criteria: tuple[StoppingCriterion, ...] = (Interrupted(interrupted.is_set),)
        if seconds is not None:
            criteria += (MaxSeconds(seconds, time.perf_counter, time.perf_counter()),)
        try:
            problem = BerthProblem.of(case)
            result = solve(problem, FirstOf(criteria), seed=seed, params=EFFORTS[effort], listen=screen.listen)
        except DataError as error:
            raise error.inside(str(source)) from None
        judgement = judge_berthing(case, result.plan)
        answered = _with_answers(case, result.plan, book)
        screen.step(
            "Writing",
            lambda: berth_folders.write_output(folder, case, result.plan, judgement, result=result, book=answered),
        )
    said = [plan_table(case, result.plan), verdict(judgement.findings)]
    if case.last_plan is not None:
        said.append(changes_text(case, case.last_plan, result.plan))
    said.append(costs_text(judgement.costs, judgement.hours, result.bound, currency=case.currency))
    said.append(f"Stopped: {result.stopped}; {result.cpu_s:.1f} s of computing.")
    said.append(f"Written to {folder}: {berth_folders.CHART} is the picture, {berth_folders.SHIPS} the table.")
    say("\n\n".join(said))
    if judgement.hard_by_plan:
        raise typer.Exit(EXIT_NOT_LEGAL)


def _with_arrivals(case: BerthCase, source: Path, port_calls: Path) -> tuple[BerthCase, PortCallBook]:
    from cabria.adapters.files.berth_port_calls import instant_of_minute_0, with_arrivals
    from cabria.adapters.files.port_calls import read_port_calls
    from cabria.reports.berth_frame import clock

    book = read_port_calls(port_calls)
    try:
        instant_of_minute_0(case)
    except DataError as error:
        raise error.inside(str(source)) from None
    try:
        told = with_arrivals(case, book)
    except DataError as error:
        raise error.inside(str(port_calls)) from None
    for new in told.news:
        now = f"expected {clock(case, new.after_min)}" if new.after_min is not None else "will not come"
        say(f"{new.ship}: {now}, before {clock(case, new.before_min)} ({new.classifier})")
    if told.strangers:
        say(f"Not of this case: {', '.join(told.strangers)}")
    return told.case, book


def _with_answers(case: BerthCase, plan: BerthPlan, book: PortCallBook | None) -> PortCallBook | None:
    from cabria.adapters.files.berth_port_calls import with_answers

    if book is None:
        return None
    answers = with_answers(case, plan, book)
    silent = f"; nobody can be told of {', '.join(answers.silent)}" if answers.silent else ""
    say(f"Port calls: {answers.added} new times{silent}.")
    return answers.book
