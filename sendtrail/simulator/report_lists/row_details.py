"""What a report row says beside who and when, and how it writes its instant."""

from zoneinfo import ZoneInfo

from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.report_lists.membership import is_hard
from sendtrail.simulator.report_lists.timestamps import Stamps
from sendtrail.simulator.world.campaigns import Report

_HARD = ("5.1.1", "The e-mail account does not exist", "550 5.1.1 unknown user")
_SOFT = ("4.2.2", "Mailbox full", "452 4.2.2 over quota")
_REASONS = ("", "Too many e-mails", "Never signed up", "Ça ne m'intéresse plus")
_FRIENDS = ("friend", "colleague", "mum")


def detail(report: Report, member: int) -> dict[str, str]:
    """Return what a row says beyond its times, under the names of the truth."""
    match report.event:
        case "bounce":
            return _bounce(report, member)
        case "unsubscribe":
            return {"reason": _REASONS[member % len(_REASONS)]}
        case "forward":
            return {"recipient": f"{_FRIENDS[member % len(_FRIENDS)]}{member}@forwarded.example"}
        case _:
            return {}


def _bounce(report: Report, member: int) -> dict[str, str]:
    code, reason, text = _HARD if is_hard(member) else _SOFT
    first = report.message.bounces
    order = member if member >= first else first - 1 - member  # ids ascend with time
    return {
        "id": str(report.message.id * 1_000_000 + order),
        "type": "hard" if is_hard(member) else "soft",
        "code": code,
        "counted": "1",
        "reason": reason,
        "descript": text,
    }


class Wording:
    """Write the instant of a row as the account does."""

    def __init__(self, *, zone: ZoneInfo, quirks: Quirks) -> None:
        self._stamps = Stamps(zone)
        self._quirks = quirks
        ancestors = {"unsubscribe": quirks.ancestor_unsubscriptions, "forward": quirks.ancestor_forwards}
        self._naive = frozenset[str](quirks.without_tstamp_iso) | {event for event, is_so in ancestors.items() if is_so}

    def stamps(self, event: EventType, at: int) -> dict[str, str]:
        """Return `tstamp` and `tstamp_iso` (or the ancestor's `udate`), as far as the row has them."""
        if event == "bounce":
            return {"tstamp": self._stamps.day(at)}
        if event == "unsubscribe" and self._quirks.ancestor_unsubscriptions:
            return {"udate": self._stamps.naive(at)}
        if event in self._naive:
            return {"tstamp": self._stamps.naive(at)}
        iso = {"tstamp_iso": self._stamps.iso(at)}
        if event == "unsubscribe" and self._quirks.unsubscriptions_without_tstamp:
            return iso
        return {"tstamp": self._stamps.naive(at - 3_600 * self._quirks.tstamp_hour_behind)} | iso

    def source(self, event: EventType, at: int) -> str:
        """Return the string that a reader keeps of a row."""
        stamps = self.stamps(event, at)
        return stamps.get("tstamp_iso") or stamps.get("tstamp") or stamps["udate"]

    def instant(self, event: EventType, at: int) -> int:
        """Return the instant that a reader makes of a row."""
        if event == "bounce":
            return self._stamps.midnight(at)
        return self._stamps.as_read(at) if event in self._naive else at
