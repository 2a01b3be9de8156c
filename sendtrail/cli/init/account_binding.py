"""Binds an account to its name in the file, so that no other one is ever synced under it."""

from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.cli.run.local_limits import INTERACTIVE_RETRIES
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.sync.pairing.account_guard import GuardedLists


def bind_account(settings: SyncSettings, *, clock: Clock) -> int:
    """Return how many campaigns the account has; raise AnotherAccount where its name or the file is another one's.

    The database is created where there is none.
    """
    with (
        DuckDbWarehouse(settings.database, dataset=settings.dataset, clock=clock, has_views=False) as warehouse,
        open_state(warehouse, clock=clock) as state,
    ):
        account = AccountFactory(state, clock, retries=INTERACTIVE_RETRIES).account(settings.connection)
        lists = GuardedLists(settings.claimed_account, account, state, lists_campaigns=True)
        return sum(1 for _ in lists.campaigns())
