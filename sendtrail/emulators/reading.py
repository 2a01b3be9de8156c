"""Read rows of the BigQuery emulator in the form in which DuckDB gives them, so that one comparison serves both."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from google.cloud.bigquery import Client, QueryJobConfig, ScalarQueryParameter


def rows(client: Client, sql: str, parameters: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a SELECT whose parameters are written $name."""
    given = [ScalarQueryParameter(name, "STRING", value) for name, value in parameters.items()]
    for name in parameters:
        sql = sql.replace(f"${name}", f"@{name}")
    for row in client.query_and_wait(sql, job_config=QueryJobConfig(query_parameters=given)):
        yield tuple(_as_text(value) for value in row.values())


def _as_text(value: Any) -> Any:
    """Return a JSON value as its text; a RECORD is inside of a list, and stays."""
    return orjson.dumps(value).decode() if isinstance(value, dict) else value
