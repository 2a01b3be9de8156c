"""`sendtrail gcp-demo`: the three functions on Google's emulators, with a proof that nothing is lost."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sendtrail.cli.demo.gcp_run import DemoPlan, run

FOLDER = Path("build/gcp-demo")


def gcp_demo(
    *,
    accounts: Annotated[int, typer.Option(help="How many accounts there are.", min=1, max=8)] = 2,
    campaigns: Annotated[int, typer.Option(help="How many campaigns each account has.", min=1)] = 10,
    openers: Annotated[int, typer.Option(help="How many contacts opened the biggest one.", min=1)] = 400,
    seed: Annotated[int, typer.Option(help="Another seed is another set of accounts.")] = 1,
    push_host: Annotated[
        str,
        typer.Option(help="This machine's name for Pub/Sub's emulator, where that runs elsewhere.", metavar="HOST"),
    ] = "127.0.0.1",
) -> None:
    """Run the pipeline as it is deployed, on Google's emulators, and prove that every row is in BigQuery, once.

    It starts the emulators of Pub/Sub, Firestore and BigQuery, simulated accounts and the three functions, calls the
    dispatcher as Cloud Scheduler does, and stops everything at the end. To use an emulator that runs already, name it
    in PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST or BIGQUERY_EMULATOR_HOST. Exit code: 0 when BigQuery holds
    exactly what the accounts hold, 1 when it does not.
    """
    console = Console()
    plan = DemoPlan(accounts=accounts, campaigns=campaigns, openers=openers, seed=seed, push_host=push_host)
    if not run(console, plan, folder=FOLDER):
        raise typer.Exit(1)
