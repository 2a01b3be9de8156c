"""Reading from BigQuery: a SELECT's columns and rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import QueryJob

from sendtrail.errors import Rejected
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

    def kind(self, sql: str) -> str:
        """Return what a statement is, in BigQuery's words, without running it: SELECT, DELETE, SCRIPT, ..."""
        job = self.jobs.run(f"look_{self.new_id()}", lambda id_, s: self._submit(sql, id_, s, is_dry=True))
        return str(cast("QueryJob", job).statement_type or "")

    def _submit(self, sql: str, job_id: str, timeout_s: float, *, is_dry: bool = False) -> QueryJob:
        return self.client.query(
            sql,
            job_config=bigquery.QueryJobConfig(maximum_bytes_billed=self.maximum_bytes_billed, dry_run=is_dry),
            job_id=job_id,
            retry=NO_RETRY,
            job_retry=NO_RETRY,
            timeout=timeout_s,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectOnly:
    """Runs what anybody has written, if it is one SELECT: whoever may change the data does not do so by mistake."""

    reader: BigQueryReader

    def __call__(self, sql: str) -> Selected:
        """Return what a SELECT finds; raise Rejected where it is none or is refused."""
        kind = self.reader.kind(sql)
        if kind != "SELECT":
            raise Rejected(f"this is no SELECT, but {kind or 'nothing that BigQuery names'}: it was not run")
        return self.reader(sql)


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    try:
        for row in found:
            yield tuple(row.values())
    except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
        raise told(error) from error
