"""The options of `sendtrail erase`: where, and how sure."""

from dataclasses import dataclass
from typing import Annotated

import typer

from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.warehouses import PSEUDONYM_KEY


@dataclass(frozen=True, kw_only=True, slots=True)
class EraseOptions(OperatorOptions):
    """A DuckDB file or a Google Cloud project, the accounts in it, and what is to be done without a question."""

    pseudonym_key_file: Annotated[str | None, PSEUDONYM_KEY] = None
    every: Annotated[bool, typer.Option("--all", help="In every account there is.", show_default=False)] = False
    even_unknown: Annotated[
        bool,
        typer.Option(
            "--even-unknown",
            help="Put them on the erased list, too, if nothing is stored of them.",
            show_default=False,
        ),
    ] = False
    readmit: Annotated[
        bool,
        typer.Option(
            "--readmit",
            help="The opposite: they have consented anew, so what was typed of them may be stored again.",
            show_default=False,
        ),
    ] = False
    new_list: Annotated[
        bool,
        typer.Option(
            "--new-list",
            help="Begin a new erased list, as the earlier one is lost for good: whoever was on it is read again.",
            show_default=False,
        ),
    ] = False
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipts as JSON.", show_default=False)] = False
