"""What is stored of the activities in BigQuery: the table's metadata, which is free, and the count of its rows."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import cast

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import QueryJob, ScalarQueryParameter

from sendtrail.gcp.bigquery_errors import as_sendtrail_error
from sendtrail.gcp.bigquery_jobs import NO_RETRY, Jobs
from sendtrail.sync.pairing.row_counts import RowCount, TableLook
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import schema_version, sql

STATEMENT = "email_activities/stored_rows"


@dataclass(frozen=True, kw_only=True, slots=True)
class BigQueryStoredRows:
    """The activities of a dataset; the count is refused, at no cost, beyond `maximum_bytes_billed`."""

    client: bigquery.Client
    jobs: Jobs
    dataset: str
    new_id: Callable[[], str]
    maximum_bytes_billed: int

    def look(self) -> TableLook:
        """Return what the table's metadata says; raise Unavailable where there is no table, or no answer."""
        name = f"{self.client.project}.{self.dataset}.{Table.EMAIL_ACTIVITIES}"
        try:
            table = self.client.get_table(name, retry=NO_RETRY, timeout=self.jobs.request_s())
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error
        created = f"{table.created:%Y%m%dT%H%M%S.%f}" if table.created else ""
        partitioning = table.time_partitioning
        expiry_ms = partitioning.expiration_ms if partitioning else None
        return TableLook(
            identity=f"{name}@{created}",
            rows=table.num_rows or 0,
            expiry=timedelta(milliseconds=int(expiry_ms)) if expiry_ms else None,
            schema_version=schema_version(table.labels),
        )

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:
        """Return the rows of every campaign by organization, from two days on."""
        days = [
            ScalarQueryParameter("first_date", "DATE", since),
            ScalarQueryParameter("lasting_date", "DATE", lasting_since),
        ]
        config = bigquery.QueryJobConfig(
            query_parameters=days, maximum_bytes_billed=self.maximum_bytes_billed, use_query_cache=False
        )
        job = cast("QueryJob", self.jobs.run(f"stored_rows_{self.new_id()}", partial(self._submit, config)))
        found: dict[str, dict[int, RowCount]] = defaultdict(dict)
        for row in self.jobs.rows(job):
            count = RowCount(stored=row["stored_rows"], lasting=row["lasting_rows"])
            found[row["organization_id"]][row["campaign_id"]] = count
        return found

    def _submit(self, config: bigquery.QueryJobConfig, job_id: str, timeout_s: float) -> QueryJob:
        return self.client.query(
            sql(STATEMENT, dataset=self.dataset),
            job_config=config,
            job_id=job_id,
            retry=NO_RETRY,
            job_retry=NO_RETRY,
            timeout=timeout_s,
        )
