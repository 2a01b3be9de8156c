"""What a fleet took, what of that is too much, and what to do then."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from statistics import median

from benchmarks.fleet.account import Shape
from benchmarks.fleet.bigquery import TableBusy
from benchmarks.fleet.fleet import Fleet
from benchmarks.fleet.plan import HOUR_S, Plan
from sendtrail.ports import Topic
from sendtrail.pricing.bigquery_bytes import TEBIBYTE
from sendtrail.pricing.bill import bill
from sendtrail.pricing.month import usage
from sendtrail.pricing.statements import statements
from sendtrail.pricing.unit_prices import DAYS_A_MONTH, Unit
from sendtrail.pricing.workload import Workload

MERGES, WEEKLY = "email_activities/merge", "email_activities/stored_rows"
EVIDENCE = "email_activities/timestamp_evidence"
DAILY = ("contacts/", EVIDENCE)
# The functions' timeout, the load jobs of a project, and what an account may cost.
FUNCTION_S, LOADS_A_DAY, DOLLARS_AN_ACCOUNT = 540.0, 100_000, 10.0
MINUTE_S, SECONDS_A_MINUTE = 60.0, 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """The figures of a fleet; bytes and dollars are a month's, all other sums a day's."""

    plan: Plan
    lag_s: float
    longest_lag_s: float
    budget_used: float
    requests: float
    merges: float
    merges_at_once: int
    refused_deliveries: float
    gave_up: float
    longest_delivery_s: float
    longest_dispatch_s: float
    loads: float
    tebibytes: float
    writes_a_second: float
    writes: float
    instance_s: float
    dollars: float
    unfinished: int
    share_done: float = 1.0

    @property
    def run_s(self) -> float:
        """Return how long the longest run takes; where none was seen to its end, at the pace that was seen."""
        if not self.unfinished:
            return self.longest_lag_s
        return self.plan.watched_s / self.share_done if self.share_done else float("inf")

    @property
    def too_much(self) -> Iterator[str]:
        """Yield what is beyond a limit, the one that costs most first."""
        if self.run_s > self.plan.every_h * HOUR_S:
            yield "a run is not done before the next one"
        if self.gave_up:
            yield f"{self.gave_up:,.0f} deliveries a day give up, as a table takes no more MERGEs"
        if self.longest_delivery_s > FUNCTION_S:
            yield f"a delivery takes {self.longest_delivery_s:.0f} s, and is cut off after {FUNCTION_S:.0f}"
        if self.longest_dispatch_s > FUNCTION_S:
            yield f"the dispatcher takes {self.longest_dispatch_s:.0f} s, and is cut off after {FUNCTION_S:.0f}"
        if self.loads > LOADS_A_DAY:
            yield f"load jobs a day: {self.loads:,.0f} of {LOADS_A_DAY:,}"
        if self.dollars > DOLLARS_AN_ACCOUNT * self.plan.accounts:
            yield f"more than {DOLLARS_AN_ACCOUNT:.0f} $ an account"


def measured(plan: Plan) -> Measured:
    """Let a fleet live, and return its figures."""
    fleet = Fleet(plan=plan)
    fleet.live()
    if fleet.queue.failures:
        raise RuntimeError(f"work failed in a fleet: {fleet.queue.failures[0]}")
    return _figures(fleet)


def _figures(fleet: Fleet) -> Measured:
    plan, days, lags = fleet.plan, fleet.plan.hours / 24, fleet.lags_s
    asked = sum(fleet.asked(name) for name in fleet.names)
    interval_s = workload_of(plan).interval_s
    passes_s = fleet.busy_s(Topic.CONTACTS) / ceil(days)
    seconds = passes_s + (fleet.busy_s(Topic.CAMPAIGNS) + fleet.busy_s("dispatcher")) / days
    tebibytes = _monthly_bytes(fleet) / TEBIBYTE
    return Measured(
        plan=plan,
        lag_s=median(lags),
        longest_lag_s=max(lags),
        budget_used=sum(fleet.asked_of_campaigns(name) for name in fleet.names) * interval_s / sum(lags),
        requests=asked / days,
        merges=fleet.bigquery.statements[MERGES] / days,
        merges_at_once=fleet.bigquery.most_at_once("email_activities"),
        refused_deliveries=fleet.queue.refused / days,
        gave_up=fleet.late[TableBusy.__name__] / days,
        longest_delivery_s=fleet.longest_delivery_s,
        longest_dispatch_s=max(fleet.dispatch_s),
        loads=fleet.bigquery.loads / days,
        tebibytes=tebibytes,
        writes_a_second=max(fleet.documents.busiest.values()) / SECONDS_A_MINUTE,
        writes=fleet.documents.writes / days,
        instance_s=seconds,
        dollars=_dollars(fleet, tebibytes=tebibytes, seconds=seconds),
        unfinished=fleet.unfinished,
        share_done=fleet.share_done,
    )


def _monthly_bytes(fleet: Fleet) -> float:
    """Return what a month is billed for; what one dispatch does not show is the price model's."""
    found, seen = fleet.bigquery.bytes_billed, fleet.bigquery.statements
    days = ceil(fleet.plan.hours / 24)
    weekly = found[WEEKLY] / max(1, seen[WEEKLY]) * DAYS_A_MONTH / 7
    daily = sum(billed for path, billed in found.items() if path.startswith(DAILY)) / days
    of_runs = sum(billed for path, billed in found.items() if path != WEEKLY and not path.startswith(DAILY))
    missing = [each for each in statements(workload_of(fleet.plan)) if each.path == EVIDENCE and not seen[EVIDENCE]]
    unseen = sum(each.bytes_billed for each in missing)
    return weekly + DAYS_A_MONTH * (daily + of_runs * 24 / fleet.plan.hours) + unseen


def _dollars(fleet: Fleet, *, tebibytes: float, seconds: float) -> float:
    """Return a month's bill: what was counted, and by the price model what a fleet does not show."""
    monthly, documents = DAYS_A_MONTH * 24 / fleet.plan.hours, fleet.documents
    found = {
        **usage(workload_of(fleet.plan)),
        Unit.STATEMENTS: tebibytes,
        Unit.READS: documents.reads * monthly,
        Unit.WRITES: documents.writes * monthly,
        Unit.DELETES: documents.deletes * monthly,
        Unit.PROCESSOR: seconds * DAYS_A_MONTH,
        Unit.MEMORY: seconds * DAYS_A_MONTH,
        Unit.REQUESTS: sum(function.calls for function in fleet.functions.values()) * monthly,
    }
    return bill(found).dollars


def workload_of(plan: Plan) -> Workload:
    """Return the same fleet as the price model sees it."""
    shape: Shape = plan.shape
    return Workload(
        accounts=plan.accounts,
        activities=shape.activities,
        contacts=shape.contacts,
        campaigns=shape.campaigns,
        changing=shape.changing,
        every_h=plan.every_h,
        groups=plan.groups,
    )
