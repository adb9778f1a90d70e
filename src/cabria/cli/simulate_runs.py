"""What `cabria simulate` does once it is clear what was asked: folders, calls of scenarios, runs as they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from cabria.cli.folders import folder_beside, plan_file
from cabria.cli.screen import on_screen, say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.files.run_tables import TableForm
    from cabria.experiments.call_runs import RunSetting
    from cabria.experiments.sweep.executors import Executor
    from cabria.experiments.sweep.recipes import Recipe
    from cabria.experiments.sweep.sweep import Step
    from cabria.experiments.weeks.scenario import Scenario
    from cabria.referee.run_record import RunRecord, Variant

WEEK = "week"
FINISHED, PAGE, LOG, CALL, PLAN = "finished.jsonl", "index.html", "run.jsonl.gz", "call", "plan"


class Question(NamedTuple):
    """What is run, in which ways, on which seeds."""

    recipe: Recipe
    subject: RunSetting | Scenario
    variants: Sequence[Variant]
    seeds: Sequence[int]


@contextmanager
def folder_of(out: Path | None, *, is_resumed: bool) -> Iterator[Path]:
    """Where the runs are kept; without a name only as long as the program runs. Raises DataError for a foreign one."""
    if out is None:
        with TemporaryDirectory(prefix="cabria-") as folder:
            yield Path(folder)
        return
    _refuse_foreign(out)
    if is_resumed and not (out / FINISHED).exists():
        raise DataError("There are no runs to go on with.", file=str(out), remedy="Leave --resume away.")
    if not is_resumed and (out / FINISHED).exists():
        raise DataError(
            "There are runs here already.", file=str(out), remedy="Go on with --resume, or name another folder."
        )
    out.mkdir(parents=True, exist_ok=True)
    yield out


def _refuse_foreign(out: Path) -> None:
    from cabria.adapters.files.run_tables import TableForm, table_files

    ours = {FINISHED, PAGE, LOG, CALL, PLAN, *(name for form in TableForm for name in table_files(form))}
    if out.exists() and not out.is_dir():
        raise DataError("This exists and is no folder.", file=str(out), remedy="Name another with --out.")
    foreign = sorted(path.name for path in out.iterdir() if path.name not in ours) if out.exists() else []
    if foreign:
        raise DataError(
            f"This folder holds {foreign[0]}, which is not of a sweep.",
            file=str(out),
            remedy="Name another with --out.",
        )


def recipe_of(
    what: str, plan: Path | None, layout: Path | None, folder: Path | None, *, is_coarse: bool = False
) -> Recipe:
    """What is run. A scenario's call is made and planned first, in the folder of the runs where there is one."""
    from cabria.experiments.calls import SCENARIOS
    from cabria.experiments.sweep.recipes import COARSE_WEEK, Recipe, recipe_of_call

    if what == WEEK:
        if plan or layout:
            raise DataError(
                "A week makes its plans itself and takes a layout by name.", remedy="Write --vary layout=chancay."
            )
        return Recipe(COARSE_WEEK if is_coarse else WEEK)
    if is_coarse:
        raise DataError("Only weeks are run at coarse fidelity.", place="--fidelity", remedy="Leave it away.")
    call = Path(what)
    if call.exists():
        file = plan_file(plan or folder_beside(call, "plan"))
        if not file.exists():
            raise DataError("There is no plan here.", file=str(file), remedy=f"Make one with `cabria plan {what}`.")
        return recipe_of_call(call, file, layout)
    if what in SCENARIOS:
        if folder is None:
            raise DataError(
                f"Scenario {what} needs a folder for its call and plan.", remedy="Name one with --out, as --out runs."
            )
        return recipe_of_call(*_scenario(what, folder, layout), layout)
    raise DataError(
        "There is no such call folder, and no scenario of that name.",
        file=what[:200],
        remedy=f"Scenarios are {', '.join(SCENARIOS)} and {WEEK}.",
    )


def _scenario(name: str, folder: Path, layout: Path | None) -> tuple[Path, Path]:
    """The call folder and the plan of a scenario; made and planned unless they stand there from before.

    Raises DataError, before it is planned, when the ground is unsound or too short for the ship.
    """
    from cabria.adapters.files.layout_json import read_layout
    from cabria.bootstrap import plan_call, read_call, write_plan_so_far
    from cabria.experiments.calls import make_scenario
    from cabria.experiments.ground_plan import lay_out
    from cabria.experiments.sound_runs import refuse_ground
    from cabria.planning.loading.problem import EFFORTS
    from cabria.planning.loading.solve import never

    call, plan = folder / CALL, folder / PLAN
    if not call.exists():
        make_scenario(name, call)
    if not plan_file(plan).exists():
        read = read_call(call)
        refuse_ground(read, read_layout(layout) if layout else lay_out(read.terminal))
        with on_screen() as screen:
            planned = plan_call(read, seed=0, params=EFFORTS["quick"], listen=screen.listen, stop=never)
        write_plan_so_far(planned, plan)
    return call, plan_file(plan)


