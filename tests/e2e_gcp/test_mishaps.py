"""What goes wrong in production, on Google's emulators: each ends in equality and a clean state."""

from uuid import uuid4

from sendtrail.emulators.functions import CAMPAIGN_WORKER, Running, serving
from sendtrail.emulators.project import Size
from sendtrail.ports import Topic
from sendtrail.simulator import Account
from tests.e2e_gcp.conftest import Make
from tests.e2e_gcp.production import LONG, ONE_LONG, Production, wait_until

ONE_PROCESS = Size(campaign_workers=1, threads=2)
# Many small flushes: the checkpoint moves on while the campaign is read.
SLOW = {"flush_rows": 100}
PAGE, OTHER_ROWS = 20, 24


def organization() -> str:
    """Return the name of an account that no other test has: the tables are everybody's."""
    return f"org-{uuid4().hex[:8]}"


def begun(line: Production, organization_id: str) -> str:
    """Call the dispatcher, wait until rows of the long campaign are merged, and return the run's id."""
    answer = line.dispatch()
    wait_until(lambda: new_rows(line, organization_id) > 0, what="the first rows are merged")
    return str(answer.body["run_id"])


def new_rows(line: Production, organization_id: str) -> int:
    """Return how many rows of the long campaign the checkpoint says are merged."""
    return sum(int(document["new_rows"]) for document in line.checkpoints(organization_id).values())


def pages_read(account: Account) -> int:
    """Return how many pages of opens were asked for."""
    return account.stats().by_endpoint.get("campaign_report_open_list", 0)


def test_a_killed_worker_is_replaced_and_its_work_goes_on(production: Make) -> None:
    """The message is delivered again, refused while the dead one's lease lives, and taken up where it was left."""
    line = production(size=ONE_PROCESS, **SLOW)
    organization_id = organization()
    account = line.add(organization_id, plan=ONE_LONG, latency_ms=100, requests_per_second=15)
    other = another(line)
    run_id = begun(line, organization_id)

    line.project.running[CAMPAIGN_WORKER].kill()
    merged = new_rows(line, organization_id)
    line.project.queues.redirect(line.project.topic(Topic.CAMPAIGNS), url=other.url)
    wait_until(lambda: is_held(line), what="it is delivered again while the lease lives")
    read = pages_read(account)
    line.finish(run_id)

    assert 0 < merged < LONG
    # A page twice, one begun, and the end.
    assert pages_read(account) - read <= (LONG + OTHER_ROWS - merged) / PAGE + 3
    line.assert_equal_and_clean()


def another(line: Production) -> Running:
    """Start a campaign worker beside the one that Pub/Sub pushes to."""
    (other,) = line.stack.enter_context(serving(line.project.instances(CAMPAIGN_WORKER, size=ONE_PROCESS)))
    return other


def is_held(line: Production) -> bool:
    """Tell whether a delivery has found a living lease."""
    return any(entry["message"] == "claim: held" for entry in line.lines(CAMPAIGN_WORKER))


def test_a_zombie_cannot_write_a_checkpoint(production: Make) -> None:
    """A function outlives its request, loses its lease to another, wakes up, and finds that it is not its work."""
    line = production(size=ONE_PROCESS, ack_deadline_s=10, **SLOW)
    organization_id = organization()
    line.add(organization_id, plan=ONE_LONG, latency_ms=60)
    other = another(line)
    run_id = begun(line, organization_id)
    zombie = line.project.running[CAMPAIGN_WORKER]

    zombie.freeze()
    line.project.queues.redirect(line.project.topic(Topic.CAMPAIGNS), url=other.url)
    line.finish(run_id)
    documents = line.documents()
    zombie.thaw()
    wait_until(lambda: line.outcomes(CAMPAIGN_WORKER)["lost"] == 1, what="the zombie finds out")

    assert line.documents() == documents
    line.assert_equal_and_clean()


def test_a_poisoned_message_holds_up_no_other(production: Make) -> None:
    """It is acknowledged at once, and in the failures topic with its reason."""
    line = production()
    line.add(organization())
    topic = line.project.topic(Topic.CAMPAIGNS)
    line.project.queues.publish(topic, b"not JSON", b'{"version": 9}', b"\xff")

    line.sync()

    wait_until(lambda: line.outcomes(CAMPAIGN_WORKER)["failed"] == 3, what="all three are given up")
    reasons = [failure["reason"] for failure in line.failures()]
    assert len(reasons) == 3
    assert all(reason.startswith("not a SyncCampaign message") for reason in reasons)
    line.assert_equal_and_clean()


def test_a_message_without_data_holds_up_no_other(production: Make) -> None:
    """Pushed as nothing it is given up, with its reason; without the field, functions-framework refuses it."""
    line = production()
    line.add(organization())
    line.project.queues.publish(line.project.topic(Topic.CAMPAIGNS), b"")  # the emulator pushes "data": ""
    refused = line.post(CAMPAIGN_WORKER, {"message": {"messageId": "1"}, "subscription": "any"})

    line.sync()

    assert refused == 400
    assert [failure["subject"] for failure in line.failures()] == ["message"]
    (warning,) = [entry for entry in line.lines(CAMPAIGN_WORKER) if entry["message"].startswith("refused with 400")]
    assert warning["severity"] == "WARNING"
    line.assert_equal_and_clean()
