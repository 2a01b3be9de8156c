"""The options that say which warehouse a command works on."""

from dataclasses import dataclass
from typing import Annotated

from sendtrail.cli.warehouses import DATABASE, DATASET, LOCATION, PROJECT


@dataclass(frozen=True, kw_only=True, slots=True)
class WarehouseOptions:
    """A DuckDB file, or a dataset of BigQuery. None: the environment, `.env` or the default decides."""

    database: Annotated[str | None, DATABASE] = None
    dataset: Annotated[str | None, DATASET] = None
    project: Annotated[str | None, PROJECT] = None
    location: Annotated[str | None, LOCATION] = None
