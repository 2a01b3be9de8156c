"""The table of state documents in a DuckDB file: each version of a document is a row, the latest one is it."""

from collections.abc import Mapping

import duckdb

from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_connection import DuckDbConnection
from sendtrail.local.duckdb_sql import parsed

_TABLE = f'"{INTERNAL}"."state_documents"'
_LATEST = f"SELECT path, max(revision) AS revision FROM {_TABLE} WHERE dataset = $dataset GROUP BY path"
_DOCUMENTS = f"SELECT path, arg_max(body, revision) FROM {_TABLE} WHERE dataset = $dataset GROUP BY path"
# So many rows in place of one are kept before those of earlier versions are deleted.
MAX_VERSIONS = 4
FEW_ROWS = 200


class StateTable:
    """The rows of one dataset's documents. Adding a row is cheaper than finding and replacing one."""

    def __init__(self, connection: DuckDbConnection, *, dataset: str) -> None:
        self._connection, self._dataset = connection, dataset
        self._revision = 0
        self.rows = 0

    def load(self) -> dict[str, str]:
        """Return the latest version of each document; create the table if it is missing."""
        self._connection.transact(self._create)
        [(self.rows, revision)] = self._connection.query(
            f"SELECT count(*), max(revision) FROM {_TABLE} WHERE dataset = $dataset", self._which
        ).rows
        self._revision = revision or 0
        return dict(self._connection.query(_DOCUMENTS, self._which).rows)

    def add(self, connection: duckdb.DuckDBPyConnection, documents: Mapping[str, str]) -> None:
        """Add versions of documents in the open transaction."""
        self._revision += 1
        self.rows += len(documents)
        connection.execute(
            parsed(f"INSERT INTO {_TABLE} SELECT $dataset, $revision, unnest($paths), unnest($bodies)"),
            {
                **self._which,
                "revision": self._revision,
                "paths": list(documents),
                "bodies": list(documents.values()),
            },
        )

    def clear(self) -> None:
        """Delete all documents in the open transaction."""
        self._connection.raw.execute(f"DELETE FROM {_TABLE} WHERE dataset = $dataset", self._which)
        self.rows = 0

    def shorten(self, documents: int) -> None:
        """Delete earlier versions where they are many for so many documents."""
        if self.rows > MAX_VERSIONS * documents + FEW_ROWS:
            self.delete_earlier()

    def delete_earlier(self) -> None:
        """Delete all versions of the documents but the latest ones."""
        self._connection.transact(self._delete_earlier)

    @property
    def _which(self) -> dict[str, object]:
        return {"dataset": self._dataset}

    def _create(self) -> None:
        self._connection.raw.execute(f'CREATE SCHEMA IF NOT EXISTS "{INTERNAL}"')
        self._connection.raw.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE} (dataset VARCHAR, revision BIGINT, path VARCHAR, body VARCHAR)"
        )

    def _delete_earlier(self) -> None:
        self._connection.raw.execute(
            f"DELETE FROM {_TABLE} WHERE dataset = $dataset AND (path, revision) NOT IN ({_LATEST})", self._which
        )


def stored_documents(connection: duckdb.DuckDBPyConnection, *, dataset: str) -> dict[str, str]:
    """Return a dataset's documents in a file that is open for reading; none where it has no such table."""
    try:
        return dict(connection.execute(_DOCUMENTS, {"dataset": dataset}).fetchall())
    except duckdb.CatalogException:
        return {}
