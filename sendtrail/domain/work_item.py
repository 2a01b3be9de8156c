"""The identity of a piece of work."""

from collections.abc import Mapping
from dataclasses import dataclass

CONTACTS = "contacts"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkItem:
    """One delivery of one piece of work: an account's campaign (`subject` is its id) or its contacts (`CONTACTS`).

    `sequence` grows with every hand-over, so that an older message is recognised as a duplicate.
    """

    organization_id: str
    subject: str
    run_id: str
    sequence: int

    @property
    def labels(self) -> Mapping[str, str]:
        """Return the labels of the log lines about it."""
        campaign = {"campaign_id": self.subject} if self.subject.isdecimal() else {}
        return {
            "organization_id": self.organization_id,
            "run_id": self.run_id,
            "sequence": str(self.sequence),
            **campaign,
        }


# The item of a message that cannot be decoded.
UNREADABLE = WorkItem(organization_id="", subject="message", run_id="", sequence=0)
