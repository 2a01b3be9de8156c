"""Tells somebody of an account's trouble and of its end; whatever goes wrong with that is said, and fails no run."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from pydantic import SecretStr

from sendtrail.cli.notify.apprise_sender import send
from sendtrail.cli.notify.notified_file import read_told, write_told
from sendtrail.cli.notify.occasion import Occasion, Policy, Seen, Told, occasion, told_after
from sendtrail.cli.notify.texts import Message, of_error, of_recovery, of_result, of_staleness
from sendtrail.cli.process.exit_codes import DONE
from sendtrail.cli.run.run_result import FailureKind, RunResult
from sendtrail.cli.settings.notification_settings import NotificationSettings
from sendtrail.clock import Clock
from sendtrail.errors import AccountPaused, Busy, SettingsError

logger = logging.getLogger(__name__)

# Whose trouble it is where the settings of no account can be read.
ALL_ACCOUNTS = "all accounts"
Send = Callable[[Message, Sequence[SecretStr]], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notifier:
    """Sends to the addresses what the policy lets pass; without addresses it does nothing."""

    policy: Policy
    addresses: Sequence[SecretStr]
    clock: Clock
    send: Send = send

    @classmethod
    def configured(cls, clock: Clock) -> Self:
        """Return what the settings say; say so where they cannot be used, and send nothing."""
        try:
            settings = NotificationSettings.read()
            return cls(policy=settings.policy, addresses=settings.addresses(), clock=clock)
        except SettingsError as error:
            logger.warning("no notifications are sent: %s", error)
            return cls(policy=Policy(wanted=frozenset(), repeat_after=timedelta()), addresses=(), clock=clock)

    def after_run(self, organization: str, result: RunResult) -> None:
        """Tell of a run that left something out, or that brought in everything after others had not."""
        if result.exit_code == DONE:
            self._tell(organization, Seen(over={Occasion.FAILURE, Occasion.STALENESS}), None)
        elif not result.interrupted and any(each.kind is not FailureKind.HELD for each in result.failures):
            kinds = "+".join(sorted({each.kind for each in result.failures}))
            self._tell(organization, Seen(trouble=Occasion.FAILURE, kind=kinds), of_result(organization, result))

    def after_error(self, organization: str, error: Exception) -> None:
        """Tell of a sync that did not come to its end, unless it only had to wait for somebody."""
        if not isinstance(error, Busy | AccountPaused):
            seen = Seen(trouble=Occasion.FAILURE, kind=type(error).__name__)
            self._tell(organization, seen, of_error(organization, error))

    def after_settings(self) -> None:
        """Tell that the settings can be read again, where somebody was told that they could not."""
        self._tell(ALL_ACCOUNTS, Seen(over={Occasion.FAILURE}), None)

    def after_look(self, organization: str, *, is_fresh: bool, age_s: float | None) -> None:
        """Tell of an account whose last complete sync is too long ago, or is so no longer."""
        if is_fresh:
            self._tell(organization, Seen(over={Occasion.STALENESS}), None)
        else:
            self._tell(organization, Seen(trouble=Occasion.STALENESS), of_staleness(organization, age_s=age_s))

    def _tell(self, organization: str, seen: Seen, message: Message | None) -> None:
        if not self.addresses:
            return
        everybody, now = dict(read_told()), self.clock.now()
        told = everybody.get(organization, Told())
        due = occasion(seen, told, policy=self.policy, now=now)
        if due is not None and not self._is_sent(message or of_recovery(organization)):
            return  # the next sync tries again
        after = told_after(seen, told, sent=due, now=now)
        if after != told:
            write_told({**everybody, organization: after})

    def _is_sent(self, message: Message) -> bool:
        try:
            return self.send(message, self.addresses) > 0
        except SettingsError as error:
            logger.warning("no notification was sent: %s", error)
            return False
