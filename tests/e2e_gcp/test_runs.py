"""Whole runs on Google's emulators, from the call of the dispatcher to the rows in BigQuery."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sendtrail.emulators.functions import CAMPAIGN_WORKER
from sendtrail.emulators.project import JOB, Size
from sendtrail.ports import Topic
from sendtrail.simulator import Account, Plan, serve
from sendtrail.state.account_pause import pause_account
from tests.e2e_gcp.conftest import Make
from tests.e2e_gcp.gate import Gate
from tests.e2e_gcp.production import ONE_LONG, SMALL, Production, wait_until

NOW = datetime(2026, 1, 1, tzinfo=UTC)
# Of the job that calls the dispatcher at that time.
RUN_ID = f"20260101T000000Z-{JOB.rpartition('/')[2]}"
ACCEPTED = 202


def organization() -> str:
    """Return the name of an account that no other test has: the tables are everybody's."""
    return f"org-{uuid4().hex[:8]}"


def test_two_accounts_are_synced_while_four_are_in_trouble(production: Make) -> None:
    """One does not answer the dispatcher, one is stuck in the middle of a backfill, one's key is revoked, one paused.

    The other two are whole while both still hang; once they answer, they are whole as well. How long the others
    take beside them is measured by tests/benchmarks/test_troubled_fleet.py.
    """
    line = production(time_budget_s=1.0)
    others, stuck, revoked, paused = [organization(), organization()], *(organization() for _ in range(3))
    hanging = f"first-{organization()}"  # before the others in any order
    no_answer, no_further_page = Gate(lambda _: True), Gate(lambda path: "page=15" in path)
    for seed, name in enumerate(others, 1):
        line.add(name, seed=seed)
    line.add(hanging, seed=3, gate=no_answer)
    line.add(stuck, seed=4, plan=ONE_LONG, requests_per_second=8, gate=no_further_page)
    in_trouble = Account(seed=5, plan=SMALL)
    url = line.stack.enter_context(serve(in_trouble)).url
    for name, key in ((revoked, "revoked"), (paused, in_trouble.api_key)):
        line.project.connect(name, url=url, key=key, requests_per_second=500)
    pause_account(line.project.state, paused)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(line.dispatch, schedule_time=NOW)
        try:
            line.finish(RUN_ID, others)
            wait_until(no_further_page.has_held.is_set, what="the backfill has come to the page that is held back")
            for name in others:
                line.assert_equal(name)
            assert no_answer.has_held.is_set()
            assert not line.checkpoints(hanging)
            assert not line.is_over(stuck, RUN_ID)
        finally:
            no_answer.open()
            no_further_page.open()
    if answer.result().status != ACCEPTED:  # the account took too long: Cloud Scheduler tries again
        wait_until(lambda: line.dispatch(schedule_time=NOW).status == ACCEPTED, what="the account is dispatched")
    line.finish(RUN_ID)

    for name in line.accounts:
        line.assert_equal(name)
    assert line.outcomes(CAMPAIGN_WORKER)["continued"] > 0
    assert [failed["organization_id"] for failed in line.failures()] == [revoked]
    assert not line.checkpoints(paused)


def test_a_second_run_after_a_day_holds_both_days(production: Make) -> None:
    """The dispatcher finds what moved by the counters in Firestore."""
    line = production()
    account = line.add(organization())
    line.sync(schedule_time=NOW)
    line.assert_equal_and_clean()
    account.pass_day()

    line.sync(schedule_time=NOW + timedelta(days=1))

    line.assert_equal_and_clean()


def test_eight_processes_and_each_message_three_times(production: Make) -> None:
    """Each campaign is synced by one delivery, and left alone by all others."""
    line = production(size=Size(campaign_workers=8, threads=1))
    account = line.add(organization(), latency_ms=20, plan=Plan(campaigns=8, openers=60))
    topic = line.project.topic(Topic.CAMPAIGNS)
    line.project.queues.pull(topic, name=f"{topic}-copies")
    run_id = line.dispatch().body["run_id"]
    copies = line.project.queues.waiting(f"{topic}-copies")

    with ThreadPoolExecutor(8) as pool:  # the emulator itself pushes two at a time, no more
        list(pool.map(line.push, [*copies, *copies]))
    line.finish(run_id)

    due = sum(1 for campaign in account.campaigns_truth() if campaign.sent_at)
    outcomes = line.outcomes(CAMPAIGN_WORKER)
    assert (len(copies), outcomes["done"]) == (due, due)
    assert outcomes.total() - outcomes["retried"] == outcomes["done"] + outcomes["stale"] >= 2 * due
    line.assert_equal_and_clean()


def test_one_schedule_time_dispatched_twice_at_once(production: Make) -> None:
    """One of the two publishes; the other is refused while it does, and then told the same."""
    line = production()
    organization_id = organization()
    account = line.add(organization_id)
    topic = line.project.topic(Topic.CAMPAIGNS)
    line.project.queues.pull(topic, name=f"{topic}-witness")

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: line.dispatch(schedule_time=NOW), range(2)))
    again = line.dispatch(schedule_time=NOW)
    line.finish(again.body["run_id"])

    assert {answer.status for answer in answers} <= {202, 503}
    assert again.body in [answer.body for answer in answers if answer.status == 202]
    due = sum(1 for campaign in account.campaigns_truth() if campaign.sent_at)
    assert len(line.project.queues.waiting(f"{topic}-witness")) == due
    line.assert_equal_and_clean()


def test_a_seek_back_changes_nothing_and_costs_nothing(production: Make) -> None:
    """Every message is delivered once more, known to be done, and acknowledged without a request to the account."""
    line = production()
    account = line.add(organization())
    before = datetime.now(UTC) - timedelta(seconds=1)
    line.sync()
    documents, requests, done = line.documents(), account.stats().requests, line.outcomes(CAMPAIGN_WORKER)["done"]
    merges = merges_of(line)

    line.project.queues.seek(line.project.topic(Topic.CAMPAIGNS), to=before)
    wait_until(lambda: line.outcomes(CAMPAIGN_WORKER)["stale"] >= done, what="everything is delivered again")

    assert (line.documents(), account.stats().requests, merges_of(line)) == (documents, requests, merges)
    line.assert_equal_and_clean()


def merges_of(line: Production) -> int:
    """Return how many merges of activities were logged."""
    return sum(1 for entry in line.lines(CAMPAIGN_WORKER) if entry.get("event") == "activities_merged")
