"""Where the tables of a warehouse are, as settings name it: a dataset, and for BigQuery its project and location."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from sendtrail.warehouse.tables import checked_name

# https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_LOCATION = re.compile(r"[A-Za-z][A-Za-z0-9-]+")

DEFAULT_DATASET, DEFAULT_LOCATION = "marketing_ai", "US"


def _checked_project(text: str) -> str:
    if not _PROJECT.fullmatch(text):
        raise ValueError(
            f"{text!r} is no project ID, which looks like my-project: a project's name and number are something else"
        )
    return text


def _checked_location(text: str) -> str:
    if not _LOCATION.fullmatch(text):
        raise ValueError(f"{text!r} is no location of BigQuery, such as US, EU or us-central1")
    return text


ProjectId = Annotated[str, AfterValidator(_checked_project)]
Location = Annotated[str, AfterValidator(_checked_location)]
DatasetId = Annotated[str, AfterValidator(checked_name)]


class BigQueryEndpoint(BaseModel):
    """The setting that names BigQuery's emulator, which is the variable that Google's own clients know."""

    bigquery_emulator_host: Annotated[str, Field(validation_alias="BIGQUERY_EMULATOR_HOST")] = ""

    @property
    def bigquery_endpoint(self) -> str | None:
        """Return the URL of the BigQuery emulator, None for BigQuery itself."""
        host = self.bigquery_emulator_host
        return (host if "://" in host else f"http://{host}") if host else None
