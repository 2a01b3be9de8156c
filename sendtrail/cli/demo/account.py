"""The demo's account: simulated, served on loopback, and compared with what a sync stored of it."""

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Self

from sendtrail.cli.demo.proof import Diff, compare
from sendtrail.cli.demo.truth import (
    ACTIVITIES,
    CONTACTS,
    account_activities,
    account_contacts,
    stored_activities,
    stored_contacts,
)
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.plurals import counted
from sendtrail.simulator import Account, Plan, serve
from sendtrail.simulator.account import Network

LATENCY_MS, JITTER_MS = 30.0, 20.0


class DemoAccount:
    """A simulated account that begins a day ago, so that a day can pass; served while the `with` block runs."""

    def __init__(self, *, campaigns: int, openers: int, seed: int, rate: float) -> None:
        self._account = Account(
            seed=seed,
            now=datetime.now(UTC) - timedelta(days=1),
            plan=Plan(campaigns=campaigns, openers=openers),
            network=Network(rate=rate, latency_ms=LATENCY_MS, jitter_ms=JITTER_MS),
        )
        self._open = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        """Serve the account."""
        self.url = self._open.enter_context(serve(self._account)).url
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Stop."""
        self._open.close()

    @property
    def api_key(self) -> str:
        """Return the key that the account accepts."""
        return self._account.api_key

    def describe(self) -> str:
        """Return how large it is, in words."""
        campaigns = sum(1 for _ in self._account.campaigns_truth())
        contacts = sum(1 for _ in self._account.contacts_truth())
        return f"{counted(campaigns, 'campaign')} and {counted(contacts, 'contact')}"

    def pass_day(self) -> None:
        """Let a day with new activity pass."""
        self._account.pass_day()

    def activities(self) -> Iterator[Hashable]:
        """Yield what its reports hold now."""
        return account_activities(self._account.truth())

    def prove(
        self, warehouse: DuckDbWarehouse, settings: SyncSettings, activities: AbstractSet[Hashable]
    ) -> dict[str, Diff]:
        """Return how the warehouse's rows compare with the activities and the contacts of the account."""
        organization = {"organization": settings.organization}

        def rows(sql: str) -> Iterable[tuple[object, ...]]:
            return warehouse.query(sql.format(dataset=settings.dataset), organization).rows

        return {
            "activities": compare(activities, stored_activities(rows(ACTIVITIES))),
            "contacts": compare(account_contacts(self._account.contacts_truth()), stored_contacts(rows(CONTACTS))),
        }
