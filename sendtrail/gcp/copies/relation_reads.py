"""Reads tables and views of BigQuery whole, after it has said, at no cost, what that takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud.bigquery import QueryJob

from sendtrail.errors import Rejected, SendtrailError, SettingsError, Unavailable
from sendtrail.gcp.bigquery_errors import as_sendtrail_error
from sendtrail.gcp.bigquery_jobs import NO_RETRY
from sendtrail.gcp.bigquery_reader import BigQueryReader
from sendtrail.pricing.bigquery_bytes import MIN_A_TABLE
from sendtrail.warehouse.relations import Relation

Row = Mapping[str, Any]

# What a page takes in memory is bounded by its rows: some kB each at most.
PAGE_ROWS = 10_000
# A table is read with a filter on its partitions, which its owner may have made a condition.
_FIRST_DAY = "0001-01-01"
_NO_DATASET = "there is no dataset {dataset} in the project {project}: choose another --dataset or --project"
_ELSEWHERE = "the dataset {dataset} is in {found}, and not in {asked}: add --location {found}"
_MISSING = "{name} is not in BigQuery: terraform apply creates what is missing; or leave it out (--only)"
_UNREADABLE = "{name} cannot be read: leave it out (--only, --tables-only). {reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationRead:
    """The SELECT that reads a relation, and how many bytes BigQuery bills for it at most."""

    relation: Relation
    sql: str
    max_bytes_billed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationReads:
    """The tables and views of a dataset. Views are of the moment at which they are read, tables of one moment."""

    reader: BigQueryReader
    dataset: str

    def plan(self, relations: Sequence[Relation]) -> Sequence[RelationRead]:
        """Return how to read relations, and what that takes; nothing is billed.

        Raise SettingsError with all that are missing or cannot be read, or where the dataset is elsewhere.
        """
        self._check_dataset()
        kinds = self._kinds()
        missing = [each.name for each in relations if each.name not in kinds]
        if missing:
            raise SettingsError([_MISSING.format(name=f"{self.dataset}.{name}") for name in missing])
        moment, problems, reads = self._now(), [], []
        for each in relations:
            try:
                reads.append(self._read(each, moment=moment if kinds[each.name] == "TABLE" else None))
            except SendtrailError as error:
                if not _is_of_the_relation(error):
                    raise
                problems.append(_UNREADABLE.format(name=f"{self.dataset}.{each.name}", reason=error))
        if problems:
            raise SettingsError(problems)
        return reads

    def pages(self, read: RelationRead) -> Iterator[Sequence[Row]]:
        """Yield the rows of a relation; raise Unavailable where BigQuery sends fewer than it has found."""
        reader = replace(
            self.reader, maximum_bytes_billed=max(self.reader.maximum_bytes_billed, 2 * read.max_bytes_billed)
        )
        job = reader.run(read.sql)
        try:
            found, sent = job.result(page_size=PAGE_ROWS), 0
            for page in found.pages:
                rows = [dict(row.items()) for row in page]
                sent += len(rows)
                yield rows
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error
        if sent != found.total_rows:
            raise Unavailable(f"BigQuery sent {sent:,} of {found.total_rows:,} rows of {read.relation.name}: try again")

    def _check_dataset(self) -> None:
        client = self.reader.client
        try:
            found = client.get_dataset(self.dataset, retry=NO_RETRY, timeout=self.reader.jobs.request_s())
        except api.NotFound as error:
            raise SettingsError([_NO_DATASET.format(dataset=self.dataset, project=client.project)]) from error
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error
        if client.location and found.location and found.location.upper() != client.location.upper():
            raise SettingsError([_ELSEWHERE.format(dataset=self.dataset, found=found.location, asked=client.location)])

    def _kinds(self) -> Mapping[str, str]:
        """Return what each name in the dataset is: TABLE, VIEW, ..."""
        try:
            found = self.reader.client.list_tables(self.dataset, retry=NO_RETRY, timeout=self.reader.jobs.request_s())
            return {each.table_id: str(each.table_type) for each in found}
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error

    def _now(self) -> datetime:
        """Return BigQuery's time: a clock that is fast asks for a state that is not there yet."""
        [(now,)] = self.reader("SELECT CURRENT_TIMESTAMP() AS moment").rows
        found: datetime = now
        return found

    def _read(self, relation: Relation, *, moment: datetime | None) -> RelationRead:
        source = f"`{self.reader.client.project}`.`{self.dataset}`.`{relation.name}`"
        if moment is not None:
            source += f" FOR SYSTEM_TIME AS OF TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f} UTC'"
            source += f" WHERE {relation.day} >= DATE '{_FIRST_DAY}'" if relation.day else ""
        tried = self.reader.dry_run(f"SELECT * FROM {source}")
        return RelationRead(
            relation=relation,
            sql=f"SELECT {', '.join(_stored_columns(relation, tried))} FROM {source}",
            max_bytes_billed=(tried.total_bytes_processed or 0) + MIN_A_TABLE * max(1, len(tried.referenced_tables)),
        )


def _is_of_the_relation(error: SendtrailError) -> bool:
    """Return whether BigQuery works, and does not let this table or view be read: a view may read what is gone."""
    return isinstance(error, Rejected) or isinstance(error.__cause__, api.NotFound | api.Forbidden)


def _stored_columns(relation: Relation, tried: QueryJob) -> list[str]:
    """Return the columns of a relation that an older deployment may lack some of."""
    stored = {field.name.lower() for field in tried.schema or ()}
    return [f"`{column.name}`" for column in relation.columns if column.name.lower() in stored]
