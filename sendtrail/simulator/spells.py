"""When something that goes wrong for a while goes wrong."""

from collections.abc import Hashable
from threading import Lock

from sendtrail.simulator.account_clock import DAY_S
from sendtrail.simulator.quirks.paging import Spell


class Spells:
    """Decide, thing by thing, whether it goes wrong: never, the first time, or until a day has passed since then."""

    def __init__(self, spell: Spell) -> None:
        self._spell = spell
        self._began: dict[Hashable, int] = {}
        self._lock = Lock()

    def strikes(self, name: Hashable, *, now: int) -> bool:
        """Return whether a thing goes wrong, now that it is asked for (seconds since the epoch)."""
        if self._spell == "never":
            return False
        with self._lock:
            is_first = name not in self._began
            began = self._began.setdefault(name, now)
        return is_first or (self._spell == "day" and now - began < DAY_S)
