"""The table that is printed at the end of a run."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.output.reach import reach_of
from sendtrail.cli.run.output.unsettled import Unsettled, unsettled_reports
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.domain.activity import EventType
from sendtrail.plurals import counted
from sendtrail.sync.forecast import list_requests
from sendtrail.sync.runs.stored_run import Summary

# Of fewer, a single request is more than a percent: it says nothing about the forecast.
MANY_REQUESTS = 100
PLURALS = {
    EventType.OPEN: "opens",
    EventType.CLICK: "clicks",
    EventType.BOUNCE: "bounces",
    EventType.UNSUBSCRIBE: "unsubscribes",
    EventType.FORWARD: "forwards",
}


def print_summary(
    console: Console, run: LocalRun, *, result: RunResult, stats: RunStats, settings: SyncSettings
) -> None:
    """Print what the run did and what the warehouse contains now, both for this organization, and how far back."""
    stored = _stored_counts(run, settings)
    table = Table(title=_title(result), title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("this run", justify="right")
    table.add_column("in the warehouse", justify="right")
    _add_campaigns(table, result, stored=stored["campaigns"])
    _add_subjects(table, result.summary)
    for kind, name in PLURALS.items():
        table.add_row(name, f"{stats.activities_read[kind]:,} read", f"{stored[kind]:,}")
    new = f"{stats.activities_new:,} new"
    table.add_row("activities", new, f"{sum(stored[kind] for kind in EventType):,}", style="bold")
    if stats.unreadable_rows:
        table.add_row("unreadable rows", f"{stats.unreadable_rows:,} read", f"{stored['unreadable rows']:,}")
    records = run.records()
    _add_unsettled(table, unsettled_reports(records.values()))
    if stale := run.stale_counters():
        table.add_row("counters that stand still", "", ", ".join(stale))
    if settings.contacts:
        table.add_row("pass of contacts", str(result.contacts or Fate.NOT_REACHED), "")
        table.add_row("contacts", f"{stats.contacts_changed:,} new or changed", f"{stored['contacts']:,}")
        table.add_row("vanished", f"{stats.contacts_vanished:,} marked", f"{stored['vanished']:,}")
    else:
        table.add_row("contacts", "not read", f"{stored['contacts']:,}")
    table.add_row("API requests", f"{stats.requests:,}", "")
    if not result.interrupted:
        table.add_row("forecast", _forecast(result.summary, stats), "")
    table.add_row("429s", f"{stats.refused:,}", "")
    table.add_row("time", f"{result.seconds:,.1f} s", "")
    console.print()
    console.print(table)
    since = {number: record.since for number, record in records.items()}
    console.print(reach_of(since, sent_at=_sent_at(run, settings)).sentence, highlight=False)
    console.print(f"The data is in {settings.database.absolute()}", highlight=False, markup=False, soft_wrap=True)


def _title(result: RunResult) -> str:
    if result.interrupted:
        return "Interrupted"
    return "Synced in part" if result.failures else "Synced"


def _add_campaigns(table: Table, result: RunResult, *, stored: int) -> None:
    """Add how many of the campaigns that were due are in, and what became of the others."""
    fates = result.campaigns
    table.add_row("campaigns", f"{fates[Fate.DONE]:,} of {fates.total():,} due", f"{stored:,}")
    for fate in Fate:
        if fate is not Fate.DONE and fates[fate]:
            table.add_row(f"  {fate}", f"{fates[fate]:,}", "")


def _add_subjects(table: Table, summary: Summary) -> None:
    """Add of how many campaigns the subject lines were read, and of how many they are unknown."""
    found = summary.subjects
    if found.read:
        table.add_row("subject lines", counted(found.read, "campaign"), "")
    if found.unknown:
        why = found.problem or "read by later runs"
        table.add_row("  unknown so far", counted(found.unknown, "campaign"), why)


def _add_unsettled(table: Table, unsettled: Unsettled) -> None:
    """Add what holds fewer rows than the account counts, of earlier runs, too: it is read again soon."""
    if unsettled.reports:
        table.add_row("unsettled reports", "", f"{unsettled.reports:,}, {counted(unsettled.rows, 'row')} short")


def _forecast(summary: Summary, stats: RunStats) -> str:
    """Return how far the forecast was off, the requests for contacts left out."""
    forecast = summary.forecast.requests + list_requests(summary.campaigns) + summary.subjects.requests
    off = stats.requests - stats.contacts_requests - forecast
    share = f" ({off / forecast:+.1%})" if forecast >= MANY_REQUESTS else ""
    return f"{off:+,} of {forecast:,}{share}" if forecast else ""


def _stored_counts(run: LocalRun, settings: SyncSettings) -> dict[str, int]:
    dataset, organization = settings.dataset, {"organization": settings.organization}
    counts = _rows(
        run,
        f"SELECT event_type, COUNT(*) FROM {dataset}.email_activities "
        "WHERE organization_id = $organization GROUP BY event_type",
        organization,
    )
    of_contacts = _rows(
        run,
        "SELECT COUNT(*) FILTER (WHERE deleted_at IS NULL), COUNT(deleted_at) "
        f"FROM {dataset}.contacts WHERE organization_id = $organization",
        organization,
    )
    of_campaigns = _rows(
        run, f"SELECT COUNT(*) FROM {dataset}.campaigns WHERE organization_id = $organization", organization
    )
    unreadable = _rows(
        run, f"SELECT COUNT(*) FROM {dataset}.unreadable_rows WHERE organization_id = $organization", organization
    )
    [(contacts, vanished)], [(campaigns,)], [(unreadable_rows,)] = (
        list(of_contacts),
        list(of_campaigns),
        list(unreadable),
    )
    return {
        **{kind.value: 0 for kind in EventType},
        **dict(counts),
        "contacts": contacts,
        "vanished": vanished,
        "unreadable rows": unreadable_rows,
        "campaigns": campaigns,
    }


def _sent_at(run: LocalRun, settings: SyncSettings) -> dict[int, datetime | None]:
    sql = f"SELECT campaign_id, sent_at FROM {settings.dataset}.campaigns WHERE organization_id = $organization"
    return dict(_rows(run, sql, {"organization": settings.organization}))


def _rows(run: LocalRun, sql: str, parameters: dict[str, Any]) -> Iterable[Any]:
    return run.warehouse.query(sql, parameters).rows
