"""`sendtrail init`: asks for an account, checks it, and writes down what a sync needs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from sendtrail.cli.check.check_command import outcome_of
from sendtrail.cli.check.check_output import Outcome, print_table
from sendtrail.cli.init.account_binding import bind_account
from sendtrail.cli.init.new_folder import ensure_new, folder_files
from sendtrail.cli.init.questions import Questions, at_terminal
from sendtrail.cli.init.settings_template import NewAccount
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.init_options import InitOptions
from sendtrail.cli.organizations import DEFAULT_ORGANIZATION
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.cli.process.sentences import say
from sendtrail.cli.settings.file_accounts import asked_account
from sendtrail.cli.settings.settings_file import SettingsFile, read_settings_file
from sendtrail.cli.settings.sources import layers_of
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import SystemClock
from sendtrail.domain.connection import checked_api_url
from sendtrail.errors import SettingsError
from sendtrail.local.state.adoption import read_state

WHERE = "ActiveCampaign shows it under Settings > Developer"
FIRST_SYNC = "a sync as asked for"


@expanded
def init(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace a key of this account without asking.", show_default=False)
    ] = False,
    options: InitOptions,
) -> None:
    """Make this folder ready for its first sync: ask for the account, check it, and write down what a sync needs.

    The API URL and key are asked for where they are not given; the key is never shown. The account is checked with 30
    requests at most. Then the key is added to `.env`, which its owner alone can read, the account to `sendtrail.toml`,
    and its name is bound to it in the DuckDB file. Run it again with another --account to add one. Nothing is written
    before all is right, and nothing is replaced without a yes.

    Exit code: 0 when all is written, 1 when the account cannot be used yet (named, with what to do) or the answer is
    no, 2 when an option or a file is wrong, 75 when another program has the file.
    """
    console = Console()
    questions, name = at_terminal(), asked_account(SyncSettings, asdict(options)) or DEFAULT_ORGANIZATION
    ensure_new(name)
    given = given_values(asdict(options), name)
    settings = asked_settings(given, questions, name=name)
    outcome = outcome_of(settings, read_state(settings.database, dataset=settings.dataset, clock=SystemClock()))
    print_table(Console(), outcome)
    if not outcome.is_usable:
        say(console, "Nothing was written: see to what is named, and run sendtrail init again.")
        raise typer.Exit(MISSING)
    _write(console, settings, questions, given=given, is_agreed=yes)
    _say_what_follows(console, settings, outcome)


def asked_settings(given: Mapping[str, Any], questions: Questions, *, name: str) -> SyncSettings:
    """Return the settings of a sync, by what was given and what is answered.

    Raise SettingsError with all that is missing where nobody can be asked.
    """
    missing = _missing(given)
    if missing and not questions.is_terminal:
        raise SettingsError(list(missing.values()))
    url = questions.valid(
        given.get("api_url"),
        question=f"API URL ({WHERE})",
        check=str if given.get("api_url") else checked_api_url,
    )
    values = {**given, "api_url": url, "organization": name}
    if "api_key" in missing:
        values["api_key"] = questions.ask_secret("API key (it is not shown)")
    return SyncSettings.of_account(values, SettingsFile(), account=None)


def _missing(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what is still to be given, by setting, with where to get it."""
    found = {}
    if given.get("api_url") is None:
        found["api_url"] = f"--api-url: name the URL of your account: {WHERE}"
    if not given.get("api_key") and not given.get("api_key_file"):
        found["api_key"] = f"SENDTRAIL_API_KEY: set it, or name a file with --api-key-file: {WHERE}"
    return found


def given_values(options: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what is given already: as an option, in the environment, in `.env`, or in the file for all accounts.

    Where there is another account, what `.env` holds is its, and its key is sent to no second one.
    """
    file = read_settings_file()
    layers = layers_of(SyncSettings, options, SettingsFile(shared=file.shared, accounts={name: {}}), account=name)
    is_first = not file.accounts
    found: dict[str, Any] = {}
    for layer in (layers.options, layers.environment, layers.dotenv if is_first else {}, file.shared):
        found = {**layer, **found}
    if "api_key_file" in layers.options:
        found.pop("api_key", None)
    return found


def _write(
    console: Console, settings: SyncSettings, questions: Questions, *, given: Mapping[str, Any], is_agreed: bool
) -> None:
    file = None if settings.api_key_file is None or given.get("api_key") else str(settings.api_key_file)
    account = NewAccount(
        name=settings.organization,
        api_url=settings.connection.api_url,
        api_key_file=file,
        time_zone=str(given["time_zone"]) if given.get("time_zone") else None,
    )
    key = settings.connection.api_key.get_secret_value()
    files = folder_files(account, key=key, database=str(settings.database), questions=questions, is_agreed=is_agreed)
    if files is None:
        console.print("Nothing was written.")
        raise typer.Exit(MISSING)
    bind_account(settings, clock=SystemClock())
    say(console, *(f"written: {path}" for path in files.write()))
    say(console, f"database: {settings.database.absolute()}")


def _say_what_follows(console: Console, settings: SyncSettings, outcome: Outcome) -> None:
    cost = next((finding.meaning for finding in outcome.findings if finding.name == FIRST_SYNC), "")
    takes = f" It takes {cost}." if cost else ""
    what = f"the last 7 days of every campaign of {settings.organization}, and all contacts"
    say(
        console,
        f"\nNext: sendtrail sync reads {what}.{takes}",
        "sendtrail sync --all reads everything; sendtrail schedule prints what cron, systemd or launchd take.",
        "To undo this, delete the lines of the account from sendtrail.toml and .env.",
    )
