"""What is wrong with an account of a fleet, so that it can be seen whether the others notice."""

from enum import StrEnum

from benchmarks.fleet.clock import MIDNIGHT
from benchmarks.fleet.documents import Documents
from sendtrail.clock import Clock
from sendtrail.domain.wants import Ask
from sendtrail.errors import KeyRefused, Unavailable
from sendtrail.ports import State
from sendtrail.state.account_pause import pause_account
from sendtrail.state.documents import connection_path
from sendtrail.state.stored_wants import raise_wants

# How long the client tries an account that does not answer: its timeouts and pauses together.
HANGS_S = 360.0


class Trouble(StrEnum):
    """What is wrong with an account, all the time unless it says otherwise."""

    HANGING = "hanging"  # it shows its campaigns, and answers nothing else
    SILENT = "silent"  # it answers nothing at all
    REVOKED = "revoked"  # its key was revoked
    PAUSED = "paused"  # an operator has paused it
    BACKFILLING = "backfilling"  # somebody asked for all of it again
    ABSENT = "absent"  # it was never connected


def store_trouble(trouble: Trouble, organization_id: str, *, documents: Documents, state: State) -> None:
    """Store what an operator has done about an account."""
    match trouble:
        case Trouble.PAUSED:
            pause_account(state, organization_id, reason="a move to another account")
        case Trouble.BACKFILLING:
            raise_wants(state, organization_id, Ask(run_id="asked", since=MIDNIGHT.replace(year=2000), force=True))
        case Trouble.ABSENT:
            path = connection_path(organization_id)
            documents.put(path, {**(documents.get(path) or {}), "enabled": False})


def answer_with(trouble: Trouble | None, clock: Clock, *, is_list: bool) -> None:
    """Return where an account with this trouble answers a request; raise as its client does where it does not."""
    if trouble is Trouble.REVOKED:
        raise KeyRefused("the account does not accept the key")
    if trouble is Trouble.SILENT or (trouble is Trouble.HANGING and not is_list):
        clock.sleep(HANGS_S)
        raise Unavailable("the account did not answer")
