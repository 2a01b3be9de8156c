"""What was learnt about an account while talking to it: nothing that could not be learnt again."""

from dataclasses import dataclass, field

from sendtrail.domain.campaign_report import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountMemory:
    """Shared by all threads that use an account with one key; each set only grows, an element at a time.

    `answered_actions` are those that the account has answered, `end_messages` its words for the end of a report, in the
    language of the key's user; `reports_by_message` are shown only to those who ask for one message at a time.
    """

    answered_actions: set[str] = field(default_factory=set)
    end_messages: set[str] = field(default_factory=set)
    reports_by_message: set[Report] = field(default_factory=set)

    def is_only_refusal(self, action: str) -> bool:
        """Return whether the account has answered other actions, and never this one."""
        return bool(self.answered_actions) and action not in self.answered_actions
