"""Reading from BigQuery: a SELECT's columns and rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import QueryJob

from sendtrail.errors import Rejected
from sendtrail.gcp.bigquery_errors import as_sendtrail_error
from sendtrail.gcp.bigquery_jobs import NO_RETRY, Jobs


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryResult:
    """The columns of a SELECT and an iterator of its rows."""

    columns: Sequence[str]
    rows: Iterator[tuple[Any, ...]]


class Session:
    """A session, begun by the first job that joins it: https://cloud.google.com/bigquery/docs/sessions-intro."""

    def __init__(self) -> None:
        self.id: str | None = None

    def join(self, config: bigquery.QueryJobConfig) -> None:
        """Have a job be part of the session."""
        if self.id is None:
            config.create_session = True
        else:
            config.connection_properties = [bigquery.ConnectionProperty("session_id", self.id)]

    def begun(self, job: QueryJob) -> None:
        """Take note of the session that a job has begun."""
        if self.id is None and job.session_info:
            self.id = job.session_info.session_id


@dataclass(frozen=True, kw_only=True, slots=True)
class BigQueryReader:
    """Runs a SELECT; one that would bill more than `maximum_bytes_billed` is refused, and costs nothing."""

    client: bigquery.Client
    jobs: Jobs
    new_id: Callable[[], str]
    maximum_bytes_billed: int

    def __call__(self, sql: str) -> QueryResult:
        """Return what a SELECT finds; raise Rejected where it is refused, Unavailable where nobody answers."""
        return query_result(self.run(sql))

    def run(self, sql: str, *, session: Session | None = None) -> QueryJob:
        """Return the job of a statement when it has succeeded."""
        config = bigquery.QueryJobConfig(maximum_bytes_billed=self.maximum_bytes_billed)
        if session:
            session.join(config)
        job = self._job("read", sql, config)
        if session:
            session.begun(job)
        return job

    def kind(self, sql: str) -> str:
        """Return what a statement is, in BigQuery's words, without running it: SELECT, DELETE, SCRIPT, ..."""
        config = bigquery.QueryJobConfig(maximum_bytes_billed=self.maximum_bytes_billed, dry_run=True)
        return str(self._job("look", sql, config).statement_type or "")

    def _job(self, name: str, sql: str, config: bigquery.QueryJobConfig) -> QueryJob:
        return cast("QueryJob", self.jobs.run(f"{name}_{self.new_id()}", partial(self._submit, sql, config)))

    def _submit(self, sql: str, config: bigquery.QueryJobConfig, job_id: str, timeout_s: float) -> QueryJob:
        return self.client.query(
            sql,
            job_config=config,
            job_id=job_id,
            retry=NO_RETRY,
            job_retry=NO_RETRY,
            timeout=timeout_s,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectGuard:
    """Runs what anybody has written, if it is one SELECT: whoever may change the data does not do so by mistake."""

    reader: BigQueryReader

    def __call__(self, sql: str) -> QueryResult:
        """Return what a SELECT finds; raise Rejected where it is none or is refused."""
        kind = self.reader.kind(sql)
        if kind != "SELECT":
            raise Rejected(f"this is no SELECT, but {kind or 'nothing that BigQuery names'}: it was not run")
        return self.reader(sql)


def query_result(job: QueryJob) -> QueryResult:
    """Return what the job of a SELECT has found."""
    try:
        found = job.result()
        return QueryResult(columns=[field.name for field in found.schema], rows=_rows(found))
    except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
        raise as_sendtrail_error(error) from error


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    try:
        for row in found:
            yield tuple(row.values())
    except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
        raise as_sendtrail_error(error) from error
