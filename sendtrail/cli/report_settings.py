"""The settings of `sendtrail report`: options first, then the environment, then `.env`; every problem at once."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sendtrail.errors import SettingsError
from sendtrail.messages import OrganizationId
from sendtrail.report.models import DEFAULT, NAMES
from sendtrail.tables import checked_name

OUTPUT = Path("sendtrail-report.html")


def _checked_model(text: str) -> str:
    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    if name not in NAMES:
        raise ValueError(f"there is no model {text!r}; there are {', '.join(NAMES)}")
    return name


class ReportSettings(BaseSettings):
    """What `sendtrail report` was asked for: from BigQuery where `project_id` is given, from a file otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="SENDTRAIL_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True,
        populate_by_name=True,
    )  # fmt: skip

    database: Path = Path("sendtrail.duckdb")
    output: Path = OUTPUT
    model: Annotated[str, AfterValidator(_checked_model)] = DEFAULT
    organization: OrganizationId | None = None
    dataset: Annotated[str, AfterValidator(checked_name)] = "marketing_ai"
    project: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")] = None
    location: str = "US"
    bigquery_emulator_host: Annotated[str, Field(validation_alias="BIGQUERY_EMULATOR_HOST")] = ""

    @classmethod
    def read(cls, options: dict[str, Any]) -> Self:
        """Return the settings; raise SettingsError with every problem there is."""
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            raise SettingsError([_sentence(problem) for problem in error.errors(include_input=False)]) from None

    @property
    def bigquery_endpoint(self) -> str | None:
        """Return the URL of the BigQuery emulator, None for BigQuery itself."""
        host = self.bigquery_emulator_host
        return (host if "://" in host else f"http://{host}") if host else None


def _sentence(problem: Any) -> str:
    return f"--{str(problem['loc'][0]).replace('_', '-')}: {problem['msg'].removeprefix('Value error, ')}"
