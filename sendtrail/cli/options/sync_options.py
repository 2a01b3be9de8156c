"""The options that say which account is synced, how far back, where to and how fast: those of `sync` and `plan`.

Every value is text here: the settings parse it, so that all problems are named at once.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

ACCOUNT, REACH, STORE, PACE = "The account", "What is synced", "Where it goes", "How fast"
SAID = "What is printed"


def _option(words: str, metavar: str, panel: str) -> Any:
    return typer.Option(help=words, metavar=metavar, rich_help_panel=panel, show_default=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanOptions:
    """What decides how much a sync has to read. None: the environment, `.env` or the default decides."""

    api_url: Annotated[str | None, _option("The API URL. Or SENDTRAIL_API_URL.", "URL", ACCOUNT)] = None
    api_key_file: Annotated[
        str | None,
        _option("A file that holds the API key. Or the key itself in SENDTRAIL_API_KEY, never here.", "FILE", ACCOUNT),
    ] = None
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization",
            "--account",
            help="A name for the account, which marks its rows, or one of those in sendtrail.toml. Default: main; all "
            "of the file, where a sync is asked for.",
            metavar="NAME",
            rich_help_panel=ACCOUNT,
            show_default=False,
        ),
    ] = None
    time_zone: Annotated[
        str | None,
        _option("The time zone of timestamps that come without one. Default: America/Chicago.", "ZONE", ACCOUNT),
    ] = None
    since: Annotated[
        str | None,
        _option("Everything since this day (midnight in the account's time zone).", "YYYY-MM-DD", REACH),
    ] = None
    lookback_days: Annotated[
        str | None,
        _option(
            "Everything of the last N days. Without any of these, a campaign is read back 7 days the first time, and "
            "from where its last sync left off afterwards.",
            "N",
            REACH,
        ),
    ] = None
    all: Annotated[
        bool | None,
        typer.Option(
            "--all",
            help="Everything that the account has; with --campaign, read again whatever is stored.",
            rich_help_panel=REACH,
            show_default=False,
        ),
    ] = None
    force: Annotated[
        bool | None,
        typer.Option(
            "--force",
            help="Read again what was read before, whatever is stored of it: back to where it was read to, or further "
            "with --all or --since.",
            rich_help_panel=REACH,
            show_default=False,
        ),
    ] = None
    campaign: Annotated[list[str] | None, _option("Only this campaign; may be given again.", "ID", REACH)] = None
    contacts: Annotated[
        bool | None,
        typer.Option(
            "--contacts/--no-contacts",
            help="Read all contacts now, or not at all. Default: once a day.",
            rich_help_panel=REACH,
            show_default=False,
        ),
    ] = None
    database: Annotated[
        str | None,
        _option(
            "The DuckDB file, created where there is none, with everything in it. Default: sendtrail.duckdb.",
            "FILE",
            STORE,
        ),
    ] = None
    requests_per_second: Annotated[
        str | None,
        _option(
            "The account's API limit, shared by everything that sends it requests. ActiveCampaign allows 5. "
            "Default: 5.",
            "N",
            PACE,
        ),
    ] = None
    share_kept_free: Annotated[
        str | None,
        _option("The share of the limit that is left to your other integrations, 0 to 0.9. Default: 0.", "SHARE", PACE),
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncOptions(PlanOptions):
    """What `plan` needs to know, and what only a sync does."""

    drop_wants: Annotated[
        bool | None,
        typer.Option(
            "--drop-wants",
            help="Forget what earlier runs were asked for and have not done; what is stored stays.",
            rich_help_panel=REACH,
            show_default=False,
        ),
    ] = None
    account_moved: Annotated[
        bool | None,
        typer.Option(
            "--account-moved",
            help="The API URL leads to the account whose data is stored, at a new address: say so once.",
            rich_help_panel=ACCOUNT,
            show_default=False,
        ),
    ] = None
    dataset: Annotated[
        str | None, _option("The schema in it that holds the tables. Default: marketing_ai.", "NAME", STORE)
    ] = None
    pseudonym_key_file: Annotated[
        str | None,
        _option(
            "Store e-mail addresses and names as pseudonyms under the key in this file, which the first sync makes: "
            "chosen with it, and for good. Default: as they are.",
            "FILE",
            STORE,
        ),
    ] = None
    wait: Annotated[
        str | None,
        _option("How long to wait while another program has the file. Default: 0.", "SECONDS", STORE),
    ] = None
    concurrency: Annotated[
        str | None, _option("Campaigns read at a time; they share the rate limit. Default: 4.", "N", PACE)
    ] = None
    max_deleted_share: Annotated[
        str | None,
        _option(
            "Mark nobody as deleted where more than this share of the contacts is missing, 0 to 1. Default: 0.2.",
            "SHARE",
            REACH,
        ),
    ] = None
    accept_deletions: Annotated[
        bool | None,
        typer.Option(
            "--accept-deletions",
            help="Take the contacts and campaigns that are missing as deleted, however many they are.",
            rich_help_panel=REACH,
            show_default=False,
        ),
    ] = None
    erase_gone_after_days: Annotated[
        str | None,
        _option(
            "Erase contacts that are deleted or anonymised in ActiveCampaign, as `sendtrail erase` does: N days after "
            "that was found, where it is found again. Default: never.",
            "N",
            REACH,
        ),
    ] = None
    time_budget_s: Annotated[
        str | None,
        _option(
            "After this long a campaign goes back into the queue, to let others have a turn. Default: 480.",
            "SECONDS",
            PACE,
        ),
    ] = None
    log_format: Annotated[
        str | None,
        _option(
            "How warnings and errors are written: text, or json for log collectors. Default: text.", "FORMAT", SAID
        ),
    ] = None
    json_summary: Annotated[
        bool | None,
        typer.Option(
            "--json",
            help="Print what the run did as a JSON object, all else to standard error. Or SENDTRAIL_JSON_SUMMARY.",
            rich_help_panel=SAID,
            show_default=False,
        ),
    ] = None
