"""What a notification says: the account's name, counts and what to do; no data of people, no secret, no reason.

A reason may quote what the account said, and so anything: it stays in the log and in `sendtrail failures`.
"""

import errno
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from sendtrail.cli.plan import shown_duration
from sendtrail.cli.run.output.failures import NEXT_STEPS
from sendtrail.cli.run.run_result import FailureKind, RunResult
from sendtrail.errors import (
    AccountDisabled,
    AnotherAccount,
    KeyRefused,
    PermissionRefused,
    Retryable,
    SettingsError,
)

_WHY: tuple[tuple[type[Exception], str], ...] = (
    (KeyRefused, "The account refused the API key: put a new one where the old one is."),
    (PermissionRefused, "The account does not allow this: its owner's user has to."),
    (AccountDisabled, "The account is switched off."),
    (AnotherAccount, "The API URL leads to another account than the one whose data is stored."),
    (SettingsError, "A setting or a file is wrong: the sentence of sendtrail sync names it."),
    (Retryable, "The account or the disk did not answer. This may pass: the next sync goes on where this one stopped."),
)
_CALLED = {FailureKind.PART: "incomplete", FailureKind.PASSING: "not answered", FailureKind.FAULT: "stopped"}
_FAULT = "It stopped at a fault of Sendtrail: please report it."
_NO_ROOM = (
    "The disk is full, or the log cannot be written: free some space. What was merged is in, and the next sync goes on"
    " where this one stopped."
)
WHERE = "sendtrail status and sendtrail failures say more."


class Severity(StrEnum):
    """How a service marks a notification, in apprise's words."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A notification."""

    title: str
    body: str
    severity: Severity


def of_result(organization: str, result: RunResult) -> Message:
    """Return what is said of a run that left something out."""
    kinds = Counter(each.kind for each in result.failures)
    lines = [f"{kinds[kind]:,} {_CALLED.get(kind, kind)}. {NEXT_STEPS[kind]}" for kind in FailureKind if kinds[kind]]
    title = f"Sendtrail: {organization}: not complete"
    return Message(title=title, body="\n".join([*lines, WHERE]), severity=Severity.FAILURE)


def of_error(organization: str, error: Exception) -> Message:
    """Return what is said of a sync that did not come to its end."""
    has_no_room = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    why = _NO_ROOM if has_no_room else next((text for kind, text in _WHY if isinstance(error, kind)), _FAULT)
    title = f"Sendtrail: {organization}: not synced"
    return Message(title=title, body=f"{why}\n{WHERE}", severity=Severity.FAILURE)


def of_staleness(organization: str, *, age_s: float | None) -> Message:
    """Return what is said of an account whose last complete sync is too long ago."""
    title = f"Sendtrail: {organization}: stale"
    return Message(title=title, body=f"{in_words(age_s)}.\n{WHERE}", severity=Severity.WARNING)


def in_words(age_s: float | None) -> str:
    """Return how long ago the last complete sync of an account began."""
    if age_s is None:
        return "It was never synced completely"
    return f"Its last complete sync began {shown_duration(age_s)} ago"


def of_recovery(organization: str) -> Message:
    """Return what is said of an account that had trouble and has none any more."""
    title = f"Sendtrail: {organization}: all right again"
    return Message(title=title, body="Everything is in.", severity=Severity.SUCCESS)
