"""Which unreadable rows the reports hold, where, and how many counters count."""

from collections import Counter

from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.quirks.rows import BadRow
from sendtrail.simulator.report_lists.membership import first_size
from sendtrail.simulator.world.campaigns import Campaign, Message, Report, reports

_LINKS = ("link_text", "link_without_info")
_WITHOUT_TIMES: tuple[EventType, ...] = ("bounce", "unsubscribe")


def bad_rows_in(report: Report, quirks: Quirks) -> tuple[BadRow, ...]:
    """Return the kinds of bad row that a list holds: none where it began empty, nor beyond the first link."""
    if not quirks.bad_rows or not first_size(report) or (report.link and report.link.number):
        return ()
    without = _LINKS + (("times_word",) if report.event in _WITHOUT_TIMES else ())
    return tuple(kind for kind in quirks.bad_rows if kind not in without)


def bad_links_in(message: Message, quirks: Quirks) -> tuple[BadRow, ...]:
    """Return the kinds of bad link that a message's link report holds."""
    return tuple(kind for kind in quirks.bad_rows if kind in _LINKS) if message.links and message.recipients else ()


def bad_row_counts(campaign: Campaign, message: Message, quirks: Quirks) -> Counter[EventType]:
    """Return how many bad rows the reports of a message hold, by kind of event."""
    counted = Counter[EventType]()
    if not quirks.bad_rows:
        return counted
    for report in reports(campaign, message):
        counted[report.event] += len(bad_rows_in(report, quirks))
    return counted
