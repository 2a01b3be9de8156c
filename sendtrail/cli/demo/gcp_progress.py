"""Show the progress of a run on Google's emulators, from what an operator reads in Firestore, as bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from sendtrail.cli.demo.gcp_account import CloudDemoAccount
from sendtrail.cli.run.output.progress import bars_with_notes
from sendtrail.clock import SystemClock
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.errors import SendtrailError
from sendtrail.plurals import counted
from sendtrail.ports import State, Transaction
from sendtrail.state.account_status import AccountStatus, read_status
from sendtrail.state.documents import contacts_path

LOOK_S = 0.25
PATIENCE_S = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStatus:
    """How far a run is with an account."""

    status: AccountStatus | None
    contacts: Checkpoint | None

    @property
    def is_over(self) -> bool:
        """Return whether all campaigns and the contacts have ended."""
        is_read = self.contacts is not None and self.contacts.status is not Status.RUNNING
        return is_read and self.status is not None and self.status.is_finished


def run_status(state: State, organization_id: str, *, run_id: str) -> RunStatus:
    """Return how far a run is with an account, from its documents."""

    def work(transaction: Transaction) -> tuple[AccountStatus | None, Checkpoint | None]:
        return read_status(transaction, organization_id), read_checkpoint(transaction, contacts_path(organization_id))

    status, contacts = state.transact(work)
    return RunStatus(
        status=status if status and status.run_id == run_id else None,
        contacts=contacts if contacts and contacts.run_id == run_id else None,
    )


def watch(console: Console, state: State, accounts: Sequence[CloudDemoAccount], *, run_id: str) -> None:
    """Draw a run's progress until it is over; raise SendtrailError when it does not end."""
    clock = SystemClock()
    end = clock.monotonic() + PATIENCE_S
    with bars_with_notes(console) as bars:
        tasks = {account.organization_id: bars.add_task(account.organization_id, note="") for account in accounts}
        while True:
            found = {account: run_status(state, account.organization_id, run_id=run_id) for account in accounts}
            for account, now in found.items():
                total, done = (now.status.campaigns_total, _ended(now.status)) if now.status else (None, 0)
                bars.update(tasks[account.organization_id], total=total, completed=done, note=_note(account, now))
            if all(now.is_over for now in found.values()):
                return
            if clock.monotonic() > end:
                raise SendtrailError(f"the run is not over after {PATIENCE_S:.0f} s; build/gcp-demo has the logs")
            clock.sleep(LOOK_S)


def _ended(status: AccountStatus) -> int:
    return status.campaigns_completed + status.campaigns_failed


def _note(account: CloudDemoAccount, now: RunStatus) -> str:
    rows = now.status.activities_synced_today if now.status else 0
    contacts = "contacts read" if now.contacts and now.contacts.status is Status.DONE else "reading contacts"
    refused = f" · {counted(account.refused, 'answer')} 429" if account.refused else ""
    read = f"{counted(rows, 'activity', 'activities')} today · {contacts}"
    return f"campaigns · {read} · {counted(account.requests, 'request')}{refused}"
