"""What is missing of an account, by why, as its state says it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.wants import Wants
from sendtrail.metrics.definitions import ACCOUNT, CAUSE, GAPS, LAG, MISSING_ROWS
from sendtrail.metrics.recording import Metrics
from sendtrail.state.account_status import AccountStatus
from sendtrail.sync.campaign_checkpoints import Checkpoints
from sendtrail.sync.sync_record import read_record


class Cause(StrEnum):
    """Why something of a campaign is missing, the gravest first."""

    UNREADABLE = "unreadable"  # how far it was synced cannot be read
    FAILED = "failed"  # its latest sync failed
    INCOMPLETE = "incomplete"  # a report failed in its latest sync
    UNFINISHED = "unfinished"  # its sync goes on, or was interrupted
    WANTED = "wanted"  # somebody asked for more of its past
    UNSETTLED = "unsettled"  # a report holds fewer rows than the account counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaps:
    """How many campaigns lack something, each by its gravest cause, and how many rows unsettled reports lack."""

    campaigns: Mapping[Cause, int]
    missing_rows: int


def gaps_of(checkpoints: Checkpoints, wants: Wants) -> Gaps:
    """Return what is missing of an account's campaigns."""
    short = {number: _rows_short(each) for number, each in checkpoints.readable.items()}
    causes = Counter({Cause.UNREADABLE: len(checkpoints.unreadable)})
    for number in checkpoints.readable.keys() | wants.of_campaigns.keys():
        cause = _cause(checkpoints.readable.get(number), is_wanted=number in wants.of_campaigns)
        if cause is not None or short.get(number):
            causes[cause or Cause.UNSETTLED] += 1
    return Gaps(campaigns={cause: causes[cause] for cause in Cause}, missing_rows=sum(short.values()))


def measure_state(
    metrics: Metrics, organization_id: str, gaps: Gaps, *, status: AccountStatus | None, now: datetime
) -> None:
    """Measure what is missing of an account, and how old what is stored has become; never synced is no age."""
    for cause, campaigns in gaps.campaigns.items():
        metrics.record(GAPS, campaigns, {ACCOUNT: organization_id, CAUSE: cause.value})
    metrics.record(MISSING_ROWS, gaps.missing_rows, {ACCOUNT: organization_id})
    if status is not None and status.last_success is not None:
        age_s = max((now - status.last_success).total_seconds(), 0.0)
        metrics.record(LAG, age_s, {ACCOUNT: organization_id})


def _cause(checkpoint: Checkpoint | None, *, is_wanted: bool) -> Cause | None:
    if checkpoint is not None and checkpoint.status is Status.FAILED:
        return Cause.FAILED
    if checkpoint is not None and checkpoint.reason:
        return Cause.INCOMPLETE
    if checkpoint is not None and checkpoint.status is Status.RUNNING:
        return Cause.UNFINISHED
    return Cause.WANTED if is_wanted else None


def _rows_short(checkpoint: Checkpoint) -> int:
    record = read_record(checkpoint.synced)
    return 0 if record is None else sum(each.short for each in record.to_settle.values())
