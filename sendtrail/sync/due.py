"""Which campaigns are due, and why: their counters against their checkpoints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report, changed_reports, counter_delta, is_empty, is_unknown
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.domain.stored_counts import COUNTED_EVERY
from sendtrail.domain.wants import NO_WANTS, Ask, Want, Wants, is_withdrawn
from sendtrail.sync.evidence.audits import Audits, is_due
from sendtrail.sync.evidence.stale_counters import DoubtedCounters
from sendtrail.sync.forecast import Forecast, campaign_forecast
from sendtrail.sync.read_window import DEFAULT_LOOKBACK, DEFAULT_OVERLAP, Overlap
from sendtrail.sync.settling import LAST_LOOK, due_after, is_last_look, reports_to_settle
from sendtrail.sync.sync_record import SyncRecord, read_record

# What is read for the sake of the past: it lets news go first.
BACKFILL = frozenset({Reason.EXTENDED, Reason.AUDIT, Reason.FORCED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """How far back a first sync reads, and how long a campaign without news is left alone.

    Counters and lists are updated independently, so a report is read once more `settle` after it changed; `audit` is
    how often everything is read again. One run hands out backfill for so many requests (None: all there is), so that
    the next run's changes do not queue behind it. `overlap` and `flush_rows` are the worker's, for the forecast.
    `standing_rows` are the reports whose rows keep their time, or may, when a contact opens or clicks again, `complete`
    those of each campaign of which all is stored that was counted at the last sync. Campaigns that were sent longer ago
    than `counted` are not looked up there: all partitions since then are read, which BigQuery bills. Nor is it asked
    again within `counted_every` of `counted_at`, when it last answered: reports that need an answer are `postponed`.
    `deletions` says how many campaigns that are missing from the list a person accepts. `doubted` are the counters that
    are not believed where they stand still. `audits` says which campaigns are not read for their audit, as the
    warehouse agrees; what is older than `floor` is not kept by it, and neither read nor audited (None: all is kept).
    """

    lookback: timedelta = DEFAULT_LOOKBACK
    settle: timedelta = timedelta(hours=24)
    audit: timedelta = timedelta(days=30)
    backfill_requests: int | None = None
    overlap: Overlap = DEFAULT_OVERLAP
    flush_rows: int = 5_000
    standing_rows: tuple[Report, ...] = ()
    complete: Mapping[int, tuple[Report, ...]] = field(default_factory=dict)
    counted: timedelta = timedelta(days=30)
    counted_every: timedelta = COUNTED_EVERY
    counted_at: datetime | None = None
    postponed: Mapping[int, tuple[Report, ...]] = field(default_factory=dict)
    deletions: DeletionGuard = field(default_factory=DeletionGuard)
    doubted: DoubtedCounters = field(default_factory=DoubtedCounters)
    audits: Audits = field(default_factory=Audits)
    floor: datetime | None = None


class RunKind(StrEnum):
    """Which part of an account a run is about."""

    CAMPAIGNS = "campaigns"
    NAMED_CAMPAIGNS = "named_campaigns"
    CONTACTS = "contacts"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What somebody asked the dispatcher for; None stands for "all campaigns" and "where the last sync left off".

    `wants` are what is still wanted of the account, from this request or an earlier one; `drop_wants`: nothing is, of
    what earlier ones asked for.
    """

    organization_id: str
    run_id: str
    campaign_ids: frozenset[int] | None = None
    since: datetime | None = None
    contacts: bool = True
    force: bool = False
    drop_wants: bool = False
    wants: Wants = NO_WANTS

    @property
    def kind(self) -> RunKind:
        """Return which part of the account the run is about."""
        if self.campaign_ids is None:
            return RunKind.CAMPAIGNS
        return RunKind.NAMED_CAMPAIGNS if self.campaign_ids else RunKind.CONTACTS

    @property
    def ask(self) -> Ask | None:
        """Return what is asked for beyond the changes, None for nothing."""
        if self.campaign_ids == frozenset() or (self.since is None and not self.force):
            return None
        return Ask(run_id=self.run_id, campaign_ids=self.campaign_ids, since=self.since, force=self.force)

    def covers(self, campaign_id: int) -> bool:
        """Return whether a campaign is among those that this run is to read."""
        return self.campaign_ids is None or campaign_id in self.campaign_ids

    def want(self, campaign_id: int, *, now: datetime) -> Want | None:
        """Return what is wanted of a campaign, by this request (as if it were stored `now`) and by earlier ones."""
        wanted = self.wants.of(campaign_id)
        if self.ask is None:
            return wanted
        return Want(asked_at=now, since=self.since, forced_at=now if self.force else None).joined(wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A message for a campaign that is to be read, by how many events its counters moved, and what reading it takes.

    `tried_at` is when its latest sync, which did not come to its end, was last heard of.
    """

    message: SyncCampaign
    counter_delta: int
    forecast: Forecast
    tried_at: datetime | None = None


def due(
    campaigns: Iterable[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    request: Request,
    policy: Policy,
    now: datetime,
) -> list[Due]:
    """Return the campaigns that are to be read: news before backfill, and the biggest change of counters first."""
    found = []
    for campaign in campaigns:
        checkpoint = checkpoints.get(campaign.campaign_id)
        reason = reason_for(campaign, checkpoint=checkpoint, request=request, policy=policy, now=now)
        if reason is not None:
            found.append(due_campaign(campaign, checkpoint, reason=reason, request=request, policy=policy, now=now))
    return prioritised(found)


def prioritised(found: Iterable[Due]) -> list[Due]:
    """Return campaigns in the order in which they go out: backfill that did not succeed lately leaves others a turn."""
    return sorted(found, key=_turn)


def _turn(each: Due) -> tuple[bool, float, int, int]:
    message = each.message
    tried_at = each.tried_at.timestamp() if each.tried_at is not None and message.backfill else 0.0
    return message.backfill, tried_at, -each.counter_delta, message.campaign_id


def reason_for(
    campaign: Campaign, *, checkpoint: Checkpoint | None, request: Request, policy: Policy, now: datetime
) -> Reason | None:
    """Return why a campaign is due, None when it is not."""
    if not campaign.was_sent or not request.covers(campaign.campaign_id):
        return None
    if checkpoint is None:
        return Reason.NEW
    if checkpoint.is_held(now):
        return None  # a worker is at it
    synced, want = last_sync(checkpoint), request.want(campaign.campaign_id, now=now)
    if want is not None and want.is_forced_after(synced.forced_at if synced else None):
        return Reason.FORCED
    if synced is None or checkpoint.status is not Status.DONE:
        return Reason.UNFINISHED
    return _reason_again(campaign, synced, want=want, policy=policy, now=now)


def _reason_again(
    campaign: Campaign, synced: SyncRecord, *, want: Want | None, policy: Policy, now: datetime
) -> Reason | None:
    if want is not None and want.reaches_beyond(synced.since):
        return Reason.EXTENDED
    if is_due(synced, audit=policy.audit, now=now) and campaign.campaign_id not in policy.audits.spared:
        return Reason.AUDIT
    if counter_delta(now=campaign.counters, before=synced.counters):
        return Reason.CHANGED
    if (
        Report.OPENS not in policy.complete.get(campaign.campaign_id, ())
        and Report.OPENS not in policy.postponed.get(campaign.campaign_id, ())
        and now - synced.audited_at >= due_after(policy.settle * LAST_LOOK)
        and is_last_look(synced.to_settle, now=now, settle=policy.settle)
    ):
        return Reason.AUDIT  # what came into the middle of a list meanwhile is found nowhere else
    if _reports_to_settle(campaign, synced, policy=policy, now=now):
        return Reason.CONFIRM
    return None


def _reports_to_settle(campaign: Campaign, synced: SyncRecord, *, policy: Policy, now: datetime) -> tuple[Report, ...]:
    """Return the reports to read although no counter says so: a look is due, or nothing counts them reliably."""
    complete, doubted = policy.complete.get(campaign.campaign_id, ()), policy.doubted
    looks = policy.audits.looks.get(campaign.campaign_id, ())
    looked_at = reports_to_settle(
        synced.to_settle,
        now=now,
        settle=policy.settle,
        complete=[report for report in complete if report not in doubted.still],
        changing=changed_reports(now=campaign.counters, before=synced.counters),
    )
    settling = [report for report in looked_at if report not in policy.postponed.get(campaign.campaign_id, ())]
    uncounted = [
        report
        for report in Report
        if is_unknown(report, campaign.counters)
        and now - synced.watermarks.get(report, now) >= due_after(policy.settle)
    ]
    return tuple(
        report
        for report in Report
        if report in (*settling, *uncounted, *looks, *doubted.due.get(campaign.campaign_id, ()))
        and not is_empty(report, campaign.counters)
    )


def last_sync(checkpoint: Checkpoint | None) -> SyncRecord | None:
    """Return the record of the last completed sync of a campaign."""
    return None if checkpoint is None else read_record(checkpoint.synced)


def due_campaign(
    campaign: Campaign,
    checkpoint: Checkpoint | None,
    *,
    reason: Reason,
    request: Request,
    policy: Policy,
    now: datetime,
) -> Due:
    """Return what it means to read a campaign for a reason."""
    synced, want = last_sync(checkpoint), request.want(campaign.campaign_id, now=now)
    first_since = now - policy.lookback
    message = SyncCampaign(
        organization_id=request.organization_id,
        campaign_id=campaign.campaign_id,
        campaign_name=campaign.name,
        split=campaign.split,
        run_id=request.run_id,
        sequence=next_sequence(checkpoint),
        reason=reason,
        since=(want and want.since) or (first_since if synced is None else None),
        counters=campaign.counters,
        settle=() if synced is None else _reports_to_settle(campaign, synced, policy=policy, now=now),
        standing_rows=policy.standing_rows,
        complete=policy.complete.get(campaign.campaign_id, ()),
        postponed=policy.postponed.get(campaign.campaign_id, ()),
        listed_at=now,
        kept_since=policy.floor,
        wanted_at=None if want is None or (synced is not None and synced.has_read(want)) else want.asked_at,
        backfill=_is_backfill(
            campaign,
            checkpoint,
            reason=reason,
            want=want,
            first_since=first_since,
            withdrawn_at=request.wants.withdrawn_at,
        ),
    )
    return Due(
        message=message,
        counter_delta=counter_delta(now=campaign.counters, before={} if synced is None else synced.counters),
        forecast=campaign_forecast(
            campaign, message, synced, now=now, overlap=policy.overlap, flush_rows=policy.flush_rows
        ),
        tried_at=None if checkpoint is None or checkpoint.status is Status.DONE else checkpoint.updated_at,
    )


def _is_backfill(
    campaign: Campaign,
    checkpoint: Checkpoint | None,
    *,
    reason: Reason,
    want: Want | None,
    first_since: datetime,
    withdrawn_at: datetime | None,
) -> bool:
    """Tell whether this is history, which can wait, rather than news."""
    was_backfill = reason is Reason.UNFINISHED and checkpoint is not None and checkpoint.backfill
    is_stopped = checkpoint is not None and is_withdrawn(checkpoint.wanted_at, withdrawn_at=withdrawn_at)
    if reason in BACKFILL or (was_backfill and not is_stopped):
        return True
    synced = last_sync(checkpoint)
    reached = first_since if synced is None else synced.since
    has_history = synced is not None or campaign.sent_at is None or campaign.sent_at < first_since
    return has_history and want is not None and want.reaches_beyond(reached)


def next_sequence(checkpoint: Checkpoint | None) -> int:
    """Return the sequence under which work is to go on: the running one's own, so that a duplicate is known as one."""
    if checkpoint is None:
        return 1
    return checkpoint.sequence if checkpoint.status is Status.RUNNING else checkpoint.sequence + 1
