"""The record of a completed sync of a campaign: the contract between its worker and the dispatcher."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sendtrail.clock import is_credible
from sendtrail.domain.campaign_report import Report, is_empty, is_unknown
from sendtrail.domain.wants import Want
from sendtrail.errors import BadDocument
from sendtrail.state.documents import from_document
from sendtrail.sync.settling import Settling

logger = logging.getLogger(__name__)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOT_SAID_TO_BE_READ = "an earlier version has left it unread"
# An audit that is thought to be later than it was comes that much later; by more it would not come at all.
MAX_AUDIT_DELAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncRecord:
    """The campaign as it was dispatched, and how far each report was read.

    `since` is how far back everything was read; `watermarks` hold, for each report ever read, when its latest read
    started, `deep_watermarks` when the latest did that went back by the whole overlap; `counters` are those at
    dispatch, not at the end, so that what changed meanwhile is seen. `settling` are the reports that are to be read
    again although their counters stand still; `confirmed` (the counters stood still when it was read) and `unsettled`
    are for an earlier version alone. `audited_at` is when everything was last read; `forced_at` when somebody asked
    for the latest read of everything again that was completed. `false_zeros` are the reports that had rows although
    every counter of theirs was zero. `latest` is the time of the latest row that was ever seen of each report.
    """

    since: datetime
    watermarks: Mapping[Report, datetime]
    counters: Mapping[str, int]
    synced_at: datetime
    audited_at: datetime
    confirmed: bool
    deep_watermarks: Mapping[Report, datetime] = field(default_factory=dict)
    unsettled: Sequence[Report] | None = None
    settling: Mapping[Report, Settling] | None = None
    forced_at: datetime | None = None
    false_zeros: Sequence[Report] = field(default_factory=list)
    latest: Mapping[Report, datetime] = field(default_factory=dict)

    @property
    def to_settle(self) -> Mapping[Report, Settling]:
        """Return the reports that are to be read again, of a record of an earlier version, too."""
        if self.settling is not None:
            return self.settling
        # An earlier version looks once, drops the looks that were still to come, and does not say what failed.
        looked_at = Settling(changed_at=self.synced_at, read_at=self.synced_at)
        return {
            report: replace(looked_at, failed="" if self._was_read(report) else NOT_SAID_TO_BE_READ)
            for report in Report
        }

    def _was_read(self, report: Report) -> bool:
        """Return whether a report has been read since everything was, where it is known to hold anything."""
        holds_rows = not is_empty(report, self.counters) and not is_unknown(report, self.counters)
        return not holds_rows or self.watermarks.get(report, NEVER) >= self.audited_at

    def deep_watermark(self, report: Report) -> datetime:
        """Return when a report was last read by the whole overlap: never, where an earlier version does not say."""
        return self.deep_watermarks.get(report, self.since)

    def fulfils(self, want: Want) -> bool:
        """Return whether all that is wanted was read: no report that failed is still to be read again."""
        has_failed = any(each.failed and not is_empty(report, self.counters) for report, each in self.to_settle.items())
        return self.has_read(want) and not has_failed

    def has_read(self, want: Want) -> bool:
        """Return whether all that is wanted was read, but for reports that failed and are to be read again anyway."""
        return not want.reaches_beyond(self.since) and not want.is_forced_after(self.forced_at)


def read_record(document: Mapping[str, Any] | None) -> SyncRecord | None:
    """Return the record of the last completed sync; None where there is none, or none that can be read.

    Without it the campaign is read as one that was never synced, which loses nothing.
    """
    if document is None:
        return None
    try:
        return from_document(SyncRecord, document)
    except BadDocument as error:
        logger.warning("the campaign is read anew: %s", error)
        return None


def credible(record: SyncRecord | None, *, now: datetime) -> SyncRecord | None:
    """Return a record without the times from the future, which are unknown: what they spare is read again.

    They were stored while a clock was wrong, or it is wrong now. None where nothing is known to be read; the record
    itself where all of its times have come.
    """
    if record is None or not is_credible(record.since, now=now):
        return None
    if all(is_credible(moment, now=now) for moment in _moments(record)) and record.audited_at <= now + MAX_AUDIT_DELAY:
        return record
    return replace(
        record,
        watermarks=_watermarks(record.watermarks, unknown=record.since, now=now),
        deep_watermarks=_watermarks(record.deep_watermarks, unknown=record.since, now=now),
        synced_at=min(record.synced_at, now),
        audited_at=record.audited_at if record.audited_at <= now + MAX_AUDIT_DELAY else NEVER,
        settling={report: _settling(settling, now=now) for report, settling in record.to_settle.items()},
    )


def _moments(record: SyncRecord) -> Iterator[datetime]:
    yield record.synced_at
    yield from (*record.watermarks.values(), *record.deep_watermarks.values())
    for settling in record.to_settle.values():
        yield from (settling.changed_at, settling.read_at)


def _watermarks(
    watermarks: Mapping[Report, datetime], *, unknown: datetime, now: datetime
) -> Mapping[Report, datetime]:
    return {report: moment if is_credible(moment, now=now) else unknown for report, moment in watermarks.items()}


def _settling(settling: Settling, *, now: datetime) -> Settling:
    """Return when a report changed and was read; from the future, it changed now and is yet to be read."""
    if is_credible(settling.changed_at, now=now) and is_credible(settling.read_at, now=now):
        return settling
    return replace(settling, changed_at=now, read_at=now + timedelta(days=1))
