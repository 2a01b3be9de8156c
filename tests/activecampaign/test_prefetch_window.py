"""Pages of a list that moves while several of them are fetched at once: no row falls between two pages."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendtrail.activecampaign.v1.prefetch_window import QUIET_PAGES, PrefetchWindow

PAGE, ROWS, WINDOW = 8, 64, 4


@dataclass
class Account:
    """A list whose rows move to the top; a page is read when somebody says so, not when it is asked for."""

    rows: list[str] = field(default_factory=lambda: [f"row{number}" for number in range(ROWS)])
    moved: set[str] = field(default_factory=set)
    under_way: dict[int, list[str] | None] = field(default_factory=dict)

    def move(self, place: int) -> None:
        """Move a row to the top, or put a new one there."""
        row = self.rows.pop(place) if place < len(self.rows) else f"new{len(self.moved)}"
        self.rows.insert(0, row)
        self.moved.add(row)

    def read(self, choice: int) -> None:
        """Read one of the pages that were asked for."""
        waiting = [page for page, rows in self.under_way.items() if rows is None]
        if waiting:
            page = waiting[choice % len(waiting)]
            self.under_way[page] = self.rows[(page - 1) * PAGE : page * PAGE]


def read_all(account: Account, lookahead: PrefetchWindow, steps: list[tuple[int, int]]) -> set[str]:
    """Read the list to its end while steps say what happens next on the account's side."""
    found: set[str] = set()
    next_page, expected, happening = 1, 1, iter(steps)
    while True:
        window = 1 if expected == 1 else lookahead.size(next_page, enough=WINDOW)
        while len(account.under_way) < window or not account.under_way:
            account.under_way[next_page] = None
            next_page += 1
        for kind, choice in happening:
            if kind:
                account.move(choice)
            else:
                account.read(choice)
            break
        else:
            account.read(0)
        rows = account.under_way[expected]
        if rows is None:
            continue
        del account.under_way[expected]
        if not rows:
            return found
        found.update(rows)
        if not lookahead.record(expected, rows, is_newest_first=True):
            account.under_way.clear()
            next_page = expected + 1
        expected += 1


@settings(max_examples=500)
@given(
    reads=st.lists(st.tuples(st.just(0), st.integers(0, 5)), max_size=40),
    moves=st.lists(st.tuples(st.integers(0, 40), st.integers(0, ROWS + 5)), max_size=PAGE - 1),
)
def test_no_row_that_stayed_where_it_was_is_missed(reads: list[tuple[int, int]], moves: list[tuple[int, int]]) -> None:
    """Whenever each page is read, and whatever moves in between, as long as it is less than a page."""
    account, steps = Account(), list(reads)
    for at, place in moves:
        steps.insert(min(at, len(steps)), (1, place))

    found = read_all(account, PrefetchWindow(last=None), steps)

    assert set(account.rows) - account.moved <= found


def test_without_an_order_pages_are_read_one_by_one() -> None:
    """Rows may then come in anywhere, and one that was missed leaves no trace."""
    lookahead = PrefetchWindow(last=None)

    assert not lookahead.record(1, ["a", "b"], is_newest_first=False)
    assert lookahead.size(2, enough=4) == 1


def test_pages_are_read_one_by_one_for_a_while_after_a_row_came_twice() -> None:
    """What was fetched ahead cannot be used; later the list may be quiet again."""
    lookahead = PrefetchWindow(last=None)
    assert lookahead.record(1, ["a", "b"], is_newest_first=True)

    assert not lookahead.record(2, ["b", "c"], is_newest_first=True)

    assert [lookahead.size(page, enough=4) for page in (3, 2 + QUIET_PAGES, 3 + QUIET_PAGES)] == [1, 1, 4]


@pytest.mark.parametrize(("page", "expected"), [(2, 4), (10, 4), (11, 1), (30, 1)])
def test_nothing_is_fetched_ahead_beyond_what_the_counters_let_expect(page: int, expected: int) -> None:
    """There are ten pages; beyond them one at a time is asked for, until the end is proven."""
    lookahead = PrefetchWindow(last=10)
    lookahead.record(1, ["a"], is_newest_first=True)

    assert lookahead.size(page, enough=4) == expected
