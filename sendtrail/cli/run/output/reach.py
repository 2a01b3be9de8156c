"""How far back the stored activities go: said at the end of each run, so that nobody takes a week for everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.plurals import counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """So many campaigns were synced; `since` is from when on, of each of which there is more that was not read."""

    campaigns: int
    since: Sequence[datetime] = ()

    @property
    def sentence(self) -> str:
        """Return it in words, with what to type for the rest."""
        if not self.since:
            return f"Read so far: everything of {counted(self.campaigns, 'campaign')}."
        which = "" if len(self.since) == self.campaigns else f"{len(self.since):,} of "
        first, last = (f"{moment:%Y-%m-%d}" for moment in (min(self.since), max(self.since)))
        days = first if first == last else f"a day between {first} and {last}"
        return (
            f"Read so far: of {which}{counted(self.campaigns, 'campaign')} what happened since {days}; run this command"
            " with --all for what is older."
        )


def reach_of(since: Mapping[int, datetime], *, sent_at: Mapping[int, datetime | None]) -> Reach:
    """Return the reach of campaigns that were each read since a moment; there is nothing before one was sent."""
    limited = [moment for number, moment in since.items() if _is_limited(moment, sent_at.get(number))]
    return Reach(campaigns=len(since), since=limited)


def _is_limited(since: datetime, sent_at: datetime | None) -> bool:
    return since > BEGINNING if sent_at is None else sent_at < since
