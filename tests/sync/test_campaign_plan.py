"""What a sync reads, and what it leaves behind."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.campaign import CampaignMessage, Counters
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportPage
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.state.documents import from_document, to_document
from sendtrail.sync.campaign_plan import new_progress
from sendtrail.sync.progress.campaign_progress import CampaignProgress, can_resume, resume_from, with_seen
from sendtrail.sync.progress.completed_sync import completed_sync
from sendtrail.sync.read_window import Overlap
from sendtrail.sync.settling import QUIET_FOR, Settling
from sendtrail.sync.sync_record import SyncRecord
from tests.fake_account import an_activity
from tests.fakes import NOON

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OVERLAP = timedelta(hours=48)
RECENT = timedelta(hours=1)
ZERO = dict.fromkeys(
    ("opens", "uniqueopens", "verified_opens", "verified_unique_opens", "linkclicks", "uniquelinkclicks",
     "subscriberclicks", "hardbounces", "softbounces", "unsubscribes", "forwards", "uniqueforwards"), 0
)  # fmt: skip
SYNCED = SyncRecord(
    since=NOON - 30 * DAY,
    watermarks={Report.OPENS: NOON - DAY, Report.CLICKS: NOON - 10 * DAY},
    counters={**ZERO, "opens": 9, "linkclicks": 3},
    synced_at=NOON - DAY,
    audited_at=NOON - DAY,
    confirmed=True,
    deep_watermarks={Report.OPENS: NOON - DAY, Report.CLICKS: NOON - 10 * DAY},
    settling={},
)


def a_message(reason: Reason, *, since: datetime | None = None, **counters: int) -> SyncCampaign:
    """Return a message with the given counters, all others as they were."""
    return SyncCampaign(
        organization_id="acme",
        campaign_id=1,
        campaign_name="News",
        split=False,
        run_id="run2",
        sequence=2,
        reason=reason,
        since=since,
        counters={**SYNCED.counters, **counters},
    )


def a_plan(
    message: SyncCampaign,
    synced: SyncRecord | None = SYNCED,
    *,
    messages: tuple[str, ...] = ("",),
    counted: Counters | None = None,
) -> CampaignProgress:
    """Return the plan of a sync that begins at noon; `counted` are the counters of each message that has a name."""
    parts = [
        CampaignMessage(message_id=each, counters=(counted or {}) if each else message.counters) for each in messages
    ]
    return new_progress(message, synced=synced, messages=parts, now=NOON, overlap=Overlap(whole=OVERLAP, recent=RECENT))


def test_a_change_in_bounces_alone_does_not_read_the_opens_again() -> None:
    """Only the reports that a moved counter feeds are read."""
    plan = a_plan(a_message(Reason.CHANGED, hardbounces=1))

    assert [unit.report for unit in plan.units] == [Report.BOUNCES]


def test_news_is_read_back_to_the_reports_own_watermark_less_the_overlap() -> None:
    """A report that was not read for long has an older watermark than the others."""
    plan = a_plan(a_message(Reason.CHANGED, opens=10, linkclicks=4))

    back_to = {unit.report: unit.since for unit in plan.units}
    assert back_to == {Report.OPENS: NOON - DAY - OVERLAP, Report.CLICKS: NOON - 12 * DAY}


def test_a_report_that_was_never_read_is_read_to_the_bottom() -> None:
    """There is no watermark to stop at."""
    plan = a_plan(a_message(Reason.CHANGED, forwards=1))

    assert [(unit.report, unit.since) for unit in plan.units] == [(Report.FORWARDS, SYNCED.since)]


def test_a_first_sync_leaves_out_reports_that_are_empty() -> None:
    """A counter that is there and zero spares the request."""
    plan = a_plan(a_message(Reason.NEW, since=NOON - 7 * DAY), synced=None)

    assert [unit.report for unit in plan.units] == [Report.OPENS, Report.CLICKS]


def test_a_counter_that_the_account_does_not_give_is_no_zero() -> None:
    """What nobody counts may still be there."""
    message = a_message(Reason.NEW, since=NOON)
    message = SyncCampaign(**{**to_document(message), "counters": {"opens": 3}})

    assert [unit.report for unit in a_plan(message, synced=None).units] == list(Report)


@pytest.mark.parametrize("reason", [Reason.AUDIT, Reason.FORCED])
def test_an_audit_reads_every_report_to_the_bottom(reason: Reason) -> None:
    """Whatever the counters say."""
    plan = a_plan(a_message(reason))

    assert [unit.report for unit in plan.units] == list(Report)
    assert {unit.since for unit in plan.units} == {SYNCED.since}


def test_a_split_campaign_is_read_message_by_message() -> None:
    """Each report of each message is a unit of its own, where they have all that the campaign counts."""
    message = a_message(Reason.CHANGED, opens=10, uniqueopens=10)

    plan = a_plan(message, messages=("11", "12"), counted={"uniqueopens": 5})

    assert [(unit.report, unit.message_id) for unit in plan.units] == [(Report.OPENS, "11"), (Report.OPENS, "12")]


@pytest.mark.parametrize("counted", [{"uniqueopens": 4}, {}])
def test_a_report_that_messages_may_not_have_all_of_is_one_unit(counted: Counters) -> None:
    """A message may be missing from their list: that is for the reader of the whole report to see."""
    message = a_message(Reason.CHANGED, opens=10, uniqueopens=10)

    (unit,) = a_plan(message, messages=("11", "12"), counted=counted).units

    assert (unit.message_id, unit.expected_rows) == ("", 10)


def test_a_later_since_never_leaves_a_hole() -> None:
    """Asking for the last day only, five days after the last sync, still reads all five."""
    plan = a_plan(a_message(Reason.CHANGED, since=NOON, opens=10))

    assert plan.since == SYNCED.since
    assert plan.units[0].since == NOON - DAY - OVERLAP


def test_an_earlier_since_reads_everything_back_to_it() -> None:
    """Every report that holds anything, though no counter moved."""
    plan = a_plan(a_message(Reason.EXTENDED, since=NOON - 90 * DAY))

    assert {unit.since for unit in plan.units} == {NOON - 90 * DAY}
    assert [unit.report for unit in plan.units] == [Report.OPENS, Report.CLICKS]


def test_what_a_sync_leaves_behind_is_as_of_its_start() -> None:
    """What moved while it read is news to the next one."""
    plan = a_plan(a_message(Reason.CHANGED, opens=10))

    left = completed_sync(plan, SYNCED)

    assert left.watermarks[Report.OPENS] == NOON
    assert left.watermarks[Report.CLICKS] == SYNCED.watermarks[Report.CLICKS]
    assert left.counters["opens"] == 10
    assert (left.confirmed, left.audited_at, left.since) == (False, SYNCED.audited_at, SYNCED.since)


def test_a_report_that_is_empty_by_its_counter_is_complete_as_of_when_that_was_listed() -> None:
    """A message may be hours late: whoever left meanwhile is news to the next one."""
    late = replace(a_message(Reason.CHANGED, opens=10), listed_at=NOON - DAY)

    left = completed_sync(a_plan(late), SYNCED)

    assert left.watermarks[Report.UNSUBSCRIBES] == left.deep_watermarks[Report.UNSUBSCRIBES] == NOON - DAY
    assert left.watermarks[Report.OPENS] == NOON


def test_a_read_that_found_the_counters_still_confirms_them() -> None:
    """It is not read once more."""
    assert completed_sync(a_plan(a_message(Reason.CONFIRM)), SYNCED).confirmed


@pytest.mark.parametrize("reason", [Reason.NEW, Reason.AUDIT, Reason.FORCED, Reason.EXTENDED])
def test_a_thorough_read_counts_as_an_audit(reason: Reason) -> None:
    """The next one is due a month later."""
    assert completed_sync(a_plan(a_message(reason)), SYNCED).audited_at == NOON


def test_a_forced_read_starts_anew_but_its_own_continuations_do_not() -> None:
    """Otherwise it would begin again and again."""
    own = a_plan(a_message(Reason.FORCED))
    earlier = CampaignProgress(**{**to_document(own), "run_id": "run1"})

    assert can_resume(own, a_message(Reason.FORCED))
    assert not can_resume(earlier, a_message(Reason.FORCED))


def test_a_sync_under_way_serves_whoever_asks_for_no_more_than_it_reads() -> None:
    """Somebody who asks for more gets a new plan."""
    under_way = a_plan(a_message(Reason.CHANGED, opens=10))

    assert can_resume(under_way, a_message(Reason.UNFINISHED))
    assert can_resume(under_way, a_message(Reason.UNFINISHED, since=under_way.since))
    assert not can_resume(under_way, a_message(Reason.UNFINISHED, since=under_way.since - DAY))
    assert not can_resume(None, a_message(Reason.UNFINISHED))


@given(page=st.integers(1, 10_000))
def test_a_report_is_taken_up_one_page_earlier(page: int) -> None:
    """Contacts that were deleted meanwhile have let the rows move up."""
    assert resume_from(ReportCursor(page=page, earliest=NOON)) == ReportCursor(page=max(1, page - 1))


def test_progress_survives_being_stored() -> None:
    """It reads as it was written, enums and times included."""
    plan = a_plan(a_message(Reason.CHANGED, opens=10))

    assert from_document(CampaignProgress, to_document(plan)) == plan


HOURLY = replace(
    SYNCED,
    watermarks={Report.OPENS: NOON - HOUR, Report.CLICKS: NOON - HOUR},
    deep_watermarks={Report.OPENS: NOON - 5 * HOUR, Report.CLICKS: NOON - 21 * HOUR},
)


def test_what_is_read_every_hour_goes_back_by_the_whole_overlap_once_a_day() -> None:
    """The opens went back this morning, the clicks yesterday: reading two days again every hour fills the budget."""
    plan = a_plan(a_message(Reason.CHANGED, opens=10, linkclicks=4), HOURLY)

    reach = {unit.report: (unit.since, unit.full_overlap) for unit in plan.units}
    assert reach == {
        Report.OPENS: (NOON - HOUR - RECENT, False),
        Report.CLICKS: (NOON - 21 * HOUR - OVERLAP, True),
    }


def test_a_short_read_leaves_the_deep_watermark_where_it_was() -> None:
    """So that the deep read goes back to where the last one began, less the overlap."""
    left = completed_sync(a_plan(a_message(Reason.CHANGED, opens=10, linkclicks=4), HOURLY), HOURLY)

    assert left.watermarks[Report.OPENS] == left.watermarks[Report.CLICKS] == NOON
    assert left.deep_watermarks[Report.OPENS] == NOON - 5 * HOUR
    assert left.deep_watermarks[Report.CLICKS] == NOON


def test_confirming_reads_only_what_had_news_and_goes_back_all_the_way() -> None:
    """The bounces moved since the campaign was last found still, the opens did not."""
    changed = completed_sync(a_plan(a_message(Reason.CHANGED, hardbounces=1), SYNCED), SYNCED)
    confirm = replace(a_message(Reason.CONFIRM), counters=changed.counters)

    plan = a_plan(confirm, changed)

    assert [unit.report for unit in plan.units] == [Report.BOUNCES]
    assert completed_sync(plan, changed).unsettled == []


def test_news_of_several_syncs_is_confirmed_together() -> None:
    """What was unsettled stays so until the campaign is still."""
    first = completed_sync(a_plan(a_message(Reason.CHANGED, hardbounces=1)), SYNCED)

    second = completed_sync(a_plan(a_message(Reason.CHANGED, hardbounces=1, opens=10), first), first)

    assert second.unsettled == [Report.OPENS, Report.BOUNCES]


def test_the_counters_say_how_many_rows_there_are_and_how_many_can_be_new() -> None:
    """Only opens are read from the newest on, so only of them it matters how many can be new."""
    plan = a_plan(a_message(Reason.CHANGED, opens=29, uniqueopens=15, hardbounces=3, softbounces=1))

    told = {unit.report: (unit.expected_rows, unit.changed_rows) for unit in plan.units}
    assert told == {Report.OPENS: (15, 20), Report.BOUNCES: (4, None)}


@pytest.mark.parametrize("reason", [Reason.AUDIT, Reason.FORCED])
def test_the_counters_are_evidence_in_an_audit_too(reason: Reason) -> None:
    """An end before them is doubtful there as well; that some rows can be new is no matter."""
    plan = a_plan(a_message(reason, opens=29, uniqueopens=15))

    assert {(unit.report, unit.expected_rows, unit.changed_rows) for unit in plan.units} >= {(Report.OPENS, 15, None)}


def test_each_message_of_a_split_campaign_has_rows_of_its_own_to_expect() -> None:
    """Its own counters say how many: those of the campaign are of all its messages."""
    messages = [CampaignMessage(message_id=each, counters={"uniqueopens": int(each)}) for each in ("11", "12")]

    plan = new_progress(
        a_message(Reason.CHANGED, opens=23), synced=SYNCED, messages=messages, now=NOON, overlap=Overlap()
    )

    assert [(unit.message_id, unit.expected_rows, unit.changed_rows) for unit in plan.units] == [
        ("11", 11, None),
        ("12", 12, None),
    ]


@pytest.mark.parametrize(
    ("message", "read"),
    [
        (a_message(Reason.CHANGED, uniqueopens=11), ["11"]),
        (a_message(Reason.FORCED, uniqueopens=11), ["11", "12"]),
        (replace(a_message(Reason.CONFIRM), settle=(Report.OPENS,)), ["11", "12"]),
    ],
    ids=["changed", "everything again", "although no counter has moved"],
)
def test_messages_without_rows_are_left_out_where_counters_are_believed(message: SyncCampaign, read: list[str]) -> None:
    """Twenty-five messages, of which three have forwards, cost three requests for them."""
    zeros = dict.fromkeys(("opens", "uniqueopens", "verified_opens", "verified_unique_opens"), 0)
    messages = [
        CampaignMessage(message_id="11", counters={**zeros, "opens": 11, "uniqueopens": 11}),
        CampaignMessage(message_id="12", counters=zeros),
    ]

    plan = new_progress(message, synced=SYNCED, messages=messages, now=NOON, overlap=Overlap())

    assert sorted(unit.message_id for unit in plan.units if unit.report is Report.OPENS) == read


def test_a_later_look_goes_back_to_the_change_that_it_is_for() -> None:
    """Not to the look before it: rows that come days late are older than that."""
    looked = {Report.OPENS: Settling(changed_at=NOON - 7 * DAY, read_at=NOON - 4 * DAY)}
    watermarks = {Report.OPENS: NOON - 4 * DAY}
    synced = replace(SYNCED, settling=looked, watermarks=watermarks)

    plan = a_plan(replace(a_message(Reason.CONFIRM), settle=(Report.OPENS,)), synced)

    assert [unit.since for unit in plan.units] == [NOON - 7 * DAY - OVERLAP]


@pytest.mark.parametrize(("unsubscribes", "is_looked_at"), [(5, True), (0, False)])
def test_unsubscriptions_are_looked_at_again_after_any_change(unsubscribes: int, is_looked_at: bool) -> None:
    """Unless there are none."""
    still = replace(SYNCED, counters={**SYNCED.counters, "unsubscribes": unsubscribes}, settling={})
    message = a_message(Reason.CHANGED, opens=10, unsubscribes=unsubscribes)

    left = completed_sync(a_plan(message, still), still)

    assert (Report.UNSUBSCRIBES in left.to_settle) is is_looked_at


def a_first_reading(*, rows: int = 3, latest: datetime = NOON - QUIET_FOR, **changes: object) -> CampaignProgress:
    """Return a first reading of all opens, of which there are three."""
    message = replace(a_message(Reason.NEW, since=NOON - 900 * DAY), counters={**ZERO, "opens": 3, "uniqueopens": 3})
    activities = [an_activity(number, at=latest) for number in range(rows)]
    read = with_seen(a_plan(message, None), Report.OPENS, ReportPage(activities=activities, position=None))
    return replace(read, **changes)  # type: ignore[arg-type]


def test_a_report_that_is_whole_and_quiet_when_it_is_first_read_has_not_changed() -> None:
    """Nothing can come late, so nothing is looked at again."""
    assert completed_sync(a_first_reading(), None).to_settle == {}


@pytest.mark.parametrize(
    "progress",
    [
        a_first_reading(rows=2),
        a_first_reading(rows=4),
        a_first_reading(latest=NOON - QUIET_FOR + HOUR),
        a_first_reading(missing={Report.OPENS: 1}),
        a_first_reading(failed={Report.OPENS: "no permission"}),
        a_first_reading(seen={}),
    ],
)
def test_any_other_report_that_is_first_read_is_looked_at_again(progress: CampaignProgress) -> None:
    """Something is missing, or may be, or somebody has opened it lately."""
    assert Report.OPENS in completed_sync(progress, None).to_settle


def test_a_later_reading_goes_by_the_counters_alone() -> None:
    """They have moved since, so the report has changed."""
    progress = a_plan(a_message(Reason.CHANGED, opens=12))
    read = with_seen(progress, Report.OPENS, ReportPage(activities=[an_activity(1, at=NOON - 30 * DAY)], position=None))

    assert Report.OPENS in completed_sync(read, SYNCED).to_settle


def test_the_rows_that_were_seen_outlive_a_delivery() -> None:
    """A continuation goes on counting."""
    progress = a_first_reading()

    assert from_document(CampaignProgress, to_document(progress)) == progress


@pytest.mark.parametrize(("forwards", "remembered"), [(0, [Report.FORWARDS]), (1, [])])
def test_a_zero_that_was_only_early_is_no_lie(forwards: int, remembered: list[Report]) -> None:
    """A forward came after the list of campaigns and before its report: an account that counts it later is honest."""
    caught = replace(SYNCED, false_zeros=[Report.FORWARDS])
    plan = a_plan(a_message(Reason.CHANGED, opens=10, forwards=forwards), caught)

    assert completed_sync(plan, caught).false_zeros == remembered
