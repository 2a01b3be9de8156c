"""Which campaigns are due, and why: their counters against their checkpoints."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.campaigns import Campaign
from sendtrail.checkpoint import Checkpoint, Status
from sendtrail.documents import from_document
from sendtrail.forecast import Forecast, campaign_forecast
from sendtrail.messages import Reason, SyncCampaign
from sendtrail.reach import DEFAULT_OVERLAP, Overlap
from sendtrail.reports import growth
from sendtrail.synced import CampaignSynced

# What is read for the sake of the past: it lets news go first.
BACKFILL = frozenset({Reason.EXTENDED, Reason.AUDIT, Reason.FORCED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """How far back a first sync reads, and how long a campaign without news is left alone.

    Counters and lists are updated independently, so a campaign is read once more `settle` after it changed; `audit` is
    how often everything is read again. One run hands out backfill for so many requests (None: all there is), so that
    the next run's news does not queue behind it. `overlap` and `flush_rows` are the worker's, for the forecast.
    """

    lookback: timedelta = timedelta(days=7)
    settle: timedelta = timedelta(hours=24)
    audit: timedelta = timedelta(days=30)
    backfill_requests: int | None = None
    overlap: Overlap = DEFAULT_OVERLAP
    flush_rows: int = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What somebody asked the dispatcher for; None stands for "all campaigns" and "where the last sync left off"."""

    organization_id: str
    run_id: str
    campaign_ids: frozenset[int] | None = None
    since: datetime | None = None
    contacts: bool = True
    force: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A message for a campaign that is to be read, by how many events its counters moved, and what reading it takes."""

    message: SyncCampaign
    gap: int
    forecast: Forecast


def due(
    campaigns: Iterable[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    request: Request,
    policy: Policy,
    now: datetime,
) -> list[Due]:
    """Return the campaigns that are to be read: news before backfill, and of each the biggest gap first.

    Of a campaign whose backfill does not fit into this run, its news alone is read.
    """
    listed = list(campaigns)
    found = _found(listed, checkpoints, request=request, policy=policy, now=now)
    most = None if request.campaign_ids is not None or request.force else policy.backfill_requests
    if most is None:
        return sorted(found.values(), key=_turn)
    news, never = replace(request, since=None), replace(policy, audit=timedelta.max)
    alone = _found(listed, checkpoints, request=news, policy=never, now=now)
    under_way = _under_way(listed, checkpoints, request=request, policy=policy, now=now)
    return sorted(_handed_out(found.values(), alone, most=most, under_way=under_way), key=_turn)


def is_left(
    campaigns: Iterable[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    since: datetime,
    handed_out: Iterable[Due],
) -> bool:
    """Tell whether a campaign has neither been read back to `since`, nor been handed out for it by now."""
    messages = [each.message for each in handed_out]
    out = {message.campaign_id for message in messages if message.since and message.since <= since}
    sent = [campaign.campaign_id for campaign in campaigns if campaign.was_sent]
    return any(number not in out and not _reaches(checkpoints.get(number), since) for number in sent)


def _reaches(checkpoint: Checkpoint | None, since: datetime) -> bool:
    synced = last_sync(checkpoint)
    is_under_way = checkpoint is not None and checkpoint.backfill and checkpoint.status is Status.RUNNING
    return is_under_way or (synced is not None and synced.since <= since)


def _found(
    campaigns: Iterable[Campaign],
    checkpoints: Mapping[int, Checkpoint],
    *,
    request: Request,
    policy: Policy,
    now: datetime,
) -> dict[int, Due]:
    found: dict[int, Due] = {}
    for campaign in campaigns:
        checkpoint = checkpoints.get(campaign.campaign_id)
        reason = why(campaign, checkpoint=checkpoint, request=request, policy=policy, now=now)
        if reason is not None:
            found[campaign.campaign_id] = _due(
                campaign, checkpoint, reason=reason, request=request, policy=policy, now=now
            )
    return found


def _under_way(
    campaigns: Iterable[Campaign],
    checkpoints: Mapping[int, Checkpoint],
    *,
    request: Request,
    policy: Policy,
    now: datetime,
) -> int:
    """Return the requests of the backfill that workers are at: of all of it, as what is left is not known here."""
    held = {n: each for n, each in checkpoints.items() if each.backfill and each.is_held(now)}
    return sum(
        _due(
            campaign, held[campaign.campaign_id], reason=Reason.FORCED, request=request, policy=policy, now=now
        ).forecast.requests
        for campaign in campaigns
        if campaign.campaign_id in held
    )


def _turn(each: Due) -> tuple[bool, int, int]:
    return each.message.backfill, -each.gap, each.message.campaign_id


def _handed_out(found: Iterable[Due], alone: Mapping[int, Due], *, most: int, under_way: int) -> Iterator[Due]:
    """Yield all news, and backfill up to `most` requests with what is under way: one campaign at least."""
    handed_out = under_way
    for each in sorted(found, key=_turn):
        if not each.message.backfill:
            yield each
        elif not handed_out or handed_out + each.forecast.requests <= most:
            handed_out += each.forecast.requests
            yield each
        elif (news := alone.get(each.message.campaign_id)) and not news.message.backfill:
            yield news


def why(
    campaign: Campaign, *, checkpoint: Checkpoint | None, request: Request, policy: Policy, now: datetime
) -> Reason | None:
    """Return why a campaign is due, None when it is not."""
    if not campaign.was_sent or (request.campaign_ids is not None and campaign.campaign_id not in request.campaign_ids):
        return None
    if checkpoint is None:
        return Reason.NEW
    if checkpoint.is_held(now):
        return None  # a worker is at it
    if request.force:
        return Reason.FORCED
    synced = last_sync(checkpoint)
    if synced is None or checkpoint.status is not Status.DONE:
        return Reason.UNFINISHED
    return _why_again(campaign, synced, request=request, policy=policy, now=now)


def _why_again(
    campaign: Campaign, synced: CampaignSynced, *, request: Request, policy: Policy, now: datetime
) -> Reason | None:
    if request.since is not None and request.since < synced.since:
        return Reason.EXTENDED
    if now - synced.audited_at >= policy.audit:
        return Reason.AUDIT
    if growth(now=campaign.counters, before=synced.counters):
        return Reason.CHANGED
    if not synced.confirmed and now - synced.synced_at >= policy.settle:
        return Reason.CONFIRM
    return None


def last_sync(checkpoint: Checkpoint | None) -> CampaignSynced | None:
    """Return what the last completed sync of a campaign left behind."""
    if checkpoint is None or checkpoint.synced is None:
        return None
    return from_document(CampaignSynced, checkpoint.synced)


def _due(
    campaign: Campaign,
    checkpoint: Checkpoint | None,
    *,
    reason: Reason,
    request: Request,
    policy: Policy,
    now: datetime,
) -> Due:
    synced = last_sync(checkpoint)
    first_since = now - policy.lookback
    message = SyncCampaign(
        organization_id=request.organization_id,
        campaign_id=campaign.campaign_id,
        campaign_name=campaign.name,
        split=campaign.split,
        run_id=request.run_id,
        sequence=next_sequence(checkpoint),
        reason=reason,
        since=request.since or (first_since if synced is None else None),
        counters=campaign.counters,
        backfill=_is_backfill(campaign, checkpoint, reason=reason, request=request, first_since=first_since),
    )
    return Due(
        message=message,
        gap=growth(now=campaign.counters, before={} if synced is None else synced.counters),
        forecast=campaign_forecast(
            campaign, message, synced, now=now, overlap=policy.overlap, flush_rows=policy.flush_rows
        ),
    )


def _is_backfill(
    campaign: Campaign, checkpoint: Checkpoint | None, *, reason: Reason, request: Request, first_since: datetime
) -> bool:
    """Tell whether this is history, which can wait, rather than news."""
    if reason is Reason.NEW:
        is_old = campaign.sent_at is None or campaign.sent_at < first_since
        return is_old and request.since is not None and request.since < first_since
    if reason is Reason.UNFINISHED:
        return checkpoint is not None and checkpoint.backfill
    return reason in BACKFILL


def next_sequence(checkpoint: Checkpoint | None) -> int:
    """Return the sequence under which work is to go on: the running one's own, so that a duplicate is known as one."""
    if checkpoint is None:
        return 1
    return checkpoint.sequence if checkpoint.status is Status.RUNNING else checkpoint.sequence + 1
