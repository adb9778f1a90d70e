"""Learned times of yard cranes in the choice of blocks: used only after a trial in the twin that surely saved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twin.test_twin import planned

from cabria.adapters.history.folder import HistoryFolder
from cabria.bootstrap.twin import twin_running
from cabria.domain.errors import DataError
from cabria.domain.run_events import RulesChanged
from cabria.experiments.ground_plan import lay_out
from cabria.experiments.learning import blocks, cards
from cabria.experiments.learning.blocks import SUBJECT, BlocksCard, busy_ms, in_force, try_blocks, yard_paces
from cabria.experiments.learning.cards import Recipe
from cabria.experiments.learning.crane_days import Worked
from cabria.experiments.learning.handling import YARD_CRANES
from cabria.experiments.learning.running import Foreteller
from cabria.experiments.learning.times import TimesCard
from cabria.operations.settings import Settings
from cabria.twin.twin import Fleet

DAY = date(2026, 3, 1)
TIMES_S = {"B01": 60.0, "B02": 120.0}
LEARNED = TimesCard(
    YARD_CRANES.name, "2026-03-01", "0af3", Recipe("2026-01-01", "2026-02-20", 900, "", 0), 300, True, "It is used.",
    times_s=TIMES_S, lately_s=TIMES_S,
)  # fmt: skip
TRIED = BlocksCard("2026-03-01", "0af3", True, "It saved an hour.", 8, times_s=TIMES_S)


@given(st.dictionaries(st.text(max_size=3), st.floats(1, 900), min_size=1, max_size=9))
def test_blocks_count_in_the_mean_what_the_settings_say(times_s: dict[str, float]) -> None:
    told = busy_ms(times_s)
    assert sum(told.values()) / len(told) == pytest.approx(Settings().busy_block_ms, abs=1)
    assert sorted(times_s, key=lambda block: (times_s[block], told[block])) == sorted(
        times_s, key=lambda block: (told[block], times_s[block])
    )


def kept(root: Path, *found: TimesCard | BlocksCard) -> Path:
    for card in found:
        cards.keep(root, SUBJECT if isinstance(card, BlocksCard) else YARD_CRANES.name, card)
    return root


def changed(card: TimesCard | BlocksCard, **parts: object) -> TimesCard | BlocksCard:
    return msgspec.structs.replace(card, **parts)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ((), blocks.NOT_LEARNED),
        ((changed(LEARNED, is_used=False, reason="It has worn off."), TRIED), "It has worn off."),
        ((LEARNED,), blocks.NOT_TRIED),
        ((LEARNED, changed(TRIED, is_used=False, reason="That is not sure.")), "That is not sure."),
        ((changed(LEARNED, day="2026-03-16"), TRIED), "The last trial is of 2026-03-01"),
    ],
)
def test_all_blocks_count_alike_and_it_is_said_why(
    found: tuple[TimesCard | BlocksCard, ...], says: str, tmp_path: Path
) -> None:
    told, reason = in_force(kept(tmp_path, *found))
    assert told == {}
    assert reason.startswith(says)


def test_what_was_tried_and_saved_is_in_force(tmp_path: Path) -> None:
    assert in_force(kept(tmp_path, LEARNED, TRIED)) == ({"B01": 60_000, "B02": 120_000}, "It saved an hour.")


def test_yard_cranes_are_as_slow_as_their_blocks_were_lately() -> None:
    call, _ = planned()
    layout = lay_out(call.terminal)
    first = layout.runways[0].block
    assert yard_paces(layout, {first: 80.0}) == {place.crane: 1.0 for place in layout.runways[0].cranes}
    assert yard_paces(layout, {}) == {}


def test_a_trial_tells_its_figures_and_uses_nothing_that_is_not_sure(tmp_path: Path) -> None:
    """Of a call whose cranes hardly wait; and where nothing was learned no run is worked at all."""
    call, plan = planned()
    worked = Worked(call)
    worked.__dict__["plan"] = plan
    with pytest.raises(DataError, match="tell nothing"):
        try_blocks(tmp_path, worked, DAY, trucks=2, runs=1)
    assert try_blocks(tmp_path, worked, DAY, trucks=2, runs=3).reason == blocks.NOT_LEARNED
    names = [block.id for block in call.terminal.blocks]
    kept(tmp_path, changed(LEARNED, times_s=dict.fromkeys(names, 60.0), lately_s=dict.fromkeys(names, 60.0)))
    over: list[int] = []
    card = try_blocks(tmp_path, worked, DAY, trucks=2, runs=3, tell=over.append)
    assert over == ([*range(1, 7)] if len(names) > 1 else [])
    assert not card.is_used
    assert card.times_s == {}
    assert cards.last(tmp_path, SUBJECT, BlocksCard) == card
    if len(names) > 1:
        assert card.saved_h == (0.0, 0.0, 0.0)
        assert "not sure" in card.reason


def test_a_running_terminal_is_told_what_blocks_count_and_why(tmp_path: Path) -> None:
    call, plan = planned()
    block = call.terminal.blocks[0].id
    HistoryFolder.made(tmp_path / "h")
    terminal = twin_running(lay_out(call.terminal), [(call, plan)], fleet=Fleet(trucks=2), speed=0.01)
    try:
        foreteller = Foreteller(tmp_path / "h", terminal)
        foreteller.look()
        kept(tmp_path / "h", LEARNED, changed(TRIED, times_s={block: 60.0, "NOT HERE": 90.0}))
        foreteller.look()
        foreteller.look()
        told = [t.record.content for t in terminal.entries(0)]
    finally:
        terminal.end()
    reasons = [event.reason for event in told if isinstance(event, RulesChanged)]
    assert reasons == [blocks.NOT_LEARNED, "It saved an hour."]
    weighed = [content.arguments[0] for content in told if getattr(content, "verb", "") == "weigh_blocks"]
    assert weighed == [{}, {block: 72_000}]
