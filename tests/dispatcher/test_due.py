"""Which campaigns are due, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatcher.due import Policy, Request, due, why
from sendtrail.campaigns import Campaign
from sendtrail.checkpoint import Checkpoint, Status, new_lease
from sendtrail.documents import to_document
from sendtrail.messages import Reason
from sendtrail.reports import Report
from sendtrail.synced import CampaignSynced
from tests.fake_account import a_campaign
from tests.fakes import NOON

REQUEST = Request(organization_id="acme", run_id="run2")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_sync(**changes: object) -> CampaignSynced:
    """Return what a sync of an hour ago left behind."""
    synced = CampaignSynced(
        since=NOON - 7 * DAY,
        watermarks={Report.OPENS: NOON - HOUR},
        counters={"send_amt": 100, "opens": 5},
        synced_at=NOON - HOUR,
        audited_at=NOON - HOUR,
        confirmed=True,
    )
    return replace(synced, **changes)  # type: ignore[arg-type]


def a_checkpoint(synced: CampaignSynced | None = None, **changes: object) -> Checkpoint:
    """Return the checkpoint of a campaign that is done."""
    document = to_document(synced or a_sync())
    checkpoint = Checkpoint(run_id="run1", sequence=4, status=Status.DONE, updated_at=NOON, synced=document)
    return replace(checkpoint, **changes)  # type: ignore[arg-type]


def an_old_sync(campaign: Campaign) -> Checkpoint:
    """Return the checkpoint of a campaign without news that is due for an audit."""
    return a_checkpoint(a_sync(audited_at=NOON - 40 * DAY, counters=campaign.counters))


LEASE = new_lease("somebody", now=NOON, lease_s=60)
EXPIRED = replace(LEASE, expires_at=NOON)
HELD = a_checkpoint(status=Status.RUNNING, lease=LEASE)
SENT = a_campaign(1, opens=5)
CASES = [
    ("never synced", SENT, None, REQUEST, Reason.NEW),
    ("never sent", a_campaign(1, send_amt=0), None, REQUEST, None),
    ("unchanged", SENT, a_checkpoint(), REQUEST, None),
    ("an automation with news", replace(a_campaign(1, opens=6), status=1), a_checkpoint(), REQUEST, Reason.CHANGED),
    ("a counter that went down", a_campaign(1, opens=4), a_checkpoint(), REQUEST, Reason.CHANGED),
    ("a counter that feeds no report", a_campaign(1, opens=5, replies=9), a_checkpoint(), REQUEST, None),
    ("stopped halfway", SENT, a_checkpoint(status=Status.RUNNING), REQUEST, Reason.UNFINISHED),
    ("failed", SENT, a_checkpoint(status=Status.FAILED), REQUEST, Reason.UNFINISHED),
    ("somebody is at it", SENT, HELD, REQUEST, None),
    ("a dead worker's", SENT, replace(HELD, lease=EXPIRED), REQUEST, Reason.UNFINISHED),
    ("not asked for", SENT, None, replace(REQUEST, campaign_ids=frozenset({2})), None),
    ("asked for by id, unchanged", SENT, a_checkpoint(), replace(REQUEST, campaign_ids=frozenset({1})), None),
    ("forced", SENT, a_checkpoint(), replace(REQUEST, force=True), Reason.FORCED),
    ("further back than before", SENT, a_checkpoint(), replace(REQUEST, since=NOON - 8 * DAY), Reason.EXTENDED),
    ("not further back", SENT, a_checkpoint(), replace(REQUEST, since=NOON - 7 * DAY), None),
    ("changed lately, not yet settled", SENT, a_checkpoint(a_sync(confirmed=False)), REQUEST, None),
    ("changed a day ago", SENT, a_checkpoint(a_sync(confirmed=False, synced_at=NOON - DAY)), REQUEST, Reason.CONFIRM),
    ("confirmed a day ago", SENT, a_checkpoint(a_sync(synced_at=NOON - DAY)), REQUEST, None),
    ("audited a month ago", SENT, a_checkpoint(a_sync(audited_at=NOON - 30 * DAY)), REQUEST, Reason.AUDIT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("campaign", "checkpoint", "request_", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_campaign_is_due_for_a_reason(
    campaign: Campaign, checkpoint: Checkpoint | None, request_: Request, reason: Reason | None
) -> None:
    """Counters, checkpoints and the request decide; nothing else does."""
    assert why(campaign, checkpoint=checkpoint, request=request_, policy=Policy(), now=NOON) is reason


def test_the_biggest_gap_goes_first() -> None:
    """What is newest to the analyst should not wait behind a handful of bounces."""
    campaigns = [a_campaign(1, opens=6), a_campaign(2, opens=500), a_campaign(3, opens=50)]
    checkpoints = {number: a_checkpoint() for number in (1, 2, 3)}

    found = due(campaigns, checkpoints=checkpoints, request=REQUEST, policy=Policy(), now=NOON)

    assert [each.message.campaign_id for each in found] == [2, 3, 1]


def test_a_first_sync_reads_back_to_the_lookback() -> None:
    """The message says so, so that a redelivery months later reads the same."""
    (found,) = due([SENT], checkpoints={}, request=REQUEST, policy=Policy(), now=NOON)

    assert (found.message.since, found.message.sequence) == (NOON - 7 * DAY, 1)


def test_a_later_sync_reads_from_where_the_last_left_off() -> None:
    """It gets the next sequence, so that older messages are known as such."""
    (found,) = due(
        [a_campaign(1, opens=6)], checkpoints={1: a_checkpoint()}, request=REQUEST, policy=Policy(), now=NOON
    )

    assert (found.message.since, found.message.sequence) == (None, 5)


def test_unfinished_work_keeps_its_sequence() -> None:
    """Its own message may still be on the way: whichever comes second finds the work done."""
    checkpoint = a_checkpoint(status=Status.RUNNING)

    (found,) = due([SENT], checkpoints={1: checkpoint}, request=REQUEST, policy=Policy(), now=NOON)

    assert found.message.sequence == 4


def test_news_goes_before_backfill_however_big() -> None:
    """A new campaign of the last days is news; what is read for the sake of the past can wait."""
    campaigns = [a_campaign(1, opens=90_000), a_campaign(2, opens=6), a_campaign(3, opens=8)]
    checkpoints = {1: a_checkpoint(a_sync(audited_at=NOON - 40 * DAY)), 2: a_checkpoint()}

    found = due(campaigns, checkpoints=checkpoints, request=REQUEST, policy=Policy(), now=NOON)

    assert [(each.message.campaign_id, each.message.backfill) for each in found] == [(3, False), (2, False), (1, True)]


def test_everything_asked_for_is_backfill() -> None:
    """Of a campaign that was never synced, too."""
    request = replace(REQUEST, since=NOON - 900 * DAY)
    long_ago = replace(SENT, sent_at=NOON - 400 * DAY)

    (found,) = due([long_ago], checkpoints={}, request=request, policy=Policy(), now=NOON)

    assert (found.message.reason, found.message.backfill) == (Reason.NEW, True)


def test_an_interrupted_backfill_stays_one() -> None:
    """Its checkpoint remembers."""
    checkpoints = {
        1: a_checkpoint(status=Status.RUNNING, backfill=True),
        2: a_checkpoint(status=Status.RUNNING),
    }

    found = due(
        [a_campaign(1, opens=9), a_campaign(2, opens=9)],
        checkpoints=checkpoints,
        request=REQUEST,
        policy=Policy(),
        now=NOON,
    )

    assert [(each.message.campaign_id, each.message.backfill) for each in found] == [(2, False), (1, True)]


@pytest.mark.parametrize(
    ("most", "expected"), [(None, [1, 2, 3, 4]), (1, [1, 2]), (110, [1, 2, 3]), (163, [1, 2, 3, 4])]
)
def test_a_run_hands_out_no_more_backfill_than_the_budget_can_read_until_the_next(
    most: int | None, expected: list[int]
) -> None:
    """News (1) always goes out, and one backfill at least: 55 requests here, 55 more, and 53."""
    rows = {2: 1_000, 3: 1_000, 4: 960}
    campaigns = [a_campaign(1, opens=6), *(a_campaign(n, opens=count, uniqueopens=count) for n, count in rows.items())]
    old = {each.campaign_id: an_old_sync(each) for each in campaigns[1:]}
    checkpoints = {1: a_checkpoint(), **old}
    policy = Policy(backfill_requests=most)

    found = due(campaigns, checkpoints=checkpoints, request=REQUEST, policy=policy, now=NOON)

    assert [each.message.campaign_id for each in found] == expected


def test_backfill_that_is_being_read_counts_for_what_may_be_handed_out() -> None:
    """Campaign 1 takes all that there is until the next run."""
    campaigns = [a_campaign(1, opens=4_000, uniqueopens=4_000), a_campaign(2, opens=60, uniqueopens=60)]
    held = replace(an_old_sync(campaigns[0]), status=Status.RUNNING, lease=LEASE, backfill=True)
    checkpoints = {1: held, 2: an_old_sync(campaigns[1])}

    found = due(campaigns, checkpoints=checkpoints, request=REQUEST, policy=Policy(backfill_requests=100), now=NOON)

    assert found == []


def test_the_news_of_a_campaign_does_not_wait_for_its_backfill() -> None:
    """Campaign 1 takes all the backfill of this run; of campaign 2, which has news too, the news is read."""
    request = replace(REQUEST, since=NOON - 900 * DAY)
    campaigns = [a_campaign(1, opens=4_000, uniqueopens=4_000), a_campaign(2, opens=80, uniqueopens=60)]
    checkpoints = {1: a_checkpoint(), 2: a_checkpoint()}

    found = due(campaigns, checkpoints=checkpoints, request=request, policy=Policy(backfill_requests=100), now=NOON)

    reasons = [(each.message.campaign_id, each.message.reason, each.message.since) for each in found]
    assert reasons == [(2, Reason.CHANGED, None), (1, Reason.EXTENDED, request.since)]


def test_campaigns_that_are_asked_for_by_id_are_all_handed_out() -> None:
    """Whoever names them wants them now."""
    request = replace(REQUEST, since=NOON - 900 * DAY, campaign_ids=frozenset({1, 2}))
    campaigns = [a_campaign(number, opens=4_000, uniqueopens=4_000) for number in (1, 2)]

    found = due(campaigns, checkpoints={}, request=request, policy=Policy(backfill_requests=100), now=NOON)

    assert [each.message.campaign_id for each in found] == [1, 2]
