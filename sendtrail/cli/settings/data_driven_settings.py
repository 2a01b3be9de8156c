"""The settings of `sendtrail attribution data-driven`: options first, then the environment, then `.env`."""

from datetime import date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from sendtrail.attribution.data_driven.paths import MIN_CONVERSIONS
from sendtrail.cli.data_driven.account_paths import Period
from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.domain.messages import OrganizationId


class DataDrivenSettings(WarehouseSettings):
    """Which paths are credited, and how."""

    organization: OrganizationId | None = None
    ended_since: date | None = None
    ended_before: date | None = None
    markov_order: Annotated[int, Field(ge=1, le=4)] = 1
    resamples: Annotated[int, Field(ge=20, le=2000)] = 200
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    min_conversions: Annotated[int, Field(ge=1)] = MIN_CONVERSIONS

    @field_validator("ended_before")
    @classmethod
    def _check_order(cls, before: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("ended_since")
        if since and before and before <= since:
            raise ValueError(f"it has to be later than --ended-since, which is {since}")
        return before

    @property
    def period(self) -> Period:
        """Return the period of the paths."""
        return Period(since=self.ended_since, before=self.ended_before)
