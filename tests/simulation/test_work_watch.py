"""Whether somebody goes on with the work of a message that was acknowledged."""

from random import Random

import orjson
import pytest

from sendtrail.delivery.checkpoint import Status
from sendtrail.ports import Document, Topic
from sendtrail.simulation.cloud.message_queue import MessageQueue, Queued
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.watching.work_watch import WorkWatch
from sendtrail.state.documents import campaign_path

RUNNING: Document = {"status": Status.RUNNING, "sequence": 2, "continuation_pending": False}
PATH = campaign_path("acme", 7)


def a_message(sequence: int, *, campaign_id: int = 7) -> bytes:
    """Return a message as it is published, as far as it is looked at."""
    return orjson.dumps({"organization_id": "acme", "campaign_id": campaign_id, "sequence": sequence})


def violations(
    checkpoint: Document | None, *waiting: bytes, happened: tuple[Fault, ...] = (), purged: bool = False
) -> list[str]:
    """Return what is noted where the message with sequence 2 is acknowledged while others wait."""
    documents, faults, scheduler = Documents(), Faults(1), Scheduler(Random(1))
    faults.is_calm = True
    faults.happened += [(kind, 1) for kind in happened]
    queue = MessageQueue(scheduler, faults, Random(1))
    if purged:
        queue.publish(Topic.CAMPAIGNS, a_message(2))
        queue.purge()
    for data in waiting:
        queue.publish(Topic.CAMPAIGNS, data)
    if checkpoint is not None:
        documents.put(PATH, checkpoint)
    watch = WorkWatch(documents, queue, faults)
    done = Queued(topic=Topic.CAMPAIGNS, data=a_message(2), organization_id="acme", due_at=0.0)
    watch.acknowledged(done, by="campaigns-1")
    return watch.violations


@pytest.mark.parametrize(
    ("checkpoint", "waiting"),
    [
        (None, ()),
        ({**RUNNING, "status": Status.DONE}, ()),
        ({**RUNNING, "status": Status.FAILED}, ()),
        (RUNNING, (a_message(2),)),
        (RUNNING, (a_message(3),)),
        ({**RUNNING, "sequence": 3, "continuation_pending": True}, (a_message(2),)),
    ],
    ids=["never begun", "done", "failed", "a duplicate waits", "the next one waits", "it is to be published"],
)
def test_work_that_is_over_or_goes_on_is_right(checkpoint: Document | None, waiting: tuple[bytes, ...]) -> None:
    """Nothing is noted."""
    assert violations(checkpoint, *waiting) == []


@pytest.mark.parametrize(
    "waiting",
    [(), (a_message(1),), (a_message(2, campaign_id=8),)],
    ids=["nothing waits", "an older one waits", "another campaign's waits"],
)
def test_the_last_message_of_unfinished_work_is_noted(waiting: tuple[bytes, ...]) -> None:
    """With who has acknowledged it."""
    expected = [f"campaigns-1 acknowledged the last message of {PATH}, which is not done"]

    assert violations(RUNNING, *waiting) == expected


def test_what_operators_did_may_leave_work_to_the_next_run() -> None:
    """As a pause does, or a queue that was purged."""
    assert violations(RUNNING, happened=(Fault.PAUSED,)) == []
    assert violations(RUNNING, purged=True) == []
    assert violations(RUNNING, happened=(Fault.CRASH,)) != []
