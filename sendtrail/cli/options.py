"""The options that say which account is synced, how far back, whereto and how fast: those of `sync` and `plan`.

Every value is text here: the settings read it, so that all problems are named at once.
"""

from typing import Annotated, Any

import typer

ACCOUNT, REACH, STORE, PACE = "The account", "What is synced", "Where it goes", "How fast"


def option(words: str, metavar: str, panel: str) -> Any:
    """Return an option in a panel of the help."""
    return typer.Option(help=words, metavar=metavar, rich_help_panel=panel, show_default=False)


Url = Annotated[str | None, option("The API URL. Or SENDTRAIL_API_URL.", "URL", ACCOUNT)]
KeyFile = Annotated[
    str | None,
    option("A file that holds the API key. Or the key itself in SENDTRAIL_API_KEY, never here.", "FILE", ACCOUNT),
]
Organization = Annotated[
    str | None, option("A name for the account, which marks its rows. Default: main.", "NAME", ACCOUNT)
]
Zone = Annotated[str | None, option("Of timestamps that come without one. Default: America/Chicago.", "ZONE", ACCOUNT)]
Since = Annotated[str | None, option("All since this day (midnight in the account's time zone).", "YYYY-MM-DD", REACH)]
Lookback = Annotated[
    str | None,
    option(
        "All of the last N days. Without any of these, a campaign is read back 7 days the first time, and from where "
        "its last sync left off afterwards.",
        "N",
        REACH,
    ),
]
All = Annotated[bool, typer.Option("--all", help="All that the account has.", rich_help_panel=REACH)]
Campaign = Annotated[list[str] | None, option("This campaign only; may be given again.", "ID", REACH)]
Contacts = Annotated[
    bool | None,
    typer.Option(
        "--contacts/--no-contacts",
        help="Bring in the contacts, in one full pass. Default: --contacts.",
        rich_help_panel=REACH,
        show_default=False,
    ),
]
Database = Annotated[
    str | None,
    option(
        "The DuckDB file, made where there is none; the state lies beside it. Default: sendtrail.duckdb.", "FILE", STORE
    ),
]
Dataset = Annotated[str | None, option("The schema in it that holds the tables. Default: marketing_ai.", "NAME", STORE)]
Rate = Annotated[
    str | None,
    option(
        "The account's API limit, which holds for everything that asks it. ActiveCampaign allows 5. Default: 5.",
        "N",
        PACE,
    ),
]
KeptFree = Annotated[
    str | None,
    option("The share of the limit that is left to your other integrations, 0 to 0.9. Default: 0.", "SHARE", PACE),
]
Concurrency = Annotated[str | None, option("Campaigns read at a time; they share the budget. Default: 4.", "N", PACE)]
TimeBudget = Annotated[
    str | None,
    option(
        "After so long a campaign goes back into the queue, to let others have a turn. Default: 480.", "SECONDS", PACE
    ),
]
