"""When a contact last opened and clicked, over all campaigns, as the report lists stand."""

from collections.abc import Iterable, Iterator

from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.report_lists.ledger import Ledger
from sendtrail.simulator.report_lists.membership import memberships
from sendtrail.simulator.world.campaigns import Campaign


def last_activity(number: int, campaigns: Iterable[Campaign], ledger: Ledger) -> dict[EventType, int]:
    """Return the latest instant (epoch seconds) of each kind of event that the lists know of a contact."""
    latest: dict[EventType, int] = {}
    for event, at in _events(number, campaigns, ledger):
        latest[event] = max(at, latest.get(event, at))
    return latest


def _events(number: int, campaigns: Iterable[Campaign], ledger: Ledger) -> Iterator[tuple[EventType, int]]:
    rank = ledger.people.mailable_rank(number)
    for campaign in () if rank is None else campaigns:
        for report, member in memberships(campaign, rank or 0, ledger.people.mailable):
            at = ledger.changes(report).last_at(member)
            if at is not None:
                yield report.event, at
