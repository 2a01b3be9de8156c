"""The names behind the ids of tags and lists."""

from sendtrail.activecampaign.fields import text
from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v3.lists import listed


class Names:
    """What one kind of thing is called, for one pass over the contacts: loaded when first asked for.

    A later id that is not there may be new, so all are loaded once more; an id that stays unknown is its own name.
    """

    def __init__(self, client: Client, kind: str, *, field: str) -> None:
        self._client, self._kind, self._field = client, kind, field
        self._names: dict[str, str] = {}
        self._loads_left = 2

    def name(self, identifier: str) -> str:
        """Return the name of an id."""
        if identifier not in self._names and self._loads_left:
            self._load()
        return self._names.get(identifier) or identifier

    def _load(self) -> None:
        self._loads_left -= 1
        rows = listed(self._client, self._kind)
        self._names = {str(row_id): text(row.get(self._field)) for row_id, row in rows}
