"""Reading from BigQuery: a SELECT's columns and rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import QueryJob

from sendtrail.gcp.job_errors import told
from sendtrail.gcp.jobs import NO_RETRY, Jobs


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """The columns of a SELECT and an iterator of its rows."""

    columns: Sequence[str]
    rows: Iterator[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class BigQueryReader:
    """Runs a SELECT; one that would bill more than `maximum_bytes_billed` is refused, and costs nothing."""

    client: bigquery.Client
    jobs: Jobs
    new_id: Callable[[], str]
    maximum_bytes_billed: int

    def __call__(self, sql: str) -> Selected:
        """Return what a SELECT finds; raise Rejected where it is refused, Unavailable where nobody answers."""
        job = cast("QueryJob", self.jobs.run(f"select_{self.new_id()}", lambda id_, s: self._submit(sql, id_, s)))
        try:
            found = job.result()
            return Selected(columns=[field.name for field in found.schema], rows=_rows(found))
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise told(error) from error

    def _submit(self, sql: str, job_id: str, timeout_s: float) -> QueryJob:
        return self.client.query(
            sql,
            job_config=bigquery.QueryJobConfig(maximum_bytes_billed=self.maximum_bytes_billed),
            job_id=job_id,
            retry=NO_RETRY,
            job_retry=NO_RETRY,
            timeout=timeout_s,
        )


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    try:
        for row in found:
            yield tuple(row.values())
    except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
        raise told(error) from error
