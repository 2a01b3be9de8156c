"""What somebody asked for beyond the changes that each run reads, kept until it is done. Pure decisions.

A want is stored before anything is published for it, and ends when the record of a completed sync fulfils it. So a lost
message, a duplicate, a refused key or a killed process leaves it open, and the next run goes on with it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

KEPT = "; what was asked for is stored, and is done once the account is on again"
"""Said of what is asked of an account that is paused or switched off."""
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Want:
    """What is wanted of a campaign: everything since `since`; everything read again, as asked for at `forced_at`.

    `asked_at` is when the latest part of it was asked for. Moments of asking are all different and ascend, whatever the
    clock does: they are compared with one another, never with a clock.
    """

    asked_at: datetime
    since: datetime | None = None
    forced_at: datetime | None = None

    def joined(self, other: "Want | None") -> "Want":
        """Return what fulfils both: this want itself where it covers the other."""
        if other is None or self.covers(other):
            return self
        return Want(
            asked_at=max(self.asked_at, other.asked_at),
            since=min((moment for moment in (self.since, other.since) if moment), default=None),
            forced_at=max((moment for moment in (self.forced_at, other.forced_at) if moment), default=None),
        )

    def within(self, kept_since: datetime | None) -> "Want":
        """Return the same want of what the warehouse keeps (None: everything): what is older would expire at once."""
        is_kept = kept_since is None or self.since is None or self.since >= kept_since
        return self if is_kept else replace(self, since=kept_since)

    def covers(self, other: "Want") -> bool:
        """Return whether whatever fulfils this want fulfils the other."""
        reaches = other.since is None or (self.since is not None and self.since <= other.since)
        return reaches and not _is_later(other.forced_at, self.forced_at)

    def reaches_beyond(self, since: datetime) -> bool:
        """Return whether more is wanted than everything since a moment."""
        return self.since is not None and self.since < since

    def is_forced_after(self, forced_at: datetime | None) -> bool:
        """Return whether a read is wanted after the one that was asked for at `forced_at` (None: none was)."""
        return _is_later(self.forced_at, forced_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One person's wish of some campaigns (None: all of the account); asked again by the same run, it is the same."""

    run_id: str
    campaign_ids: frozenset[int] | None = None
    since: datetime | None = None
    force: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wants:
    """What is still wanted of an account.

    `of_all` holds for every campaign of the next list, from which each gets a want of its own. `last_asked_at` and
    `last_run_id` are those of the latest ask or withdrawal. What was asked for up to `withdrawn_at` and is still under
    way is to stop. `backfill_since` is how far back all campaigns are wanted, as earlier versions know it.
    """

    of_all: Want | None = None
    of_campaigns: Mapping[int, Want] = field(default_factory=dict)
    last_asked_at: datetime | None = None
    last_run_id: str = ""
    withdrawn_at: datetime | None = None
    backfill_since: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is wanted."""
        return self.of_all is None and not self.of_campaigns

    def of(self, campaign_id: int) -> Want | None:
        """Return what is wanted of a campaign."""
        want = self.of_campaigns.get(campaign_id)
        return self.of_all if want is None else want.joined(self.of_all)


NO_WANTS = Wants()


@dataclass(frozen=True, kw_only=True, slots=True)
class StillWanted:
    """What is still wanted of so many campaigns (None: of all); `again`: whatever is stored of it."""

    since: datetime | None
    again: bool
    campaigns: int | None


def summarised(wants: Iterable[Want]) -> list[StillWanted]:
    """Return what is wanted of how many campaigns, most of all first."""
    counts = Counter((want.since, want.forced_at is not None) for want in wants)
    return [StillWanted(since=since, again=again, campaigns=number) for (since, again), number in counts.most_common()]


def within(wants: Wants, kept_since: datetime | None) -> Wants:
    """Return the same wants of what the warehouse keeps (None: everything)."""
    found = {number: want.within(kept_since) for number, want in wants.of_campaigns.items()}
    return replace(wants, of_campaigns=found, of_all=None if wants.of_all is None else wants.of_all.within(kept_since))


def listed(wants: Wants) -> list[StillWanted]:
    """Return all that is wanted of an account."""
    found, of_all = summarised(wants.of_campaigns.values()), wants.of_all
    if of_all is None:
        return found
    return [StillWanted(since=of_all.since, again=of_all.forced_at is not None, campaigns=None), *found]


def raised(wants: Wants, ask: Ask, *, now: datetime) -> Wants:
    """Return the wants with what was asked for at `now`, the state store's time."""
    if ask.run_id == wants.last_run_id:
        return wants  # its dispatcher died and was started again
    asked_at = _next_moment(wants, now)
    want = Want(asked_at=asked_at, since=ask.since, forced_at=asked_at if ask.force else None)
    wants = replace(wants, last_asked_at=asked_at, last_run_id=ask.run_id)
    if ask.campaign_ids is not None:
        return _with_want(wants, want, ask.campaign_ids)
    since = min((moment for moment in (wants.backfill_since, ask.since) if moment), default=None)
    return replace(wants, of_all=_added(wants.of_all, want), backfill_since=since)


def spread(wants: Wants, campaign_ids: Collection[int]) -> Wants:
    """Return the wants with a want of its own for each campaign, once the account's campaigns are known.

    An empty list shows nothing: the want of all campaigns is kept for the next.
    """
    if wants.of_all is None or not campaign_ids:
        return wants
    return replace(_with_want(wants, wants.of_all, campaign_ids), of_all=None)


def without(wants: Wants, ended: Mapping[int, Want]) -> Wants:
    """Return the wants less those that have ended; what was asked for of a campaign meanwhile stays."""
    left = {number: want for number, want in wants.of_campaigns.items() if ended.get(number) != want}
    is_backfill_left = any(want.since for want in (wants.of_all, *left.values()) if want)
    return replace(wants, of_campaigns=left, backfill_since=wants.backfill_since if is_backfill_left else None)


def withdrawn(wants: Wants, *, now: datetime) -> Wants:
    """Return the wants after all of them were withdrawn."""
    moment = _next_moment(wants, now)
    return Wants(last_asked_at=moment, last_run_id=wants.last_run_id, withdrawn_at=moment)


def is_withdrawn(wanted_at: datetime | None, *, withdrawn_at: datetime | None) -> bool:
    """Return whether nobody wants any more what was asked for at `wanted_at` (None: nobody had to ask for it)."""
    return wanted_at is not None and withdrawn_at is not None and wanted_at <= withdrawn_at


def _with_want(wants: Wants, want: Want, campaign_ids: Iterable[int]) -> Wants:
    added = {number: _added(wants.of_campaigns.get(number), want) for number in campaign_ids}
    return replace(wants, of_campaigns={**wants.of_campaigns, **added})


def _added(before: Want | None, want: Want) -> Want:
    return want if before is None else before.joined(want)


def _next_moment(wants: Wants, now: datetime) -> datetime:
    return now if wants.last_asked_at is None else max(now, wants.last_asked_at + TICK)


def _is_later(moment: datetime | None, than: datetime | None) -> bool:
    return moment is not None and (than is None or moment > than)
