"""Of which campaigns the subject lines are read, and in which way that takes the fewest requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sendtrail.domain.campaign import LIST_LIMIT, Campaign

# What is left is read by the next runs, the newest first: no run waits longer for names than half a minute.
MAX_ONE_BY_ONE = 100
# Accounts may touch all of their campaigns at once, whatever for: edits never cost more than this.
MAX_EDITED = 5
# Sending modifies a campaign, too, and says nothing of its subject line.
SENDING_TAKES = timedelta(minutes=5)
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectPlan:
    """What is read: campaigns out of the list of all messages, and others one by one; `left` are for later runs."""

    listed: Sequence[Campaign] = ()
    one_by_one: Sequence[Campaign] = ()
    left: Sequence[Campaign] = ()

    def requests(self, *, messages: int) -> int:
        """Return what it takes of an account with so many messages: a page per hundred, and one that is not full."""
        return len(self.one_by_one) + (1 + messages // LIST_LIMIT if self.listed else 0)


def edit_mark(campaign: Campaign) -> int:
    """Return what tells an edit of a campaign from the one before; 0 where nothing but sending has modified it."""
    modified, sent = campaign.modified_at, campaign.last_sent_at
    if modified is None or (sent is not None and abs(modified - sent) <= SENDING_TAKES):
        return 0
    return int((modified - _EPOCH).total_seconds())


def subject_plan(campaigns: Sequence[Campaign], known: Mapping[int, int]) -> SubjectPlan:
    """Return what is to be read, newest campaigns first: those that are new, and a few that were edited.

    The list of all messages takes a request per hundred, and does for the campaigns that name their only message; one
    by one, each takes a request.
    """
    sent = sorted((each for each in campaigns if each.was_sent), key=_newest_first)
    new = [each for each in sent if each.campaign_id not in known]
    edited = [
        each for each in sent if each.campaign_id in known and edit_mark(each) not in (0, known[each.campaign_id])
    ]
    wanted = [*new, *edited[:MAX_EDITED]]
    named = [each for each in wanted if each.message_id and not each.split]
    listed = named if len(named) > 1 + len(campaigns) // LIST_LIMIT else []
    others = [each for each in wanted if each not in listed]
    return SubjectPlan(listed=listed, one_by_one=others[:MAX_ONE_BY_ONE], left=others[MAX_ONE_BY_ONE:])


def _newest_first(campaign: Campaign) -> tuple[float, int]:
    sent = campaign.last_sent_at or campaign.sent_at
    return (-(sent - _EPOCH).total_seconds() if sent else 0.0, -campaign.campaign_id)
