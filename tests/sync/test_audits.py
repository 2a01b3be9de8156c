"""Which audits read a campaign again, where the warehouse is asked before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason
from sendtrail.domain.stored_counts import CountsOfReports, StoredCounts
from sendtrail.errors import Unavailable
from sendtrail.sync.due import Due, Policy, Request, due
from sendtrail.sync.evidence.account_evidence import with_evidence
from sendtrail.sync.pairing.lost_campaigns import LONG_AGO
from sendtrail.sync.sync_record import SyncRecord
from tests.fake_account import a_campaign
from tests.fakes import NOON, MemoryWarehouse
from tests.pipeline_harness import PipelineHarness
from tests.sync.checkpoints import DAY, a_checkpoint, a_sync

COUNTERS = {"send_amt": 100, "opens": 9, "uniqueopens": 5, "linkclicks": 0, "uniquelinkclicks": 0,
            "subscriberclicks": 0, "hardbounces": 0, "softbounces": 0, "unsubscribes": 0, "forwards": 0,
            "uniqueforwards": 0}  # fmt: skip
ALL, LESS, FEWEST = StoredCounts(rows=5, times=9), StoredCounts(rows=4, times=7), StoredCounts(rows=2, times=3)
REQUEST = Request(organization_id="acme", run_id="run2")
SENT_AT, MINUTE = NOON - 200 * DAY, timedelta(minutes=1)


def the_campaign(**changes: object) -> Campaign:
    """Return the campaign, which was sent long ago and is counted."""
    sent = replace(a_campaign(1), counters=COUNTERS, sent_at=SENT_AT, last_sent_at=SENT_AT)
    return replace(sent, **changes)  # type: ignore[arg-type]


def a_record(audited_at: datetime = NOON - 40 * DAY, **changes: object) -> SyncRecord:
    """Return the record of a campaign that was read as a whole then, and has been quiet for long."""
    opens = {Report.OPENS: NOON - 100 * DAY}
    known = {"since": SENT_AT, "counters": COUNTERS, "latest": opens, "audited_at": audited_at}
    return a_sync(**{**known, **changes})


class Stored(MemoryWarehouse):
    """A warehouse in which so much is stored of the campaign, or that does not answer; it counts the questions."""

    def __init__(self, counts: StoredCounts = ALL) -> None:
        super().__init__()
        self.found, self.answers, self.asked = counts, True, list[date]()

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:  # noqa: ARG002
        """Return it."""
        self.asked.append(since)
        if not self.answers:
            raise Unavailable("no answer")
        return {(1, "open"): self.found, (2, "open"): ALL}


class Runs:
    """The runs of one account: which reasons each finds for its campaign."""

    def __init__(self, counts: StoredCounts = ALL, *, policy: Policy | None = None) -> None:
        self.warehouse = Stored(counts)
        self.services, self._policy = PipelineHarness().services_with(self.warehouse), policy or Policy()

    def due(
        self, record: SyncRecord, campaign: Campaign | None = None, *, second: SyncRecord | None = None
    ) -> list[Due]:
        """Return what a run finds due now; there may be a second campaign."""
        checkpoints = {1: a_checkpoint(record), **({2: a_checkpoint(second)} if second else {})}
        campaigns, policy = with_evidence(
            [campaign or the_campaign(), *([the_campaign(campaign_id=2)] if second else [])],
            checkpoints,
            request=REQUEST,
            services=self.services,
            policy=self._policy,
        )
        now = self.services.clock.now()
        return due(campaigns, checkpoints=checkpoints, request=REQUEST, policy=policy, now=now)

    def reasons(self, record: SyncRecord, campaign: Campaign | None = None) -> list[Reason]:
        """Return for which reasons a run reads the campaign now."""
        return [each.message.reason for each in self.due(record, campaign)]

    def wait(self, days: float) -> datetime:
        """Let days pass; return the time."""
        self.services.clock.sleep(days * DAY.total_seconds())
        return self.services.clock.now()


def test_a_campaign_of_which_all_is_stored_is_not_read_again() -> None:
    """But for a look at its newest rows, by which counters that stand still are noticed; for a month, nobody asks."""
    runs = Runs()

    looks = [each.message for each in runs.due(a_record())]
    runs.wait(29)

    assert [(each.reason, each.settle, each.complete) for each in looks] == [
        (Reason.CONFIRM, (Report.OPENS,), (Report.OPENS,))
    ]
    assert Reason.AUDIT not in runs.reasons(a_record())
    assert len(runs.warehouse.asked) == 1


def test_a_campaign_of_which_rows_are_missing_is_read_again() -> None:
    """At each run until it was, without asking the warehouse again."""
    runs = Runs(LESS)

    assert [runs.reasons(a_record()) for _ in range(3)] == [[Reason.AUDIT]] * 3
    assert len(runs.warehouse.asked) == 1


def test_a_gap_that_stays_is_read_once() -> None:
    """As of contacts that were deleted: within a year it is read once, and never without an end."""
    runs, record, audits = Runs(LESS), a_record(), 0
    for _ in range(60):
        now = runs.wait(6)
        if Reason.AUDIT in runs.reasons(record):
            audits, record = audits + 1, a_record(audited_at=now + MINUTE)

    assert audits == 1


@pytest.mark.parametrize("counts", [FEWEST, StoredCounts(rows=4, times=6), StoredCounts()])
def test_a_loss_shows_beside_a_gap_that_stays(counts: StoredCounts) -> None:
    """A warehouse that was restored from an older copy, or rows that somebody deleted."""
    runs = Runs(LESS)
    assert runs.reasons(a_record()) == [Reason.AUDIT]
    record = a_record(audited_at=runs.wait(1))
    runs.wait(31)
    assert Reason.AUDIT not in runs.reasons(record)

    runs.warehouse.found = counts
    runs.wait(31)

    assert runs.reasons(record) == [Reason.AUDIT]


def test_a_campaign_that_has_lost_rows_is_read_although_it_agreed_before() -> None:
    """The count of all rows has found it since."""
    runs = Runs()
    runs.due(a_record())

    assert runs.reasons(a_record(audited_at=LONG_AGO)) == [Reason.AUDIT]


@pytest.mark.parametrize("unknown", ["opens", "uniqueopens", "forwards"])
def test_counters_that_are_unknown_are_not_asked(unknown: str) -> None:
    """The audit reads the campaign as if there were no warehouse to ask."""
    counters = {name: value for name, value in COUNTERS.items() if name != unknown}
    runs = Runs()

    assert runs.reasons(a_record(counters=counters), the_campaign(counters=counters)) == [Reason.AUDIT]
    assert runs.warehouse.asked == []


def test_a_young_campaign_whose_counters_run_ahead_is_compared_again_once_its_audit_is_due() -> None:
    """What it lacked as the others were compared has come since."""
    runs, young = Runs(LESS), a_record(audited_at=NOON - 25 * DAY)
    runs.due(young, second=a_record())
    runs.warehouse.found = ALL
    runs.wait(8)

    assert Reason.AUDIT not in runs.reasons(young)
    assert len(runs.warehouse.asked) == 2


@pytest.mark.parametrize(("late", "reasons"), [(timedelta(days=6), []), (timedelta(days=8), [Reason.AUDIT])])
def test_a_warehouse_that_does_not_answer_puts_an_audit_off_for_a_week(late: timedelta, reasons: list[Reason]) -> None:
    """Not for ever: then the campaign is read."""
    runs = Runs()
    runs.warehouse.answers = False

    assert runs.reasons(a_record(audited_at=NOON - 30 * DAY - late)) == reasons


EXPIRY: Mapping[str, tuple[datetime, datetime, list[Reason]]] = {
    "all has expired": (NOON - 900 * DAY, NOON - 800 * DAY, []),
    "a part has expired": (NOON - 900 * DAY, NOON - 100 * DAY, [Reason.AUDIT]),
}


@pytest.mark.parametrize(("sent_at", "latest", "reasons"), EXPIRY.values(), ids=EXPIRY)
def test_what_has_expired_is_not_audited(sent_at: datetime, latest: datetime, reasons: list[Reason]) -> None:
    """What is left of a campaign is, from when on it is kept, as its counters count what has expired, too."""
    floor = NOON - 730 * DAY
    runs, campaign = Runs(policy=Policy(floor=floor)), the_campaign(sent_at=sent_at, last_sent_at=sent_at)

    found = runs.due(a_record(latest={Report.OPENS: latest}), campaign)

    assert [each.message.reason for each in found] == reasons
    assert {each.message.kept_since for each in found} <= {floor}
    assert runs.warehouse.asked == []
