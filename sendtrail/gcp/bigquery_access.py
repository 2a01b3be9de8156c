"""BigQuery for one command that a person runs: with their own credentials, for PATIENCE_S seconds by default."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError
from google.cloud.bigquery import Client

from sendtrail.clock import Clock
from sendtrail.errors import SendtrailError, SettingsError
from sendtrail.gcp.bigquery_errors import as_sendtrail_error
from sendtrail.gcp.bigquery_jobs import NO_RETRY, Jobs
from sendtrail.gcp.bigquery_reader import BigQueryReader, SelectGuard
from sendtrail.gcp.bigquery_snapshot import BigQuerySnapshot
from sendtrail.gcp.bigquery_warehouse import BigQueryWarehouse, Datasets
from sendtrail.gcp.clients import bigquery_client
from sendtrail.gcp.copies.relation_reads import RelationReads
from sendtrail.gcp.erasure.people_tables import BigQueryPeopleTables
from sendtrail.warehouse.views import ALWAYS_CURRENT, stored_among

PATIENCE_S = 600.0
TABLE = "TABLE"
NOT_WRITTEN = (
    "{dataset} has views that are stored, and is renewed from another dataset: give the one of the tables as --dataset"
)
MAXIMUM_BYTES_BILLED = 2**40 // 10  # a tenth of a TiB per statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """What a command may do with BigQuery."""

    client: Client
    jobs: Jobs

    def reader(self) -> BigQueryReader:
        """Return what runs Sendtrail's own SELECTs."""
        return BigQueryReader(
            client=self.client, jobs=self.jobs, new_id=_new_id, maximum_bytes_billed=MAXIMUM_BYTES_BILLED
        )

    def snapshot(self, dataset: str) -> BigQuerySnapshot:
        """Return a snapshot of a dataset's views, still empty; raise SendtrailError if the dataset cannot be listed."""
        return BigQuerySnapshot(self.reader(), dataset=dataset, stored=self._stored_views(dataset))

    def _stored_views(self, dataset: str) -> Collection[str]:
        """Return the views of a dataset that are read as they are."""
        tables = self._tables(dataset)
        # Whoever may only read some views cannot know more of the dataset.
        return ALWAYS_CURRENT if tables is None else stored_among(tables)

    def _tables(self, dataset: str) -> Collection[str] | None:
        """Return the names of a dataset's tables, without its views; None where it may not be listed."""
        name = f"{self.client.project}.{dataset}"
        try:
            listed = list(self.client.list_tables(name, retry=NO_RETRY, timeout=self.jobs.request_s()))
        except api.Forbidden:
            return None
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error
        return [each.table_id for each in listed if each.table_type == TABLE]

    def _written(self, dataset: str) -> Datasets:
        """Return a dataset with that of its batches; raise SettingsError if it is one of stored views."""
        tables: Collection[str] | None = ()
        with suppress(SendtrailError):  # whatever is wrong with the dataset, the first statement says it better
            tables = self._tables(dataset)
        if stored_among(tables or ()):
            raise SettingsError([NOT_WRITTEN.format(dataset=dataset)])
        return Datasets(tables=dataset, staging=f"{dataset}_staging")

    def select_guard(self) -> SelectGuard:
        """Return what runs SELECTs that a user wrote."""
        return SelectGuard(reader=self.reader())

    def relation_reads(self, dataset: str) -> RelationReads:
        """Return what reads tables and views of a dataset whole."""
        return RelationReads(reader=self.reader(), dataset=dataset)

    def people_tables(self, dataset: str) -> BigQueryPeopleTables:
        """Return the tables in which people are named; raise SettingsError if the dataset is one of stored views."""
        return BigQueryPeopleTables(
            client=self.client,
            jobs=self.jobs,
            datasets=self._written(dataset),
            new_id=_new_id,
            maximum_bytes_billed=MAXIMUM_BYTES_BILLED,
        )

    def warehouse(self, dataset: str) -> BigQueryWarehouse:
        """Return a dataset as Terraform creates it: batches pass through a dataset of the same name with `_staging`.

        Raise SettingsError if it is one of stored views.
        """
        return BigQueryWarehouse(
            self.client,
            self.jobs,
            datasets=self._written(dataset),
            new_id=_new_id,
            maximum_bytes_billed=MAXIMUM_BYTES_BILLED,
        )


@contextmanager
def access(
    project_id: str, *, location: str, endpoint: str | None, clock: Clock, patience_s: float = PATIENCE_S
) -> Iterator[Access]:
    """Connect to a project; raise SettingsError if nobody is signed in."""
    ends_at = clock.monotonic() + patience_s
    with bigquery_client(project_id, location=location, endpoint=endpoint) as client:
        yield Access(client=client, jobs=Jobs(client, clock=clock, seconds_left=lambda: ends_at - clock.monotonic()))


def _new_id() -> str:
    return uuid4().hex
