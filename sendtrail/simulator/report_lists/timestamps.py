"""The ways in which ActiveCampaign writes an instant."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

CENTRAL = ZoneInfo("America/Chicago")  # what v3 dates are in, wherever the account is


class Stamps:
    """Write instants (seconds since the epoch) in one time zone."""

    __slots__ = ("_zone",)

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def iso(self, at: int) -> str:
        """Write `2026-03-01T09:30:00-06:00`."""
        return _written(at, self._zone)

    def naive(self, at: int) -> str:
        """Write `2026-03-01 09:30:00`."""
        return _written(at, self._zone)[:19].replace("T", " ")

    def day(self, at: int) -> str:
        """Write `2026-03-01`."""
        return self._date(at).isoformat()

    def midnight(self, at: int) -> int:
        """Return when the local day of an instant began."""
        return int(datetime.combine(self._date(at), time(), tzinfo=self._zone).timestamp())

    def as_read(self, at: int) -> int:
        """Return the instant that a reader makes of the naive form: the first of two in the hour that repeats."""
        local = datetime.fromtimestamp(at, self._zone)
        return int(local.replace(fold=0).timestamp()) if local.fold else at

    def _date(self, at: int) -> date:
        return datetime.fromtimestamp(at, self._zone).date()


@lru_cache(maxsize=2_000)
def _written(at: int, zone: ZoneInfo) -> str:
    """Write an instant once; the same rows are read again and again."""
    return datetime.fromtimestamp(at, zone).isoformat()


def utc(at: int) -> datetime:
    """Return an instant as an aware UTC datetime."""
    return datetime.fromtimestamp(at, UTC)
