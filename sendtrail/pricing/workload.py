"""Accounts of one size, how they are synced, and what follows: requests, seconds, deliveries and merges a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import ceil

from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.domain.campaign_report import PAGE_SIZE
from sendtrail.domain.connection import DEFAULT_REQUESTS_PER_SECOND
from sendtrail.domain.request_rate import HEADROOM
from sendtrail.domain.stored_counts import COUNTED_EVERY

HOURS_A_DAY = 24
# What one account's whole limit takes.
AT_A_TIME = 4
# A delivery reads clicks, bounces and unsubscribes besides opens, each on a page.
SHORT_REPORTS = 3
# How far every read goes back behind the one before.
RECENT_OVERLAP_H = 0.25
# Once a day a report is read back by the overlap of two days, where what is stored does not prove that nothing is
# missing: so much in the mean.
WIDE_OVERLAP_DAYS = 1.1
# A campaign is opened for so long after it was sent; what is new a day is the changing ones by this.
CHANGES_FOR_DAYS = 3.0


@dataclass(frozen=True, kw_only=True)
class Workload:
    """So many `accounts`, each with so many new `activities` a day, `contacts` and `campaigns`.

    `changing` campaigns have news at each dispatch, which comes every `every_h` hours, to `groups` of the accounts one
    after the other; `history_days` are stored. `stores_views`: those that Terraform stores by default, once a day.
    """

    accounts: int = 1
    activities: int
    contacts: int
    campaigns: int
    changing: int
    every_h: float = 6.0
    groups: int = 1
    history_days: int = 365
    stores_views: bool = False
    flush_rows: int = 5_000
    flush_s: float = 240.0
    budget_block: int = 10

    @property
    def runs(self) -> float:
        """Return how often a day the campaigns are dispatched."""
        return HOURS_A_DAY / self.every_h

    @property
    def counts(self) -> float:
        """Return how often a day what is stored is compared with the counters of campaigns that change."""
        return self.runs / ceil(COUNTED_EVERY / timedelta(hours=self.every_h))

    @property
    def dispatches(self) -> float:
        """Return how often a day the dispatcher is called for campaigns."""
        return self.runs * self.groups

    @property
    def accounts_a_group(self) -> int:
        """Return how many accounts are dispatched together."""
        return ceil(self.accounts / self.groups)

    @property
    def deliveries(self) -> float:
        """Return the deliveries of campaigns a day of each account."""
        return self.changing * self.runs

    @property
    def requests(self) -> float:
        """Return the requests a day to each account: pages, the short reports of deliveries, lists, and contacts."""
        pages = self.activities / PAGE_SIZE * (1 + RECENT_OVERLAP_H / self.every_h)
        lists = (self.runs + 1) * self.campaigns / LIST_LIMIT  # and looks at quiet ones
        return pages + SHORT_REPORTS * self.deliveries + lists + self.contact_requests

    @property
    def contact_requests(self) -> float:
        """Return the requests of one pass over the contacts, which comes once a day."""
        return ceil(self.contacts / LIST_LIMIT) + 4

    @property
    def interval_s(self) -> float:
        """Return the seconds between two requests to an account."""
        return (1 + HEADROOM) / DEFAULT_REQUESTS_PER_SECOND

    @property
    def reading_s(self) -> float:
        """Return the seconds a day that each account is read."""
        return self.requests * self.interval_s

    @property
    def merges(self) -> float:
        """Return the MERGEs of activities a day of each account: the last of each delivery, and others of long ones."""
        full_s = self.flush_rows / PAGE_SIZE * self.interval_s * AT_A_TIME
        return self.deliveries + AT_A_TIME * self.reading_s / min(self.flush_s, full_s)

    @property
    def contact_batches(self) -> int:
        """Return the batches of one pass over the contacts."""
        by_time = self.contact_requests * self.interval_s / self.flush_s
        return ceil(max(self.contacts / self.flush_rows, by_time))

    @cached_property
    def days_read(self) -> Sequence[float]:
        """Return how many days' activities a MERGE reads, by the run of the day that it is of, the first at midnight.

        What came since the run before is of today, of which as much is stored as has passed, and around midnight of
        yesterday as well. In one of a day's runs the overlap is wide.
        """
        passed = [run / self.runs for run in range(ceil(self.runs))]
        return [share + (run < 2) + WIDE_OVERLAP_DAYS / self.runs for run, share in enumerate(passed)]
