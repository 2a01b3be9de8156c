"""Reads from BigQuery: the columns and rows of a SELECT."""

from collections.abc import Callable, Iterator
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
from sendtrail.warehouse.query_result import QueryResult


class Session:
    """A session, created by the first job that joins it: https://cloud.google.com/bigquery/docs/sessions-intro."""

    def __init__(self) -> None:
        self.id: str | None = None

    def join(self, config: bigquery.QueryJobConfig) -> None:
        """Make a job part of the session."""
        if self.id is None:
            config.create_session = True
        else:
            config.connection_properties = [bigquery.ConnectionProperty("session_id", self.id)]

    def record_id(self, job: QueryJob) -> None:
        """Record the id of the session that a job has created."""
        if self.id is None and job.session_info:
            self.id = job.session_info.session_id


@dataclass(frozen=True, kw_only=True, slots=True)
class BigQueryReader:
    """Runs a SELECT; BigQuery refuses one that would bill more than `maximum_bytes_billed`, at no cost."""

    client: bigquery.Client
    jobs: Jobs
    new_id: Callable[[], str]
    maximum_bytes_billed: int

    def __call__(self, sql: str) -> QueryResult:
        """Run a SELECT; raise Rejected if BigQuery refuses it, Unavailable if BigQuery does not answer."""
        return query_result(self.run(sql))

    def run(self, sql: str, *, session: Session | None = None) -> QueryJob:
        """Run a statement and return its job when it has succeeded."""
        config = bigquery.QueryJobConfig(maximum_bytes_billed=self.maximum_bytes_billed)
        if session:
            session.join(config)
        job = self._job("read", sql, config)
        if session:
            session.record_id(job)
        return job

    def statement_type(self, sql: str) -> str:
        """Return BigQuery's type of a statement (SELECT, DELETE, SCRIPT, ...) without running it."""
        return str(self.dry_run(sql).statement_type or "")

    def dry_run(self, sql: str) -> QueryJob:
        """Return what BigQuery says of a statement, its columns and the bytes that it reads, without running it."""
        return self._job("dry_run", sql, bigquery.QueryJobConfig(dry_run=True))

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
    """Runs any statement that is a single SELECT, so that nobody changes the data by mistake."""

    reader: BigQueryReader

    def __call__(self, sql: str) -> QueryResult:
        """Run a SELECT; raise Rejected if it is anything else or BigQuery refuses it."""
        found = self.reader.statement_type(sql)
        if found != "SELECT":
            raise Rejected(f"this is not a SELECT but {found or 'a statement of an unknown type'}: it was not run")
        return self.reader(sql)


def query_result(job: QueryJob) -> QueryResult:
    """Return the columns and rows of a SELECT from its job."""
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
