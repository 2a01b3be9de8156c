"""What has failed in an account and is still to be brought in, why, and what to do about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.work_item import CONTACTS
from sendtrail.sync.runs.account_failure import AccountFailure, Remedy
from sendtrail.sync.runs.run_figures import RunFigures

ACCOUNT = "account"
AGAIN = "the next run tries it again; sendtrail retry lets it do so at once"
A_PART = "all else of it is in, and the next run reads this part again"
DOCUMENT = "do what it says: until then it is left out of every run"
WHOLE_ACCOUNT = "nothing of the account is read until this is mended; the run after that brings in all of it"
PASSING = "this may pass: the next run tries it again, and brings in all that is missing"
FAULT = "this is a fault of Sendtrail, please report it; the next run tries again"
_ADVICE: Mapping[str, str] = {Remedy.MEND: WHOLE_ACCOUNT, Remedy.WAIT: PASSING, Remedy.REPORT: FAULT}


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """A campaign by its id, "contacts" or "account"; since when it fails, why, and what to do.

    Of an account, `runs` runs in a row failed, the latest `at`, the first `since`.
    """

    subject: str
    reason: str
    advice: str
    at: datetime | None = None
    runs: int = 1
    since: datetime | None = None


def failures_of(
    checkpoints: Mapping[int, Checkpoint],
    *,
    unreadable: Mapping[str, str],
    contacts: Checkpoint | None,
    account: AccountFailure | None,
) -> Sequence[Failed]:
    """Return what has failed, what concerns most first."""
    return [
        *([_of_account(account)] if account else []),
        *(Failed(subject=name, reason=reason, advice=DOCUMENT) for name, reason in sorted(unreadable.items())),
        *_of_checkpoint(CONTACTS, contacts),
        *(failed for number, each in sorted(checkpoints.items()) for failed in _of_checkpoint(str(number), each)),
    ]


def given_up(figures: RunFigures | None, *, named: Iterable[Failed]) -> Sequence[Failed]:
    """Return what the latest run has given up, and no failure names yet."""
    if figures is None:
        return []
    known = {failed.subject for failed in named}
    return [
        Failed(subject=subject, reason=reason, advice=PASSING, at=figures.ended_at)
        for subject, reason in figures.given_up.items()
        if subject not in known
    ]


def _of_account(failure: AccountFailure) -> Failed:
    return Failed(
        subject=ACCOUNT,
        reason=failure.reason,
        advice=_ADVICE.get(failure.remedy, WHOLE_ACCOUNT),
        at=failure.at,
        runs=failure.runs,
        since=failure.since,
    )


def _of_checkpoint(subject: str, checkpoint: Checkpoint | None) -> Iterator[Failed]:
    if checkpoint is not None and checkpoint.reason:
        advice = A_PART if checkpoint.status is Status.DONE else AGAIN
        yield Failed(subject=subject, reason=checkpoint.reason, advice=advice, at=checkpoint.updated_at)
