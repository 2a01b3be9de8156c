"""What every Warehouse does with activities and campaigns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sendtrail.domain.activity import EventType
from sendtrail.warehouse.rows import Table
from tests.contracts.samples import EARLIER, LATER, a_run, activities, campaign, campaigns, opened, subjects
from tests.contracts.under_test import WarehouseUnderTest
from tests.fakes import NOON

ACTIVITIES = Table.EMAIL_ACTIVITIES


def test_an_activity_is_stored_as_it_is(warehouse: WarehouseUnderTest) -> None:
    """Every column comes back: unicode, times, dates and JSON."""
    row = opened(
        event_type=EventType.BOUNCE,
        contact_email="jürgen@exämple.com",
        detail={"type": "hard", "reason": 'no such "user"\n\u0001 🌸'},
    )

    warehouse.warehouse.merge(activities(row))

    assert warehouse.read(ACTIVITIES) == [row]


def test_what_the_account_does_not_say_is_null(warehouse: WarehouseUnderTest) -> None:
    """An absent value is NULL, JSON included."""
    warehouse.warehouse.merge(activities(opened(message_id="", contact_id="", detail=None)))

    [row] = warehouse.read(ACTIVITIES)
    assert (row["message_id"], row["contact_id"], row["link_url"], row["detail"]) == (None, None, None, None)


def test_handled_twice_stored_once(warehouse: WarehouseUnderTest) -> None:
    """A batch that is merged again adds nothing, and says so."""
    batch = activities(opened(contact_id="1"), opened(contact_id="2"))

    added = [warehouse.warehouse.merge(batch), warehouse.warehouse.merge(batch)]

    assert added == [2, 0]
    assert len(warehouse.read(ACTIVITIES)) == 2


def test_a_later_batch_adds_only_what_is_new(warehouse: WarehouseUnderTest) -> None:
    """Overlapping batches are the rule: reads overlap on purpose."""
    warehouse.warehouse.merge(activities(opened(contact_id="1"), number=0))

    added = warehouse.warehouse.merge(activities(opened(contact_id="1"), opened(contact_id="2"), number=1))

    assert added == 1
    assert {row["contact_id"] for row in warehouse.read(ACTIVITIES)} == {"1", "2"}


def test_an_activity_that_stands_twice_in_a_batch_is_stored_once(warehouse: WarehouseUnderTest) -> None:
    """Pages shift while they are read."""
    added = warehouse.warehouse.merge(activities(opened(), opened()))

    assert added == 1
    assert len(warehouse.read(ACTIVITIES)) == 1


def test_the_first_reading_of_an_activity_stays(warehouse: WarehouseUnderTest) -> None:
    """Rows of activities are never rewritten."""
    warehouse.warehouse.merge(activities(opened(run_id="run-1")))

    warehouse.warehouse.merge(activities(opened(run_id="run-2")))

    assert [row["run_id"] for row in warehouse.read(ACTIVITIES)] == ["run-1"]


def test_two_observations_of_one_contact_are_two_rows(warehouse: WarehouseUnderTest) -> None:
    """The API moves its row forward; both observations count."""
    first, second = opened(times=1), opened(times=2, activity_timestamp=NOON)

    assert warehouse.warehouse.merge(activities(first, second)) == 2


def test_accounts_are_apart(warehouse: WarehouseUnderTest) -> None:
    """The same campaign and contact ids of two accounts are different activities."""
    both = activities(opened(organization_id="acme"), opened(organization_id="globex"))

    assert warehouse.warehouse.merge(both) == 2


def test_a_batch_across_many_days_is_stored_whole(warehouse: WarehouseUnderTest) -> None:
    """The bounds on the partitions are those of the batch."""
    batch = activities(*(opened(activity_timestamp=NOON - timedelta(days=days)) for days in (0, 40, 400)))

    assert warehouse.warehouse.merge(batch) == 3
    assert warehouse.warehouse.merge(batch) == 0


def test_batches_that_race_store_each_activity_once(warehouse: WarehouseUnderTest) -> None:
    """Two workers that were given the same work merge at the same time."""
    batch = activities(*(opened(contact_id=str(number)) for number in range(50)))

    with ThreadPoolExecutor(4) as threads:
        added = list(threads.map(warehouse.warehouse.merge, [batch] * 4))

    assert sum(added) == 50
    assert len(warehouse.read(ACTIVITIES)) == 50


def test_an_empty_batch_changes_nothing(warehouse: WarehouseUnderTest) -> None:
    """Merging no rows is no error."""
    assert warehouse.warehouse.merge(activities()) == 0


def test_a_campaign_is_stored_with_every_counter(warehouse: WarehouseUnderTest) -> None:
    """Counters that the API did not give are NULL, not 0."""
    warehouse.warehouse.merge(campaigns(campaign(counters={"opens": 0, "send_amt": 10})))

    [row] = warehouse.read(Table.CAMPAIGNS)
    assert row == dict(campaign(counters={"opens": 0, "send_amt": 10}))
    assert (row["opens"], row["send_amt"], row["replies"]) == (0, 10, None)


def test_a_newer_listing_of_a_campaign_wins(warehouse: WarehouseUnderTest) -> None:
    """Changed counters replace the row; created_at stays that of the first."""
    warehouse.warehouse.merge(campaigns(campaign(at=NOON)))

    changed = warehouse.warehouse.merge(campaigns(campaign(at=LATER, counters={"opens": 9})))

    [row] = warehouse.read(Table.CAMPAIGNS)
    assert changed == 1
    assert (row["opens"], row["created_at"], row["updated_at"]) == (9, NOON, LATER)


def test_an_unchanged_campaign_is_not_rewritten(warehouse: WarehouseUnderTest) -> None:
    """A campaign listed again as it was keeps its updated_at."""
    warehouse.warehouse.merge(campaigns(campaign(at=NOON)))

    assert warehouse.warehouse.merge(campaigns(campaign(at=LATER))) == 0
    assert [row["updated_at"] for row in warehouse.read(Table.CAMPAIGNS)] == [NOON]


def test_an_older_listing_of_a_campaign_does_not_overwrite(warehouse: WarehouseUnderTest) -> None:
    """A batch that comes late changes nothing."""
    warehouse.warehouse.merge(campaigns(campaign(at=NOON)))

    assert warehouse.warehouse.merge(campaigns(campaign(at=EARLIER, counters={"opens": 1}))) == 0
    assert [row["opens"] for row in warehouse.read(Table.CAMPAIGNS)] == [4]


def test_a_run_that_is_over_is_one_row_and_stays_as_it_is(warehouse: WarehouseUnderTest) -> None:
    """What is not known of it is NULL."""
    merged = [warehouse.warehouse.merge(batch) for batch in (a_run(), a_run(), a_run(requests=130, at=LATER))]

    [row] = warehouse.read(Table.RUNS)
    assert merged == [1, 0, 0]
    assert (row["run_id"], row["outcome"], row["requests"], row["activities_new"]) == ("run1", "complete", 120, 800)
    assert (row["due"], row["bytes_billed"], row["created_at"]) == (None, None, NOON)


def test_a_newer_reading_of_a_subject_line_wins(warehouse: WarehouseUnderTest) -> None:
    """Whichever comes last; the unchanged one keeps the time of its first reading, and an empty one is NULL."""
    merged = [
        warehouse.warehouse.merge(batch)
        for batch in (
            subjects("Spring sale 🌸", "", at=NOON),
            subjects("Spring sale, last day", "", at=LATER),
            subjects("Spring sale 🌸", "", at=EARLIER),
        )
    ]

    rows = [(row["message_id"], row["subject"], row["updated_at"]) for row in warehouse.read(Table.MESSAGES)]
    assert merged == [2, 1, 0]
    assert sorted(rows) == [("1", "Spring sale, last day", LATER), ("2", None, NOON)]
