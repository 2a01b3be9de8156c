"""The options of `sendtrail init`: what is not given is asked for."""

from dataclasses import dataclass
from typing import Annotated

import typer

from sendtrail.cli.warehouses import option


@dataclass(frozen=True, kw_only=True, slots=True)
class InitOptions:
    """How the account is reached, what it is called, and where its rows go."""

    api_url: Annotated[str | None, option("The API URL. Or SENDTRAIL_API_URL.", "URL")] = None
    api_key_file: Annotated[
        str | None,
        option("A file that holds the API key, and goes on holding it. Or the key in SENDTRAIL_API_KEY.", "FILE"),
    ] = None
    organization: Annotated[
        str | None,
        typer.Option(
            "--account",
            "--organization",
            help="A name for the account, which marks its rows. Default: main.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None
    time_zone: Annotated[
        str | None,
        option("The time zone of timestamps that come without one. Default: America/Chicago.", "ZONE"),
    ] = None
    database: Annotated[
        str | None, option("The DuckDB file, created where there is none. Default: sendtrail.duckdb.", "FILE")
    ] = None
