"""The file holds exactly what the account holds, whatever happens on the way."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sendtrail.activecampaign.v1.page_prefetch import MAX_AHEAD
from sendtrail.cli.demo.proof import compare
from sendtrail.cli.demo.truth import account_activities
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.simulator import CampaignPlan, Failure, FailureKind, Plan, Quirks
from sendtrail.sync.prefetch import MAX_PREFETCHED
from tests.e2e.conftest import Pipeline
from tests.fakes import NOON

Make = Callable[..., Pipeline]

QUIRKS = {
    "unsorted opens": Quirks(unsorted_opens=True),
    "oldest opens first": Quirks(ascending_opens=True),
    "links ignore the page": Quirks(repeated_page="links"),
    "naive timestamps": Quirks(without_tstamp_iso=("open", "click", "unsubscribe", "forward")),
    "iso timestamps alone": Quirks(unsubscriptions_without_tstamp=True),
    "timestamps an hour apart": Quirks(tstamp_hour_behind=True),
    "numbers for strings": Quirks(ints=True),
    "zero dates": Quirks(zero_dates=True),
    "small pages": Quirks(max_limit=7),
    "info as it comes": Quirks(info_shape="mixed", empty_info="mixed"),
    "filtered bots": Quirks(bots_filtered=True),
}
TRANSIENT = [
    FailureKind.FORBIDDEN,
    FailureKind.RATE_LIMITED,
    FailureKind.SERVER_ERROR,
    FailureKind.UNAVAILABLE,
    FailureKind.EMPTY_BODY,
    FailureKind.TRUNCATED_JSON,
    FailureKind.RESET_BEFORE,
    FailureKind.RESET_MID_BODY,
    FailureKind.XML,
    FailureKind.HTML,
    FailureKind.RESULT_CODE_0,
    FailureKind.EMPTY_PAGE,
    FailureKind.SLOW,
]


def test_a_first_sync_holds_everything(pipeline: Make) -> None:
    """Every kind of campaign, of activity and of contact."""
    line = pipeline()

    result = line.sync()

    assert result.failures == ()
    line.assert_equal()


def test_a_first_sync_holds_everything_since_a_day(pipeline: Make) -> None:
    """Nothing older comes with it."""
    line = pipeline()
    since = (NOON - timedelta(days=60)).astimezone(line.settings().time_zone).date()

    line.sync(since=str(since))

    bound = line.settings(since=str(since)).read_since(NOON)
    proof = compare(account_activities(line.account.truth(since=bound)), line.activities())
    assert proof.holds, proof
    assert 0 < proof.found < len(line.known)


def test_a_second_sync_after_a_day_holds_both_days(pipeline: Make) -> None:
    """Both observations of a contact that opened again are there."""
    line = pipeline()
    line.sync()
    line.account.pass_day()

    line.sync()

    line.assert_equal()


def test_a_sync_with_nothing_new_costs_a_request_a_hundred_campaigns(pipeline: Make) -> None:
    """Contacts are read once a day, or when asked for."""
    line = pipeline(plan=Plan(campaigns=110, openers=1))
    line.sync()

    line.clock.advance(3_600)
    line.sync(contacts=None)
    idle, idle_contacts = line.stats.requests, line.stats.contacts_requests
    line.clock.advance(23 * 3_600)
    line.sync(contacts=None)

    assert (idle, idle_contacts) == (2, 0)
    assert line.stats.contacts_requests > 0
    line.assert_equal()


def test_a_run_that_stays_open_reads_contacts_once_a_day(pipeline: Make) -> None:
    """What the first sync found to be due is asked again by the next ones."""
    line = pipeline(plan=Plan(campaigns=3, openers=1))

    read = []
    with line.open(contacts=None) as run:
        for hours in (0, 1, 23):
            line.clock.advance(hours * 3_600)
            before = line.stats.contacts_requests
            run.sync(RunObserver())
            read.append(line.stats.contacts_requests > before)

    assert read == [True, False, True]


def test_asking_for_more_than_before_reads_back_to_it(pipeline: Make) -> None:
    """The file ends up as if all had been asked for at once."""
    line = pipeline()
    line.sync(since=str((NOON - timedelta(days=30)).date()))

    line.sync()

    line.assert_equal()


def test_rows_that_shift_under_the_reader_are_all_there_in_the_end(pipeline: Make) -> None:
    """What jumped to the top while it was read is seen by the next sync; nothing is there that never was."""
    line = pipeline(plan=Plan(campaigns=6, openers=400, shift_every=3))
    line.sync()
    line.account.settle()

    line.sync()

    stored = line.activities()
    now = compare(account_activities(line.account.truth()), stored)
    ever = compare(account_activities(line.account.history()), stored)
    assert (now.missing, now.twice) == (0, 0)
    assert ever.extra == 0


@pytest.mark.parametrize("kind", TRANSIENT)
def test_a_failure_that_passes_changes_nothing(pipeline: Make, kind: FailureKind) -> None:
    """Every seventh request of each kind fails, so that no list is the only one to be spared."""
    line = pipeline(plan=Plan(campaigns=6, openers=120))
    for each in ("/api/3/campaigns", "/api/3/contacts", "campaign_report"):
        line.account.fail(Failure(kind=kind, times=None, every=7, seconds=0.01, match=each))

    result = line.sync()

    assert result.failures == ()
    assert sum(line.account.stats().failures.values()) > 0
    line.assert_equal()


@pytest.mark.parametrize("quirks", QUIRKS.values(), ids=QUIRKS.keys())
def test_an_odd_account_is_read_as_exactly(pipeline: Make, quirks: Quirks) -> None:
    """First, and again after a day."""
    line = pipeline(quirks=quirks, plan=Plan(campaigns=6, openers=120))
    line.sync()
    line.account.pass_day()

    result = line.sync()

    assert result.failures == ()
    line.assert_equal()


def test_what_a_list_shows_later_than_its_counter_is_found_by_the_confirming_read(pipeline: Make) -> None:
    """The sync that saw the counter move found nothing new; a day later the campaign is read once more."""
    line = pipeline(quirks=Quirks(counters_run_ahead=True))
    line.sync()
    line.account.pass_day()
    line.sync()
    line.account.settle()
    assert compare(account_activities(line.account.truth()), line.activities()).missing > 0

    line.clock.advance(timedelta(hours=25).total_seconds())
    line.sync()

    now = compare(account_activities(line.account.truth()), line.activities())
    assert (now.missing, now.twice) == (0, 0)


def test_the_shortest_time_budget_takes_many_continuations_and_loses_nothing(pipeline: Make) -> None:
    """Every campaign is handed over after every page."""
    line = pipeline(plan=Plan(campaigns=5, openers=150))

    result = line.sync(time_budget_s=0.000_001)

    assert result.failures == ()
    line.assert_equal()


@pytest.mark.parametrize("concurrency", [1, 8])
def test_any_number_of_workers_ends_in_the_same_file(pipeline: Make, concurrency: int) -> None:
    """They share the budget and the database."""
    line = pipeline()

    line.sync(concurrency=concurrency)

    line.assert_equal()


def test_one_campaign_can_be_synced_by_itself(pipeline: Make) -> None:
    """The others stay as they are."""
    line = pipeline()
    chosen = next(c.id for c in line.account.campaigns_truth() if c.counters["opens"])

    line.sync(campaign=[chosen], contacts=False)

    proof = compare(account_activities(line.account.truth(campaign_id=chosen)), line.activities())
    assert proof.holds, proof


def test_contacts_follow_the_account(pipeline: Make) -> None:
    """Those edited, tagged, unsubscribed, added and deleted in a day; the deleted are marked, not lost."""
    line = pipeline()
    line.sync()
    before = {contact[0] for contact in line.contacts()}  # type: ignore[index]
    line.account.pass_day()
    there = {contact.id for contact in line.account.contacts_truth()}

    line.sync()

    line.assert_equal()
    assert line.stats.contacts_vanished == len(before - there) > 0
    assert 0 < line.stats.contacts_changed < line.stats.contacts_read


def test_a_campaign_that_fails_for_good_does_not_stop_the_others(pipeline: Make) -> None:
    """It is named with its reason, and tried again by the next sync."""
    line = pipeline()
    broken = next(c.id for c in line.account.campaigns_truth() if c.counters["opens"] and c.kind == "ordinary")
    line.account.fail(
        Failure(kind=FailureKind.RESULT_CODE_0, times=None, match=f"open_list&api_output=json&campaignid={broken}&")
    )

    result = line.sync()

    assert [failure.subject for failure in result.failures] == [str(broken)]
    others = compare(line.known, line.activities())
    assert (others.extra, others.twice) == (0, 0)
    line.account.failures.clear()
    assert line.sync().failures == ()
    line.assert_equal()


def test_a_sync_that_is_stopped_goes_on_where_it_was(pipeline: Make) -> None:
    """Each run reads the list, and of each report under way the last page once more and those fetched ahead of it."""
    plan = Plan(sizes=(CampaignPlan(openers=2_000, clickers=50), CampaignPlan(openers=600, clickers=5)))
    whole = pipeline(plan=plan)
    whole.sync(contacts=False)
    line = pipeline(plan=plan)
    line.database = line.database.with_name("stopped.duckdb")
    stopped = []

    while _sync_until(60, line).interrupted:
        stopped.append(line.stats.requests)

    line.remember()
    proof = compare(line.known, line.activities())
    assert proof.holds, proof
    assert stopped
    again = 1 + len(plan.sizes) * (1 + MAX_AHEAD + MAX_PREFETCHED)
    assert sum(stopped) + line.stats.requests <= whole.stats.requests + again * len(stopped)


def _sync_until(requests: int, line: Pipeline) -> RunResult:
    """Sync, and stop after so many requests."""

    def stop_when_it_is_time() -> None:
        if line.stats.requests >= requests:
            run.stop()

    line.stats = RunStats(stop_when_it_is_time)
    with line.open(contacts=False) as run:
        return run.sync(RunObserver())


def test_contacts_that_are_deleted_by_the_half_are_marked_once_a_person_says_so(pipeline: Make) -> None:
    """Until then the sync names them as what is missing, and marks nobody."""
    line = pipeline(plan=Plan(campaigns=1, openers=60))
    line.sync()
    before = [contact.id for contact in line.account.contacts_truth()]
    for contact_id in before[::2]:
        line.account.delete_contact(int(contact_id))

    stopped = line.sync()
    marked = line.stats.contacts_vanished
    without = line.sync(contacts=False)
    accepted, accepted_marks = line.sync(accept_deletions=True), line.stats.contacts_vanished

    for result in (stopped, without):  # one that leaves the contacts out does not say that all is in
        assert ([failure.subject for failure in result.failures], result.exit_code) == (["contacts"], MISSING)
        assert "--accept-deletions" in result.failures[0].reason
    assert (marked, accepted_marks, accepted.failures) == (0, len(before[::2]), ())
    assert line.sync(contacts=False).failures == ()
    line.assert_equal()
