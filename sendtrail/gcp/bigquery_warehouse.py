"""The warehouse in BigQuery: each batch is loaded into a staging table of its own and merged from there.

Load jobs are free, atomic, and seen by the next statement at once; rows that are streamed are neither. A staging table
that two workers share loses rows: https://cloud.google.com/bigquery/docs/batch-loading-data
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any, cast

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery import ArrayQueryParameter, QueryJob, ScalarQueryParameter

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports, by_report
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.errors import Rejected, Retryable, SendtrailError
from sendtrail.gcp.bigquery_columns import BigQueryColumns
from sendtrail.gcp.bigquery_errors import OverByteLimit
from sendtrail.gcp.bigquery_jobs import NO_RETRY, Jobs
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.warehouse.merge_bounds import MergeBounds, Span, days_of, halves, spans_of
from sendtrail.warehouse.rows import Batch, Table, to_json_lines
from sendtrail.warehouse.tables import definition, sql

logger = logging.getLogger(__name__)

DROP_S = 10.0
Parameters = Sequence[ScalarQueryParameter | ArrayQueryParameter]


@dataclass(frozen=True, kw_only=True, slots=True)
class Datasets:
    """Where the tables lie, and where those of the batches do until they are merged."""

    tables: str
    staging: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement:
    """A statement of `sql/`, and the job that runs it."""

    path: str
    job_name: str
    parameters: Parameters
    labels: Mapping[str, str]
    batch_table: str = ""
    check_lease: LeaseCheck = no_lease


class BigQueryWarehouse:
    """Tables of a BigQuery dataset.

    No statement bills more than `maximum_bytes_billed`: beyond that it is refused, and costs nothing. A batch is then
    merged half of its days at a time.
    """

    def __init__(
        self,
        client: bigquery.Client,
        jobs: Jobs,
        *,
        datasets: Datasets,
        new_id: Callable[[], str],
        maximum_bytes_billed: int,
    ) -> None:
        self._client, self._jobs, self._datasets, self._new_id = client, jobs, datasets, new_id
        self._maximum_bytes_billed = maximum_bytes_billed

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch, so that merging it again changes nothing; return the rows inserted or changed.

        Raise Unavailable where BigQuery cannot be reached, Busy where it serves others for as long as there is time,
        Retryable where one day is more than it may bill, Rejected, with its reason, where it refuses the rows.
        """
        if batch.also_seen:
            self._run(self._of_withheld(batch, check_lease))
        if not batch.rows:
            return 0
        # Unique to this call, not to the batch: the worker that takes over a batch may have read other rows for it, and
        # must not find the job or the table of the one before.
        name = f"{_name(batch.batch_id)}_{self._new_id()}"
        with self._staged(batch, name=name, check_lease=check_lease), _kept_for_a_person():
            affected = self._merged(batch, name=name, check_lease=check_lease)
            if batch.table is Table.CONTACTS:
                self._run(_of_batch(batch, "contacts/record_seen", name=name, check_lease=check_lease))
        return affected

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what the pass `pass_id`, which began at `started_at`, means for the stored contacts."""
        began = ScalarQueryParameter("started_at", "TIMESTAMP", started_at)
        statement = self._of_pass("contacts/pass_counts", organization_id, pass_id, more=[began])
        [row] = self._jobs.rows(self._submit(statement))
        return PassCounts(known=row["known"], unseen=row["unseen"], seen=row["seen"])

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Set `deleted_at` on the contacts that a complete pass did not see; return how many."""
        more = [ScalarQueryParameter("at", "TIMESTAMP", at), ScalarQueryParameter("seen", "INT64", seen)]
        mark = self._of_pass("contacts/mark_vanished", organization_id, pass_id, more=more)
        marked = self._run(replace(mark, check_lease=check_lease))
        forget = self._of_pass("contacts/forget_other_passes", organization_id, pass_id)
        self._run(replace(forget, check_lease=check_lease))
        return marked

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        forget = self._of_pass("contacts/forget_pass", organization_id, pass_id)
        self._run(replace(forget, check_lease=check_lease))

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return, by event type, what the times of an account's rows did while their counts grew, from a day on."""
        statement = _Statement(
            path="email_activities/timestamp_evidence",
            job_name=f"{_name(organization_id)}_{self._new_id()}",
            parameters=[_text("organization_id", organization_id), ScalarQueryParameter("first_date", "DATE", since)],
            labels=labels_of({"organization": organization_id}),
        )
        return {
            row["event_type"]: TimestampEvidence(moved=row["moved"], stood=row["stood"])
            for row in self._jobs.rows(self._submit(statement))
        }

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return, by campaign and event type, how many rows of an account are stored, from a day on."""
        statement = _Statement(
            path="email_activities/stored_counts",
            job_name=f"stored_counts_{self._new_id()}",
            parameters=[
                _text("organization_id", organization_id),
                ScalarQueryParameter("first_date", "DATE", since),
            ],
            labels={},
        )
        names = ("campaign_id", "event_type", "stored_rows", "stored_times")
        return by_report(tuple(row[name] for name in names) for row in self._jobs.rows(self._submit(statement)))

    def _merged(self, batch: Batch, *, name: str, check_lease: LeaseCheck) -> int:
        bounds, days = MergeBounds.of(batch), days_of(batch)
        statement = _of_batch(batch, f"{batch.table}/merge", name=name, check_lease=check_lease)
        if bounds is None:
            return self._run_merge(statement, batch.table)
        return sum(self._merged_span(statement, batch.table, bounds, days=days, span=span) for span in spans_of(days))

    def _merged_span(
        self, statement: _Statement, table: Table, bounds: MergeBounds, *, days: Sequence[date], span: Span
    ) -> int:
        """Merge the rows of some days; where they are too many for one statement, half of them at a time."""
        first, last = span
        name, parameters = f"{statement.batch_table}_{first:%Y%m%d}_{last:%Y%m%d}", _bounding(bounds.within(span))
        try:
            return self._run_merge(replace(statement, job_name=name, parameters=parameters), table)
        except OverByteLimit:
            parts = halves(days, span)
            if parts is None:
                raise
        return sum(self._merged_span(statement, table, bounds, days=days, span=part) for part in parts)

    def _run_merge(self, statement: _Statement, table: Table) -> int:
        try:
            return self._run(statement)
        except Rejected:
            columns = BigQueryColumns(client=self._client, jobs=self._jobs, dataset=self._datasets.tables)
            if not columns.add_missing(table):
                raise
        return self._run(replace(statement, job_name=f"{statement.job_name}_again"))  # a failed job's name is used up

    def _of_pass(self, path: str, organization_id: str, pass_id: str, *, more: Parameters = ()) -> _Statement:
        return _Statement(
            path=path,
            job_name=f"{_name(f'{organization_id}_{pass_id}')}_{self._new_id()}",
            parameters=[_text("organization_id", organization_id), _text("pass_id", pass_id), *more],
            labels=labels_of({"organization": organization_id, "run_id": pass_id, "campaign": "contacts"}),
        )

    def _of_withheld(self, batch: Batch, check_lease: LeaseCheck) -> _Statement:
        """Return the statement that records which contacts a pass has seen that are not stored."""
        tokens = ArrayQueryParameter("tokens", "STRING", batch.also_seen)
        whose = batch.item.organization_id
        statement = self._of_pass("erasure/record_withheld", whose, batch.pass_id, more=[tokens])
        return replace(statement, check_lease=check_lease)

    @contextmanager
    def _staged(self, batch: Batch, *, name: str, check_lease: LeaseCheck) -> Iterator[None]:
        table = f"{self._client.project}.{self._datasets.staging}.{name}"
        try:
            self._load(batch, name=name, table=table, check_lease=check_lease)
            yield
        finally:
            self._drop(table, check_lease)

    def _load(self, batch: Batch, *, name: str, table: str, check_lease: LeaseCheck) -> None:
        lines = to_json_lines(batch.rows)

        def submit(job_id: str, timeout_s: float) -> bigquery.LoadJob:
            check_lease()
            config = bigquery.LoadJobConfig(
                source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
                schema=[bigquery.SchemaField.from_api_repr(dict(f)) for f in _fields(batch.table)],
                write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,  # an attempt after a failed one
                labels=_labels_of_batch(batch),
            )
            return self._client.load_table_from_file(
                BytesIO(lines),
                table,
                size=len(lines),
                num_retries=0,
                job_id=job_id,
                job_config=config,
                timeout=timeout_s,
            )

        self._jobs.run(f"{name}_load", submit)

    def _run(self, statement: _Statement) -> int:
        return self._submit(statement).num_dml_affected_rows or 0

    def _submit(self, statement: _Statement) -> QueryJob:
        def submit(job_id: str, timeout_s: float) -> QueryJob:
            statement.check_lease()
            config = bigquery.QueryJobConfig(
                query_parameters=list(statement.parameters),
                labels=dict(statement.labels),
                maximum_bytes_billed=self._maximum_bytes_billed,
                use_query_cache=False,
            )
            return self._client.query(
                self._sql(statement),
                job_config=config,
                job_id=job_id,
                retry=NO_RETRY,
                job_retry=NO_RETRY,
                timeout=timeout_s,
            )

        return cast("QueryJob", self._jobs.run(f"{statement.job_name}_{_name(statement.path)}", submit))

    def _sql(self, statement: _Statement) -> str:
        places = {"dataset": self._datasets.tables, "staging": self._datasets.staging}
        batch = {"batch": statement.batch_table} if statement.batch_table else {}
        return sql(statement.path, **places, **batch)

    def _drop(self, table: str, check_lease: LeaseCheck) -> None:
        try:
            check_lease()
            self._client.delete_table(table, retry=NO_RETRY, timeout=DROP_S, not_found_ok=True)
        except (SendtrailError, api.GoogleAPIError, GoogleAuthError, OSError) as error:
            logger.warning("a staging table is left to its expiry: %s", error)


@contextmanager
def _kept_for_a_person() -> Iterator[None]:
    """Leave to the queue what can be merged once somebody has raised the limit; others are merged meanwhile."""
    try:
        yield
    except OverByteLimit as error:
        raise Retryable(f"{error}. Raise it in Terraform; until then the message is delivered again") from error


def labels_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return labels as BigQuery takes them: lower case, digits, _ and -, 63 characters at most.

    https://cloud.google.com/bigquery/docs/labels-intro#requirements
    """
    return {name: re.sub(r"[^a-z0-9_-]", "_", value.lower())[:63] for name, value in values.items() if value}


