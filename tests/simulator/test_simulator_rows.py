"""Rows and permutations: computed on demand, changed sparsely."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.simulator.randomness import Permutation
from sendtrail.simulator.report_lists.initial_rows import FirstRows, State, total_times
from sendtrail.simulator.report_lists.row_changes import Changes
from sendtrail.simulator.report_lists.timestamps import Stamps
from sendtrail.simulator.report_lists.view import Gaps


@given(size=st.integers(1, 300), key=st.integers(0, 2**64 - 1))
def test_a_permutation_is_one(size: int, key: int) -> None:
    """Each number goes to another, and the inverse leads back."""
    order = Permutation(size, key=key)

    there = [order[n] for n in range(size)]

    assert sorted(there) == list(range(size))
    assert [order.index(value) for value in there] == list(range(size))


@given(missing=st.sets(st.integers(0, 60)))
def test_gaps_are_skipped(missing: set[int]) -> None:
    """The n-th number that is there is found without a walk."""
    there = [n for n in range(80) if n not in missing]

    gaps = Gaps(tuple(sorted(missing)))

    assert [gaps.nth(n) for n in range(len(there))] == there


@given(size=st.integers(1, 2_000), key=st.integers(0, 2**64 - 1))
def test_first_rows_are_in_order(size: int, key: int) -> None:
    """The first rows are newest first and within their span, and the sum of their times is known."""
    rows = FirstRows(key=key, size=size, start=1_000, end=90_000)

    states = [rows[n] for n in range(size)]

    assert [state.at for state in states] == sorted((state.at for state in states), reverse=True)
    assert all(1_000 <= state.at < 90_000 for state in states)
    assert sum(state.times for state in states) == total_times(size)


@given(moves=st.lists(st.one_of(st.none(), st.integers(0, 40))), erased=st.sets(st.integers(0, 30), max_size=5))
def test_a_changed_list_is_the_first_rows_with_what_happened(moves: list[int | None], erased: set[int]) -> None:
    """Joining, repeating and erasing give what a plain dictionary of rows would."""
    first = FirstRows(key=1, size=25, start=0, end=1_000)
    changes = Changes(first=first, capacity=35)
    expected = {n: first[n] for n in reversed(range(25))}
    for at, member in enumerate(moves, start=1_000):
        if member is None and (joining := changes.next_member()) is not None:
            changes.join(joining, at, listed_at=at)
            expected[joining] = State(joining, at, 1)
        elif member is not None and (before := changes.state(member)):
            changes.repeat(before, at, listed_at=at)
            expected[member] = State(member, at, expected.pop(member).times + 1)
    for member in erased:
        changes.erase(member)
        expected.pop(member, None)

    view = changes.view()

    newest_first = list(reversed(expected.values()))
    assert list(view) == newest_first
    assert view.slice(0, len(view)) == newest_first
    assert len(view) == len(newest_first)


def test_a_view_stays_as_it_was() -> None:
    """What happens after a view was taken does not show in it."""
    changes = Changes(first=FirstRows(key=1, size=3, start=0, end=100), capacity=10)
    before = changes.view()
    rows = list(before)

    _join(changes, at=200)
    changes.repeat(rows[1], 201, listed_at=201)

    assert list(before) == rows
    assert [state.member for state in changes.view()] == [1, 3, 0, 2]


@given(repeats=st.lists(st.integers(0, 8), max_size=30))
def test_a_list_may_stand_still(repeats: list[int]) -> None:
    """Where repeats leave the instant alone, no row moves, each knows its times, and the list when it changed."""
    changes = Changes(first=FirstRows(key=1, size=7, start=0, end=100), capacity=10, still=True)
    for at in (200, 201):
        _join(changes, at=at)
    before = list(changes.view())
    for n, place in enumerate(repeats):
        now = changes.state(before[place].member)
        assert now
        changes.repeat(now, 300 + n, listed_at=300 + n)

    view = changes.view()

    assert list(view) == [state.grown(repeats.count(place)) for place, state in enumerate(before)]
    assert [view.has_changed(state, 300) for state in view] == [place in repeats for place in range(9)]
    assert [state.at for state in changes.states()] == sorted((s.at for s in changes.states()), reverse=True)


def _join(changes: Changes, *, at: int) -> None:
    member = changes.next_member()
    assert member is not None
    changes.join(member, at, listed_at=at)


def test_the_hour_that_repeats_is_read_as_the_first() -> None:
    """A naive timestamp in the hour that the clocks repeat stands for the first of the two."""
    stamps = Stamps(ZoneInfo("America/Chicago"))
    second_half_past_one = int(datetime(2025, 11, 2, 7, 30, tzinfo=UTC).timestamp())

    assert stamps.iso(second_half_past_one) == "2025-11-02T01:30:00-06:00"
    assert stamps.as_read(second_half_past_one) == second_half_past_one - 3_600
