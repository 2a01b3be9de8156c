"""Sendtrail: the e-mail activities and contacts of an ActiveCampaign account in a warehouse, once each.

Programs use what `__all__` lists (docs/python-api.md), which is imported when it is first used. These are the packages,
top layer first; each imports only those below it.

api               what programs use: an account to read from, and a sync into a DuckDB file
cli               the `sendtrail` command
emulators         Google's emulators, for the tests and the demo
simulator         a simulated ActiveCampaign account over HTTP
entrypoints       what the three functions are built from
activecampaign    the account over HTTP: the only importer of requests
gcp               Firestore, Pub/Sub, BigQuery and Secret Manager: the only importer of google.cloud
local             one machine: SQLite, DuckDB and a queue in the process
report            the report, as one HTML file
sync              what is synced, and how one sync runs
delivery          how a message is worked on, so that nothing is lost and nothing stored twice
rate_limit        an account's requests per second, shared by all that send it requests
attribution       how conversions are read and credited
state             the documents of the state store
ports             what the logic needs of the world outside: state, queue, warehouse
pricing           what Google bills a month, for accounts of a size
warehouse         what `sql/` means in Python: tables, rows and views
domain            values and their rules, without I/O
validation, clock, logs, plurals, errors
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sendtrail.api import (
        Account,
        Activity,
        Campaign,
        Contact,
        EventType,
        Failure,
        KeyRefused,
        ListMembership,
        Rejected,
        Retryable,
        SendtrailError,
        SettingsError,
        SyncResult,
        activity_id,
        sync_to_duckdb,
    )

    __version__: str

__all__ = [
    "Account",
    "Activity",
    "Campaign",
    "Contact",
    "EventType",
    "Failure",
    "KeyRefused",
    "ListMembership",
    "Rejected",
    "Retryable",
    "SendtrailError",
    "SettingsError",
    "SyncResult",
    "__version__",
    "activity_id",
    "sync_to_duckdb",
]

if not TYPE_CHECKING:  # a type checker knows the names above, and no others

    def __getattr__(name: str) -> object:
        """Import a name of the Python API when it is first used: the functions and the command need none of them."""
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415

            return version("sendtrail")
        if name in __all__:
            from sendtrail import api  # noqa: PLC0415

            return getattr(api, name)
        raise AttributeError(f"module 'sendtrail' has no attribute {name!r}")
