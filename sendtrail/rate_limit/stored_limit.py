"""The document of an account's rate budget, as transactions read and change it."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sendtrail.domain.request_rate import RateLimit
from sendtrail.ports import State, Transaction
from sendtrail.rate_limit.gcra import LimitState, credible
from sendtrail.state.documents import budget_path, read_known, to_document

T = TypeVar("T")

logger = logging.getLogger(__name__)


class StoredLimit:
    """The stored budget of an account; times that a wrong clock has stored are ignored and replaced."""

    def __init__(self, state: State, *, organization_id: str, rate_limit: RateLimit) -> None:
        self._state, self._rate_limit = state, rate_limit
        self._organization_id, self._path = organization_id, budget_path(organization_id)

    def now(self) -> datetime:
        """Return the time of the store."""

        def work(transaction: Transaction) -> datetime:
            transaction.get(self._path)
            return transaction.now

        return self._state.transact(work)

    def transact(self, change: Callable[[LimitState | None, datetime], tuple[T, LimitState]]) -> tuple[T, LimitState]:
        """Store what `change` makes of the credible part of the budget, and return what it returns."""

        def work(transaction: Transaction) -> tuple[T, LimitState, bool]:
            stored, now = read_known(transaction, self._path, LimitState), transaction.now
            before = credible(stored, rate_limit=self._rate_limit, now=now)
            result, after = change(before, now)
            if after != stored:
                transaction.set(self._path, to_document(after))
            return result, after, before != stored

        result, after, is_reset = self._state.transact(work)
        if is_reset:
            logger.warning(
                "the rate budget of %s was stored while a clock was wrong: its times in the far future are ignored",
                self._organization_id,
            )
        return result, after
