"""What several accounts are asked for, stored for all of them before the first is read: an interruption loses none."""

import logging
from collections.abc import Iterator

from sendtrail.cli.accounts.asked_accounts import AskedAccounts
from sendtrail.cli.run.run_request import request_of
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock
from sendtrail.errors import SendtrailError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.sync.due import Request
from sendtrail.sync.runs.stored_run import store_ask

logger = logging.getLogger(__name__)


def store_asks(accounts: AskedAccounts, *, clock: Clock) -> None:
    """Store what each of several accounts is asked for beyond the changes; an only one does so as its run begins.

    What cannot be stored, such as in a file that another program has, is for the account's own run to say.
    """
    if len(accounts.each) == 1:
        return
    for settings, request in _asked(accounts, clock):
        try:
            _store(settings, request, clock)
        except SendtrailError as error:
            logger.debug("what is asked of %s is not stored yet: %s", settings.organization, error)


def _asked(accounts: AskedAccounts, clock: Clock) -> Iterator[tuple[SyncSettings, Request]]:
    for settings in accounts.each.values():
        if isinstance(settings, SyncSettings):
            request = request_of(settings, now=clock.now())
            if request.ask or request.drop_wants:
                yield settings, request


def _store(settings: SyncSettings, request: Request, clock: Clock) -> None:
    with (
        DuckDbWarehouse(settings.database, dataset=settings.dataset, clock=clock, has_views=False) as warehouse,
        open_state(warehouse, clock=clock) as state,
    ):
        store_ask(request, state)
