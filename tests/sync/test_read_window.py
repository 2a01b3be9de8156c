"""What of a report is read again, by what is known of the account."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.sync.read_window import ALL_TIME, Overlap, ReadWindow, coverage_start, read_window
from sendtrail.sync.settling import Settling
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVERLAP = Overlap()
SINCE = NOON - 30 * DAY
COUNTERS = {"opens": 90, "uniqueopens": 50, "hardbounces": 45, "softbounces": 0, "unsubscribes": 40}
SIX_HOURS_AGO, A_DAY_AGO = NOON - 6 * HOUR, NOON - DAY


def a_record(*, watermark_age: timedelta = DAY, whole_age: timedelta = DAY, **changes: object) -> SyncRecord:
    """Return what a sync left, whose reports were last read so long ago, and as a whole so long ago."""
    record = SyncRecord(
        since=SINCE,
        watermarks=dict.fromkeys(Report, NOON - watermark_age),
        deep_watermarks=dict.fromkeys(Report, NOON - whole_age),
        counters=COUNTERS,
        synced_at=NOON - watermark_age,
        audited_at=SINCE,
        confirmed=False,
        settling={},
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def a_window(
    report: Report, record: SyncRecord, *, reason: Reason = Reason.CHANGED, changes: dict[str, int], **known: object
) -> ReadWindow:
    """Return the window of a read at noon."""
    return read_window(report, a_message(reason, changes, **known), record, since=SINCE, now=NOON, overlap=OVERLAP)


def a_message(reason: Reason, changes: dict[str, int], **known: object) -> SyncCampaign:
    """Return a message that names no time."""
    message = SyncCampaign(
        organization_id="acme",
        campaign_id=1,
        campaign_name="News",
        split=False,
        run_id="run",
        sequence=2,
        reason=reason,
        since=None,
        counters={name: value + changes.get(name, 0) for name, value in COUNTERS.items()},
    )
    return replace(message, **known)  # type: ignore[arg-type]


def test_a_message_that_names_no_time_means_what_was_read_before() -> None:
    """Where a restored copy of the state does not know of it, everything that is kept; never nothing."""
    message = a_message(Reason.FORCED, {})

    assert coverage_start(message, a_record()) == SINCE
    assert coverage_start(message, None) == ALL_TIME
    assert coverage_start(replace(message, kept_since=A_DAY_AGO), None) == A_DAY_AGO


@pytest.mark.parametrize(
    ("complete", "since"),
    [((), A_DAY_AGO - OVERLAP.whole), ((Report.OPENS,), A_DAY_AGO - OVERLAP.recent)],
)
def test_the_wide_overlap_is_spared_where_all_that_was_counted_is_stored(
    complete: tuple[Report, ...], since: object
) -> None:
    """Either way nothing before this read can have come in late any more."""
    window = a_window(Report.OPENS, a_record(), changes={"opens": 3}, complete=complete)

    assert (window.since, window.full_overlap, window.is_recent) == (since, True, bool(complete))


def test_between_two_wide_reads_only_what_is_new_is_read() -> None:
    """Whatever is stored: rows that came late are found within a day."""
    record = a_record(watermark_age=6 * HOUR, whole_age=12 * HOUR)

    window = a_window(Report.OPENS, record, changes={"opens": 3})

    assert (window.since, window.full_overlap) == (SIX_HOURS_AGO - OVERLAP.recent, False)


def test_a_wide_overlap_that_is_postponed_stays_due() -> None:
    """Only what is new is read: the next message without that word goes back from where the last wide read began."""
    window = a_window(Report.OPENS, a_record(), changes={"opens": 3}, postponed=(Report.OPENS,))

    assert (window.since, window.full_overlap) == (A_DAY_AGO - OVERLAP.recent, False)


@pytest.mark.parametrize(
    ("whole_age", "changes", "complete", "since", "skips"),
    [
        (12 * HOUR, {"opens": 3, "uniqueopens": 1}, (), SIX_HOURS_AGO - OVERLAP.recent, True),
        (DAY, {"opens": 3, "uniqueopens": 1}, (Report.OPENS,), SINCE, False),
        (DAY, {"opens": 1, "uniqueopens": 1}, (Report.OPENS,), SIX_HOURS_AGO - OVERLAP.recent, False),
        (DAY, {"opens": 1, "uniqueopens": 1}, (), SINCE, False),  # an earlier read may have skipped repeats
    ],
)
def test_rows_that_grow_in_place_are_looked_for_once_a_day(
    whole_age: timedelta, changes: dict[str, int], complete: tuple[Report, ...], since: object, *, skips: bool
) -> None:
    """Nothing says where they are."""
    record = a_record(watermark_age=6 * HOUR, whole_age=whole_age)

    window = a_window(Report.OPENS, record, changes=changes, standing_rows=(Report.OPENS,), complete=complete)

    assert (window.since, window.skips_repeats) == (since, skips)


def test_where_rows_stand_only_new_contacts_can_be_at_the_top() -> None:
    """So no more pages are fetched ahead than those fill."""
    record = a_record(watermark_age=6 * HOUR, whole_age=12 * HOUR)
    changes = {"opens": 100, "uniqueopens": 30}

    standing = a_window(Report.OPENS, record, changes=changes, standing_rows=(Report.OPENS,))
    moving = a_window(Report.OPENS, record, changes=changes)

    assert (standing.changed_rows, moving.changed_rows) == (30, 100)


@pytest.mark.parametrize("report", [Report.OPENS, Report.UNSUBSCRIBES])
@pytest.mark.parametrize(("age", "is_whole"), [(DAY, False), (7 * DAY, True)])
def test_the_last_look_believes_nothing(report: Report, age: timedelta, *, is_whole: bool) -> None:
    """A deletion may have hidden a change in the counters, and so in what is compared with them."""
    settling = {report: Settling(changed_at=NOON - age, read_at=NOON - age)}
    record = a_record(settling=settling)

    window = a_window(report, record, reason=Reason.CONFIRM, changes={}, settle=(report,), complete=(report,))

    assert (window.is_recent, window.full_overlap) == (not is_whole, True)
    assert window.first_page == 1 or not is_whole


@pytest.mark.parametrize(
    ("changes", "first_page"),
    [
        ({"hardbounces": 3}, 3),  # rows 46 to 48
        ({"hardbounces": 10, "softbounces": 9}, 3),
        ({"hardbounces": -1}, 1),  # some were erased, so the others have moved
        ({}, 2),  # a page or two may hold what no counter shows
    ],
)
def test_a_list_that_grows_at_its_end_is_read_from_where_it_has_grown(changes: dict[str, int], first_page: int) -> None:
    """Between two whole reads; 45 rows were there."""
    window = a_window(Report.BOUNCES, a_record(whole_age=12 * HOUR), changes=changes)

    assert (window.first_page, window.full_overlap) == (first_page, False)


def test_a_list_that_is_not_known_to_be_complete_is_read_as_a_whole_once_a_day() -> None:
    """Its new rows may be anywhere: the account may show the newest first."""
    spared = a_window(Report.BOUNCES, a_record(), changes={"hardbounces": 3}, complete=(Report.BOUNCES,))
    whole = a_window(Report.BOUNCES, a_record(), changes={"hardbounces": 3})

    assert (spared.first_page, whole.first_page) == (3, 1)


def test_a_report_that_fell_short_is_read_as_a_whole() -> None:
    """Whatever is stored."""
    settling = {Report.BOUNCES: Settling(changed_at=A_DAY_AGO, read_at=A_DAY_AGO, short=1)}

    window = a_window(
        Report.BOUNCES, a_record(settling=settling), changes={"hardbounces": 3}, complete=(Report.BOUNCES,)
    )

    assert (window.first_page, window.since, window.full_overlap) == (1, SINCE, True)


@pytest.mark.parametrize(("complete", "since"), [((), SINCE), ((Report.OPENS,), NOON - 8 * DAY - OVERLAP.recent)])
def test_the_last_look_at_rows_that_stand_is_for_new_ones_where_all_is_stored(
    complete: tuple[Report, ...], since: object
) -> None:
    """Their counts are those of the account; what a deletion hid since is a new row, or waits for the audit."""
    settling = {Report.OPENS: Settling(changed_at=NOON - 7 * DAY, read_at=NOON - 7 * DAY)}
    record = a_record(watermark_age=7 * DAY, whole_age=8 * DAY, settling=settling)
    known = {"settle": (Report.OPENS,), "standing_rows": (Report.OPENS,), "complete": complete}

    window = a_window(Report.OPENS, record, reason=Reason.CONFIRM, changes={}, **known)

    assert (window.since, window.is_recent) == (since, False)
