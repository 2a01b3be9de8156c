"""The options that say how a CSV file is written, and whose rows it has: those of `conversions load` and `users load`.

Every value is text here: the settings parse it, so that all problems are named at once.
"""

from dataclasses import dataclass
from typing import Annotated

import typer

from sendtrail.cli.options.warehouse_options import WarehouseOptions
from sendtrail.cli.warehouses import NEW_ORGANIZATION, PSEUDONYM_KEY, option


@dataclass(frozen=True, kw_only=True, slots=True)
class FileOptions(WarehouseOptions):
    """Where rows are stored, and how their file is written."""

    organization: Annotated[
        str | None, option("The account whose contacts are meant. Default in a file: the only one in it.", "NAME")
    ] = None
    installation: Annotated[
        str | None, option("The installation in the project, Terraform's `name`. Default: sendtrail.", "NAME")
    ] = None
    new_organization: Annotated[bool | None, NEW_ORGANIZATION] = None
    pseudonym_key_file: Annotated[str | None, PSEUDONYM_KEY] = None
    map: Annotated[
        list[str] | None,
        option('The column of a field, such as value="N. Revenue"; may be given again.', "FIELD=COLUMN"),
    ] = None
    time_zone: Annotated[
        str | None,
        option("The time zone of times without one, such as Europe/Berlin; without it they are refused.", "ZONE"),
    ] = None
    date_format: Annotated[
        str | None,
        option("How times are written if not year first, such as 'DD.MM.YYYY HH:mm' or 'MM/DD/YYYY'.", "FORMAT"),
    ] = None
    encoding: Annotated[
        str | None, option("The encoding of a file that is not UTF-8, such as cp1252. Default: utf-8.", "NAME")
    ] = None
    skip_bad: Annotated[
        bool | None,
        typer.Option(
            "--skip-bad",
            help="Load the other rows where some are bad; these are named, and the exit code is 1.",
            show_default=False,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadOptions(FileOptions):
    """Where conversions are stored, and what their file leaves unsaid."""

    shop: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Whose export it is: shopify, woocommerce, stripe, paypal, activecampaign-deals, magento or"
            " bigcommerce.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None
    decimal: Annotated[
        str | None,
        option(
            "What separates the decimals; thousands separators and currency signs are understood then.", "point|comma"
        ),
    ] = None
    currency: Annotated[str | None, option("The currency of values without one, such as EUR.", "CODE")] = None
    kind: Annotated[str | None, option("The kind of conversions without one. Default: conversion.", "NAME")] = None
    status: Annotated[
        list[str] | None, option("Only rows with this status, such as paid; may be given again.", "STATUS")
    ] = None
    no_value: Annotated[
        bool | None,
        typer.Option("--no-value", help="They have no value in money, such as sign-ups.", show_default=False),
    ] = None
    negative_values: Annotated[
        str | None,
        option("Values below zero that refund no named conversion: refuse, or apart. Default: refuse.", "refuse|apart"),
    ] = None
