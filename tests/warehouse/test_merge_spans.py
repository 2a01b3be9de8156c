"""The spans of days that the rows of a batch are merged by."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.warehouse.merge_bounds import LONGEST_GAP, MOST_STATEMENTS, halves, spans_of

FIRST = date(2025, 6, 1)
DAYS = st.sets(st.integers(0, 800), min_size=1).map(lambda ago: sorted(FIRST + timedelta(days=n) for n in ago))


def days(*numbers: int) -> list[date]:
    """Return days by their distance from the first."""
    return [FIRST + timedelta(days=number) for number in numbers]


@given(DAYS)
def test_each_day_is_in_one_span_and_the_spans_begin_and_end_with_days_of_the_batch(found: list[date]) -> None:
    """So each row is merged once, and nothing is read beyond the batch's own days."""
    spans = spans_of(found)

    assert [day for first, last in spans for day in found if first <= day <= last] == found
    assert all(first in found and last in found for first, last in spans)
    assert 1 <= len(spans) <= MOST_STATEMENTS


def test_the_longest_gaps_are_left_out() -> None:
    """A gap of a week is not worth a statement, and there are no more statements than a delivery has time for."""
    near, far = LONGEST_GAP.days, LONGEST_GAP.days + 1
    many = days(0, *(sum(range(far, far + n)) for n in range(1, 20)))

    assert spans_of(days(0, near)) == [(FIRST, FIRST + LONGEST_GAP)]
    assert spans_of(days(0, far)) == [(day, day) for day in days(0, far)]
    assert spans_of(many)[-1] == (many[-1], many[-1])
    assert spans_of(many)[0] == (many[0], many[-MOST_STATEMENTS])


@given(DAYS, st.data())
def test_halves_hold_the_same_days(found: list[date], data: st.DataObject) -> None:
    """Until there is one day left."""
    [span] = data.draw(st.lists(st.sampled_from(spans_of(found)), min_size=1, max_size=1))
    inside = [day for day in found if span[0] <= day <= span[1]]
    parts = halves(found, span)

    assert (parts is None) == (len(inside) == 1)
    if parts is not None:
        assert [day for first, last in parts for day in found if first <= day <= last] == inside
