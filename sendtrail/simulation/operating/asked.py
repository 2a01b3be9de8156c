"""What operators have asked for, and have not taken back: it is done after that, whatever happens."""

from collections.abc import Iterable
from datetime import datetime

# Of an account, and of one of its campaigns (None: of all).
Which = tuple[str, int | None]


class Asked:
    """When each campaign was last asked for again, and how far back it was asked for."""

    def __init__(self) -> None:
        self._forced: dict[Which, datetime] = {}
        self._since: dict[Which, datetime] = {}
        self._named_a_time: set[str] = set()

    def ask(
        self,
        organization_id: str,
        at: datetime,
        *,
        campaign_ids: Iterable[int] | None = None,
        since: datetime | None = None,
        force: bool = False,
    ) -> None:
        """Expect campaigns (None: all of the account) to be read back to `since`, or again after `at`."""
        for which in [(organization_id, each) for each in ([None] if campaign_ids is None else campaign_ids)]:
            if force:
                self._forced[which] = at
            if since is not None:
                self.name_a_time(organization_id)
                self._since[which] = min(since, self._since.get(which, since))

    def name_a_time(self, organization_id: str) -> None:
        """Note that somebody may have said how far back to go."""
        self._named_a_time.add(organization_id)

    def take_back(self, organization_id: str) -> None:
        """Expect nothing of an account any more."""
        self._forced = {which: at for which, at in self._forced.items() if which[0] != organization_id}
        self._since = {which: since for which, since in self._since.items() if which[0] != organization_id}

    def forget(self) -> None:
        """Expect nothing any more: the state may know nothing of it."""
        self._forced.clear()
        self._since.clear()

    def has_named_a_time(self, organization_id: str) -> bool:
        """Return whether anybody ever said how far back to go, which a first sync does in the place of the lookback."""
        return organization_id in self._named_a_time

    def forced_at(self, organization_id: str, campaign_id: int) -> datetime | None:
        """Return when a campaign was last asked for again, None where it was not."""
        found = [self._forced.get((organization_id, which)) for which in (None, campaign_id)]
        return max((moment for moment in found if moment), default=None)

    def since(self, organization_id: str, campaign_id: int) -> datetime | None:
        """Return how far back a campaign was asked for, None where it was not."""
        found = [self._since.get((organization_id, which)) for which in (None, campaign_id)]
        return min((moment for moment in found if moment), default=None)
