"""How a run came about, in plain words and values, so that it can be done again from the first line of its log."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cabria import __version__
from cabria.domain.errors import DataError
from cabria.experiments.call_runs import RunSetting
from cabria.experiments.sweep.knobs import knobs_of, with_values
from cabria.experiments.sweep.trials import CallTrial, CoarseTrial, Trial, WeekTrial
from cabria.experiments.weeks.scenario import Scenario
from cabria.referee.run_record import Value

CALL, WEEK, COARSE_WEEK = "call", "week", "coarse week"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is run: a call with its plan and, unless lanes are laid around its terminal, a layout; or a week.

    Paths are as they were given; `digest` is of what the files held.
    """

    kind: str
    call: str = ""
    plan: str = ""
    layout: str = ""
    digest: str = ""


def recipe_of_call(call: Path, plan: Path, layout: Path | None) -> Recipe:
    digest = hashlib.sha256()
    for path in _files(call, plan, layout):
        digest.update(path.name.encode())
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return Recipe(CALL, str(call), str(plan), str(layout or ""), digest.hexdigest())


def _files(call: Path, plan: Path, layout: Path | None) -> Iterator[Path]:
    folder = call if call.is_dir() else call.parent
    yield from sorted(path for path in folder.iterdir() if path.is_file())
    yield plan
    if layout is not None:
        yield layout


def trial_of(recipe: Recipe, subject: RunSetting | Scenario) -> Trial:
    """Raises DataError for files that cannot be read."""
    if isinstance(subject, Scenario):
        return CoarseTrial(subject) if recipe.kind == COARSE_WEEK else WeekTrial(subject)
    from cabria.adapters.files.layout_json import read_layout
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap import read_call
    from cabria.experiments.ground_plan import lay_out

    call = read_call(Path(recipe.call))
    plan = read_plan(Path(recipe.plan), call)
    ground = read_layout(Path(recipe.layout)) if recipe.layout else lay_out(call.terminal)
    return CallTrial(call, plan, ground, subject)


def head_of(recipe: Recipe, subject: RunSetting | Scenario, near: Path) -> Mapping[str, Any]:
    """What the first line of a log in the folder `near` says, but for the seed."""
    paths = {name: _from(near, getattr(recipe, name)) for name in ("call", "plan", "layout")}
    return {
        "kind": recipe.kind,
        **{name: path for name, path in paths.items() if path},
        **({"digest": recipe.digest} if recipe.digest else {}),
        "settings": {name: knob.usual for name, knob in knobs_of(subject).items()},
        "version": __version__,
    }


def _from(folder: Path, path: str) -> str:
    return os.path.relpath(path, folder) if path else ""


@dataclass(frozen=True, slots=True)
class Again:
    """A run that can be done again: its trial, with the settings it had, and its seed."""

    trial: Trial
    seed: int
    recipe: Recipe


def again(head: Mapping[str, Any], log: Path) -> Again:
    """The run that a log's first line tells of. Raises DataError where it does not, or its files are gone or others."""
    settings, seed, kind = head.get("settings"), head.get("seed"), head.get("kind")
    if not isinstance(settings, dict) or not isinstance(seed, int) or kind not in (CALL, WEEK):
        raise DataError(
            "The log does not tell how its run came about, so it cannot be done again.",
            file=str(log),
            place="line 1",
            remedy="Logs that `cabria simulate` writes do.",
        )
    subject = _with_known(Scenario() if kind == WEEK else RunSetting(), settings, log)
    if kind == WEEK:
        return Again(WeekTrial(subject), seed, Recipe(WEEK))
    paths = {name: str(log.parent / str(head[name])) if head.get(name) else "" for name in ("call", "plan", "layout")}
    for name in ("call", "plan", "layout"):
        if paths[name] and not Path(paths[name]).exists():
            raise DataError(
                f"Its {name} is gone: {head[name]!s:.200}.",
                file=str(log),
                place="line 1",
                remedy="Put it back there, beside the log as before.",
            )
    layout = Path(paths["layout"]) if paths["layout"] else None
    recipe = recipe_of_call(Path(paths["call"]), Path(paths["plan"]), layout)
    if recipe.digest != head.get("digest"):
        raise DataError(
            "The call, its plan or its layout is no longer what it was at the run.", file=str(log), place="line 1"
        )
    return Again(trial_of(recipe, subject), seed, recipe)


def _with_known(subject: Any, settings: Mapping[str, Value], log: Path) -> Any:
    """Settings as the log says. Raises DataError for one this version does not know, or a value that cannot be."""
    knobs = knobs_of(subject)
    for name, value in settings.items():
        if name not in knobs:
            raise DataError(f"There is no setting {name[:40]!r}.", file=str(log), place="line 1")
        usual = knobs[name].usual
        if isinstance(usual, str) is not isinstance(value, str) or isinstance(usual, bool) is not isinstance(
            value, bool
        ):
            raise DataError(f"Setting {name} cannot be {str(value)[:40]!r}.", file=str(log), place="line 1")
    try:
        typed = {name: type(knobs[name].usual)(value) for name, value in settings.items()}
        return with_values(subject, typed)
    except DataError as error:
        raise DataError(error.problem, file=str(log), place="line 1", remedy=error.remedy) from None
    except ValueError as error:
        raise DataError(f"A setting cannot be: {error}.", file=str(log), place="line 1") from None
