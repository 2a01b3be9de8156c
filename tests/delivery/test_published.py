"""A continuation that was published may already be somebody else's work: only what is new is written."""

from dataclasses import replace
from datetime import timedelta

from sendtrail.delivery.checkpoint import Checkpoint, Lease, Status
from sendtrail.delivery.lease import LeaseHolder, TaskContext
from sendtrail.delivery.services import Services
from sendtrail.domain.work_item import WorkItem
from sendtrail.ports import Document
from sendtrail.state.documents import campaign_path, to_document
from sendtrail.warehouse.rows import Table
from tests.fakes import NOON, MemoryPublisher, MemoryState, MemoryWarehouse

PATH = campaign_path("acme", 7)
HANDED_OVER = Checkpoint(run_id="run1", sequence=2, status=Status.RUNNING, updated_at=NOON, continuation_pending=True)
CLAIMED = replace(
    HANDED_OVER, continuation_pending=False, lease=Lease(token="theirs", expires_at=NOON + timedelta(minutes=2))
)


def after_publishing(checkpoint: Checkpoint) -> Document:
    """Return what is stored once a worker has recorded that continuation 2 is published; a later version wrote it."""
    state = MemoryState()
    state.transact(lambda transaction: transaction.set(PATH, to_document(checkpoint) | {"of_tomorrow": 1}))
    services = Services(
        state=state,
        publisher=MemoryPublisher(),
        warehouse=MemoryWarehouse(),
        clock=state.clock,
        new_token=lambda: "mine",
    )
    context = TaskContext(
        item=WorkItem(organization_id="acme", subject="7", run_id="run1", sequence=1),
        checkpoint_path=PATH,
        table=Table.EMAIL_ACTIVITIES,
        counts=False,
    )
    LeaseHolder(context, services=services, token="mine").published(2)
    return state.documents[PATH]


def test_that_a_continuation_was_published_is_recorded() -> None:
    """Nobody publishes it again."""
    assert not after_publishing(HANDED_OVER)["continuation_pending"]


def test_the_checkpoint_of_a_continuation_that_is_claimed_by_now_is_not_written() -> None:
    """It is another worker's, whose version of the code may have stored more than this one can read."""
    assert after_publishing(CLAIMED) == to_document(CLAIMED) | {"of_tomorrow": 1}
