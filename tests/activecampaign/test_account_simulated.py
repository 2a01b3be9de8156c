"""A whole simulated account, read with the real client: in all its oddities, what was read is what is true."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sendtrail import simulator
from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportQuery
from sendtrail.errors import KeyRefused, PermissionRefused, Rejected, SendtrailError, Unavailable, Unreadable
from sendtrail.simulator import CampaignPlan, Failure, FailureKind, Network, Plan, Quirks, TruthRow
from tests.activecampaign.scripted_account import LONG_AGO, CountingBudget, a_connection, newest_first
from tests.fakes import FakeClock

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)  # both changes of the clock lie in the year before
SMALL = Plan(
    sizes=(
        CampaignPlan(openers=130, clickers=30, links=5, bounces=25, unsubscribes=22, forwards=3, sent_days_ago=160),
        CampaignPlan(kind="split", openers=60, clickers=10, links=3, sent_days_ago=12),
        CampaignPlan(kind="automation", openers=45, clickers=9, links=24, sent_days_ago=140),
        CampaignPlan(kind="draft"),
    )
)

Simulated = Callable[..., simulator.Account]
Connected = Callable[..., Account]
Comparable = tuple[object, ...]


@pytest.fixture
def simulated() -> Simulated:
    """Return a way to make a small account without a rate limit."""

    def make(
        *,
        quirks: Quirks | None = None,
        plan: Plan = SMALL,
        zone: str = "America/Chicago",
        failures: tuple[Failure, ...] = (),
    ) -> simulator.Account:
        return simulator.Account(
            seed=5, now=NOW, plan=plan, quirks=quirks, network=Network(rate=0), failures=failures, time_zone=zone
        )

    return make


@pytest.fixture
def connected(clock: FakeClock, budget: CountingBudget) -> Iterator[Connected]:
    """Return a way to serve an account until the test is over, and to connect to it."""
    with ExitStack() as stack:

        def connect(account: simulator.Account, memory: AccountMemory | None = None) -> Account:
            url = stack.enter_context(simulator.serve(account)).url
            return Account(
                a_connection(url, zone=ZoneInfo(account.time_zone)),
                budget=budget,
                clock=clock,
                retries=RetryPolicy(attempts=3),
                memory=memory,
            )

        yield connect


def everything(account: Account, *, since: datetime = LONG_AGO) -> list[Activity]:
    """Return every row of every report of every campaign."""
    return [
        activity
        for campaign in account.campaigns()
        for message_id in message_ids_of(account, campaign)
        for report in Report
        for activity in read(account, report, campaign_id=campaign.campaign_id, message_id=message_id, since=since)
    ]


def message_ids_of(account: Account, campaign: Campaign) -> list[str]:
    """Return the messages by which a campaign's reports are read."""
    if not campaign.split:
        return [""]
    return [message.message_id for message in account.campaign_messages(campaign.campaign_id)]


def read(
    account: Account, report: Report, *, campaign_id: int = 2, message_id: str = "", since: datetime = LONG_AGO
) -> Iterator[Activity]:
    """Yield every row of a report."""
    query = ReportQuery(
        campaign_id=campaign_id, report=report, message_id=message_id, since=since, position=ReportCursor()
    )
    for chunk in account.read(query):
        yield from chunk.activities


def comparable(row: Activity | TruthRow) -> Comparable:
    """Return what a row says, as far as both sides say it."""
    detail = row.detail or {}
    return (
        row.campaign_id,
        row.message_id,
        str(row.event_type),
        row.contact_id,
        row.contact_email,
        row.activity_timestamp,
        row.times,
        row.link_id,
        row.link_url,
        row.source_timestamp,
        *(detail.get(name, "") for name in ("recipient", "reason", "type", "code", "descript")),
    )


QUIRKS = {
    "none": Quirks(),
    "unsorted opens": Quirks(unsorted_opens=True),
    "ascending opens": Quirks(ascending_opens=True),
    "bare timestamps": Quirks(without_tstamp_iso=("open", "click", "unsubscribe", "forward")),
    "unsubscriptions without tstamp": Quirks(unsubscriptions_without_tstamp=True),
    "tstamp an hour behind": Quirks(tstamp_hour_behind=True),
    "numbers": Quirks(ints=True),
    "words for nothing": Quirks(zero_dates=True),
    "small v3 pages": Quirks(max_limit=3),
    "info as an object": Quirks(info_shape="object"),
    "info either way": Quirks(info_shape="mixed", empty_info="mixed"),
    "empty info as a string": Quirks(empty_info="string"),
    "bots filtered": Quirks(bots_filtered=True),
}


