"""Whether a pass over the contacts is believed that would mark many of them as deleted. Pure decisions.

A list may be cut short, filtered for the user of the API key, or another account's, and look the same as one from which
people were deleted.
"""

from dataclasses import dataclass

from sendtrail.domain.contact import PassCounts

DEFAULT_MAX_DELETED_SHARE = 0.2
# So many are believed whatever their share, so that the smallest accounts need no one to look after them.
ALWAYS_BELIEVED = 10
# Between a deletion and the erasure that follows from it: ten years.
MAX_GRACE_DAYS = 3_650
HOW_TO_ACCEPT = (
    "if they were deleted, accept it with --accept-deletions (on Google Cloud: settings.max_deleted_share = 1 for one"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeletionGuard:
    """Up to `max_deleted_share` of the contacts that were known are believed to be deleted; `accepted`: any number.

    A person accepts with either what else is missing, too, as campaigns are.
    """

    max_deleted_share: float = DEFAULT_MAX_DELETED_SHARE
    accepted: bool = False

    @property
    def believes_everything(self) -> bool:
        """Return whether a person has said that whatever is missing was deleted."""
        return self.accepted or self.max_deleted_share >= 1

    def doubts(self, counts: PassCounts) -> bool:
        """Return whether a pass would mark more contacts as deleted than is believed; one that saw nobody, any."""
        if self.believes_everything or not counts.unseen:
            return False
        return not counts.seen or counts.unseen > max(ALWAYS_BELIEVED, self.max_deleted_share * counts.known)


def reason_for_doubt(counts: PassCounts, *, guard: DeletionGuard, total: int | None) -> str:
    """Return why nobody is marked as deleted, and what to do about it; `total` is what the account itself says."""
    says = "does not say how many it has" if total is None else f"says that it has {total:,}"
    return (
        f"{counts.unseen:,} of {counts.known:,} known contacts are missing, more than {guard.max_deleted_share:.0%}:"
        f" the list holds {counts.seen:,}, also when it is read again, and the account {says}. Nobody was marked as"
        " deleted. Check that the API key is this account's and that its user may see every list;"
        f" {HOW_TO_ACCEPT} pass)"
    )
