"""Accounts with the budget that all who ask the same account share."""

from collections.abc import Callable
from datetime import datetime

from pydantic import SecretStr

from sendtrail import threads
from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_memory import AccountMemory, ignore_date
from sendtrail.activecampaign.http.client import DEFAULT_TIMEOUTS, Timeouts
from sendtrail.activecampaign.http.retries import DEFAULT_RETRIES, RetryPolicy
from sendtrail.clock import Clock
from sendtrail.domain.connection import Connection
from sendtrail.domain.request_rate import Priority, RateLimit
from sendtrail.ports import State
from sendtrail.rate_limit.budget import RateBudget
from sendtrail.rate_limit.pause_watch import PauseWatch
from sendtrail.rate_limit.sliding_window import SlidingWindow, sliding_window
from sendtrail.state.full_lists import StoredFullLists
from sendtrail.state.stored_habits import StoredHabits

_Key = tuple[str, RateLimit]


class AccountFactory:
    """Makes accounts; any number of threads may use it at once.

    The accounts of one connection share a budget per priority, one sliding window, and what was learnt of the account.
    While one is paused, its requests raise AccountPaused.
    `block` is how many requests are reserved in one transaction at most, `on_date` is called with when each answer was
    sent.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        *,
        block: int = 1,
        retries: RetryPolicy = DEFAULT_RETRIES,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        on_date: Callable[[datetime], None] = ignore_date,
    ) -> None:
        self._state, self._clock, self._block, self._retries = state, clock, block, retries
        self._timeouts, self._on_date = timeouts, on_date
        self._lock = threads.lock()
        self._windows: dict[_Key, SlidingWindow] = {}
        self._budgets: dict[tuple[_Key, Priority], RateBudget] = {}
        self._pauses: dict[str, PauseWatch] = {}
        self._memories: dict[tuple[str, SecretStr], AccountMemory] = {}

    def account(
        self,
        connection: Connection,
        *,
        priority: Priority = Priority.INCREMENTAL,
        on_response: Callable[[int], None] | None = None,
    ) -> Account:
        """Return an account whose requests are of a priority; `on_response` is called with each answer's status."""
        return Account(
            connection,
            budget=self._budget(connection, priority),
            clock=self._clock,
            on_response=on_response,
            retries=self._retries,
            memory=self._memory(connection),
            timeouts=self._timeouts,
        )

    def _memory(self, connection: Connection) -> AccountMemory:
        """Return what is known of an account to the user of a key, whose language and permissions are its own."""
        with self._lock:
            key = (connection.api_url, connection.api_key)
            if key not in self._memories:
                organization_id = connection.organization_id
                self._memories[key] = AccountMemory(
                    full_lists=StoredFullLists(self._state, self._clock, organization_id=organization_id),
                    habits=StoredHabits(self._state, self._clock, organization_id=organization_id),
                    on_date=self._on_date,
                )
            return self._memories[key]

    def _budget(self, connection: Connection, priority: Priority) -> RateBudget:
        limit = connection.rate_limit
        key = (connection.organization_id, limit)
        with self._lock:
            window = self._windows.setdefault(key, sliding_window(self._clock, requests_per_second=limit.per_second))
            pause = self._pauses.setdefault(
                connection.organization_id,
                PauseWatch(self._state, self._clock, organization_id=connection.organization_id),
            )
            if (key, priority) not in self._budgets:
                self._budgets[key, priority] = RateBudget(
                    self._state,
                    self._clock,
                    organization_id=connection.organization_id,
                    rate_limit=limit,
                    sliding_window=window,
                    priority=priority,
                    block=self._block,
                    before_request=pause.ensure_running,
                )
            return self._budgets[key, priority]