@pytest.mark.parametrize("name", QUIRKS)
def test_everything_is_read_as_it_is(simulated: Simulated, connected: Connected, name: str) -> None:
    """Every row of every report, once each, whatever the account's oddity."""
    account = simulated(quirks=QUIRKS[name])

    found = everything(connected(account))

    assert sorted(map(comparable, found)) == sorted(map(comparable, account.truth()))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo"])
def test_bare_timestamps_are_read_in_the_zone_of_the_account(
    simulated: Simulated, connected: Connected, zone: str
) -> None:
    """Without an offset the account's own zone counts, over changes of the clock too."""
    account = simulated(quirks=QUIRKS["bare timestamps"], zone=zone)

    found = everything(connected(account))

    assert sorted(map(comparable, found)) == sorted(map(comparable, account.truth()))


ORDERS = ["none", "unsorted opens", "ascending opens", "bare timestamps", "tstamp an hour behind"]


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("days", [1, 20, 138, 150])
def test_nothing_since_is_missed(simulated: Simulated, connected: Connected, name: str, days: int) -> None:
    """However early the reading of opens stops, every row since then is there."""
    account = simulated(quirks=QUIRKS[name])
    since = NOW - timedelta(days=days)

    found = everything(connected(account), since=since)

    assert set(map(comparable, account.truth(since))) <= set(map(comparable, found))


def test_reading_what_is_new_costs_few_requests(
    simulated: Simulated, connected: Connected, budget: CountingBudget
) -> None:
    """130 opens are seven pages; those of the last days are on the first, where that order is known to hold."""
    account = connected(simulated(), newest_first())
    (first, *_) = account.campaigns()
    before = budget.taken

    list(read(account, Report.OPENS, campaign_id=first.campaign_id, since=NOW - timedelta(days=90)))

    assert budget.taken - before == 1


def test_rows_that_shift_while_they_are_read_are_not_lost(simulated: Simulated, connected: Connected) -> None:
    """Opens arrive and repeat between the pages: what was true when the reading began is found, or has moved on."""
    account = simulated(plan=Plan(sizes=(CampaignPlan(openers=400, sent_days_ago=3),), shift_every=2))
    before = list(account.truth())

    found = set(map(comparable, everything(connected(account))))

    moved = {row[3] for row in map(comparable, account.history(since=NOW))}
    missed = [row for row in map(comparable, before) if row not in found and row[3] not in moved]
    assert moved
    assert missed == []


@pytest.mark.parametrize("report", [Report.OPENS, Report.BOUNCES, Report.UNSUBSCRIBES])
def test_an_account_that_repeats_its_first_page_is_found_out(
    simulated: Simulated, connected: Connected, report: Report
) -> None:
    """Rows are neither lost nor read for ever."""
    account = simulated(quirks=Quirks(repeated_page="all"))
    campaign = next(account.campaigns_truth())

    with pytest.raises(Unreadable, match="repeats a page"):
        list(read(connected(account), report, campaign_id=campaign.id))


def test_contacts_are_read_as_they_are(simulated: Simulated, connected: Connected) -> None:
    """With their tags and lists by name."""
    account = simulated()

    found = [contact for page in connected(account).contacts(0) for contact in page.contacts]

    assert [
        (
            str(contact.contact_id),
            contact.email,
            contact.first_name,
            contact.created_at,
            contact.updated_at,
            contact.tags,
            tuple((membership.list_name, membership.status) for membership in contact.lists),
        )
        for contact in found
    ] == [
        (truth.id, truth.email, truth.first_name, truth.created, truth.updated, truth.tags, truth.lists)
        for truth in account.contacts_truth()
    ]


