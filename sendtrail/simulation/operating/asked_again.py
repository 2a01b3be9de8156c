"""What operators have asked for again, and have not taken back: it is read after that, whatever happens."""

from collections.abc import Iterable
from datetime import datetime


class AskedAgain:
    """When each campaign was last asked for again, by account."""

    def __init__(self) -> None:
        self._moments: dict[tuple[str, int | None], datetime] = {}

    def ask(self, organization_id: str, at: datetime, *, campaign_ids: Iterable[int] | None = None) -> None:
        """Expect campaigns (None: all of the account) to be read after a moment."""
        for campaign_id in [None] if campaign_ids is None else campaign_ids:
            self._moments[organization_id, campaign_id] = at

    def take_back(self, organization_id: str) -> None:
        """Expect nothing of an account any more."""
        self._moments = {key: at for key, at in self._moments.items() if key[0] != organization_id}

    def forget(self) -> None:
        """Expect nothing any more: the state may know nothing of it."""
        self._moments.clear()

    def of(self, organization_id: str, campaign_id: int) -> datetime | None:
        """Return when a campaign was last asked for again, None where it was not."""
        found = [self._moments.get((organization_id, which)) for which in (None, campaign_id)]
        return max((moment for moment in found if moment), default=None)
