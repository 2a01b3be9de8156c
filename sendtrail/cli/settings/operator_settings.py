"""Where the state of accounts is, and which of them a command is about; every problem at once."""

from typing import Annotated

from pydantic import Field

from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.domain.messages import OrganizationId

# Terraform's `name`: that of the Firestore database, and the prefix of the topics.
DEFAULT_INSTALLATION = "sendtrail"


class OperatorSettings(WarehouseSettings):
    """The state in a project's Firestore where `project` is given, that of a DuckDB file otherwise.

    `wait` is how many seconds to wait while another program has the file.
    """

    installation: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,62}$")] = DEFAULT_INSTALLATION
    firestore_emulator_host: Annotated[str | None, Field(validation_alias="FIRESTORE_EMULATOR_HOST")] = None
    organization: OrganizationId | None = None
    wait: Annotated[float, Field(ge=0, le=86_400)] = 0.0