def run_all(
    question: Question, executor: Executor, folder: Path, *, is_resumed: bool, log: Path | None
) -> list[RunRecord]:
    """All runs, told as they end; by variant and seed. Raises DataError when none of them could be run."""
    from cabria.adapters.files.kept_runs import KeptRuns
    from cabria.adapters.files.source_file import write_whole
    from cabria.experiments.sweep.recipes import head_of, trial_of
    from cabria.experiments.sweep.sweep import MOST_RUNS, sweep
    from cabria.planning.search.result import Progress

    recipe, subject, variants, seeds = question
    total = len(variants) * len(seeds)
    if total > MOST_RUNS:
        raise DataError(f"These are {total:,} runs.", remedy=f"At most {MOST_RUNS:,} at a time.")
    trial = trial_of(recipe, subject)

    def keep_log(content: bytes) -> None:
        write_whole(folder / LOG, content)
        if log is not None:
            write_whole(log, content)

    records = []
    with KeptRuns(folder / FINISHED, _identity(question), is_resumed=is_resumed) as kept, on_screen("") as screen:
        for step in sweep(trial, variants, seeds, executor, kept, head_of(recipe, subject, folder), keep_log):
            records.append(step.record)
            if not step.was_kept:
                say(_told(step, total))
            screen.listen(Progress("runs", step.done / total, float("inf"), step.done))
    if all(record.fault for record in records):
        raise DataError(records[0].fault)
    return sorted(records, key=lambda record: (record.variant, record.seed))


def _identity(question: Question) -> dict[str, object]:
    """What may not change between a sweep and its going on: all but variants, seeds and where files lie."""
    from cabria import __version__
    from cabria.experiments.sweep.knobs import knobs_of

    recipe, subject, variants, _ = question
    usual = {n: knob.usual for n, knob in knobs_of(subject).items() if n not in variants[0].settings}
    return {"kind": recipe.kind, "inputs": recipe.digest, "version": __version__, **usual}


def _told(step: Step, total: int) -> str:
    gmph = step.record.measures["gmph"]
    rate = "" if gmph is None else f"{gmph:.1f} moves per crane hour, "
    return f"{step.done} of {total}: {step.variant}, seed {step.record.seed}: {rate}{step.record.verdict}"


def write_results(question: Question, records: Sequence[RunRecord], folder: Path, form: TableForm) -> None:
    """Tables and page beside the runs; the page shows the first run on a map."""
    from cabria import __version__
    from cabria.adapters.files.run_tables import write_tables
    from cabria.adapters.files.source_file import write_whole
    from cabria.experiments.sweep.knobs import knobs_of
    from cabria.experiments.sweep.recipes import COARSE_WEEK
    from cabria.reports.simulation.page import Told, simulation_page

    variants = question.variants
    write_tables([(variants[record.variant - 1], record) for record in records], folder, form)
    usual = {n: knob.usual for n, knob in knobs_of(question.subject).items() if n not in variants[0].settings}
    told = Told(_title(question), usual, __version__, is_judged=question.recipe.kind != COARSE_WEEK)
    page = simulation_page(told, variants, records, _map(question, folder / LOG))
    write_whole(folder / PAGE, page.encode())


def _title(question: Question) -> str:
    recipe, subject = question.recipe, question.subject
    if not recipe.call:
        days = getattr(subject, "days", 0)
        return f"{days} {'day' if days == 1 else 'days'} at {getattr(subject, 'teu_a_year', 0):,} TEU a year"
    return f"Call {Path(recipe.call).resolve().name}"


def _map(question: Question, log: Path) -> str:
    """The first run on a map, or "" when it has no log."""
    from cabria.adapters.files.run_log import read_run_log
    from cabria.experiments.sweep.recipes import trial_of
    from cabria.reports.simulation.replay import MAP_MS, replay_section

    if not log.exists():
        return ""
    first = question.variants[0]
    layout = trial_of(question.recipe, question.subject).layout(first.settings)
    words = f"{first}, seed {question.seeds[0]}"
    return replay_section(read_run_log(log), layout, words, until_ms=MAP_MS)
