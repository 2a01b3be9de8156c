"""Which warehouse a command works on: options, environment, `.env`, `sendtrail.toml`; every problem at once."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sendtrail.cli.settings.settings_file import read_settings_file
from sendtrail.cli.settings.sources import layers_of, nearest_values, warn_of_misspelt
from sendtrail.domain.messages import OrganizationId
from sendtrail.validation import settings_error
from sendtrail.warehouse.place import (
    DEFAULT_DATASET,
    DEFAULT_LOCATION,
    BigQueryEndpoint,
    DatasetId,
    Location,
    ProjectId,
)

# Terraform's `name`: that of the Firestore database, and the prefix of the topics and of the erased list's secret.
DEFAULT_INSTALLATION = "sendtrail"
DEFAULT_DATABASE = Path("sendtrail.duckdb")


class WarehouseSettings(BigQueryEndpoint, BaseSettings):
    """A dataset of BigQuery where `project` is given, a DuckDB file otherwise.

    `location` is that of the BigQuery dataset.
    """

    model_config = SettingsConfigDict(
        env_prefix="SENDTRAIL_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True,
        populate_by_name=True,
    )  # fmt: skip

    database: Path = DEFAULT_DATABASE
    dataset: DatasetId = DEFAULT_DATASET
    project: ProjectId | None = None
    location: Location = DEFAULT_LOCATION

    @classmethod
    def read(cls, options: dict[str, Any]) -> Self:
        """Return the settings; raise SettingsError with every problem there is.

        A file that is named as an option is used whatever project the other sources name.
        """
        file = read_settings_file()
        layers = layers_of(cls, options, file)
        warn_of_misspelt(cls, file)
        values = nearest_values(cls, layers)
        if "database" in layers.options and "project" not in layers.options:
            values["project"] = None
        try:
            return cls(**values)
        except ValidationError as error:
            raise settings_error(error, named=layers.place_of) from None


class InstallationSettings(WarehouseSettings):
    """The warehouse, and the installation in a project that it belongs to: Terraform's `name`.

    `pseudonym_key_file` has the key of a database that is stored under pseudonyms.
    """

    installation: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,62}$")] = DEFAULT_INSTALLATION
    pseudonym_key_file: Path | None = None
    firestore_emulator_host: Annotated[str | None, Field(validation_alias="FIRESTORE_EMULATOR_HOST")] = None


class AccountSettings(InstallationSettings):
    """The warehouse, and the account in it that a command is about.

    In BigQuery it has to be named. Of a file, the account that was synced into it is meant unless another is named;
    `new_organization` allows one of which nothing was synced.
    """

    organization: Annotated[OrganizationId | Literal[""], Field(validate_default=True)] = ""
    new_organization: bool = False

    @field_validator("organization", mode="before")
    @classmethod
    def _check_name(cls, name: str, info: ValidationInfo) -> str:
        if not name and info.data.get("project"):
            raise ValueError("name the account, as Terraform's `accounts` do: rows of another would earn nothing")
        return name
