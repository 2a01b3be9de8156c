"""A walk through docs/runbook.md on Google's emulators: a situation is there, what the page says is typed, it is over.

One set of functions serves all of them; a walk has an account of its own, begins with an empty state, and goes through
situations that follow from one another. What is typed with `gcloud pubsub` is Google's own program; `gcloud logging`
reads what the functions have written.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from sendtrail.domain.campaign_report import Report
from sendtrail.emulators.functions import CAMPAIGN_WORKER, DISPATCHER
from sendtrail.emulators.project import Project, deployed
from sendtrail.emulators.together import Emulators
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.gcp import clients
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.ports import Topic
from sendtrail.simulator import CampaignPlan, FailureKind, Plan
from sendtrail.state.account_pause import pause_account, resume_account
from sendtrail.warehouse.rows import Table
from tests.e2e_gcp.production import EVERYTHING, Production, wait_until
from tests.gcp.fixtures import PROJECT
from tests.gcp.test_erasure_key import manager
from tests.runbook.google_walk import HELD, SIZE, GoogleWalk
from tests.runbook.runbook_page import Command, commands

CAMPAIGNS = 6
# So many pages that nobody has read them before a command is typed, at the rate of SLOW.
FULL = Plan(sizes=tuple(CampaignPlan(openers=200, clickers=10) for _ in range(CAMPAIGNS)))
SLOW, FAST = 2, 500
# Each of the threads may have a request per report waiting for its answer, and one whose slot has come.
UNDER_WAY = 2 * (SIZE.threads + len(Report))

# By how a command begins: why it is not typed here.
ONE_MACHINE = "it works on the file of one machine, where test_walk.py types it"
NOT_HERE: Mapping[Command, str] = {
    ("gcloud", "firestore"): "the Firestore emulator keeps no backups",
    ("gcloud", "scheduler"): "Cloud Scheduler has no emulator; the dispatcher is called as it calls it",
    ("gcloud", "run"): "a policy that says who may call: the functions of the emulators let everybody in",
    ("gcloud", "logging", "read", 'resource.type="cloud_scheduler_job" severity>=ERROR'): "lines of Cloud Scheduler's",
    ("bq",): "the BigQuery emulator has no list of jobs, no bucket to write to, and no earlier states",
    ("git",): "another version of the program comes from a clone",
    ("pip",): "another version of the program comes from a clone, or a package index",
}


@pytest.fixture(scope="module")
def line(
    pubsub_address: str,
    firestore_address: str,
    bigquery_url: str,
    bigquery_datasets: Datasets,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Production]:
    """Give the three functions, with the dead-letter subscriptions that Terraform makes."""
    name, folder = f"walk-{uuid4().hex[:8]}", tmp_path_factory.mktemp("functions")
    found = Emulators(pubsub=pubsub_address, firestore=firestore_address, bigquery=bigquery_url)
    settings = FunctionSettings.read(
        project_id=PROJECT,
        firestore_database=name,
        dataset=bigquery_datasets.tables,
        staging_dataset=bigquery_datasets.staging,
        lease_s=15.0,
        **{f"{topic}_topic": f"{name}-{topic}" for topic in Topic},
        **found.environment,
    )
    with ExitStack() as stack:
        project = Project(settings, found, folder=folder)
        stack.enter_context(deployed(project, size=SIZE, ack_deadline_s=60))
        for topic in HELD:
            project.queues.create_topic(f"{name}-{topic}-dead-letter")
            project.queues.pull(f"{name}-{topic}-dead-letter", name=f"{name}-{topic}-dead-letter")
        yield Production(project=project, folder=folder, stack=stack)


def waiting_messages(walk: GoogleWalk) -> None:
    """Have an account that was slow to answer, and then workers that nobody reaches, until Pub/Sub gives up."""
    walk.add()
    walk.fail(FailureKind.UNAVAILABLE, match=f"campaignid={walk.campaign}", times=1)
    walk.run()
    walk.read("Messages wait too long")
    done = f"{walk.name}\tdone"
    assert walk.type("gcloud", "logging").splitlines().count(done) == 1
    with walk.held():
        first = walk.dispatch(since=EVERYTHING).body["accounts"][0]["due"]
        assert walk.type("gcloud", "logging").splitlines().count(done) == 1

        walk.read("A run did not finish before the next one started")
        second = walk.dispatch().body["accounts"][0]["due"]
        assert walk.logged('jsonPayload.event="run_unfinished"') == 1
        *_, last = walk.type("gcloud", "logging").splitlines()
        _, kind, due, requests = last.split("\t")
        assert (kind, int(due), int(requests) > 0) == ("campaigns", second, True)
        walk.give_up(first + second)

    walk.read("Messages became dead letters")
    assert walk.type("gcloud", "pubsub").count(walk.name) == first + second
    assert f"{walk.name}\t{walk.campaign}\t" in walk.type("gcloud", "logging")

    walk.run()
    walk.assert_whole()
    walk.type("gcloud", "pubsub", more=["--auto-ack"])
    assert not walk.line.project.queues.waiting(f"{walk.installation}-campaigns-dead-letter")
    walk.read("Messages wait too long")
    assert walk.type("gcloud", "logging").splitlines().count(done) == 2
    walk.read("A run did not finish before the next one started")
    unfinished = walk.logged('jsonPayload.event="run_unfinished"')
    walk.run()
    assert walk.logged('jsonPayload.event="run_unfinished"') == unfinished


def permanent_failure(walk: GoogleWalk) -> None:
    """Have a poisoned message, a key that was revoked, and a pause that was forgotten meanwhile."""
    walk.add()
    walk.line.project.queues.publish(walk.line.project.topic(Topic.CAMPAIGNS), b"not JSON")
    walk.account.api_key = "a-new-one"
    assert walk.name in walk.dispatch().body["failed"]
    wait_until(lambda: walk.outcomes()["failed"] == 1, what="the message is given up")

    walk.read("Work failed permanently")
    reasons = walk.type("gcloud", "pubsub")
    assert "not a SyncCampaign message" in reasons
    assert walk.name in reasons
    walk.connect(apiKey=walk.account.api_key)

    pause_account(walk.line.project.state, walk.name)
    walk.dispatch()
    walk.read("No run of an account for two intervals")
    paused = f"\t{walk.name}\tnothing is published for {walk.name}: the account {walk.name} is paused since"
    assert paused in walk.type("gcloud", "logging")
    assert walk.logged('jsonPayload.event="run_dispatched"') == 0
    resume_account(walk.line.project.state, walk.name)
    walk.read_everything()
    assert walk.logged('jsonPayload.event="run_dispatched"') == 1

    walk.read("Work failed permanently")
    walk.type("gcloud", "pubsub", more=["--auto-ack"])
    walk.assert_whole()


def failing_dispatcher(walk: GoogleWalk) -> None:
    """Have an account that does not respond."""
    walk.add()
    walk.fail(FailureKind.UNAVAILABLE, match="/api/3/")
    assert walk.dispatch().status == 503

    walk.read("The dispatcher fails again and again")
    said = walk.type("gcloud", "logging")
    assert f"\t{walk.name}\tto be tried again" in said

    walk.account.failures.clear()
    walk.read_everything()
    walk.assert_whole()


def throttled_account(walk: GoogleWalk) -> None:
    """Have another integration use up the limit."""
    walk.add()
    walk.fail(FailureKind.RATE_LIMITED, times=3)
    walk.read_everything()
    walk.read("ActiveCampaign responds with 429")
    before = walk.type("gcloud", "logging").splitlines()
    assert sum(int(each.split("\t")[2]) for each in before) == 3

    walk.assert_whole()
    walk.connect(shareKeptFree=0.2)
    walk.account.pass_day()
    walk.run()
    assert walk.type("gcloud", "logging").splitlines() == before
    walk.read("ActiveCampaign answers 429 for an hour")
    assert walk.name in walk.type("sendtrail", "status")
    walk.assert_whole()


def pause_with_a_full_queue(walk: GoogleWalk) -> None:
    """Have an account whose queue is full: no request leaves after the pages under way, and nothing is lost by it."""
    account = walk.add(plan=FULL, requests_per_second=SLOW)
    walk.read("Pause an account, and go on")
    walk.type("sendtrail", "resume")  # what a command loads is loaded then
    walk.dispatch(since=EVERYTHING)
    wait_until(lambda: walk.pages() > 0, what="the first page is read")

    said = walk.type("sendtrail", "pause")
    at_pause = account.stats().requests
    wait_until(lambda: walk.outcomes().total() >= CAMPAIGNS, what="the queue is empty")
    assert walk.outcomes()["paused"] > SIZE.threads
    rejected = walk.dispatch().body["failed"]
    after_pause = account.stats().requests - at_pause
    resumed = walk.type("sendtrail", "resume")
    walk.connect(requestsPerSecond=FAST)
    walk.run()

    assert f"{walk.name} is paused" in said
    assert f"{walk.name} is resumed" in resumed
    assert "is paused since" in rejected[walk.name]
    assert after_pause <= SLOW + UNDER_WAY  # a second's worth at most: so old may the workers' answer be
    walk.assert_whole()


def failing_campaign(walk: GoogleWalk) -> None:
    """Have one campaign contradict itself; and a run that is to mend that, whose messages become dead letters."""
    walk.add()
    walk.fail(FailureKind.RESULT_CODE_0, match=f"campaignid={walk.campaign}")
    walk.read_everything()
    walk.read("How are the accounts")
    assert walk.name in walk.type("sendtrail", "status")
    assert str(walk.campaign) in walk.type("sendtrail", "failures", exit_code=1)

    walk.read("A campaign keeps failing")
    assert str(walk.campaign) in walk.type("sendtrail", "failures", exit_code=1)
    walk.account.failures.clear()
    assert f"campaign {walk.campaign}" in walk.type("sendtrail", "retry")
    with walk.held():
        run = walk.dispatch().body
        walk.give_up(run["accounts"][0]["due"])

    walk.read("Try again what failed")
    walk.type("sendtrail", "failures", exit_code=1)
    said = walk.type("sendtrail", "retry")
    assert f"{run['accounts'][0]['due']} dead letters of campaigns are published again" in said
    walk.finish(run["run_id"])
    walk.type("sendtrail", "failures")
    walk.line.assert_activities(walk.name)


def backfill_and_back(walk: GoogleWalk) -> None:
    """Have an account that no run has looked at; and somebody who asks for history, takes it back, and asks again."""
    walk.add()
    walk.read("Nothing was synced for a day")
    walk.type("sendtrail", "status", exit_code=1)
    walk.run()
    walk.type("sendtrail", "status")

    walk.read("Read further back, or take that back")
    walk.type("sendtrail", "backfill", "start")
    assert walk.type("sendtrail", "backfill", "show") == (
        f"{walk.name}: still wanted: everything since 2024-01-01 for every campaign\n"
    )
    walk.type("sendtrail", "backfill", "cancel")
    assert not walk.wants()

    walk.type("sendtrail", "backfill", "start")
    walk.run()
    walk.assert_whole()
    walk.run()
    assert not walk.wants()


def rows_changed_by_hand(walk: GoogleWalk) -> None:
    """Have rows of a campaign that somebody has given to another account, which no counter shows."""
    walk.add()
    walk.read_everything()
    give_away(walk)
    walk.run()
    assert rows_of_campaign(walk) == 0
    walk.read("Read a campaign again, or everything")
    walk.type("sendtrail", "resync")
    walk.run()
    walk.assert_whole()

    give_away(walk)
    walk.type("sendtrail", "reset")
    walk.run()
    walk.assert_whole()
    take_along(walk)
    erase_person(walk)


def give_away(walk: GoogleWalk) -> None:
    """Give the rows of the campaign to nobody."""
    settings = walk.line.project.settings
    endpoint = walk.line.project.emulators.bigquery
    with clients.bigquery_client(settings.project_id, location=settings.location, endpoint=endpoint) as client:
        of_campaign = f"organization_id = '{walk.name}' AND campaign_id = {walk.campaign}"
        table = f"{settings.dataset}.{Table.EMAIL_ACTIVITIES}"
        client.query_and_wait(f"UPDATE {table} SET organization_id = 'nobody' WHERE {of_campaign}")


def rows_of_campaign(walk: GoogleWalk) -> int:
    """Return how many rows of the campaign the account has."""
    sql = (
        "SELECT COUNT(*) FROM {dataset}.email_activities"
        " WHERE organization_id = $name AND CAST(campaign_id AS STRING) = $campaign"
    )
    ((number,),) = walk.line.project.rows(sql, {"name": walk.name, "campaign": str(walk.campaign)})
    return int(number)


def take_along(walk: GoogleWalk) -> None:
    """Have all tables in files."""
    walk.read("Take the data along")
    walk.type("sendtrail", "export", "cloud-tables")
    manifest = json.loads(Path("cloud-tables", "manifest.json").read_bytes())
    exported = {each["name"]: each["rows"] for each in manifest["tables"]}
    ((stored,),) = walk.line.project.rows("SELECT COUNT(*) FROM {dataset}.email_activities", {})

    assert exported["email_activities"] == stored > 0


def erase_person(walk: GoogleWalk) -> None:
    """Have somebody erased; what workers do with the list is in tests/erasure, as they need Secret Manager for it."""
    walk.read("Erase a person")
    with manager([]) as secrets, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "secret_client", lambda: secrets)
        said = walk.type("sendtrail", "erase")

    assert walk.person in said
    sql = (
        "SELECT activity_id FROM {dataset}.email_activities WHERE organization_id = $name AND contact_email = $address"
    )
    assert not list(walk.line.project.rows(sql, {"name": walk.name, "address": walk.person}))


def backfill_by_mistake(walk: GoogleWalk) -> None:
    """Have everything asked for by mistake, and functions that are killed after that is taken back."""
    walk.add(plan=FULL)
    walk.run()
    walk.connect(requestsPerSecond=SLOW)
    before = walk.pages()
    walk.dispatch(since=EVERYTHING)
    wait_until(lambda: walk.pages() > before, what="the backfill is being read")
    walk.read("Stop a backfill that reads too much")
    assert "still wanted" in walk.type("sendtrail", "backfill", "show")

    assert "Not wanted any more" in walk.type("sendtrail", "backfill", "cancel")
    at_cancel = walk.pages()
    walk.restart(CAMPAIGN_WORKER, DISPATCHER)
    walk.connect(requestsPerSecond=FAST)
    walk.run()
    after = walk.pages()
    walk.run()

    assert walk.pages() == after
    assert after - at_cancel <= UNDER_WAY + CAMPAIGNS * len(Report)  # of 16 per campaign
    assert not walk.wants()
    assert "nothing is wanted" in walk.type("sendtrail", "backfill", "show")


WALKS: Mapping[tuple[str, ...], Callable[[GoogleWalk], None]] = {
    (
        "Messages wait too long",
        "A run did not finish before the next one started",
        "Messages became dead letters",
    ): waiting_messages,
    ("Work failed permanently", "No run of an account for two intervals"): permanent_failure,
    ("The dispatcher fails again and again",): failing_dispatcher,
    ("ActiveCampaign responds with 429", "ActiveCampaign answers 429 for an hour"): throttled_account,
    ("Pause an account, and go on",): pause_with_a_full_queue,
    ("How are the accounts", "A campaign keeps failing", "Try again what failed"): failing_campaign,
    ("Nothing was synced for a day", "Read further back, or take that back"): backfill_and_back,
    ("Read a campaign again, or everything", "Take the data along", "Erase a person"): rows_changed_by_hand,
    ("Stop a backfill that reads too much",): backfill_by_mistake,
}


def reasons_against(command: Command) -> list[str]:
    """Return why a command is not typed on the emulators, if it is not."""
    if command[0] == "sendtrail" and "--project" not in command:
        return [ONE_MACHINE]
    return [reason for beginning, reason in NOT_HERE.items() if command[: len(beginning)] == beginning]


def test_every_section_is_walked_or_has_its_reason() -> None:
    """A new section with a command needs its situation, and a reason goes when nothing needs it any more."""
    shown = commands()
    typed = {name for name, found in shown.items() if not all(reasons_against(command) for command in found)}
    reasons = {reason for found in shown.values() for command in found for reason in reasons_against(command)}

    assert sorted(typed) == sorted(section for sections in WALKS for section in sections)
    assert reasons == {ONE_MACHINE, *NOT_HERE.values()}


@pytest.mark.parametrize("sections", WALKS, ids=lambda sections: sections[0])
def test_what_the_runbook_says_ends_the_situation(
    sections: tuple[str, ...], line: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the sections that can be typed here is typed as the page shows it."""
    monkeypatch.chdir(tmp_path)  # the developer's own `.env` is left out of it
    walk = GoogleWalk(line=line)
    try:
        WALKS[sections](walk)
    finally:
        walk.end()

    shown = {command for section in sections for command in commands()[section]}
    assert walk.typed == {command for command in shown if not reasons_against(command)}
