"""Columns that an older table lacks: Terraform adds them, unless the functions are deployed before it is applied."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import SchemaField

from sendtrail.gcp.bigquery_errors import as_sendtrail_error
from sendtrail.gcp.bigquery_jobs import NO_RETRY, Jobs
from sendtrail.warehouse.tables import definition

logger = logging.getLogger(__name__)

# Another instance may add them at the same time.
MAX_ATTEMPTS = 3
REPEATED, NULLABLE = "REPEATED", "NULLABLE"


@dataclass(frozen=True, kw_only=True, slots=True)
class BigQueryColumns:
    """The columns of the tables of a dataset."""

    client: bigquery.Client
    jobs: Jobs
    dataset: str

    def add_missing(self, table: str) -> bool:
        """Add what a table lacks of its definition, and return whether it lacked anything; leave the rest as it is."""
        for _ in range(MAX_ATTEMPTS):
            try:
                return self._add_missing(table)
            except api.PreconditionFailed:
                continue
            except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
                raise as_sendtrail_error(error) from error
        return True  # somebody else goes on changing it: the next look at it tells

    def _add_missing(self, table: str) -> bool:
        name = f"{self.client.project}.{self.dataset}.{table}"
        found = self.client.get_table(name, retry=NO_RETRY, timeout=self.jobs.request_s())
        wanted = [SchemaField.from_api_repr(dict(field)) for field in definition(table).resource["schema"]["fields"]]
        schema = with_missing(found.schema, wanted)
        if schema == list(found.schema):
            return False
        found.schema = schema
        self.client.update_table(found, ["schema"], retry=NO_RETRY, timeout=self.jobs.request_s())
        logger.warning("%s lacked columns that this version writes: they were added", name)
        return True


def with_missing(found: Sequence[SchemaField], wanted: Sequence[SchemaField]) -> list[SchemaField]:
    """Return the columns of a table with those that it lacks after them, which a table with rows takes as NULLABLE."""
    known = {field.name.lower(): field for field in wanted}
    kept = [_with_missing_fields(field, known.get(field.name.lower())) for field in found]
    names = {field.name.lower() for field in found}
    return [*kept, *(_nullable(field) for field in wanted if field.name.lower() not in names)]


def _with_missing_fields(found: SchemaField, wanted: SchemaField | None) -> SchemaField:
    if wanted is None or not found.fields or not wanted.fields:
        return found
    fields = with_missing(found.fields, wanted.fields)
    return found if fields == list(found.fields) else _changed(found, fields=fields)


def _nullable(field: SchemaField) -> SchemaField:
    return field if field.mode == REPEATED else _changed(field, mode=NULLABLE)


def _changed(field: SchemaField, *, mode: str = "", fields: Sequence[SchemaField] | None = None) -> SchemaField:
    resource = field.to_api_repr()
    if mode:
        resource["mode"] = mode
    if fields is not None:
        resource["fields"] = [inner.to_api_repr() for inner in fields]
    return SchemaField.from_api_repr(resource)
