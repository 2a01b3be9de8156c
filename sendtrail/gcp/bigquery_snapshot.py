"""A snapshot of BigQuery's views: temporary tables of one session, so that nothing is needed to write to."""

from contextlib import suppress
from types import TracebackType
from typing import Self

from sendtrail.errors import SendtrailError
from sendtrail.gcp.bigquery_reader import BigQueryReader, QueryResult, Session, query_result
from sendtrail.warehouse.view_snapshot import PlannedView

# Closed when it is over; one that nobody closes ends by itself after a day.
END = "CALL BQ.ABORT_SESSION()"


class BigQuerySnapshot:
    """The parts of a snapshot as they are made, and what runs a SELECT on them; no view is billed twice."""

    def __init__(self, reader: BigQueryReader, *, dataset: str) -> None:
        self._reader, self._dataset = reader, dataset
        self._session = Session()
        self._places: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Return the snapshot itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the session, and with it what was made."""
        if self._session.id:
            with suppress(SendtrailError):
                self._reader.run(END, session=self._session)

    def make(self, part: PlannedView, /) -> None:
        """Make a part, those that it reads being there; one that is not kept becomes a subquery of its reader."""
        query = part.sql(dataset=self._dataset, places=self._places)
        if not part.is_kept:
            self._places[part.name] = f"(\n{query}\n)"
            return
        shown = ", ".join(part.columns)
        self._reader.run(f"CREATE TEMP TABLE `{part.name}` AS SELECT {shown} FROM (\n{query}\n)", session=self._session)
        self._places[part.name] = f"_SESSION.{part.name}"

    def source(self, name: str, /) -> str:
        """Return what to read a part from, or a view of which none is made."""
        return self._places.get(name, f"{self._dataset}.{name}")

    def query(self, sql: str, /) -> QueryResult:
        """Return what a SELECT finds; raise Rejected where it is refused, Unavailable where nobody answers."""
        return query_result(self._reader.run(sql, session=self._session))
