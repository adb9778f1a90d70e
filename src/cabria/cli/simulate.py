"""`cabria simulate`: a plan, or weeks of ships, worked in the twin; as often and in as many ways as is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import EXIT_NOT_LEGAL, SeedOption
from cabria.cli.screen import say
from cabria.cli.simulate_runs import PAGE, WEEK, Question, folder_of, recipe_of, run_all, write_results
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.experiments.call_runs import RunSetting
    from cabria.experiments.sweep.executors import Executor
    from cabria.experiments.weeks.scenario import Scenario
    from cabria.referee.run_record import Variant

app = typer.Typer()

FINE, COARSE = "fine", "coarse"
EXAMPLES = (
    "Example: cabria simulate my-call --vary trucks=20..60:10 --replications 20 --jobs 2 --out my-runs; "
    "cabria simulate week --teu 1500000 --vary look_ahead=3,9 --out weeks; "
    "cabria simulate my-call --policy nearest; cabria simulate my-call --settings"
)


@app.command(epilog=EXAMPLES)
def simulate(
    what: Annotated[str, typer.Argument(help="A call folder, a scenario such as chancay, or week.")],
    plan: Annotated[
        Path | None, typer.Argument(help="The call's plan.json or its folder; else CALL-plan beside it.")
    ] = None,
    vary: Annotated[
        list[str] | None, typer.Option(help="A setting and its values: trucks=20..60:10, look_ahead=3,9. Repeatable.")
    ] = None,
    policy: Annotated[
        str, typer.Option(help="How trucks are chosen: ours, nearest, exact, nearest-now and others")
    ] = "",
    trucks: Annotated[str, typer.Option(help="As --vary trucks=20..60 and the like.")] = "",
    breakdowns: Annotated[bool, typer.Option("--breakdowns", help="Machines break down and are repaired.")] = False,
    replications: Annotated[int, typer.Option(help="Runs of each variant, all on the same seeds.", min=1)] = 1,
    seed: SeedOption = 0,
    layout: Annotated[Path | None, typer.Option(help="A layout.json; else lanes are laid around the blocks.")] = None,
    days: Annotated[int, typer.Option(help="How long a week's run is.", min=1, max=365)] = 7,
    teu: Annotated[int, typer.Option(help="TEU a year in the weeks.", min=1_000, max=20_000_000)] = 1_000_000,
    fidelity: Annotated[str, typer.Option(help="Of weeks: fine, or coarse for years and many runs.")] = FINE,
    out: Annotated[Path | None, typer.Option(help="The folder for tables, page and log of the first run.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the runs in --out; finished ones stay.")] = False,
    jobs: Annotated[int, typer.Option(help="Processes at a time.", min=1, max=256)] = 1,
    dask: Annotated[str, typer.Option(help="Run on a dask.distributed cluster: its scheduler's address.")] = "",
    tables: Annotated[str, typer.Option(help="parquet or csv.")] = "parquet",
    log: Annotated[Path | None, typer.Option(help="Write the log of the first run here too.")] = None,
    settings: Annotated[bool, typer.Option("--settings", help="Only list what can be varied.")] = False,
) -> None:
    """Work a plan, or weeks of ships, in the twin.

    Trucks drive on lanes and wait for each other, cranes wait for trucks. A referee judges every log; exit code 2 when
    it finds a rule broken, or when the work stood still.
    """
    from cabria.adapters.files.run_tables import TableForm
    from cabria.reports.simulation.text import simulation_text

    if tables not in list(TableForm):
        raise DataError(f"There are no tables as {tables[:40]!r}.", place="--tables", remedy="Choose parquet or csv.")
    if fidelity not in (FINE, COARSE):
        raise DataError(f"There is no fidelity {fidelity[:40]!r}.", place="--fidelity", remedy="Choose fine or coarse.")
    if resume and out is None:
        raise DataError("Nothing says what to go on with.", place="--resume", remedy="Name the folder with --out.")
    subject = _subject(what, days, teu)
    if policy and fidelity == COARSE:
        raise DataError("Coarse trucks have no policy.", place="--policy", remedy="Leave it away, or run fine.")
    if policy:
        subject = _by_policy(subject, policy)
    if settings:
        say("\n".join(_settings(subject)))
        return
    asked = [*(vary or ()), *([f"trucks={trucks}"] if trucks else ()), *(["has_breakdowns=yes"] if breakdowns else ())]
    subject, variants = _variants(subject, asked)
    with folder_of(out, is_resumed=resume) as folder:
        recipe = recipe_of(what, plan, layout, out, is_coarse=fidelity == COARSE)
        question = Question(recipe, subject, variants, range(seed, seed + replications))
        records = run_all(question, _executor(jobs, dask), folder, is_resumed=resume, log=log)
        if out is not None:
            write_results(question, records, folder, TableForm(tables))
    say("\n" + simulation_text(variants, records))
    if out is not None:
        say(f"\nWritten to {out}: open {out / PAGE} in a browser.")
    if not all(record.is_good for record in records):
        raise typer.Exit(EXIT_NOT_LEGAL)


def _subject(what: str, days: int, teu: int) -> RunSetting | Scenario:
    if what == WEEK:
        from cabria.experiments.weeks.scenario import Scenario

        return Scenario(teu_a_year=teu, days=days)
    from cabria.experiments.call_runs import RunSetting

    return RunSetting()


def _by_policy(subject: RunSetting | Scenario, name: str) -> RunSetting | Scenario:
    """With the settings of a named policy. Raises DataError for a name that is none."""
    from cabria.operations.policies import policy

    return replace(subject, settings=policy(name))


def _settings(subject: RunSetting | Scenario) -> Iterator[str]:
    from cabria.experiments.sweep.knobs import knobs_of
    from cabria.referee.run_record import told

    for knob in knobs_of(subject).values():
        yield f"{knob.name:20} {told(knob.usual):16} {knob.words}".rstrip()


def _variants(subject: RunSetting | Scenario, asked: Sequence[str]) -> tuple[RunSetting | Scenario, Sequence[Variant]]:
    """What is the same in all variants goes to the subject. Raises DataError for a variant that cannot be."""
    from cabria.experiments.sweep.knobs import knobs_of, variants_of, varied, with_values

    knobs = knobs_of(subject)
    found = [varied(text, knobs) for text in asked]
    variants_of(found)
    subject = with_values(subject, {name: values[0] for name, values in found if len(values) == 1})
    variants = variants_of([(name, values) for name, values in found if len(values) > 1])
    for variant in variants:
        with_values(subject, variant.settings)
    return subject, variants


def _executor(jobs: int, dask: str) -> Executor:
    from cabria.experiments.sweep.executors import Cluster, InTurn, Processes

    if dask:
        return Cluster(dask)
    return Processes(jobs) if jobs > 1 else InTurn()
