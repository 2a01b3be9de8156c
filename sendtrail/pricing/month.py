"""What a month of a workload uses of everything that Google bills."""

from math import ceil

from sendtrail.pricing.bigquery_bytes import ACTIVITY_BYTES
from sendtrail.pricing.bill import Bill, Usage, bill
from sendtrail.pricing.statements import tebibytes
from sendtrail.pricing.stored_views import stored_views
from sendtrail.pricing.unit_prices import DAYS_A_MONTH, Unit
from sendtrail.pricing.workload import AT_A_TIME, HOURS_A_DAY, Workload

KIBIBYTE, MEBIBYTE, GIBIBYTE = 2**10, 2**20, 2**30
YOUNG_DAYS = 90
# An instance of a worker has threads for the deliveries of four accounts, one of the dispatcher for sixteen accounts.
ACCOUNTS_AN_INSTANCE, DISPATCHED_AT_ONCE = 4, 16
# The dispatcher waits for its list, for a count, and for two merges; a contacts worker for two statements a batch. An
# instance takes so long to start.
DISPATCH_S, CONTACT_BATCH_S, START_S = 25.0, 14.0, 10.0
# A budget reserves single requests first, and whole blocks once they are used: so many more reservations a delivery.
SMALL_BLOCKS = 5
# A lease is renewed thrice in its time; whether the account is paused is looked at once a second.
RENEWED_EVERY_S = 40.0
# The documents of a delivery: claim (2 read, 1 written and 1 checked), connection, identity, habits, and its end.
READ_A_DELIVERY, WRITTEN_A_DELIVERY, CHECKED_A_DELIVERY = 8, 4, 2
# Of a merge: what was added, of the account and of the campaign, and the checkpoint.
READ_A_MERGE, WRITTEN_A_MERGE = 5, 4
READ_A_RUN, WRITTEN_A_RUN = 21, 8
# A message is billed when it is published and when it is delivered, a kibibyte at least, and is kept for 7 days.
MESSAGE_BYTES, KEPT_SHARE = 2 * KIBIBYTE, 7 / DAYS_A_MONTH
# Lines of a delivery and of a merge, and BigQuery's audit log of its two jobs.
LOG_BYTES_A_DELIVERY, LOG_BYTES_A_MERGE = 6 * KIBIBYTE, 10 * KIBIBYTE
# A point of a metric is 8 bytes where it counts, 80 where it adds up; one for each minute in which a line was logged,
# however many were. Lines are logged while an account is read, and in the minute before and after.
METRIC_BYTES_A_DELIVERY, METRIC_BYTES_A_MERGE, MORE_MINUTES_A_RUN = 8 + 2 * 80, 5 * 80, 2
SCHEDULES, CONDITIONS = 2, 9
EVALUATED_EVERY_S = 300
SECONDS_A_MINUTE = 60
SECONDS_A_MONTH = DAYS_A_MONTH * HOURS_A_DAY * 3_600


def month(work: Workload, *, has_free_tier: bool = True) -> Bill:
    """Return the bill of a month."""
    return bill(usage(work), has_free_tier=has_free_tier)


def usage(work: Workload) -> Usage:
    """Return what a month uses of each unit."""
    return {
        **_run(work),
        **_firestore(work),
        **_stored(work),
        **_messages(work),
        **_observed(work),
        Unit.STATEMENTS: tebibytes(work),
        Unit.SCHEDULES: SCHEDULES + work.groups - 1,
        Unit.SECRETS: work.accounts + 1,  # and the key of the list of erased people
        Unit.KEY_READS: DAYS_A_MONTH * work.accounts * (work.deliveries + work.runs + 2),
    }


def instance_seconds(work: Workload) -> float:
    """Return the seconds a day that instances of all functions run; accounts dispatched together are read side by side.

    The contacts are those of all accounts at once.
    """
    workers = work.groups * ceil(work.accounts_a_group / ACCOUNTS_AN_INSTANCE)
    reading = work.reading_s + work.runs * START_S
    contacts = work.contact_requests * work.interval_s + work.contact_batches * CONTACT_BATCH_S + START_S
    contact_workers = ceil(work.accounts / ACCOUNTS_AN_INSTANCE)
    rounds = ceil(work.accounts_a_group / DISPATCHED_AT_ONCE)
    dispatching = work.dispatches * (rounds * DISPATCH_S + START_S)
    return workers * reading + contact_workers * contacts + dispatching


def _run(work: Workload) -> Usage:
    seconds = DAYS_A_MONTH * instance_seconds(work)
    calls = DAYS_A_MONTH * (work.accounts * (work.deliveries + 1) + work.dispatches + 1)
    return {Unit.PROCESSOR: seconds, Unit.MEMORY: seconds, Unit.REQUESTS: calls}


def _firestore(work: Workload) -> Usage:
    blocks = work.requests / work.budget_block + SMALL_BLOCKS * work.deliveries
    renewals = AT_A_TIME * work.reading_s / RENEWED_EVERY_S
    listed = work.campaigns + READ_A_RUN
    both = blocks + renewals
    reads = both + work.reading_s + READ_A_DELIVERY * work.deliveries + READ_A_MERGE * work.merges + work.runs * listed
    writes = both + WRITTEN_A_DELIVERY * work.deliveries + WRITTEN_A_MERGE * work.merges + work.runs * WRITTEN_A_RUN
    every_day = DAYS_A_MONTH * work.accounts
    return {
        Unit.READS: every_day * reads,
        Unit.WRITES: every_day * writes,
        # To check that a document is still not there is billed as its deletion.
        Unit.DELETES: every_day * CHECKED_A_DELIVERY * work.deliveries,
    }


def _stored(work: Workload) -> Usage:
    a_day = work.accounts * work.activities * ACTIVITY_BYTES / GIBIBYTE
    young = min(YOUNG_DAYS, work.history_days)
    renewed = sum(view.stored for view in stored_views(work).values()) / GIBIBYTE if work.stores_views else 0.0
    return {Unit.STORAGE: a_day * young + renewed, Unit.OLD_STORAGE: a_day * (work.history_days - young)}


def _messages(work: Workload) -> Usage:
    sent = DAYS_A_MONTH * work.accounts * (work.deliveries + 1) * MESSAGE_BYTES
    return {Unit.MESSAGES: sent / GIBIBYTE, Unit.KEPT_MESSAGES: sent / GIBIBYTE * KEPT_SHARE}


def _observed(work: Workload) -> Usage:
    logs = work.deliveries * LOG_BYTES_A_DELIVERY + work.merges * LOG_BYTES_A_MERGE
    minutes = work.reading_s / SECONDS_A_MINUTE + MORE_MINUTES_A_RUN * work.runs
    of_deliveries = min(work.deliveries, minutes) * METRIC_BYTES_A_DELIVERY
    points = of_deliveries + min(work.merges, minutes) * METRIC_BYTES_A_MERGE
    every_day = DAYS_A_MONTH * work.accounts
    return {
        Unit.LOGS: every_day * logs / GIBIBYTE,
        Unit.METRICS: every_day * points / MEBIBYTE,
        Unit.CONDITIONS: CONDITIONS + work.stores_views,
        # A condition returns a series per account at most.
        Unit.SERIES: (CONDITIONS * work.accounts + work.stores_views) * SECONDS_A_MONTH / EVALUATED_EVERY_S,
    }
