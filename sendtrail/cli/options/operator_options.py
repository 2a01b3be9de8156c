"""The options of the commands that operators type: which state, and which account."""

from dataclasses import dataclass
from typing import Annotated

from sendtrail.cli.options.warehouse_options import WarehouseOptions
from sendtrail.cli.warehouses import option


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorOptions(WarehouseOptions):
    """A DuckDB file or a Google Cloud project, and an account in it."""

    organization: Annotated[str | None, option("The account. Default: the only one there is.", "NAME")] = None
    installation: Annotated[
        str | None, option("The installation in the project, Terraform's `name`. Default: sendtrail.", "NAME")
    ] = None
    wait: Annotated[
        str | None, option("How long to wait while another program has the file. Default: 0.", "SECONDS")
    ] = None
