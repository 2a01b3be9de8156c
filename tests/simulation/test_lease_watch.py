"""Who may write a checkpoint: whoever has the lease, or takes it where nobody has a live one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Lease, Status
from sendtrail.domain.work_item import WorkItem
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.watching.lease_watch import LeaseWatch
from sendtrail.state.documents import contacts_path, to_document
from sendtrail.warehouse.rows import Batch, Table

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PATH = "sync_state/email_activities_acme/campaigns/7"
MINE, THEIRS = "campaigns-1-1", "campaigns-2-1"
LIVE, OVER = NOW + timedelta(seconds=30), NOW - timedelta(seconds=30)


def checkpoint(*, token: str = MINE, until: datetime = LIVE, page: int = 1) -> Checkpoint:
    """Return one that a worker holds."""
    return Checkpoint(
        run_id="run",
        sequence=1,
        status=Status.RUNNING,
        updated_at=NOW,
        lease=Lease(token=token, expires_at=until),
        progress={"page": page},
    )


HELD = checkpoint()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HELD, checkpoint(page=2)),
        (HELD, replace(HELD, lease=None, status=Status.DONE)),
        (checkpoint(token=THEIRS, until=OVER), HELD),
        (checkpoint(token=THEIRS, until=OVER), replace(HELD, lease=None, status=Status.DONE)),
        (replace(HELD, lease=None), HELD),
    ],
    ids=["it goes on", "it is done", "it takes an expired lease", "it ends what expired", "it takes what nobody has"],
)
def test_writes_of_the_holder_are_right(before: Checkpoint, after: Checkpoint) -> None:
    """Nothing is noted."""
    watch = LeaseWatch()
    watch.wrote(PATH, before=to_document(before), after=to_document(after), by="campaigns-1", now=NOW)

    assert watch.violations == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (checkpoint(token=THEIRS), HELD),
        (checkpoint(token=THEIRS), checkpoint(token=THEIRS, page=2)),
        (checkpoint(token=THEIRS), replace(HELD, lease=None, status=Status.DONE)),
    ],
    ids=["it takes a live lease", "it writes under another one's lease", "it ends another one's lease"],
)
def test_writes_of_anybody_else_are_noted(before: Checkpoint, after: Checkpoint) -> None:
    """With who it was."""
    watch = LeaseWatch()
    watch.wrote(PATH, before=to_document(before), after=to_document(after), by="campaigns-1", now=NOW)

    assert [problem.split()[0] for problem in watch.violations] == ["campaigns-1"]


@pytest.mark.parametrize(("holder", "noted"), [(MINE, 0), (THEIRS, 1)])
def test_a_merge_without_the_lease_is_noted(holder: str, noted: int) -> None:
    """Once another worker has it."""
    watch, item = LeaseWatch(), WorkItem(organization_id="acme", subject="7", run_id="run", sequence=1)
    batch = Batch(table=Table.EMAIL_ACTIVITIES, item=item, number=0, rows=(), delivery=MINE)
    watch.merges(batch, to_document(checkpoint(token=holder)))

    assert len(watch.violations) == noted


@pytest.mark.parametrize(("by", "noted"), [("campaigns-1", 1), ("campaigns-2", 0)])
def test_a_merge_after_another_one_has_ended_the_work_is_noted(by: str, noted: int) -> None:
    """It has been taken over, and nobody has a lease any more."""
    watch, item = LeaseWatch(), WorkItem(organization_id="acme", subject="7", run_id="run", sequence=1)
    theirs, done = checkpoint(token=THEIRS, until=OVER), replace(HELD, lease=None, status=Status.DONE)
    watch.wrote(PATH, before=to_document(theirs), after=to_document(done), by=by, now=NOW)
    watch.merges(Batch(table=Table.EMAIL_ACTIVITIES, item=item, number=0, rows=(), delivery=THEIRS), to_document(done))

    assert len(watch.violations) == noted


@pytest.mark.parametrize(("subject", "noted"), [("subject_lines", 0), ("campaigns", 0), ("contacts", 1)])
def test_what_a_dispatcher_merges_is_nobodys(subject: str, noted: int) -> None:
    """Also while a worker has a lease on the contacts."""
    documents, item = Documents(), WorkItem(organization_id="acme", subject=subject, run_id="run", sequence=1)
    documents.put(contacts_path("acme"), to_document(checkpoint(token=THEIRS)))
    documents.watch_merge(Batch(table=Table.CONTACTS, item=item, number=0, rows=(), delivery=MINE))

    assert len(documents.lease_watch.violations) == noted


@pytest.mark.parametrize(("page", "noted"), [(1, 1), (2, 0)])
def test_work_is_not_handed_over_as_it_was_taken(page: int, noted: int) -> None:
    """Its continuation stands where it stood, and may never come to its end."""
    watch, free = LeaseWatch(), replace(HELD, lease=None)
    writes = [free, HELD, checkpoint(page=page), replace(free, progress={"page": page}, sequence=2)]
    for before, after in pairwise(map(to_document, writes)):
        watch.wrote(PATH, before=before, after=after, by="campaigns-1", now=NOW)

    assert watch.violations == noted * [f"campaigns-1 hands {PATH} over, and has not gone on with it"]


def test_a_later_message_takes_work_as_it_is() -> None:
    """Which is no hand-over."""
    watch, dead = LeaseWatch(), checkpoint(token=THEIRS, until=OVER)
    writes = [replace(HELD, lease=None), dead, replace(HELD, sequence=2)]
    for before, after in pairwise(map(to_document, writes)):
        watch.wrote(PATH, before=before, after=after, by="campaigns-1", now=NOW)

    assert watch.violations == []


def test_work_that_is_done_is_not_begun_anew() -> None:
    """By the same message; a later one may have the same campaign read again."""
    watch, done = LeaseWatch(), to_document(replace(HELD, lease=None, status=Status.DONE))

    watch.wrote(PATH, before=done, after=to_document(replace(HELD, sequence=2)), by="campaigns-1", now=NOW)
    assert watch.violations == []
    watch.wrote(PATH, before=done, after=to_document(HELD), by="campaigns-1", now=NOW)
    assert watch.violations == [f"campaigns-1 does again what was done: {PATH}, run"]
