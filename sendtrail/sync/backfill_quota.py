"""How much of what is due one run hands out: all news, and of the backfill what can be read until the next run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.messages import Reason
from sendtrail.sync.due import Due, Policy, Request, due, due_campaign, last_sync, prioritised


def within_quota(
    campaigns: Iterable[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    request: Request,
    policy: Policy,
    now: datetime,
) -> list[Due]:
    """Return what is due and goes out now; of a campaign whose backfill has to wait, its news alone.

    Whoever names campaigns, or forces a read, gets all of it at once.
    """
    listed = list(campaigns)
    found = due(listed, checkpoints=checkpoints, request=request, policy=policy, now=now)
    most = policy.backfill_requests
    if most is None or request.campaign_ids is not None or request.force:
        return found
    never = replace(policy, audit=timedelta.max)
    news = due(listed, checkpoints=checkpoints, request=replace(request, since=None), policy=never, now=now)
    alone = {each.message.campaign_id: each for each in news if not each.message.backfill}
    under_way = _under_way(listed, checkpoints, request=request, policy=policy, now=now)
    return prioritised(_fitting(found, alone, most=most, under_way=under_way))


def has_backfill_left(
    campaigns: Iterable[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    since: datetime,
    out: Iterable[Due],
) -> bool:
    """Tell whether a campaign has neither been read back to `since`, nor goes out for it now."""
    messages = [each.message for each in out]
    reading_back = {message.campaign_id for message in messages if message.since and message.since <= since}
    sent = [campaign.campaign_id for campaign in campaigns if campaign.was_sent]
    return any(number not in reading_back and not _reaches(checkpoints.get(number), since) for number in sent)


def _reaches(checkpoint: Checkpoint | None, since: datetime) -> bool:
    synced = last_sync(checkpoint)
    is_under_way = checkpoint is not None and checkpoint.backfill and checkpoint.status is Status.RUNNING
    return is_under_way or (synced is not None and synced.since <= since)


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
