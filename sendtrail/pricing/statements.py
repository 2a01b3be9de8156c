"""The statements that BigQuery runs in a month for a workload, and what each reads of its tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from sendtrail.pricing.bigquery_bytes import (
    ACTIVITY_BYTES,
    CAMPAIGN_BYTES,
    CONTACT_BYTES,
    COUNT_BYTES,
    EVIDENCE_BYTES,
    KEY_BYTES,
    MESSAGE_BYTES,
    RUN_KEY_BYTES,
    SEEN_BYTES,
    STORED_ROW_BYTES,
    TEBIBYTE,
    billed,
)
from sendtrail.pricing.stored_views import stored_views
from sendtrail.pricing.unit_prices import DAYS_A_MONTH
from sendtrail.pricing.workload import CHANGES_FOR_DAYS, Workload

# What is stored is counted of campaigns that still change, or that did a week ago; two days for clocks that are wrong.
COUNTED_DAYS, EVIDENCE_DAYS = CHANGES_FOR_DAYS + 8 + 2, 30
# One comparison of everything stored is due a month, and as campaigns become due between, up to five.
AUDITS_A_MONTH = 5
STORED_ROWS_A_MONTH = DAYS_A_MONTH / 7
# What the partitions' expiry of two years takes away before the next count is not counted.
MOST_COUNTED_DAYS = 715
# An UPDATE, and a MERGE that updates, is billed by the columns that it compares, and then by the table that it changes.
_READ_AND_CHANGED = 2
_COMPARED_BYTES = 70
_NEXT_TO_NOTHING = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A statement of `sql/`, or a renewal of a stored view.

    `times` is how often a month it runs for all accounts, `read` the bytes that it reads of each table.
    """

    path: str
    times: float
    read: Sequence[float]

    @property
    def bytes_billed(self) -> float:
        """Return the bytes that a month of it is billed for."""
        return self.times * billed(self.read)


def statements(work: Workload) -> list[Statement]:
    """Return all statements of a month; those on tables without partitions read the rows of every account."""
    return [*_merges(work), *_counts(work), *_of_lists(work), *_of_contacts(work), *_of_stored_views(work)]


def tebibytes(work: Workload) -> float:
    """Return what a month of statements is billed for."""
    return sum(statement.bytes_billed for statement in statements(work)) / TEBIBYTE


def _merges(work: Workload) -> Iterator[Statement]:
    """Yield the MERGEs of activities by the run of the day: clustering leaves the rows of other accounts out."""
    times = DAYS_A_MONTH * work.accounts * work.merges / len(work.days_read)
    staged = work.activities / work.merges * ACTIVITY_BYTES
    for days in work.days_read:
        read = min(days, work.history_days) * work.activities * KEY_BYTES
        yield Statement(path="email_activities/merge", times=times, read=(read, staged))


def _counts(work: Workload) -> Iterator[Statement]:
    def of_account(times: float, days: float, size: int) -> tuple[float, float]:
        return DAYS_A_MONTH * work.accounts * times, min(days, work.history_days) * work.activities * size

    path = "email_activities/stored_counts"
    times, read = of_account(work.counts, COUNTED_DAYS, COUNT_BYTES)
    yield Statement(path=path, times=times, read=(read, _NEXT_TO_NOTHING))  # the second table: rows of erased people
    times, read = of_account(AUDITS_A_MONTH / DAYS_A_MONTH, work.history_days, COUNT_BYTES)
    yield Statement(path=path, times=times, read=(read, _NEXT_TO_NOTHING))
    times, read = of_account(1, EVIDENCE_DAYS, EVIDENCE_BYTES)
    yield Statement(path="email_activities/timestamp_evidence", times=times, read=(read,))
    counted = min(MOST_COUNTED_DAYS, work.history_days) * work.activities * STORED_ROW_BYTES
    # One statement for all accounts.
    yield Statement(path="email_activities/stored_rows", times=STORED_ROWS_A_MONTH, read=(work.accounts * counted,))


def _of_lists(work: Workload) -> Iterator[Statement]:
    """Yield what is merged of the list of campaigns, of the subject lines of new ones, and of the run before."""
    staged, times = work.campaigns * CAMPAIGN_BYTES, DAYS_A_MONTH * work.accounts * work.runs
    stored = work.accounts * staged * _READ_AND_CHANGED
    yield Statement(path="campaigns/merge", times=times, read=(stored, staged))
    new = work.changing / CHANGES_FOR_DAYS
    read = work.accounts * work.campaigns * MESSAGE_BYTES * _READ_AND_CHANGED
    times = DAYS_A_MONTH * work.accounts * min(work.runs, new)
    yield Statement(path="messages/merge", times=times, read=(read, _NEXT_TO_NOTHING))
    known = work.accounts * work.runs * work.history_days * RUN_KEY_BYTES
    times = DAYS_A_MONTH * work.accounts * work.runs
    yield Statement(path="runs/merge", times=times, read=(known, _NEXT_TO_NOTHING))


def _of_stored_views(work: Workload) -> Iterator[Statement]:
    """Yield the renewals, one a day for all accounts; what they read of lists is next to nothing beside activities."""
    if work.stores_views:
        for view, sizes in stored_views(work).items():
            yield Statement(path=f"stored_views/{view}", times=DAYS_A_MONTH, read=(sizes.read,))


def _of_contacts(work: Workload) -> Iterator[Statement]:
    """Yield a daily pass: its batches, and what it did not see."""
    passes, batches = DAYS_A_MONTH * work.accounts, work.contact_batches
    all_contacts = work.accounts * work.contacts
    compared, table = all_contacts * _COMPARED_BYTES, all_contacts * CONTACT_BYTES
    seen, staged = all_contacts * SEEN_BYTES, ceil(work.contacts / batches) * CONTACT_BYTES
    yield Statement(path="contacts/merge", times=passes * batches, read=(compared + table, staged))
    yield Statement(path="contacts/record_seen", times=passes * batches, read=(seen, staged))
    yield Statement(path="contacts/pass_counts", times=passes, read=(compared, seen))
    yield Statement(path="contacts/mark_vanished", times=passes, read=(compared + table, seen))
    yield Statement(path="contacts/forget_other_passes", times=passes, read=(_READ_AND_CHANGED * seen,))
    yield Statement(path="contacts/forget_pass", times=passes, read=(_READ_AND_CHANGED * seen,))
