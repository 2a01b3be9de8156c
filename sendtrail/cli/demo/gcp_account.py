"""A simulated account of the demo on Google's emulators, compared with what BigQuery holds of it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from sendtrail.cli.demo.account import DemoAccount
from sendtrail.cli.demo.proof import Diff, compare
from sendtrail.cli.demo.truth import ACTIVITIES, CONTACTS, account_contacts, stored_activities, stored_contacts

Rows = Callable[[str, Mapping[str, str]], Iterable[Sequence[Any]]]


class CloudDemoAccount(DemoAccount):
    """An account that knows its organization, and everything that was ever true of it when it was read."""

    def __init__(self, organization_id: str, *, campaigns: int, openers: int, seed: int, rate: float) -> None:
        super().__init__(campaigns=campaigns, openers=openers, seed=seed, rate=rate)
        self.organization_id = organization_id
        self._known: set[Hashable] = set()

    @property
    def requests(self) -> int:
        """Return how many requests it has seen."""
        return self._account.stats().requests

    @property
    def refused(self) -> int:
        """Return how many of them came too fast."""
        return self._account.stats().refused

    def prove_in(self, rows: Rows) -> dict[str, Diff]:
        """Return how what `rows` selects compares with the activities and the contacts of the account."""
        self._known.update(self.activities())
        whose = {"organization": self.organization_id}
        return {
            "activities": compare(self._known, stored_activities(rows(ACTIVITIES, whose))),
            "contacts": compare(
                account_contacts(self._account.contacts_truth()), stored_contacts(rows(CONTACTS, whose))
            ),
        }
