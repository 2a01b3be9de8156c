"""What a finished sync of a campaign leaves: the record that the dispatcher and the next sync compare with."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sendtrail.domain.campaign_report import FED_BY, Report, has_changed, is_empty
from sendtrail.domain.messages import Reason
from sendtrail.sync.progress.campaign_progress import CampaignProgress
from sendtrail.sync.read_window import THOROUGH
from sendtrail.sync.settling import QUIET_FOR, REVERSIBLE, ReadResult, settling_after
from sendtrail.sync.sync_record import SyncRecord


def completed_sync(progress: CampaignProgress, synced: SyncRecord | None) -> SyncRecord:
    """Return the record of a finished sync, for the dispatcher and for the next sync."""
    complete = [unit for unit in progress.units if unit.report not in progress.failed]
    read = dict.fromkeys((unit.report for unit in complete), progress.started_at)
    # A report that was empty is known to be complete up to the dispatch, without a request.
    counted_at = min(progress.started_at, progress.listed_at or progress.started_at)
    empty = dict.fromkeys((r for r in Report if is_empty(r, progress.counters)), counted_at)
    deep = dict.fromkeys((unit.report for unit in complete if unit.full_overlap), progress.started_at)
    is_thorough = synced is None or progress.reason in THOROUGH or progress.since < synced.since
    is_confirmed = synced is not None and progress.counters == synced.counters
    settling = settling_after(
        {} if synced is None else synced.to_settle,
        _results(progress, synced),
        now=progress.started_at,
        may_hide=_may_hide_changes(progress, synced),
    )
    return SyncRecord(
        since=progress.since,
        watermarks={**(synced.watermarks if synced else {}), **empty, **read},
        counters=progress.counters,
        synced_at=progress.started_at,
        audited_at=progress.started_at if is_thorough or synced is None else synced.audited_at,
        confirmed=is_confirmed,
        deep_watermarks={**(synced.deep_watermarks if synced else {}), **empty, **deep},
        unsettled=[] if is_confirmed else list(settling),
        settling=settling,
        forced_at=_forced_at(progress, synced),
        false_zeros=_false_zeros(progress, synced),
        latest=_latest(progress, synced),
    )


def _false_zeros(progress: CampaignProgress, synced: SyncRecord | None) -> list[Report]:
    """Return the reports that had rows against their counters, but for those that were counted a little later."""
    found = dict.fromkeys([*(synced.false_zeros if synced else ()), *progress.false_zeros])
    return [each for each in found if not any(progress.counters.get(name, 0) for name in FED_BY[each])]


def _latest(progress: CampaignProgress, synced: SyncRecord | None) -> Mapping[Report, datetime]:
    known: Mapping[Report, datetime] = {} if synced is None else synced.latest
    return {
        report: max(each[report] for each in (known, progress.latest) if report in each)
        for report in Report
        if report in known or report in progress.latest
    }


def _forced_at(progress: CampaignProgress, synced: SyncRecord | None) -> datetime | None:
    before = None if synced is None else synced.forced_at
    is_everything = progress.reason is Reason.FORCED or synced is None
    return progress.wanted_at if is_everything and progress.wanted_at is not None else before


def _results(progress: CampaignProgress, synced: SyncRecord | None) -> Mapping[Report, ReadResult]:
    skipping = {unit.report for unit in progress.units if unit.skips_repeats}
    whole_reads = {} if synced is None else synced.deep_watermarks
    return {
        report: ReadResult(
            changed=_had_changed(report, progress, synced),
            changed_since=whole_reads.get(report) if report in skipping else None,
            short=progress.missing.get(report, 0),
            failed=progress.failed.get(report, ""),
            is_whole=_is_whole(report, progress),
            is_proven=all(unit.is_proven for unit in progress.units if unit.report is report),
            since=max(unit.since for unit in progress.units if unit.report is report),
        )
        for report in {unit.report for unit in progress.units}
    }


def _is_whole(report: Report, progress: CampaignProgress) -> bool:
    """Return whether a report was read from its beginning to its end, or opens as far back as anything is."""
    if report in progress.failed or any(unit.first_page > 1 for unit in progress.units if unit.report is report):
        return False
    return report is not Report.OPENS or all(
        unit.since <= progress.since for unit in progress.units if unit.report is report
    )


def _may_hide_changes(progress: CampaignProgress, synced: SyncRecord | None) -> Sequence[Report]:
    """Return the reports that may hold a change that no counter shows, or opens that come late: while they change."""
    if not any(_had_changed(report, progress, synced) for report in Report):
        return ()
    found = [report for report in REVERSIBLE if not is_empty(report, progress.counters)]
    is_changing = synced is not None and has_changed(Report.OPENS, now=progress.counters, before=synced.counters)
    return [*found, Report.OPENS] if is_changing else found


def _had_changed(report: Report, progress: CampaignProgress, synced: SyncRecord | None) -> bool:
    if synced is None or progress.is_first_reading(synced):
        return not _is_quiet(report, progress)
    has_uncounted = bool(progress.uncounted.get(report))
    return has_uncounted or has_changed(report, now=progress.counters, before=synced.counters)


def _is_quiet(report: Report, progress: CampaignProgress) -> bool:
    """Return whether a report that was read for the first time holds all that is counted, and nothing of lately."""
    seen = progress.seen.get(report)
    if seen is None or seen.latest is None:
        return is_empty(report, progress.counters)
    is_sound = report not in progress.failed and not progress.missing.get(report)
    return is_sound and progress.started_at - seen.latest >= QUIET_FOR and seen.are_all(report, progress.counters)
