"""The errors of Sendtrail, named by what the caller does about them.

SendtrailError
├── Retryable            trouble that may pass: raise it, the queue delivers the message again
│   ├── Unavailable      the API, the warehouse or the state store did not answer properly
│   ├── Busy             somebody else has what this needs: wait for it, or come back
│   │   └── LeaseHeld    another worker is at this work
│   └── NewerSchema      the tables are those of a later version of Sendtrail
├── Rejected             this work can never succeed as it is: record it, publish the reason, acknowledge
│   ├── KeyRefused       the account does not accept the API key
│   ├── PermissionRefused the account accepts the key, but not for this
│   ├── NotFound         the account does not have what was asked for by its id or path
│   ├── AccountDisabled  an account that somebody has switched off
│   ├── BadMessage       a message that cannot be understood
│   ├── Unreadable       an answer that cannot be understood, or that contradicts itself
│   ├── BadDocument      a state document that cannot be read
│   └── NoProgress       a delivery that used its whole time and got nowhere
├── AccountPaused        an account that somebody has paused: stop, keep everything, report nothing as failed
├── LeaseLost            another worker has taken this work over: write nothing more
└── SettingsError        configuration: every problem at once
    └── AnotherAccount   the connection leads to another account than the one whose data is stored
"""

from collections.abc import Sequence


class SendtrailError(Exception):
    """Anything that Sendtrail raises on purpose; its text is fit for a person and holds no secret."""


class Retryable(SendtrailError):
    """Trouble that may pass: the message is to be delivered again."""


class Unavailable(Retryable):
    """Something outside did not answer, or not properly, however often it was asked."""


class Busy(Retryable):
    """Another program has what this needs, and will be done with it."""


class LeaseHeld(Busy):
    """Another worker holds a live lease on this work."""


class NewerSchema(Retryable):
    """Tables that only a later version of Sendtrail can write to, as while it is being deployed."""


class Rejected(SendtrailError):
    """Work that cannot succeed as it is, however often it is tried."""


class KeyRefused(Rejected):
    """The account does not accept the API key."""


class PermissionRefused(Rejected):
    """The user of the API key has no permission for one action, while others work."""


class NotFound(Rejected):
    """The account says that it does not have what was asked for."""


class AccountDisabled(Rejected):
    """An account that is switched off: its work waits until it is on again, and nothing has failed."""


class BadMessage(Rejected):
    """A message that does not follow the contract."""


class Unreadable(Rejected):
    """An answer of the API that cannot be understood, or that contradicts itself."""


class BadDocument(Rejected):
    """A document of the state store that cannot be read."""


class NoProgress(Rejected):
    """A delivery that used its whole time budget without getting any further."""


class AccountPaused(SendtrailError):
    """An account that is paused: it is not asked, and its work goes on once it is resumed."""


class LeaseLost(SendtrailError):
    """Another worker has taken this work over."""


class SettingsError(SendtrailError):
    """Configuration that cannot be used; `problems` names all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class AnotherAccount(SettingsError):
    """A connection that leads to another account than the one whose data the organization holds."""
