"""What is short of what was counted and merged: every loss, and nothing but losses."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.sync.pairing.row_counts import Counted, RowCount, missing_rows, next_baseline


def test_fewer_rows_than_were_counted_are_missing() -> None:
    """By campaign; more are no news."""
    stored = {1: RowCount(stored=7), 2: RowCount(stored=30)}

    assert missing_rows({1: (10, 0), 2: (20, 0), 3: (5, 0)}, {}, stored) == {1: 3, 3: 5}


def test_what_was_merged_since_has_to_be_there() -> None:
    """Of campaigns that nobody has counted yet, too."""
    stored = {1: RowCount(stored=10), 2: RowCount(stored=1)}

    assert missing_rows({1: (10, 100)}, {1: 104, 2: 3}, stored) == {1: 4, 2: 2}


def test_a_record_that_is_older_than_the_count_accuses_nobody() -> None:
    """A state that was restored has forgotten merges."""
    assert missing_rows({1: (10, 100)}, {1: 40}, {1: RowCount(stored=10)}) == {}


def test_the_next_count_is_compared_with_what_outlasts_it() -> None:
    """Rows that expire until then are left out."""
    stored = {1: RowCount(stored=10, lasting=8)}

    assert next_baseline({}, stored, merged_before={1: 10}, merged_after={1: 10}) == {1: (8, 10)}


def test_a_campaign_that_is_being_merged_is_trusted_for_what_was_certain() -> None:
    """A batch may be counted and recorded later: it must not be expected twice."""
    stored = {1: RowCount(stored=15, lasting=14)}

    baseline = next_baseline({1: (10, 10)}, stored, merged_before={1: 10}, merged_after={1: 10}, active=[1])

    assert baseline == {1: (9, 10)}
    assert missing_rows(baseline, {1: 15}, {1: RowCount(stored=14)}) == {}


@dataclass
class Table:
    """Rows of campaigns by age in days, what was recorded of them, and what was counted last."""

    rows: dict[int, list[int]] = field(default_factory=dict)
    recorded: dict[int, int] = field(default_factory=dict)
    baseline: Counted = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)

    def merge(self, campaign: int, ages: list[int], *, is_recorded: bool) -> None:
        """Add rows, and record those that are young enough, unless the worker dies in between."""
        self.rows.setdefault(campaign, []).extend(ages)
        if is_recorded:
            self.recorded[campaign] = self.recorded.get(campaign, 0) + sum(age < FLOOR for age in ages)

    def count(self) -> None:
        """Compare, and let a week pass in which the oldest rows expire."""
        stored = {
            campaign: RowCount(stored=sum(age < FLOOR for age in ages), lasting=sum(age < FLOOR - WEEK for age in ages))
            for campaign, ages in self.rows.items()
        }
        self.found = dict(missing_rows(self.baseline, self.recorded, stored))
        self.baseline = next_baseline(
            self.baseline, stored, merged_before=dict(self.recorded), merged_after=dict(self.recorded)
        )
        self.rows = {
            campaign: [age + WEEK for age in ages if age + WEEK < EXPIRY] for campaign, ages in self.rows.items()
        }


# In days: what is younger than FLOOR at a count is younger than EXPIRY at the next.
WEEK, FLOOR, EXPIRY = 7, 50, 60
MERGES = st.lists(
    st.tuples(st.integers(1, 3), st.lists(st.integers(0, EXPIRY - 1), max_size=5), st.booleans()), max_size=6
)


@given(weeks=st.lists(MERGES, max_size=6))
def test_nobody_is_accused_of_a_loss_that_did_not_happen(weeks: list[list[tuple[int, list[int], bool]]]) -> None:
    """Whatever is merged, recorded or not, and expires meanwhile."""
    table = Table()
    for merges in weeks:
        for campaign, ages, is_recorded in merges:
            table.merge(campaign, ages, is_recorded=is_recorded)
        table.count()
        assert table.found == {}


@given(weeks=st.lists(MERGES, min_size=1, max_size=4), data=st.data())
def test_every_recorded_row_that_is_deleted_is_missed(
    weeks: list[list[tuple[int, list[int], bool]]], data: st.DataObject
) -> None:
    """As long as it need not expire before the count."""
    table = Table()
    for merges in weeks:
        table.count()
        for campaign, ages, _ in merges:
            table.merge(campaign, ages, is_recorded=True)
    young = [(campaign, age) for campaign, ages in table.rows.items() for age in ages if age < FLOOR]
    if not young:
        return
    campaign, age = data.draw(st.sampled_from(young))
    table.rows[campaign].remove(age)

    table.count()

    assert table.found == {campaign: 1}
