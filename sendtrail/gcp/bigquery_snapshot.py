"""A snapshot of the views in BigQuery: temporary tables of one session, so no permission to write is needed."""

from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import Self

from sendtrail.errors import SendtrailError
from sendtrail.gcp.bigquery_reader import BigQueryReader, Session, query_result
from sendtrail.warehouse.query_result import QueryResult
from sendtrail.warehouse.view_snapshot import PlannedView

# A session that is not closed ends by itself after a day.
ABORT_SESSION = "CALL BQ.ABORT_SESSION()"


class BigQuerySnapshot:
    """Views that are created once in a session and then queried; no view is billed twice.

    Those that the dataset has `stored` are not created.
    """

    def __init__(self, reader: BigQueryReader, *, dataset: str, stored: Collection[str] = ()) -> None:
        self._reader, self._dataset = reader, dataset
        self.stored = stored
        self._session = Session()
        self._sources: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Return the snapshot itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the session, which drops what was created in it."""
        if self._session.id:
            with suppress(SendtrailError):
                self._reader.run(ABORT_SESSION, session=self._session)

    def create(self, view: PlannedView, /) -> None:
        """Create a view of the plan; one that is not materialized becomes a subquery of its reader."""
        query = view.sql(dataset=self._dataset, sources=self._sources)
        if not view.is_materialized:
            self._sources[view.name] = f"(\n{query}\n)"
            return
        shown = ", ".join(view.columns)
        self._reader.run(f"CREATE TEMP TABLE `{view.name}` AS SELECT {shown} FROM (\n{query}\n)", session=self._session)
        self._sources[view.name] = f"_SESSION.{view.name}"

    def source(self, name: str, /) -> str:
        """Return what to write after FROM to read a view of the plan, or one that is read in place."""
        return self._sources.get(name, f"{self._dataset}.{name}")

    def query(self, sql: str, /) -> QueryResult:
        """Run a SELECT; raise Rejected if BigQuery refuses it, Unavailable if BigQuery does not answer."""
        return query_result(self._reader.run(sql, session=self._session))