def _labels_of_batch(batch: Batch) -> dict[str, str]:
    item = batch.item
    return labels_of({"run_id": item.run_id, "organization": item.organization_id, "campaign": item.subject})


def _of_batch(batch: Batch, path: str, *, name: str, check_lease: LeaseCheck) -> _Statement:
    return _Statement(
        path=path,
        job_name=name,
        parameters=_parameters(batch, path),
        labels=_labels_of_batch(batch),
        batch_table=name,
        check_lease=check_lease,
    )


def _parameters(batch: Batch, path: str) -> Parameters:
    return [_text("pass_id", batch.pass_id)] if path == "contacts/record_seen" else []


def _bounding(bounds: MergeBounds) -> Parameters:
    return [
        _text("organization_id", bounds.organization_id),
        ScalarQueryParameter("first_campaign", "INT64", bounds.first_campaign),
        ScalarQueryParameter("last_campaign", "INT64", bounds.last_campaign),
        ScalarQueryParameter("first_date", "DATE", bounds.first_date),
        ScalarQueryParameter("last_date", "DATE", bounds.last_date),
    ]


def _fields(table: Table) -> Sequence[Mapping[str, Any]]:
    fields: Sequence[Mapping[str, Any]] = definition(table).resource["schema"]["fields"]
    return fields


def _text(name: str, value: str) -> ScalarQueryParameter:
    return ScalarQueryParameter(name, "STRING", value)


def _name(text: str) -> str:
    """Return a text as part of a table's name and a job's id, which take letters, digits and _."""
    return re.sub(r"[^A-Za-z0-9_]", "_", text)
