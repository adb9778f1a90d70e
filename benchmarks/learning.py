"""`learning`: what a history teaches, judged on days that nothing was learned from.

Departures: `half-year:M` is a half-year of the coarse twin (M million TEU a year), judged on its sixth month,
`shuffled:M` the same with each other's stays, from which there is nothing to learn. The stays go through a history on
disk, as a terminal's do. `cost` is rehandles a retrieval with what was learned; `saved` with its interval is against
slot choice that learns by itself, over 15 blocks 70 % full at their fullest. `used` says whether the program would use
the model, `reason` goes to the screen.

Handling times: `cranes:D` and `cranes-shuffled:D` are D days of a made call in the fine twin, three quay cranes that
take 0.8, 1 and 1.3 times as long as the table says; a row for each of quay cranes, yard cranes and trucks. The last
third of the days judges: `cost` is seconds that cranes wait for each handling, `saved` its mean and interval over days.
For quay cranes five further calls are worked two days each, planned by the plain table and by what was learned
(`planned_...`: hours that cranes wait in a day; `ship_hours_...`: from the first box to the last).

Blocks: `blocks:D` and `blocks-shuffled:D` are D days of the same call, yard cranes taking 0.8, 1, 1.3 and 2 times
as long as usual; the last third of the days judges. A running terminal then chooses blocks by what was learned, if a
trial in the twin says so: `cost` is hours that quay cranes wait in a run of five further calls, two runs each, `saved`
with its interval against blocks that count alike, on the same seeds.

The running yard: `running:M` and `running-shuffled:M` are the sixth month of that half-year in the yard as it runs, its
own choice of slots and its own digging, in fifteen blocks 60 % full at their fullest: `cost` is rehandles a retrieval
with departures foretold, `saved` against the same without.

ETAs: `etas:M` are the ships of the half-year of M million TEU, each as late as any other; `unlike-etas:S` are S made
services with a lateness of their own; `unlike-etas-shuffled:S` the same with each other's delays.

Berths: `berths:S` are these made services at a quay like Chancay's, `berths-shuffled:S` with each other's delays,
`berths-half-year:M` the ships of the half-year, `berths-reported:M` the same with main services as late as carriers
were reported to be. Berths of the sixth month are planned day by day, on ETAs as told and on ETAs as late as each
service surely was: `cost` is hours that a ship waits from her coming to her start, `saved` with its interval over days.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import mean

from cabria.adapters.files.run_log import write_run_log
from cabria.adapters.history.arrivals import append_arrivals
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.stays import MONDAY, write_visits
from cabria.adapters.history.taking_in import add_run_log
from cabria.experiments.learning import cards, times
from cabria.experiments.learning.berths import try_berths
from cabria.experiments.learning.blocks import Trial, in_force, tried, try_blocks
from cabria.experiments.learning.crane_days import Worked, held_out, planned_cycles_s, true_cycles_s
from cabria.experiments.learning.departures import learn
from cabria.experiments.learning.etas import ETAS
from cabria.experiments.learning.half_year import (
    FIRST_DAY,
    make_half_year,
    quay_of_half_year,
    quay_of_unlike_ships,
    ships_of_half_year,
    shuffled,
    shuffled_arrivals,
    shuffled_times,
    unlike_ships,
)
from cabria.experiments.learning.handling import QUAY_CRANES, TRUCKS, YARD_CRANES
from cabria.experiments.learning.running_yard import PLAIN, running_worth
from cabria.experiments.learning.worth import INCUMBENT, LEARNED, LEVELLING, Interval
from cabria.planning.yard.forecast.problem import ForecastProblem
from cabria.planning.yard.forecast.solve import solve
from cabria.planning.yard.slots.stacking import DAY_S

ANCHORS = """
Goal: learned from five months, fewer rehandles a retrieval in the sixth than levelling and than the incumbent's rule,
with confidence; with a shuffled history switched off by the program itself and nothing worse.
"""
DEFAULT_SECONDS = 0.0
Row = dict[str, object]
DAYS, JUDGED = 152, 30
MOST = {
    "half-year": 5, "shuffled": 5, "running": 5, "etas": 5, "cranes": 400, "blocks": 400, "unlike-etas": 60,
    "berths": 60, "berths-half-year": 5, "berths-reported": 5,
}  # fmt: skip
"""Of what stands behind the colon of an instance."""


def default_paths() -> list[str]:
    return [
        "half-year:1.0", "shuffled:1.0", "running:1.0", "running-shuffled:1.0", "cranes:18", "cranes-shuffled:18",
        "blocks:12", "blocks-shuffled:12", "etas:1.0", "unlike-etas:14", "unlike-etas-shuffled:14",
        "berths:14", "berths-shuffled:14", "berths-half-year:1.0", "berths-reported:1.0",
    ]  # fmt: skip


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """`seconds`, `jobs` and `solutions` change nothing."""
    for path in map(str, paths):
        kind, _, size = path.partition(":")
        try:
            amount = float(size)
        except ValueError:
            amount = 0.0
        if not 0.01 <= amount <= MOST.get(kind.removesuffix("-shuffled"), 0):
            yield {
                "instance": path,
                "error": f"{path}: write half-year:1.0, cranes:18, etas:1.0 or such.",
            }
        elif kind in ("half-year", "shuffled"):
            yield _row(path, kind == "shuffled", round(amount * 1_000_000), seed)
        elif kind.startswith("cranes"):
            yield from _crane_rows(path, kind, max(6, round(amount)), seed)
        elif kind.startswith("blocks"):
            yield _blocks_row(path, kind, max(9, round(amount)), seed)
        elif kind.startswith("running"):
            yield _running_row(path, kind, round(amount * 1_000_000), seed)
        elif kind.startswith("berths"):
            yield _berths_row(path, kind, amount, seed)
        else:
            yield _eta_row(path, kind, amount, seed)


def _eta_row(name: str, kind: str, amount: float, seed: int) -> Row:
    began, wall = time.process_time(), time.perf_counter()
    days = DAYS + JUDGED
    if kind == "etas":
        ships = ships_of_half_year(round(amount * 1_000_000), days=days, seed=seed)
    else:
        ships = unlike_ships(round(amount), days=days, seed=seed)
    subject = shuffled_times(ETAS, seed) if kind.endswith("shuffled") else ETAS
    with tempfile.TemporaryDirectory(prefix="cabria-learning-") as temporary:
        folder = HistoryFolder.made(Path(temporary) / "history")
        with folder.writing():
            append_arrivals(folder, ships, "made", len(ships))
        card = times.learn(subject, folder, FIRST_DAY.date() + timedelta(days), days=DAYS, judged=JUDGED, seed=seed)
    return _times_row(name, card, subject is ETAS and kind != "etas", began, wall)


def _berths_row(name: str, kind: str, amount: float, seed: int) -> Row:
    """What the trial does not use changes no plan, and then nothing is worse than by ETAs as told."""
    began, wall = time.process_time(), time.perf_counter()
    days = DAYS + JUDGED
    if kind in ("berths-half-year", "berths-reported"):
        teu = round(amount * 1_000_000)
        case = quay_of_half_year(teu, seed=seed)
        ships = ships_of_half_year(teu, days=days, seed=seed, is_as_reported=kind == "berths-reported")
    else:
        case, ships = quay_of_unlike_ships(round(amount), seed=seed), unlike_ships(round(amount), days=days, seed=seed)
        ships = shuffled_arrivals(ships, seed) if kind.endswith("shuffled") else ships
    today = FIRST_DAY.date() + timedelta(days)
    with tempfile.TemporaryDirectory(prefix="cabria-learning-") as temporary:
        folder = HistoryFolder.made(Path(temporary) / "history")
        with folder.writing():
            append_arrivals(folder, ships, "made", len(ships))
        card = times.learn(ETAS, folder, today, days=DAYS, judged=JUDGED, seed=seed)
        cards.keep(folder.root, ETAS.name, card)
        tried = try_berths(folder, case, today, days=DAYS, judged=JUDGED, seed=seed)
    print(f"{name}: {tried.reason}", file=sys.stderr, flush=True)
    saved, low, high = tried.saved_h or (0.0, 0.0, 0.0)
    return {
        "instance": name,
        "cost": round(tried.waited_h.get("learned" if tried.is_used else "plain", 0.0), 2),
        "valid": not (tried.is_used and kind.endswith("shuffled")),
        "used": tried.is_used,
        "saved": round(saved, 2),
        "saved_low": round(low, 2),
        "saved_high": round(high, 2),
        **{rule: round(hours, 2) for rule, hours in tried.waited_h.items()},
        "ships": tried.ships,
        "cpu_s": round(time.process_time() - began, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
    }


def _times_row(name: str, card: times.TimesCard, is_to_be_used: bool, began: float, wall: float, **more: object) -> Row:
    """A model that knows nothing is to be switched off, and then nothing is worse than by the plain rule."""
    print(f"{name} {card.subject}: {card.reason}", file=sys.stderr, flush=True)
    if not card.waits_s:
        return {"instance": f"{name} {card.subject}", "error": f"{name} {card.subject}: {card.reason}"}
    waits, (saved, low, high) = card.waits_s, card.saved_s or (0.0, 0.0, 0.0)
    is_right = card.is_used if is_to_be_used else not card.is_used or low > 0
    return {
        "instance": f"{name} {card.subject}",
        "cost": round(waits["learned"] if card.is_used else waits["plain"], 2),
        "valid": is_right,
        "used": card.is_used,
        "saved": round(saved, 2),
        "saved_low": round(low, 2),
        "saved_high": round(high, 2),
        "learned": round(waits["learned"], 2),
        "plain": round(waits["plain"], 2),
        "error_learned": round(card.error_s["learned"], 1),
        "error_plain": round(card.error_s["plain"], 1),
        "covered": round(card.covered, 3),
        "width_s": round(card.width_s, 1),
        "learned_from": card.recipe.visits,
        "judged_on": card.judged,
        **more,
        "cpu_s": round(time.process_time() - began, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
    }


TRUCKS_AT_WORK, FURTHER_CALLS, DAYS_EACH = 18, 5, 2
"""Six trucks a quay crane: with four these are what is waited for, whatever the plan knows of cranes."""


def _crane_rows(name: str, kind: str, days: int, seed: int) -> Iterator[Row]:
    began, wall = time.process_time(), time.perf_counter()
    worked = Worked.made(seed=seed)
    true_s = true_cycles_s(worked.call)
    with tempfile.TemporaryDirectory(prefix="cabria-learning-") as temporary:
        folder = HistoryFolder.made(Path(temporary) / "history")
        _work_days(folder, worked, name, days, seed, true_s)
        for subject in (QUAY_CRANES, YARD_CRANES, TRUCKS):
            asked = shuffled_times(subject, seed) if kind.endswith("shuffled") else subject
            judged = days // 3
            today = FIRST_DAY.date() + timedelta(days)
            card = times.learn(asked, folder, today, days=days - judged, judged=judged, seed=seed)
            is_to_be_used = asked is QUAY_CRANES
            more = _planned(card, true_s, seed + 500, is_to_be_used) if subject is QUAY_CRANES else {}
            yield _times_row(name, card, is_to_be_used, began, wall, **more)


YARD_PACES, TRIED_RUNS, JUDGED_CALLS = (0.8, 1.0, 1.3, 2.0), 6, 5


def _blocks_row(name: str, kind: str, days: int, seed: int) -> Row:
    """What the trial switches off is told to nobody, and then nothing is worse than by the plain rule."""
    began, wall = time.process_time(), time.perf_counter()
    worked = Worked.made(seed=seed)
    cranes = [place.crane for runway in worked.layout.runways for place in runway.cranes]
    paces = dict(zip(cranes, YARD_PACES, strict=True))
    subject = shuffled_times(YARD_CRANES, seed) if kind.endswith("shuffled") else YARD_CRANES
    today, judged = FIRST_DAY.date() + timedelta(days), days // 3
    with tempfile.TemporaryDirectory(prefix="cabria-learning-") as temporary:
        folder = HistoryFolder.made(Path(temporary) / "history")
        _work_days(folder, worked, name, days, seed, planned_cycles_s(worked.call), paces)
        card = times.learn(subject, folder, today, days=days - judged, judged=judged, seed=seed)
        cards.keep(folder.root, subject.name, card)
        trial = try_blocks(folder.root, worked, today, trucks=TRUCKS_AT_WORK, runs=TRIED_RUNS, seed=seed + 300)
        told_ms, reason = in_force(folder.root)
    print(f"{name}: {reason}", file=sys.stderr, flush=True)
    further = []
    for number in range(seed + 500, seed + 500 + (JUDGED_CALLS if told_ms else 0)):
        call = Worked.made(seed=number)
        further.append(tried(call, trial.times_s, paces, TRUCKS_AT_WORK, range(number, number + DAYS_EACH)))
    plain_h = [hours for each in further for hours in each.plain_h]
    learned_h = [hours for each in further for hours in each.learned_h]
    saved = Trial(plain_h, learned_h).saved if further else Interval(0.0, 0.0, 0.0)
    return {
        "instance": name,
        "cost": round(mean(learned_h), 3) if further else 0.0,
        "valid": bool(told_ms) is not kind.endswith("shuffled") and saved.low >= 0,
        "used": bool(told_ms),
        "saved": round(saved.mean, 3),
        "saved_low": round(saved.low, 3),
        "saved_high": round(saved.high, 3),
        "plain": round(mean(plain_h), 3) if further else 0.0,
        "tried_saved": trial.saved_h,
        "lately_s": card.lately_s,
        "cpu_s": round(time.process_time() - began, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
    }


def _work_days(
    folder: HistoryFolder,
    worked: Worked,
    name: str,
    days: int,
    seed: int,
    cycles_s: Mapping[str, float],
    yard_paces: Mapping[str, float] | None = None,
) -> None:
    """Days of a call into a history, its quay cranes with cycles of their own, its yard cranes at paces of theirs."""
    for number in range(days):
        log = folder.root.parent / f"day-{number}.jsonl.gz"
        day = worked.day(cycles_s, TRUCKS_AT_WORK, 1_000 * seed + number, yard_paces=yard_paces)
        write_run_log(log, day.events)
        add_run_log(folder, log, round((FIRST_DAY + timedelta(number)).timestamp() * 1_000))
        print(f"{name}: {number + 1} of {days} days", file=sys.stderr, flush=True)


def _running_row(name: str, kind: str, teu: int, seed: int) -> Row:
    began, wall = time.process_time(), time.perf_counter()
    visits = make_half_year(teu, days=DAYS + JUDGED, seed=seed)
    if kind.endswith("shuffled"):
        visits = shuffled(visits, seed)
    cut_s = visits[0].arrived_s // DAY_S * DAY_S + DAYS * DAY_S
    learned = [visit for visit in visits if visit.arrived_s + visit.stay_s < cut_s]
    forecaster = solve(ForecastProblem.of(learned), seed=seed)
    worth = running_worth(forecaster, [visit for visit in visits if visit.arrived_s >= cut_s])
    saved, rehandles = worth.saved(PLAIN), {rule: found.mean for rule, found in worth.rehandles.items()}
    others = {f"saved_against_{rule}": str(worth.saved(rule)) for rule in (LEVELLING, INCUMBENT)}
    return {
        "instance": name,
        "cost": round(rehandles[LEARNED], 4),
        "valid": rehandles[LEARNED] == rehandles[PLAIN] if forecaster.knows_nothing else saved.low > 0,
        "used": not forecaster.knows_nothing,
        "saved": round(saved.mean, 4),
        "saved_low": round(saved.low, 4),
        "saved_high": round(saved.high, 4),
        **{rule: round(figure, 4) for rule, figure in rehandles.items()},
        **others,
        "cpu_s": round(time.process_time() - began, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
    }


def _planned(card: times.TimesCard, true_s: Mapping[str, float], seed: int, is_to_be_used: bool) -> dict[str, object]:
    """Further calls, planned by the plain table and by what was learned; what is not used changes no plan."""
    if not card.is_used:
        return {} if is_to_be_used else {"planned_saved": 0.0}
    pairs = []
    for number in range(seed, seed + FURTHER_CALLS):
        plain = Worked.made(seed=number)
        learned = plain.knowing(card.times_s)
        pairs += held_out(plain, learned, true_s, TRUCKS_AT_WORK, range(number, number + DAYS_EACH))
    saved = Interval.of([plain.waited_h - learned.waited_h for plain, learned in pairs])
    return {
        "planned_plain": round(mean(plain.waited_h for plain, _ in pairs), 3),
        "planned_learned": round(mean(learned.waited_h for _, learned in pairs), 3),
        "planned_saved": round(saved.mean, 3),
        "planned_saved_low": round(saved.low, 3),
        "planned_saved_high": round(saved.high, 3),
        "ship_hours_plain": round(mean(plain.took_h for plain, _ in pairs), 3),
        "ship_hours_learned": round(mean(learned.took_h for _, learned in pairs), 3),
    }


def _row(name: str, is_shuffled: bool, teu: int, seed: int) -> Row:
    began, wall = time.process_time(), time.perf_counter()
    visits = make_half_year(teu, days=DAYS + JUDGED, seed=seed)
    if is_shuffled:
        visits = shuffled(visits, seed)
    made_s = time.process_time() - began
    with tempfile.TemporaryDirectory(prefix="cabria-learning-") as temporary:
        folder = HistoryFolder.made(Path(temporary) / "history")
        write_visits(folder, visits, "coarse twin")
        first = MONDAY.date() + timedelta(seconds=visits[0].arrived_s)
        card = learn(folder, first + timedelta(DAYS + JUDGED), days=DAYS, judged=JUDGED, seed=seed)
    saved, low, high = card.saved or (0.0, 0.0, 0.0)
    return {
        "instance": name,
        "cost": round(card.rehandles["learned"], 4),
        "valid": card.is_used is not is_shuffled and card.rehandles["learned"] <= card.rehandles["ours alone"],
        "used": card.is_used,
        "saved": round(saved, 4),
        "saved_low": round(low, 4),
        "saved_high": round(high, 4),
        **{rule.replace(" ", "_"): round(figure, 4) for rule, figure in card.rehandles.items()},
        **{
            f"saved_against_{rule}": f"{mean:.3f} ({low:.3f} to {high:.3f})"
            for rule, (mean, low, high) in card.saved_against.items()
        },
        "gain_nats": round(card.gain_since, 3),
        "learned_from": card.recipe.visits,
        "judged_on": card.judged_visits,
        "making_cpu_s": round(made_s, 1),
        "cpu_s": round(time.process_time() - began, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
    }
