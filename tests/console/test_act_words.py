"""Each act that the audit trail keeps has a word that stays, and the page that lists them tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.console.api.acts import ACTS, act_asked, act_of, values_of
from cabria.console.api.endpoints import ENDPOINTS
from cabria.console.api.outside_told import GATE, PORT_CALLS
from cabria.console.messages.past import AskTry
from cabria.console.messages.people import NewPassword, NewUser
from cabria.console.messages.ship import AskPlan
from cabria.console.people.acts import LONGEST_VALUE, SENTENCES, UNKNOWN, in_english, names_of, value_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/acts.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
SECRETS = {"password", "old", "new", "subject", "secret"}


def test_the_page_of_acts_lists_each_word_with_its_values_and_no_other() -> None:
    listed = {
        code: (sorted(re.findall(r"`(\w+)`", values)), sentence)
        for code, values, sentence in ROW.findall(PAGE.read_text(encoding="utf-8"))
    }
    assert listed == {act: (sorted(names_of(act)), sentence) for act, sentence in SENTENCES.items()}


def test_each_request_that_is_written_down_is_an_act_with_a_sentence() -> None:
    ours = {f"{one.method} {one.path}" for one in ENDPOINTS if one.traced}
    others = {f"{one.method} {one.path}" for one in (*GATE, *PORT_CALLS) if one.method != "GET"}
    assert set(ACTS) == ours | others
    assert set(ACTS.values()) <= set(SENTENCES)


def test_no_act_names_a_secret() -> None:
    for act in SENTENCES:
        assert not SECRETS & set(names_of(act))
    said = values_of("user-added", NewUser(name="ana", role="planner", password="a long password"))
    assert said == {"name": "ana", "role": "planner"}
    assert values_of("own-password-changed", NewPassword(old="one password", new="another password")) == {}


def test_what_a_handler_says_wins_even_where_that_is_nothing() -> None:
    tried = AskTry(crane="QC1")
    assert values_of("try-begun", {"trucks": "", "ship_late_h": "", "policy": "", "ship": ""}, {}, tried) == {
        "crane": "QC1",
        "crane_h": "2",
    }
    assert values_of("plan-made", {"plan": "P"}, AskPlan(seed=0)) == {"plan": "P", "effort": "normal", "seed": 0}


def test_an_act_of_another_room_is_known_by_its_path() -> None:
    assert act_asked("PUT", "/gate/visits/V7/in") == ("truck-let-in", {"id": "V7"})
    assert act_asked("PUT", "/nowhere") == ("", {})
    assert act_of("GET", "/users") == ""


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"crane": "QC1", "crane_h": "2"}, "tried · QC1 out for 2 h"),
        ({"trucks": "+2", "policy": "nearest"}, "tried · +2 trucks · trucks by nearest"),
        ({}, "tried"),
    ],
)
def test_what_is_not_known_is_left_out(values: dict[str, str | int], sentence: str) -> None:
    assert in_english("try-begun", values) == sentence


@given(st.sampled_from(sorted(SENTENCES)), st.text(max_size=12))
def test_a_sentence_says_what_it_names_and_has_no_marks_of_its_own(act: str, said: str) -> None:
    sentence = in_english(act, dict.fromkeys(names_of(act), f"<{said}>"))
    assert sentence.count(f"<{said}>") >= len(names_of(act))
    assert UNKNOWN not in sentence.replace(said, "")
    empty = in_english(act, {})
    assert not set("{}[]") & set(empty)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())))
def test_a_value_is_kept_plain_and_short(given_value: object) -> None:
    kept = value_of(given_value)
    assert kept is None or isinstance(kept, int) or 0 < len(kept) <= LONGEST_VALUE