def test_contacts_of_an_account_that_ignores_id_greater_are_read_by_place(
    simulated: Simulated, connected: Connected
) -> None:
    """By their ids, the first page would come for ever."""
    account = simulated(quirks=Quirks(id_greater_ignored=True))

    read = [contact for page in connected(account).contacts(0) for contact in page.contacts]

    latest = {contact.contact_id: contact for contact in read}
    assert sorted(latest) == sorted(int(contact.id) for contact in account.contacts_truth())


PASSING: dict[FailureKind, type[SendtrailError]] = {
    FailureKind.FORBIDDEN: KeyRefused,
    FailureKind.SERVER_ERROR: Unavailable,
    FailureKind.UNAVAILABLE: Unavailable,
    FailureKind.EMPTY_BODY: Unavailable,
    FailureKind.TRUNCATED_JSON: Unavailable,
    FailureKind.RESET_BEFORE: Unavailable,
    FailureKind.RESET_MID_BODY: Unavailable,
    FailureKind.XML: KeyRefused,
    FailureKind.HTML: Unavailable,
    FailureKind.RATE_LIMITED: Unavailable,
}


@pytest.mark.parametrize("kind", PASSING)
def test_now_and_then_is_never_noticed(simulated: Simulated, connected: Connected, kind: FailureKind) -> None:
    """Every fourth request fails, and everything is read all the same."""
    account = simulated(failures=(Failure(kind=kind, every=4, times=None),))

    found = everything(connected(account))

    assert sorted(map(comparable, found)) == sorted(map(comparable, account.truth()))
    assert account.stats().failures[kind] > 5


@pytest.mark.parametrize("match", ["open_list", "link_list", "bounce_list", "/api/3/campaigns"])
@pytest.mark.parametrize("kind", PASSING)
def test_for_good_is_an_error_and_never_the_end(
    simulated: Simulated, connected: Connected, kind: FailureKind, match: str
) -> None:
    """After the second page of anything nothing comes any more: no reading ends as if that were all."""
    account = simulated(quirks=Quirks(max_limit=2), failures=(Failure(kind=kind, times=None, after=1, match=match),))

    with pytest.raises((PASSING[kind], PermissionRefused)):
        everything(connected(account))


FINAL = [FailureKind.REDIRECT, FailureKind.TWO_OBJECTS, FailureKind.RESULT_CODE_0]


@pytest.mark.parametrize("kind", FINAL)
def test_what_cannot_pass_is_rejected(simulated: Simulated, connected: Connected, kind: FailureKind) -> None:
    """Whichever report it comes from."""
    account = simulated(failures=(Failure(kind=kind, times=None, match="campaign_report"),))

    with pytest.raises(Rejected):
        everything(connected(account))


def test_an_empty_list_that_should_not_be_is_asked_for_again(simulated: Simulated, connected: Connected) -> None:
    """A v3 page without rows before the total is reached is no end."""
    account = simulated(failures=(Failure(kind=FailureKind.EMPTY_PAGE, match="/api/3/campaigns"),))

    found = list(connected(account).campaigns())

    assert len(found) == len(SMALL.sizes)


def test_a_wrong_key_is_refused_by_both_versions(simulated: Simulated, connected: Connected) -> None:
    """v3 answers 403, v1 answers 200 with XML: both mean the key."""
    account = simulated()
    stranger = connected(account)
    account.api_key = "another-key"

    with pytest.raises(KeyRefused):
        list(stranger.campaigns())
    with pytest.raises(KeyRefused):
        list(read(stranger, Report.OPENS))


def test_an_unknown_campaign_has_nothing(simulated: Simulated, connected: Connected) -> None:
    """v1 answers as at the end of the data, and there are no messages to ask for."""
    query = ReportQuery(
        campaign_id=999, report=Report.OPENS, message_id="", since=LONG_AGO, position=ReportCursor(), expected_rows=0
    )

    assert list(connected(simulated()).read(query)) == []


def test_threads_may_share_an_account(simulated: Simulated, connected: Connected, budget: CountingBudget) -> None:
    """Eight of them read everything at once, and each reads all of it."""
    account = simulated()
    reader = connected(account)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: sorted(map(comparable, everything(reader))), range(8)))

    assert found == [sorted(map(comparable, account.truth()))] * 8
    assert budget.taken == account.stats().requests
