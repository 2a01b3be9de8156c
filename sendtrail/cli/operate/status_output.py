"""How accounts are, for the eyes and for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import orjson
from rich.console import Console

from sendtrail.activecampaign.http.account_words import printable
from sendtrail.cli.notify.texts import in_words
from sendtrail.cli.plan import shown_duration
from sendtrail.cli.process.sentences import say
from sendtrail.cli.run.output.still_wanted import want_in_words
from sendtrail.plurals import counted
from sendtrail.sync.overview.account_overview import AccountOverview, Activity
from sendtrail.sync.overview.failures import Failed

MAX_FAILURES = 5


def print_overviews(console: Console, overviews: Sequence[AccountOverview]) -> None:
    """Print a paragraph per account."""
    for number, each in enumerate(overviews):
        if number:
            console.print()
        say(console, *overview_lines(each))


def overview_lines(of: AccountOverview) -> Iterator[str]:
    """Yield how an account is, a line per fact; what is all right and not asked about is left out."""
    yield f"{of.organization}: {_activity(of)}"
    yield from _times(of)
    yield from _pace(of)
    yield from _work(of)
    if of.failures:
        yield f"  failures          {len(of.failures):,}"
        for failed in of.failures[:MAX_FAILURES]:
            yield f"    {failure_line(failed)}"
        if len(of.failures) > MAX_FAILURES:
            yield f"    and {len(of.failures) - MAX_FAILURES:,} more: sendtrail failures lists all"


def overdue_lines(overviews: Sequence[AccountOverview], max_age: timedelta) -> Iterator[str]:
    """Yield which accounts had no complete sync for longer."""
    for each in overviews:
        if not each.is_fresh(max_age):
            longest = shown_duration(max_age.total_seconds())
            yield f"{each.organization} is overdue. {in_words(each.age_s)}; --max-age allows {longest}."


def _pace(of: AccountOverview) -> Iterator[str]:
    if of.activity is Activity.RUNNING and of.total:
        left = "" if of.left_s is None else f", about {shown_duration(of.left_s)} left at this pace"
        yield f"  progress          {of.total - of.left:,} of {counted(of.total, 'campaign')}{left}"
    if of.figures is not None and not _got_no_further(of):
        refused = f", {counted(of.figures.refused, 'answer')} 429" if of.figures.refused else ""
        seconds = "" if of.figures.seconds is None else f", {shown_duration(of.figures.seconds)}"
        requests = counted(of.figures.requests, "request")
        yield f"  last run took     {requests}{seconds}{refused}"


def _got_no_further(of: AccountOverview) -> bool:
    """Return whether a run failed after the one that the account's status is about."""
    return of.failed is not None and of.failed.run_id != of.run_id


def _times(of: AccountOverview) -> Iterator[str]:
    if of.age_s is None or of.last_success is None:
        yield "  last success      none is recorded"
    else:
        yield f"  last success      {of.last_success:%Y-%m-%d %H:%M} UTC, {shown_duration(of.age_s)} ago"
    if of.failed is not None and of.failed.at is not None and _got_no_further(of):
        yield f"  last run          {of.failed.at:%Y-%m-%d %H:%M} UTC, failed: nothing was brought in"
    elif of.last_run is not None and of.last_run != of.last_success:
        total = counted(of.total, "campaign")
        read = f"{of.left:,} of {total} still to be read" if of.left else f"{total} read"
        yield f"  last run          {of.last_run:%Y-%m-%d %H:%M} UTC, {read}"
    if of.contacts_synced_at is not None:
        yield f"  contacts          as of {of.contacts_synced_at:%Y-%m-%d %H:%M} UTC"


def _work(of: AccountOverview) -> Iterator[str]:
    if of.due:
        yield f"  due               {counted(of.due, 'campaign')}, whatever the account says next"
    for want in of.wanted:
        yield f"  wanted            {want_in_words(want)}"
    if of.unsettled:
        yield f"  unsettled         {counted(of.unsettled, 'report')}, {counted(of.rows_short, 'row')} short"
    if of.unreadable_rows:
        yield f"  unreadable rows   {of.unreadable_rows:,}"


def failure_line(failed: Failed) -> str:
    """Return what failed, why, and what to do."""
    subject = f"campaign {failed.subject}" if failed.subject.isdecimal() else failed.subject
    in_a_row = f", {failed.runs:,} runs in a row since {failed.since:%Y-%m-%d %H:%M}" if _is_repeated(failed) else ""
    since = f" ({failed.at:%Y-%m-%d %H:%M} UTC{in_a_row})" if failed.at else ""
    return f"{subject}{since}: {printable(failed.reason)}: {failed.advice}"


def _is_repeated(failed: Failed) -> bool:
    return failed.runs > 1 and failed.since is not None


def written_json(overviews: Sequence[AccountOverview]) -> str:
    """Return the accounts as a JSON list; times are in UTC."""
    return orjson.dumps([as_json(each) for each in overviews], option=orjson.OPT_INDENT_2).decode()


def as_json(of: AccountOverview) -> dict[str, Any]:
    """Return an account as a JSON object."""
    return asdict(of)


def _activity(of: AccountOverview) -> str:
    if of.paused_since is None:
        return str(of.activity)
    because = f" ({printable(of.pause_reason)})" if of.pause_reason else ""
    return f"{of.activity} since {of.paused_since:%Y-%m-%d %H:%M} UTC{because}; sendtrail resume ends that"
