"""Serve local-bigquery; run by the Python of its own environment, which knows nothing of this project.

It sets the time zone while it connects to DuckDB, which fetches an extension for that, in vain on a machine without a
way out: here it is set once connected.
"""

from typing import Any

import duckdb

_connect: Any = duckdb.connect


def _connect_then_set_time_zone(*args: Any, config: dict[str, Any] | None = None, **options: Any) -> Any:
    settings = dict(config or {})
    zone = settings.pop("TimeZone", None)
    connection = _connect(*args, **options, **({"config": settings} if settings else {}))
    if zone:
        connection.execute(f"SET TimeZone = '{zone}'")
    return connection


def main() -> None:
    """Start the emulator with the arguments of this process."""
    duckdb.connect = _connect_then_set_time_zone

    from local_bigquery.cli import main as serve  # type: ignore[import-not-found]  # noqa: PLC0415 - finds the one above

    serve()


if __name__ == "__main__":
    main()
