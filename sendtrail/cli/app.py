"""The `sendtrail` command."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from sendtrail.cli import attribution, conversions
from sendtrail.cli.demo.gcp import gcp_demo
from sendtrail.cli.demo.local import demo
from sendtrail.cli.plan import plan
from sendtrail.cli.query import query
from sendtrail.cli.report import report
from sendtrail.cli.sync import sync
from sendtrail.errors import SendtrailError, SettingsError

USAGE_ERROR, FAILURE = 2, 1

app = typer.Typer(
    name="sendtrail",
    help="Every e-mail activity and contact of an ActiveCampaign account in your warehouse, once each.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(sync)
app.command()(plan)
app.command()(demo)
app.command()(gcp_demo)
app.command()(query)
app.command()(report)
app.add_typer(conversions.app)
app.add_typer(attribution.app)


@app.callback()
def _options(
    *, version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False
) -> None:
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415  (only when asked)

        typer.echo(f"sendtrail {installed('sendtrail')}")
        raise typer.Exit


def main() -> None:
    """Run the command; errors that a person can mend are printed as sentences, without a traceback."""
    try:
        app()
    except SettingsError as error:
        _complain("This cannot be run as it was asked for:", *error.problems)
        sys.exit(USAGE_ERROR)
    except SendtrailError as error:
        _complain("Stopped:", str(error))
        sys.exit(FAILURE)


def _complain(title: str, *lines: str) -> None:
    console = Console(stderr=True, soft_wrap=True)
    console.print(f"[bold red]{title}[/]" if lines else title)
    for line in lines:
        console.print(f"  {line}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
