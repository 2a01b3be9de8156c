"""How much of what is due one run hands out."""

from dataclasses import replace

import pytest

from sendtrail.delivery.checkpoint import Status, new_lease
from sendtrail.domain.messages import Reason
from sendtrail.sync.backfill_quota import within_quota
from sendtrail.sync.due import Policy, Request, due, prioritised
from tests.fake_account import a_campaign
from tests.fakes import NOON
from tests.sync.checkpoints import DAY, a_checkpoint, a_sync, an_old_sync

REQUEST = Request(organization_id="acme", run_id="run2")
LEASE = new_lease("somebody", now=NOON, lease_s=60)
SINCE = NOON - 900 * DAY
LITTLE = Policy(backfill_requests=100)


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

    found = within_quota(campaigns, checkpoints=checkpoints, request=REQUEST, policy=policy, now=NOON)

    assert [each.message.campaign_id for each in found] == expected


def test_backfill_that_is_being_read_counts_for_what_may_be_handed_out() -> None:
    """Campaign 1 takes all that there is until the next run."""
    campaigns = [a_campaign(1, opens=4_000, uniqueopens=4_000), a_campaign(2, opens=60, uniqueopens=60)]
    held = replace(an_old_sync(campaigns[0]), status=Status.RUNNING, lease=LEASE, backfill=True)
    checkpoints = {1: held, 2: an_old_sync(campaigns[1])}

    found = within_quota(campaigns, checkpoints=checkpoints, request=REQUEST, policy=LITTLE, now=NOON)

    assert found == []


def test_the_news_of_a_campaign_does_not_wait_for_its_backfill() -> None:
    """Campaign 1 takes all the backfill of this run; of campaign 2, which has news too, the news is read."""
    request = replace(REQUEST, since=SINCE)
    campaigns = [a_campaign(1, opens=4_000, uniqueopens=4_000), a_campaign(2, opens=80, uniqueopens=60)]
    checkpoints = {1: a_checkpoint(), 2: a_checkpoint()}

    found = within_quota(campaigns, checkpoints=checkpoints, request=request, policy=LITTLE, now=NOON)

    reasons = [(each.message.campaign_id, each.message.reason, each.message.since) for each in found]
    assert reasons == [(2, Reason.CHANGED, None), (1, Reason.EXTENDED, request.since)]


def test_campaigns_that_are_asked_for_by_id_are_all_handed_out() -> None:
    """Whoever names them wants them now."""
    request = replace(REQUEST, since=SINCE, campaign_ids=frozenset({1, 2}))
    campaigns = [a_campaign(number, opens=4_000, uniqueopens=4_000) for number in (1, 2)]

    found = within_quota(campaigns, checkpoints={}, request=request, policy=LITTLE, now=NOON)

    assert [each.message.campaign_id for each in found] == [1, 2]


def test_of_an_unfinished_sync_the_news_goes_out_at_once() -> None:
    """Its history waits for campaign 1's; it has nothing to do with how far the sync had come."""
    campaigns = [a_campaign(1, opens=4_000, uniqueopens=4_000), a_campaign(2, opens=80, uniqueopens=60)]
    checkpoints = {1: a_checkpoint(), 2: a_checkpoint(status=Status.RUNNING)}
    request = replace(REQUEST, since=SINCE)

    found = within_quota(campaigns, checkpoints=checkpoints, request=request, policy=LITTLE, now=NOON)

    reasons = [(each.message.campaign_id, each.message.reason, each.message.since) for each in found]
    assert reasons == [(2, Reason.UNFINISHED, None), (1, Reason.EXTENDED, SINCE)]


def test_what_is_forced_for_the_whole_account_goes_out_in_portions() -> None:
    """As any history does: the changes of the next hours must not wait behind it."""
    request = replace(REQUEST, force=True)
    campaigns = [a_campaign(number, opens=4_000, uniqueopens=4_000) for number in (1, 2)]
    checkpoints = {each.campaign_id: a_checkpoint(a_sync(counters=each.counters)) for each in campaigns}

    found = within_quota(campaigns, checkpoints=checkpoints, request=request, policy=LITTLE, now=NOON)

    assert [(each.message.campaign_id, each.message.reason) for each in found] == [(1, Reason.FORCED)]


def test_backfill_that_does_not_succeed_leaves_the_others_a_turn() -> None:
    """Campaign 1 failed in every run so far; campaign 2 is next, and then the one whose turn is longest ago."""
    request = replace(REQUEST, since=SINCE)
    campaigns = [a_campaign(number, opens=4_000, uniqueopens=4_000) for number in (1, 2, 3)]
    failed = a_checkpoint(status=Status.FAILED, backfill=True)
    checkpoints = {1: failed, 2: a_checkpoint(), 3: replace(failed, updated_at=NOON - DAY)}

    found = prioritised(due(campaigns, checkpoints=checkpoints, request=request, policy=LITTLE, now=NOON))

    assert [each.message.campaign_id for each in found] == [2, 3, 1]
