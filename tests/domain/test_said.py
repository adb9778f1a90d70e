from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.said import NAMES, SENTENCES, Said, said

WORDS = st.sampled_from(sorted(SENTENCES)).flatmap(
    lambda code: st.builds(Said, st.just(code), st.fixed_dictionaries(dict.fromkeys(NAMES[code], st.text(max_size=9))))
)


@given(WORDS)
def test_a_sentence_names_its_values_as_they_are(one: Said) -> None:
    assert all(str(value) in str(one) for value in one.values.values())


@given(WORDS, st.text(max_size=9))
def test_no_word_is_said_with_other_values_than_it_names(one: Said, more: str) -> None:
    with pytest.raises(ValueError, match="does not name"):
        Said(one.code, {**one.values, f"+{more}": 1})


def test_a_word_that_there_is_not_is_not_said() -> None:
    with pytest.raises(ValueError, match="no word"):
        said("smells-of-smoke")
