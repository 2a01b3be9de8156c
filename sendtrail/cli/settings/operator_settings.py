"""Where the state of accounts is, and which of them a command is about; every problem at once."""

from typing import Annotated

from pydantic import Field

from sendtrail.cli.settings.warehouse_settings import InstallationSettings
from sendtrail.domain.messages import OrganizationId


class OperatorSettings(InstallationSettings):
    """The state in a project's Firestore where `project` is given, that of a DuckDB file otherwise.

    `wait` is how many seconds to wait while another program has the file.
    """

    organization: OrganizationId | None = None
    wait: Annotated[float, Field(ge=0, le=86_400)] = 0.0
