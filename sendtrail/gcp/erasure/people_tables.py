"""The tables of BigQuery in which people are named."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, cast

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import ArrayQueryParameter, QueryJob, ScalarQueryParameter

from sendtrail.erasure.sweep import StoredNames, changed_table
from sendtrail.gcp.bigquery_errors import as_sendtrail_error
from sendtrail.gcp.bigquery_jobs import NO_RETRY, Jobs
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.warehouse.tables import sql


@dataclass(kw_only=True, slots=True)
class BigQueryPeopleTables:
    """The tables of a dataset; `kept` are those that are views of the customer's own.

    A DELETE waits for its turn beside MERGEs, as they do: BigQuery runs those of one table one after the other.
    """

    client: bigquery.Client
    jobs: Jobs
    datasets: Datasets
    new_id: Callable[[], str]
    maximum_bytes_billed: int
    kept: list[str] = field(default_factory=list)

    def select(
        self, statement: str, organization_id: str, *, names: StoredNames | None = None, first_date: date | None = None
    ) -> Iterable[Sequence[Any]]:
        """Return the rows of a SELECT of `sql/erasure/`."""
        job = self._run(statement, _parameters(organization_id, names, first_date))
        return [tuple(row) for row in self.jobs.rows(job)]

    def change(self, statement: str, organization_id: str, *, names: StoredNames) -> int:
        """Run a statement and return how many rows it changed; 0 where a view takes the place of the table."""
        table = changed_table(statement)
        if table and self._is_view(table):
            if table not in self.kept:
                self.kept.append(table)
            return 0
        return self._run(statement, _parameters(organization_id, names, None)).num_dml_affected_rows or 0

    def _is_view(self, table: str) -> bool:
        name = f"{self.client.project}.{self.datasets.tables}.{table}"
        try:
            return bool(self.client.get_table(name, retry=NO_RETRY, timeout=self.jobs.request_s()).view_query)
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error

    def _run(self, statement: str, parameters: Sequence[ScalarQueryParameter | ArrayQueryParameter]) -> QueryJob:
        config = bigquery.QueryJobConfig(
            query_parameters=list(parameters),
            maximum_bytes_billed=self.maximum_bytes_billed,
            use_query_cache=False,
        )
        name = f"{statement.replace('/', '_')}_{self.new_id()}"
        return cast("QueryJob", self.jobs.run(name, partial(self._submit, statement, config)))

    def _submit(self, statement: str, config: bigquery.QueryJobConfig, job_id: str, timeout_s: float) -> QueryJob:
        return self.client.query(
            sql(statement, dataset=self.datasets.tables, staging=self.datasets.staging),
            job_config=config,
            job_id=job_id,
            retry=NO_RETRY,
            job_retry=NO_RETRY,
            timeout=timeout_s,
        )


def _parameters(
    organization_id: str, names: StoredNames | None, first_date: date | None
) -> list[ScalarQueryParameter | ArrayQueryParameter]:
    found: list[ScalarQueryParameter | ArrayQueryParameter] = [
        ScalarQueryParameter("organization_id", "STRING", organization_id)
    ]
    if first_date is not None:
        found.append(ScalarQueryParameter("first_date", "DATE", first_date))
    if names is not None:
        lists = (("contact_ids", names.contact_ids), ("emails", names.emails), ("user_ids", names.user_ids))
        more = (("row_ids", names.row_ids), ("heirs", names.heirs))
        found += [ArrayQueryParameter(name, "STRING", list(values)) for name, values in (*lists, *more)]
    return found
