"""`sendtrail plan`: what a sync takes, before it is started."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.sync_options import PlanOptions
from sendtrail.cli.run.local_limits import INTERACTIVE_RETRIES
from sendtrail.cli.run.run_request import request_of, with_contacts
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import SystemClock
from sendtrail.domain.campaign import Campaign
from sendtrail.local.state.adoption import read_state
from sendtrail.plurals import counted
from sendtrail.ports import State
from sendtrail.pricing.expected import expected_workload
from sendtrail.pricing.month import month
from sendtrail.pricing.query_price import query_price
from sendtrail.pricing.workload import Workload
from sendtrail.state.account_pause import ensure_account_runs
from sendtrail.state.stored_habits import reports_of_unknown_messages
from sendtrail.state.stored_wants import read_wants
from sendtrail.sync.campaign_checkpoints import checkpoints_of
from sendtrail.sync.due import Due, Policy, RunKind, due
from sendtrail.sync.forecast import Forecast, contacts_forecast, first_look_forecast, list_requests, total
from sendtrail.sync.subjects.read_subject_lines import planned_subject_lines
from sendtrail.sync.subjects.subject_plan import SubjectPlan

LONGEST_SHOWN = timedelta(days=3_650)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedWork:
    """A kind of work: how many campaigns or contacts it reads, and what that takes."""

    name: str
    number: int
    forecast: Forecast


@expanded
def plan(*, options: PlanOptions) -> None:
    """Show what `sendtrail sync` with the same options takes: requests, time at the account's limit, bytes on BigQuery.

    It lists the campaigns (one request per 100), asks how many contacts there are, and changes nothing. The summary of
    the sync then says by how much the forecast was off.

    Exit code: 0 when it is shown, 1 when the account cannot be asked, 2 when an option, a setting or the file is wrong,
    75 when another program has the file, or the account is paused.
    """
    settings = SyncSettings.read(asdict(options))
    console = Console()
    state = read_state(settings.database, dataset=settings.dataset, clock=SystemClock())
    ensure_account_runs(state, settings.organization)
    settings = with_contacts(settings, state)
    account = _account(settings, state)
    campaigns = list(account.campaigns())
    people = (account.contact_count() or 0) if settings.contacts else None
    lines = planned_work(settings, state, campaigns, contacts=people)
    _print(console, lines, interval_s=account.interval_s)
    expected = expected_workload(campaigns, contacts=people or 0, now=SystemClock().now())
    if expected is not None:
        console.print(month_sentence(expected), highlight=False)


def planned_work(
    settings: SyncSettings, state: State, campaigns: Sequence[Campaign], *, contacts: int | None
) -> list[PlannedWork]:
    """Return what a sync of these campaigns has to do; `contacts` is None where they are left out."""
    now, organization = SystemClock().now(), settings.organization
    request = request_of(settings, now=now)
    wants = state.transact(lambda transaction: read_wants(transaction, organization))
    found = due(
        campaigns,
        checkpoints=checkpoints_of(organization, state, now=now).readable,
        request=replace(request, wants=wants),
        policy=Policy(overlap=settings.overlap),
        now=now,
    )
    lines = [*_campaign_lines(found, campaigns=len(campaigns)), *_first_look(found, organization, state)]
    if request.kind is RunKind.CAMPAIGNS:
        subjects = planned_subject_lines(campaigns, organization_id=organization, state=state, now=now)
        lines.append(_subject_lines(subjects, messages=len(campaigns)))
    if contacts is not None:
        forecast = contacts_forecast(contacts, flush_rows=Policy().flush_rows)
        lines.append(PlannedWork(name="contacts", number=contacts, forecast=forecast))
    return lines


def _campaign_lines(found: Sequence[Due], *, campaigns: int) -> list[PlannedWork]:
    changed = [each.forecast for each in found if not each.message.backfill]
    backfill = [each.forecast for each in found if each.message.backfill]
    return [
        PlannedWork(name="list of campaigns", number=campaigns, forecast=Forecast(requests=list_requests(campaigns))),
        PlannedWork(name="changed campaigns", number=len(changed), forecast=total(changed)),
        PlannedWork(name="backfill", number=len(backfill), forecast=total(backfill)),
    ]


def _first_look(found: Sequence[Due], organization: str, state: State) -> Iterator[PlannedWork]:
    """Yield what an account takes once, whose split tests nobody has read yet."""
    split = sum(each.message.split for each in found)
    reports = reports_of_unknown_messages(organization, state)
    if split and reports:
        yield PlannedWork(name="first look at split tests", number=split, forecast=first_look_forecast(len(reports)))


def _subject_lines(plan: SubjectPlan, *, messages: int) -> PlannedWork:
    """Return what subject lines take: an account has at least a message per campaign."""
    number, requests = len(plan.listed) + len(plan.one_by_one), plan.requests(messages=messages)
    return PlannedWork(name="subject lines", number=number, forecast=Forecast(requests=requests))


def _print(console: Console, lines: Sequence[PlannedWork], *, interval_s: float) -> None:
    table = Table("", "number", "requests", "rows", "time at the budget", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    together = total(line.forecast for line in lines)
    for line in lines:
        table.add_row(line.name, f"{line.number:,}", *_cells(line.forecast, interval_s))
    table.add_row("together", "", *_cells(together, interval_s), style="bold")
    console.print(table)
    console.print(
        f"\nAt {1 / interval_s:.1f} requests a second. On one machine nothing is billed. On BigQuery, for comparison: "
        f"{together.batches:,} load jobs (free) and as many MERGEs, which bill "
        f"{query_price(together.bytes_billed, 'at least')}.",
        highlight=False,
    )


def month_sentence(work: Workload) -> str:
    """Return what a month on Google Cloud costs, and what that is for."""
    return (
        f"\nA month on Google Cloud, dispatched every {work.every_h:.0f} h: ${month(work).dollars:.2f} once a year is "
        f"stored, or ${month(work, has_free_tier=False).dollars:.2f} where other projects use up what is free, at "
        f"{counted(work.activities, 'activity', 'activities')} a day, as in the last 30 days (docs/deploy.md has the "
        "lines)."
    )


def _cells(forecast: Forecast, interval_s: float) -> tuple[str, str, str]:
    return f"{forecast.requests:,}", f"{forecast.rows:,}", shown_duration(forecast.requests * interval_s)


def shown_duration(seconds: float) -> str:
    """Return a duration in at most two units: "3 d 04 h", "1 h 20 min", "12 min", "5 s"."""
    if seconds > LONGEST_SHOWN.total_seconds():
        return "more than 10 years"
    whole = timedelta(seconds=round(seconds))
    hours, minutes = whole.seconds // 3600, whole.seconds % 3600 // 60
    if whole.days:
        return f"{whole.days} d {hours:02} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min" if minutes else f"{whole.seconds} s"


def _account(settings: SyncSettings, state: State) -> Account:
    return AccountFactory(state, SystemClock(), retries=INTERACTIVE_RETRIES).account(settings.connection)
