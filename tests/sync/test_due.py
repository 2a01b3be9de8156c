"""Which campaigns are due, and why."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status, new_lease
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason
from sendtrail.sync.due import Policy, Request, due, reason_for
from sendtrail.sync.settling import Settling
from tests.fake_account import a_campaign
from tests.fakes import NOON
from tests.sync.checkpoints import DAY, HOUR, a_checkpoint, a_sync

REQUEST = Request(organization_id="acme", run_id="run2")
LEASE = new_lease("somebody", now=NOON, lease_s=60)
LATELY = {Report.OPENS: Settling(changed_at=NOON - HOUR, read_at=NOON - HOUR)}
A_DAY_AGO = {Report.OPENS: Settling(changed_at=NOON - DAY, read_at=NOON - DAY)}
OF_EARLIER_VERSION = a_checkpoint(a_sync(settling=None, confirmed=True, synced_at=NOON - DAY))
A_WEEK_AGO = {Report.OPENS: Settling(changed_at=NOON - 7 * DAY, read_at=NOON - 4 * DAY)}
AUDITED_SINCE = a_checkpoint(a_sync(settling=A_WEEK_AGO))
LAST_LOOK = a_checkpoint(a_sync(settling=A_WEEK_AGO, audited_at=NOON - 7 * DAY))
EXPIRED = replace(LEASE, expires_at=NOON)
HELD = a_checkpoint(status=Status.RUNNING, lease=LEASE)
SENT = a_campaign(1, opens=5)
UNSENT = replace(a_campaign(1, send_amt=0), status=0, sent_at=None, last_sent_at=None)
FORWARDED = a_campaign(1, opens=5, forwards=1, uniqueforwards=1)
NOT_READ = a_sync(counters=FORWARDED.counters, settling=None)
LEFT_OUT = a_sync(settling=None, audited_at=NOON)
UNCOUNTED = replace(SENT, counters={"send_amt": 100})
TODAY = a_checkpoint(a_sync(counters=UNCOUNTED.counters, watermarks={Report.OPENS: NOON - 22 * HOUR}))
YESTERDAY = a_checkpoint(a_sync(counters=UNCOUNTED.counters, watermarks={Report.OPENS: NOON - DAY + HOUR / 60}))

CASES = [
    ("never synced", SENT, None, REQUEST, Reason.NEW),
    ("never sent", UNSENT, None, REQUEST, None),
    ("scheduled for many", replace(UNSENT, status=1, counters={"send_amt": 0, "total_amt": 9}), None, REQUEST, None),
    ("sent by its status alone", replace(UNSENT, status=5), None, REQUEST, Reason.NEW),
    ("sent by its date alone", replace(UNSENT, last_sent_at=NOON), None, REQUEST, Reason.NEW),
    ("sent by its opens alone", replace(UNSENT, counters={"send_amt": 0, "opens": 45}), None, REQUEST, Reason.NEW),
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
    ("changed lately, not yet settled", SENT, a_checkpoint(a_sync(settling=LATELY)), REQUEST, None),
    ("changed a day ago", SENT, a_checkpoint(a_sync(settling=A_DAY_AGO)), REQUEST, Reason.CONFIRM),
    ("settled a day ago", SENT, a_checkpoint(a_sync(synced_at=NOON - DAY)), REQUEST, None),
    ("read lately by an earlier version", SENT, a_checkpoint(a_sync(settling=None)), REQUEST, None),
    ("read a day ago by an earlier version", SENT, OF_EARLIER_VERSION, REQUEST, Reason.CONFIRM),
    ("an earlier version has never read a report", FORWARDED, a_checkpoint(NOT_READ), REQUEST, Reason.CONFIRM),
    ("an earlier version has left one out of all", SENT, a_checkpoint(LEFT_OUT), REQUEST, Reason.CONFIRM),
    ("nothing counts the opens, read today", UNCOUNTED, TODAY, REQUEST, None),
    ("nothing counts the opens, read by yesterday's run", UNCOUNTED, YESTERDAY, REQUEST, Reason.CONFIRM),
    ("last changed a week ago", SENT, LAST_LOOK, REQUEST, Reason.AUDIT),
    ("last changed a week ago, audited since", SENT, AUDITED_SINCE, REQUEST, Reason.CONFIRM),
    ("audited a month ago", SENT, a_checkpoint(a_sync(audited_at=NOON - 30 * DAY)), REQUEST, Reason.AUDIT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("campaign", "checkpoint", "request_", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_campaign_is_due_for_a_reason(
    campaign: Campaign, checkpoint: Checkpoint | None, request_: Request, reason: Reason | None
) -> None:
    """Counters, checkpoints and the request decide; nothing else does."""
    assert reason_for(campaign, checkpoint=checkpoint, request=request_, policy=Policy(), now=NOON) is reason


@pytest.mark.parametrize("settling", [A_DAY_AGO, A_WEEK_AGO])
def test_a_look_that_is_postponed_makes_no_campaign_due(settling: Mapping[Report, Settling]) -> None:
    """Nor does it where the campaign is due for another report: it stays to be looked at."""
    policy = Policy(postponed={1: (Report.OPENS,)})
    checkpoint = a_checkpoint(a_sync(settling=settling, audited_at=NOON - 7 * DAY))
    changed = a_campaign(1, opens=6)

    [message] = [
        each.message for each in due([changed], checkpoints={1: checkpoint}, request=REQUEST, policy=policy, now=NOON)
    ]

    assert reason_for(SENT, checkpoint=checkpoint, request=REQUEST, policy=policy, now=NOON) is None
    assert (message.reason, message.settle, message.postponed) == (Reason.CHANGED, (), (Report.OPENS,))


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


def test_unfinished_news_that_is_to_go_further_back_is_backfill() -> None:
    """What it is now asked for is history, which can wait, however it began."""
    request = replace(REQUEST, since=NOON - 900 * DAY)
    checkpoint = a_checkpoint(status=Status.RUNNING)

    (found,) = due([SENT], checkpoints={1: checkpoint}, request=request, policy=Policy(), now=NOON)

    assert (found.message.reason, found.message.since, found.message.backfill) == (
        Reason.UNFINISHED,
        request.since,
        True,
    )
