"""How much of what is due one run hands out: all news, and of the backfill what can be read until the next run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.messages import Reason
from sendtrail.domain.wants import NO_WANTS
from sendtrail.sync.due import Due, Policy, Request, due, due_campaign, prioritised


def within_quota(
    campaigns: Iterable[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    request: Request,
    policy: Policy,
    now: datetime,
) -> list[Due]:
    """Return what is due and goes out now; of a campaign whose backfill has to wait, its news alone.

    Whoever names campaigns gets all of it at once.
    """
    listed = list(campaigns)
    found = due(listed, checkpoints=checkpoints, request=request, policy=policy, now=now)
    most = policy.backfill_requests
    if most is None or request.campaign_ids is not None:
        return found
    never, nothing = replace(policy, audit=timedelta.max), replace(NO_WANTS, withdrawn_at=request.wants.withdrawn_at)
    changes = replace(request, since=None, force=False, wants=nothing)
    news = due(listed, checkpoints=checkpoints, request=changes, policy=never, now=now)
    alone = {each.message.campaign_id: each for each in news if not each.message.backfill}
    under_way = _under_way(listed, checkpoints, request=request, policy=policy, now=now)
    return prioritised(_fitting(found, alone, most=most, under_way=under_way))


def _under_way(
    campaigns: Iterable[Campaign],
    checkpoints: Mapping[int, Checkpoint],
    *,
    request: Request,
    policy: Policy,
    now: datetime,
) -> int:
    """Return the requests of the backfill that workers are at: of all of it, as what is left is not known here."""
    held = {number: each for number, each in checkpoints.items() if each.backfill and each.is_held(now)}
    return sum(
        due_campaign(
            campaign, held[campaign.campaign_id], reason=Reason.FORCED, request=request, policy=policy, now=now
        ).forecast.requests
        for campaign in campaigns
        if campaign.campaign_id in held
    )


def _fitting(found: Iterable[Due], alone: Mapping[int, Due], *, most: int, under_way: int) -> Iterator[Due]:
    """Yield all news, and backfill up to `most` requests with what is under way: one campaign at least."""
    requests = under_way
    for each in found:
        if not each.message.backfill:
            yield each
        elif not requests or requests + each.forecast.requests <= most:
            requests += each.forecast.requests
            yield each
        elif each.message.campaign_id in alone:
            yield alone[each.message.campaign_id]
