"""What a notification says: the account's name, counts and what to do; no data of people, no secret, no reason.

A reason may quote what the account said, and so anything: it stays in the log and in `sendtrail failures`.
"""

from collections import Counter
from dataclasses import dataclass

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
_FAULT = "It stopped at a fault of Sendtrail: please report it."
WHERE = "sendtrail status and sendtrail failures say more."


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A notification."""

    title: str
    body: str


def of_result(organization: str, result: RunResult) -> Message:
    """Return what is said of a run that left something out."""
    kinds = Counter(each.kind for each in result.failures)
    lines = [f"{kinds[kind]:,} {kind}: {NEXT_STEPS[kind]}" for kind in FailureKind if kinds[kind]]
    return Message(title=f"Sendtrail: {organization}: not complete", body="\n".join([*lines, WHERE]))


def of_error(organization: str, error: Exception) -> Message:
    """Return what is said of a sync that did not come to its end."""
    why = next((text for kind, text in _WHY if isinstance(error, kind)), _FAULT)
    return Message(title=f"Sendtrail: {organization}: not synced", body=f"{why}\n{WHERE}")


def of_staleness(organization: str, *, hours: float | None) -> Message:
    """Return what is said of an account whose last complete sync is too long ago."""
    age = (
        "It was never synced completely." if hours is None else f"Its last complete sync began {hours:,.1f} hours ago."
    )
    return Message(title=f"Sendtrail: {organization}: stale", body=f"{age}\n{WHERE}")


def of_recovery(organization: str) -> Message:
    """Return what is said of an account that had trouble and has none any more."""
    return Message(title=f"Sendtrail: {organization}: all right again", body="Everything is in.")
