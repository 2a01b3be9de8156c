"""Which warehouse a command works on: options first, then the environment, then `.env`; every problem at once."""

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sendtrail.domain.messages import OrganizationId
from sendtrail.errors import SettingsError
from sendtrail.warehouse.tables import checked_name

_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_LOCATION = re.compile(r"[A-Za-z][A-Za-z0-9-]+")


def _project(text: str) -> str:
    if not _PROJECT.fullmatch(text):
        raise ValueError(
            f"{text!r} is no project's id, which looks like my-project: its name and its number are others"
        )
    return text


def _location(text: str) -> str:
    if not _LOCATION.fullmatch(text):
        raise ValueError(f"{text!r} is no place of BigQuery, such as US, EU or us-central1")
    return text


class WarehouseSettings(BaseSettings):
    """A dataset of BigQuery where `project` is given, a DuckDB file otherwise.

    `location` is that of the BigQuery dataset.
    """

    model_config = SettingsConfigDict(
        env_prefix="SENDTRAIL_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True,
        populate_by_name=True,
    )  # fmt: skip

    database: Path = Path("sendtrail.duckdb")
    dataset: Annotated[str, AfterValidator(checked_name)] = "marketing_ai"
    project: Annotated[str, AfterValidator(_project)] | None = None
    location: Annotated[str, AfterValidator(_location)] = "US"
    bigquery_emulator_host: Annotated[str, Field(validation_alias="BIGQUERY_EMULATOR_HOST")] = ""

    @classmethod
    def read(cls, options: dict[str, Any]) -> Self:
        """Return the settings; raise SettingsError with every problem there is.

        A file that is named as an option is the one, whatever project the environment has.
        """
        given = {name: value for name, value in options.items() if value is not None}
        if "database" in given:
            given.setdefault("project", None)
        try:
            return cls(**given)
        except ValidationError as error:
            raise SettingsError([_sentence(problem) for problem in error.errors(include_input=False)]) from None

    @property
    def bigquery_endpoint(self) -> str | None:
        """Return the URL of the BigQuery emulator, None for BigQuery itself."""
        host = self.bigquery_emulator_host
        return (host if "://" in host else f"http://{host}") if host else None


class AccountSettings(WarehouseSettings):
    """The warehouse, and the account in it that something is said about.

    `sendtrail sync` names an account `main` unless told otherwise; in BigQuery each has a name of its own.
    """

    organization: Annotated[OrganizationId, Field(validate_default=True)] = ""

    @field_validator("organization", mode="before")
    @classmethod
    def _main_in_a_file(cls, name: str, info: ValidationInfo) -> str:
        if not name and info.data.get("project"):
            raise ValueError("name the account, as Terraform's `accounts` do: rows of another would earn nothing")
        return name or "main"


def _sentence(problem: Any) -> str:
    return f"--{str(problem['loc'][0]).replace('_', '-')}: {problem['msg'].removeprefix('Value error, ')}"
