"""How an account is, as its stored documents say it."""

from datetime import timedelta

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Lease, Status
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.wants import Ask
from sendtrail.state.account_pause import pause_account
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import (
    account_failure_path,
    account_path,
    account_pause_path,
    campaign_path,
    contacts_path,
    to_document,
    wants_path,
)
from sendtrail.state.stored_wants import raise_wants
from sendtrail.sync.overview.account_overview import AccountOverview, Activity, overview_of
from sendtrail.sync.overview.failures import A_PART, ACCOUNT, AGAIN
from tests.fake_account import FakeAccount
from tests.fakes import NOON, FakeClock, MemoryState
from tests.pipeline_harness import ORGANIZATION, PipelineHarness


def a_state(**documents: object) -> MemoryState:
    """Return a state with a status of an account and some other documents, by their names."""
    state = MemoryState(FakeClock())
    status = AccountStatus(run_id="20250601T100000Z-a", last_run=NOON - timedelta(hours=2), campaigns_total=3)
    state.documents[account_path("acme")] = to_document(status)
    paths = {"contacts": contacts_path("acme"), **{f"c{n}": campaign_path("acme", n) for n in range(1, 9)}}
    for name, value in documents.items():
        state.documents[paths[name]] = to_document(value)
    return state


def a_checkpoint(**fields: object) -> Checkpoint:
    """Return a checkpoint."""
    given = {"run_id": "run1", "sequence": 1, "status": Status.DONE, "updated_at": NOON, **fields}
    return Checkpoint(**given)  # type: ignore[arg-type]


def of(state: MemoryState) -> AccountOverview:
    """Return the overview."""
    return overview_of("acme", state)


def test_an_account_that_was_never_synced() -> None:
    """It is not fresh, however old it may be."""
    found = of(MemoryState(FakeClock()))

    assert (found.activity, found.last_run, found.is_fresh(timedelta(days=9_999))) == (Activity.NEVER, None, False)


def test_an_account_after_a_complete_sync() -> None:
    """As the pipeline itself stores it."""
    account = FakeAccount()
    account.fill(1, Report.OPENS, 20)
    line = PipelineHarness(account=account)
    line.sync()
    line.clock.advance(3_600)

    found = overview_of(ORGANIZATION, line.state)

    assert (found.activity, found.total, found.left, found.due, found.failures) == (Activity.IDLE, 1, 0, 0, ())
    assert (found.last_success, found.age_s, found.contacts_synced_at) == (NOON, 3_600, NOON)
    assert (found.is_fresh(timedelta(hours=1)), found.is_fresh(timedelta(minutes=59))) == (True, False)


@pytest.mark.parametrize("name", ["c1", "contacts"])
@pytest.mark.parametrize(("left_s", "activity"), [(60, Activity.RUNNING), (-1, Activity.IDLE), (9_999, Activity.IDLE)])
def test_an_account_is_running_while_a_worker_holds_a_lease(name: str, left_s: float, activity: Activity) -> None:
    """Neither one that has ended, nor one that a wrong clock has stored."""
    lease = Lease(token="a", expires_at=NOON + timedelta(seconds=left_s))

    found = of(a_state(**{name: a_checkpoint(status=Status.RUNNING, lease=lease)}))

    assert found.activity is activity


def test_what_failed_is_listed_with_its_reason_and_what_to_do() -> None:
    """The account as a whole first, then its contacts, then its campaigns."""
    state = a_state(
        c1=a_checkpoint(),
        c2=a_checkpoint(status=Status.FAILED, reason="rows are refused"),
        c3=a_checkpoint(reason="clicks: no answer"),
        contacts=a_checkpoint(reason="too many vanished"),
    )
    state.documents[account_failure_path("acme")] = {"run_id": "20250601T110000Z-b", "reason": "the key is refused"}

    found = of(state)

    assert [(failed.subject, failed.reason) for failed in found.failures] == [
        (ACCOUNT, "the key is refused"),
        ("contacts", "too many vanished"),
        ("2", "rows are refused"),
        ("3", "clicks: no answer"),
    ]
    assert [failed.advice for failed in found.failures[2:]] == [AGAIN, A_PART]
    assert found.due == 2


def test_what_failed_before_a_run_that_went_well_is_over() -> None:
    """A key that was refused last week, and is accepted today."""
    state = a_state()
    state.documents[account_failure_path("acme")] = {"run_id": "20250525T110000Z-b", "reason": "the key is refused"}

    assert of(state).failures == ()


@pytest.mark.parametrize(
    "path", [account_path("acme"), wants_path("acme"), contacts_path("acme"), campaign_path("acme", 1)]
)
def test_a_document_that_cannot_be_read_is_a_failure(path: str) -> None:
    """And hides nothing else."""
    state = a_state(c2=a_checkpoint(status=Status.FAILED, reason="rows are refused"))
    state.documents[path] = {"run_id": 7, "wants": 7}

    found = of(state)

    assert len(found.failures) == 2
    assert "cannot be read" in found.failures[0].reason
    assert found.failures[1].subject == "2"


def test_a_pause_that_cannot_be_read_is_one() -> None:
    """As the workers take it for one."""
    state = a_state()
    state.documents[account_pause_path("acme")] = {"paused_at": 7.5, "reason": []}

    found = of(state)

    assert (found.activity, len(found.failures)) == (Activity.PAUSED, 1)


def test_what_is_wanted_and_a_pause_are_shown() -> None:
    """A backfill that somebody asked for, in an account that is left alone."""
    state = a_state(c1=a_checkpoint())
    raise_wants(state, "acme", Ask(run_id="x", since=NOON - timedelta(days=90)))
    raise_wants(state, "acme", Ask(run_id="y", campaign_ids=frozenset({1}), force=True))
    pause_account(state, "acme", reason="their request")

    found = of(state)

    assert [(want.campaigns, want.again) for want in found.wanted] == [(None, False), (1, True)]
    assert (found.activity, found.paused_since, found.pause_reason) == (Activity.PAUSED, NOON, "their request")
    assert found.due == 1
