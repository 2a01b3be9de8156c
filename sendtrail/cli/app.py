"""The `sendtrail` command."""

import sys
from typing import Annotated

import typer

from sendtrail.cli.lazy_commands import Entry, lazy_group
from sendtrail.cli.process.exit_codes import INTERRUPTED, MISSING
from sendtrail.cli.process.interruption import CommandProcess, Interrupts
from sendtrail.cli.process.streams import make_streams_tolerant, unwritten
from sendtrail.errors import SendtrailError

COMMANDS = (
    Entry(
        name="init",
        target="sendtrail.cli.init.init_command:init",
        help="Make this folder ready: ask for an account, check it, and write .env and sendtrail.toml.",
    ),
    Entry(
        name="check",
        target="sendtrail.cli.check.check_command:check",
        help="Look at an account before its first sync: what the key may read, and what is odd about the account.",
    ),
    Entry(
        name="sync",
        target="sendtrail.cli.sync:sync",
        help="Bring an account's e-mail activities and contacts into a DuckDB file, once each.",
    ),
    Entry(
        name="plan",
        target="sendtrail.cli.plan:plan",
        help="Show how many requests, how much time and how many bytes a sync takes, without starting it.",
    ),
    Entry(
        name="status",
        target="sendtrail.cli.operate.status_command:status",
        help="Show how each account is: its last complete sync, what is running and wanted, and what failed.",
    ),
    Entry(
        name="runs",
        target="sendtrail.cli.operate.runs_command:runs",
        help="List the latest runs: what was due, what it took, how far the forecast was off.",
    ),
    Entry(
        name="failures",
        target="sendtrail.cli.operate.status_command:failures",
        help="List what has failed and is still to be brought in, with the reason and what to do about it.",
    ),
    Entry(
        name="retry",
        target="sendtrail.cli.operate.retry_command:retry",
        help="Have what failed tried again, and publish dead letters once more.",
    ),
    Entry(
        name="pause",
        target="sendtrail.cli.operate.pause_command:pause",
        help="Leave an account alone for a while; nothing that is wanted of it is lost.",
    ),
    Entry(
        name="resume",
        target="sendtrail.cli.operate.pause_command:resume",
        help="End the pause of an account: its next run goes on where the last one stopped.",
    ),
    Entry(
        name="backfill",
        target="sendtrail.cli.operate.history_commands:app",
        help="Read what was never read, back to a day: begin, look, take back.",
    ),
    Entry(
        name="resync",
        target="sendtrail.cli.operate.history_commands:resync",
        help="Have campaigns read again, whatever is stored of them.",
    ),
    Entry(
        name="reset",
        target="sendtrail.cli.operate.history_commands:reset",
        help="Have everything that was read of an account read again; what that costs is shown before.",
    ),
    Entry(
        name="erase",
        target="sendtrail.cli.operate.erase_command:erase",
        help="Delete everything that is stored of a person, and never store it again.",
    ),
    Entry(
        name="schedule",
        target="sendtrail.cli.schedule.schedule_command:schedule",
        help="Print what cron, systemd or launchd take to sync from this folder by itself.",
    ),
    Entry(
        name="notify",
        target="sendtrail.cli.notify.notify_command:notify",
        help="Send a test notification to the addresses of notifications.",
        extras=("notify",),
    ),
    Entry(
        name="query",
        target="sendtrail.cli.query:query",
        help="Print the result of a SELECT on a synced warehouse.",
    ),
    Entry(
        name="tables",
        target="sendtrail.cli.copies.tables_command:tables",
        help="List the tables and views with what a row of each is, or the columns of one; and where they are.",
    ),
    Entry(
        name="export",
        target="sendtrail.cli.copies.export_command:export",
        help="Write tables and views to Parquet or CSV files, with a manifest; also while a sync runs.",
    ),
    Entry(
        name="backup",
        target="sendtrail.cli.copies.backup_command:backup",
        help="Copy a database, with the state of its syncs, to one file; also while a sync runs.",
    ),
    Entry(
        name="restore",
        target="sendtrail.cli.copies.backup_command:restore",
        help="Put a backup in the place of a database, which is kept; the next sync reads what is missing.",
    ),
    Entry(
        name="report",
        target="sendtrail.cli.report:report",
        help="Write a report as one HTML file: which campaigns earned the most, and how far to trust it.",
        extras=("report",),
    ),
    Entry(
        name="conversions",
        target="sendtrail.cli.conversions:app",
        help="Bring in what your users bought or signed up for.",
    ),
    Entry(
        name="users",
        target="sendtrail.cli.users:app",
        help="Say which of your users is which contact, so that their orders find them.",
    ),
    Entry(
        name="attribution",
        target="sendtrail.cli.attribution:app",
        help="Choose how conversions are credited to campaigns.",
    ),
    Entry(
        name="demo",
        target="sendtrail.cli.demo.local:demo",
        help="Sync a simulated account, and prove that every row is in the file, once.",
        extras=("report", "simulator"),
    ),
    Entry(
        name="gcp-demo",
        target="sendtrail.cli.demo.gcp:gcp_demo",
        help="Run the deployed pipeline on Google's emulators, and prove that every row is in BigQuery, once.",
        extras=("gcp", "simulator"),
    ),
    Entry(
        name="simulator",
        target="sendtrail.cli.simulator:simulator",
        help="Serve a simulated ActiveCampaign account, to try things out on.",
        extras=("simulator",),
    ),
    Entry(
        name="simulate",
        target="sendtrail.cli.simulate:simulate",
        help="Run the deployed functions in simulated worlds full of trouble, one per seed, and check what they hold.",
        extras=("gcp", "simulator"),
    ),
)

app = typer.Typer(
    name="sendtrail",
    cls=lazy_group(*COMMANDS),
    help="Every e-mail activity and contact of an ActiveCampaign account in your warehouse, once each.",
    no_args_is_help=True,
    rich_markup_mode=None,  # with Rich, the list of commands would take three times as long
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  (Typer passes the value of the option)
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  (only for this option)

        typer.echo(f"sendtrail {version('sendtrail')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; print errors that a person can fix as sentences, without a traceback."""
    make_streams_tolerant()
    interrupts = Interrupts()
    try:
        app(obj=CommandProcess())
    except SystemExit as end:
        if (why := unwritten()) and not end.code:
            sys.stderr.write(f"sendtrail: not all that it prints could be written: {why}\n")
            sys.exit(MISSING)
        sys.exit(INTERRUPTED if interrupts.seen and end.code else end.code)
    except SendtrailError as error:
        _end_with(error)


def _end_with(error: SendtrailError) -> None:
    from rich.console import Console  # noqa: PLC0415  (only for errors)

    from sendtrail.cli.process.error_output import CommandError  # noqa: PLC0415  (only for errors)

    printed = CommandError.of(error)
    printed.print_to(Console(stderr=True, soft_wrap=True))
    sys.exit(printed.exit_code)


if __name__ == "__main__":
    main()
