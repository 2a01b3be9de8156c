"""Whether a list lacks campaigns that were synced before, as when a key loses a permission: no run passes it over."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign import Campaign, CampaignLists
from sendtrail.domain.deletion_guard import HOW_TO_ACCEPT, DeletionGuard
from sendtrail.plurals import counted
from sendtrail.ports import State
from sendtrail.state.deleted_campaigns import deleted_campaigns, record_deletions
from sendtrail.sync.due import last_sync
from sendtrail.sync.evidence.audit_comparison import read_comparison
from sendtrail.sync.evidence.audits import Comparison

logger = logging.getLogger(__name__)

# Fewer may have been deleted in the account, as may a smaller share.
MIN_VANISHED, MAX_SHARE = 10, 0.5
# Of a list that is not empty: a campaign that is listed is audited every 30 days, so one that was neither synced nor
# compared for longer is known to be gone, and a deletion is not reported for ever.
KNOWN_FOR = timedelta(days=45)
NONE_AUDITED: Mapping[int, datetime] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedDeletions:
    """What a person accepts as deleted of an account, now and in earlier runs."""

    state: State
    organization_id: str
    guard: DeletionGuard

    def campaigns(self) -> frozenset[int]:
        """Return the campaigns that were accepted as deleted."""
        return deleted_campaigns(self.state, self.organization_id)

    def record(self, *, deleted: Sequence[int], listed: Collection[int]) -> None:
        """Record which are accepted just now, and which are listed again."""
        if deleted:
            logger.warning("%d campaigns that are not listed any more count as deleted, as it was said", len(deleted))
        if deleted or listed:
            record_deletions(self.state, self.organization_id, deleted=deleted, listed=listed)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedCampaigns:
    """The campaigns that an account lists; `vanished` are those that it should list as well, by their ids."""

    campaigns: Sequence[Campaign]
    vanished: Sequence[int] = ()

    @property
    def problem(self) -> str:
        """Return what is wrong with the list, "" where nothing is."""
        if not self.vanished:
            return ""
        shown = f"lists {counted(len(self.campaigns), 'campaign')}" if self.campaigns else "lists no campaign at all"
        return (
            f"the account {shown}, and not {len(self.vanished):,} that were synced before, however often it is asked: "
            f"see whether the API user may still see all campaigns; {HOW_TO_ACCEPT} run); what is stored of them stays"
        )


def listed_campaigns(
    campaigns: Sequence[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    lists: CampaignLists,
    accepted: AcceptedDeletions,
    now: datetime,
) -> ListedCampaigns:
    """Return the campaigns of a list, and those that it lacks; what a person accepts is missing is known from then on.

    A campaign that is listed again is known as any other.
    """
    deleted = accepted.campaigns()
    known = {number: each for number, each in checkpoints.items() if number not in deleted}
    audited = listed_when_compared(read_comparison(accepted.state, accepted.organization_id))
    found = without_false_gaps(campaigns, checkpoints=known, lists=lists, now=now, audited=audited)
    is_accepted = bool(found.vanished) and accepted.guard.believes_everything
    accepted.record(
        deleted=found.vanished if is_accepted else (),
        listed=deleted & {each.campaign_id for each in found.campaigns},
    )
    return replace(found, vanished=()) if is_accepted else found


def listed_when_compared(comparison: Comparison | None) -> Mapping[int, datetime]:
    """Return when campaigns were last listed whose audit read nothing."""
    if comparison is None:
        return {}
    return dict.fromkeys(comparison.agreed | comparison.explained, comparison.compared_at)


def without_false_gaps(
    campaigns: Sequence[Campaign],
    *,
    checkpoints: Mapping[int, Checkpoint],
    lists: CampaignLists,
    now: datetime,
    audited: Mapping[int, datetime] = NONE_AUDITED,
) -> ListedCampaigns:
    """Return the campaigns of a list; one that lacks too many is asked for once more, and both are taken together."""
    if not vanished_campaigns(campaigns, checkpoints, now=now, audited=audited):
        return ListedCampaigns(campaigns=campaigns)
    found = {each.campaign_id: each for each in (*campaigns, *lists.campaigns())}
    return ListedCampaigns(
        campaigns=list(found.values()),
        vanished=vanished_campaigns(list(found.values()), checkpoints, now=now, audited=audited),
    )


def vanished_campaigns(
    campaigns: Sequence[Campaign],
    checkpoints: Mapping[int, Checkpoint],
    *,
    now: datetime,
    audited: Mapping[int, datetime] = NONE_AUDITED,
) -> Sequence[int]:
    """Return the synced campaigns that are not listed, where they are too many to have been deleted."""
    synced = {number: record for number, each in checkpoints.items() if (record := last_sync(each)) is not None}
    if not campaigns:
        return sorted(synced)
    seen = {number: max(record.synced_at, audited.get(number, record.synced_at)) for number, record in synced.items()}
    known = {number for number, moment in seen.items() if now - moment <= KNOWN_FOR}
    missing = known - {each.campaign_id for each in campaigns}
    is_suspicious = len(missing) >= MIN_VANISHED and len(missing) > MAX_SHARE * len(known)
    return sorted(missing) if is_suspicious else ()
