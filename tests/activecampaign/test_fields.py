"""Ids, counters and texts as the account writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.activecampaign.fields import MAX_COUNT, count_of, identifier, number, text


@pytest.mark.parametrize("written", ["17", 17, " 17 ", "17\n", 17.0])
def test_numbers_come_as_strings_or_numbers(written: object) -> None:
    """Both are the same number."""
    assert number(written) == 17
    assert identifier(written) == "17"


@pytest.mark.parametrize("nothing", ["", None, "many", "1.5", 1.5, True, [], {}, "1_000", "٣", "9" * 19, 10**18])
def test_what_is_no_number_is_none(nothing: object) -> None:
    """Junk is no number, nor is what fits no column."""
    assert number(nothing) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 0), (str(MAX_COUNT), MAX_COUNT), (MAX_COUNT + 1, None), ("-1", None), ("9" * 18, None)],
)
def test_what_counts_events_is_within_belief(value: object, expected: int | None) -> None:
    """Beyond it sums would overflow, and below zero nothing is counted."""
    assert count_of(value) == expected


@pytest.mark.parametrize("nothing", ["", "0", 0, None, " "])
def test_no_id_is_empty(nothing: object) -> None:
    """The API says 0 for none, too."""
    assert identifier(nothing) == ""


@given(value=st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1))
def test_every_number_is_read_from_its_string(value: int) -> None:
    """Strings and numbers agree."""
    assert number(str(value)) == number(value) == value


@given(value=st.none() | st.booleans() | st.floats() | st.text() | st.binary() | st.lists(st.integers()))
def test_any_value_is_a_text(value: object) -> None:
    """No value makes the reader fail."""
    assert isinstance(text(value), str)
    assert isinstance(identifier(value), str)
    assert isinstance(number(value), int | None)
