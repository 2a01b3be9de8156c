"""The settings of `sendtrail report`: options first, then the environment, then `.env`; every problem at once."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.domain.messages import OrganizationId
from sendtrail.report.attribution_models import DEFAULT, NAMES

OUTPUT = Path("sendtrail-report.html")


def _checked_model(text: str) -> str:
    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    if name not in NAMES:
        raise ValueError(f"there is no model {text!r}; there are {', '.join(NAMES)}")
    return name


class ReportSettings(WarehouseSettings):
    """What `sendtrail report` was asked for."""

    output: Path = OUTPUT
    model: Annotated[str, AfterValidator(_checked_model)] = DEFAULT
    organization: OrganizationId | None = None
