"""`sendtrail check`: what an account is like, before its first sync."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sendtrail.activecampaign.check.account_check import AccountCheck
from sendtrail.cli.check.check_output import Outcome, print_table, written_evidence, written_json
from sendtrail.cli.check.sync_cost import cost_findings
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.sync_options import PlanOptions
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import SystemClock
from sendtrail.errors import SettingsError
from sendtrail.local.state.adoption import read_state
from sendtrail.ports import State
from sendtrail.rate_limit.budget import RateBudget
from sendtrail.rate_limit.sliding_window import sliding_window
from sendtrail.state.account_pause import ensure_account_runs

NOT_USABLE = 1


@expanded
def check(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of the table.")] = False,
    evidence: Annotated[
        Path | None,
        typer.Option(
            help="Write what was seen, without personal data, to this file: true or false, counts and names of fields, "
            "fit to be posted in an issue.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    options: PlanOptions,
) -> None:
    """Look at an account before its first sync, with 30 requests at most: what was seen of each thing, what it means.

    It changes nothing. The last lines say what a sync with the same options takes, and one of everything.

    Exit code: 0 when all that a sync needs can be used, 1 when something is refused or missing (named, with what to
    do), 2 when an option or setting is wrong, 75 when the account is paused.
    """
    settings = SyncSettings.read(asdict(options))
    _check_file(evidence)
    state = read_state(settings.database, dataset=settings.dataset, clock=SystemClock())
    ensure_account_runs(state, settings.organization)
    outcome = outcome_of(settings, state)
    if evidence:
        _write(evidence, written_evidence(outcome))
    if as_json:
        typer.echo(written_json(outcome))
    else:
        print_table(Console(), outcome)
    if not outcome.is_usable:
        raise typer.Exit(NOT_USABLE)


def outcome_of(settings: SyncSettings, state: State) -> Outcome:
    """Return what is found out about an account."""
    account = AccountCheck(settings.connection, budget=_budget(settings, state), clock=SystemClock())
    seen = account.observe(contacts=settings.contacts is not False)
    findings = [
        *account.findings(seen),
        *cost_findings(settings, state, seen, interval_s=account.budget.interval_s),
    ]
    return Outcome(findings=findings, requests=account.budget.requests)


def _budget(settings: SyncSettings, state: State) -> RateBudget:
    limit, clock = settings.connection.rate_limit, SystemClock()
    return RateBudget(
        state,
        clock,
        organization_id=settings.organization,
        rate_limit=limit,
        sliding_window=sliding_window(clock, requests_per_second=limit.per_second),
    )


def _check_file(path: Path | None) -> None:
    if path and (path.is_dir() or not path.parent.is_dir()):
        raise SettingsError([f"--evidence: {path} cannot be written: name a file in a folder that is there"])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError([f"--evidence: {path} cannot be written: {error.strerror}"]) from None
