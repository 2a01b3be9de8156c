"""`sendtrail demo`: a simulated account, synced and compared row by row."""

from collections.abc import Hashable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console

from sendtrail.cli.demo.account import DemoAccount
from sendtrail.cli.demo.proof import Diff
from sendtrail.cli.demo.shop.shop_account import DATABASE_NAME, write_shop_report
from sendtrail.cli.process.exit_codes import DONE, MISSING
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.settings_file import SettingsFile
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.cli.sync import run_sync
from sendtrail.clock import SystemClock

# A real account allows 5 requests a second; at that rate the demo would take several minutes.
DEMO_RATE = 50.0
REAL_RATE = 5.0
DEMO_FILE = Path("build/demo/sendtrail.duckdb")


def demo(
    *,
    database: Annotated[
        Path, typer.Option(help="The DuckDB file to create; that of an earlier demo is replaced.", metavar="FILE")
    ] = DEMO_FILE,
    campaigns: Annotated[int, typer.Option(help="How many campaigns the account has.", min=1)] = 40,
    openers: Annotated[int, typer.Option(help="How many contacts opened the biggest one.", min=1)] = 2_500,
    seed: Annotated[int, typer.Option(help="Another seed is another account.")] = 1,
) -> None:
    """Sync a simulated account into a DuckDB file, let a day pass, sync again, and prove that every row is there, once.

    Exit code: 0 when the warehouse holds exactly what the account holds, 1 when it does not.
    """
    console = Console()
    _start_over(database)
    with DemoAccount(campaigns=campaigns, openers=openers, seed=seed, rate=DEMO_RATE) as account:
        settings = _settings(database, account.url, account.api_key)
        console.print(
            f"[bold]A simulated ActiveCampaign account[/] of {account.describe()} answers at {account.url}\n"
            f"and allows {DEMO_RATE:.0f} requests a second. A real one allows {REAL_RATE:.0f}.\n"
        )
        activities: set[Hashable] = set()
        act = partial(_act, console, account=account, settings=settings, activities=activities)
        holds = act("1. The first sync reads everything.")
        account.pass_day()
        holds &= act("2. A day has passed: only what is new is read.")
        holds &= act("3. Nothing has happened since.")
    _report(console, database.parent, seed=seed)
    _say_how_to_query(console, database)
    if not holds:
        raise typer.Exit(MISSING)


def _report(console: Console, folder: Path, *, seed: int) -> None:
    console.rule("[bold]4. A report on a shop with a year of e-mails and orders, all of it made up.", align="left")
    _start_over(folder / DATABASE_NAME)
    report = write_shop_report(folder, seed=seed, clock=SystemClock())
    console.print(f"Which e-mails earned what is in [bold]{report}[/]: open it in a browser.\n")


def _act(
    console: Console, title: str, *, account: DemoAccount, settings: SyncSettings, activities: set[Hashable]
) -> bool:
    console.rule(f"[bold]{title}", align="left")
    result = run_sync(console, settings)
    activities.update(account.activities())  # an earlier state of a row stays in the file
    with LocalRun(settings, clock=SystemClock(), stats=RunStats()) as run:
        proofs = account.prove(run.warehouse, settings, activities)
    for what, proof in proofs.items():
        _print_proof(console, what, proof)
    console.print()
    return result.exit_code == DONE and all(proof.holds for proof in proofs.values())


def _print_proof(console: Console, what: str, proof: Diff) -> None:
    if proof.holds:
        console.print(f"[green]✓ proven:[/] all {proof.expected:,} {what} of the account are in the file, once each")
    else:
        console.print(
            f"[bold red]✗ not equal:[/] of {proof.expected:,} {what} {proof.missing:,} are missing, "
            f"{proof.extra:,} should not be there, {proof.twice:,} are there more than once"
        )


def _settings(database: Path, url: str, key: str) -> SyncSettings:
    return SyncSettings.of_account(
        {
            "api_url": url,
            "api_key": SecretStr(key),
            "database": database,
            "organization": "demo",
            "contacts": True,  # its day passes in seconds
            "requests_per_second": DEMO_RATE,
            "all": True,
            "recent_overlap_hours": 48,  # its day passes in seconds: new rows are dated before the sync that just ran
        },
        SettingsFile(),  # whatever accounts the folder is for
        account=None,
    )


def _start_over(database: Path) -> None:
    database.parent.mkdir(parents=True, exist_ok=True)
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()


def _say_how_to_query(console: Console, database: Path) -> None:
    sql = "SELECT event_type, COUNT(*) AS n FROM marketing_ai.email_activities GROUP BY ALL ORDER BY n DESC"
    console.print(f"The data is in [bold]{database}[/], for DuckDB and whatever reads it. For a first look:\n")
    console.print(
        f'  .venv/bin/sendtrail query --database {database} \\\n    "{sql}"\n',
        highlight=False,
        markup=False,
        soft_wrap=True,  # to be copied
    )
    console.print("Your own account: .venv/bin/sendtrail sync --help", highlight=False)
