"""Which report lists a reader can see at all, and which names it has to give for that."""

from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.quirks.events import ACTIONS
from sendtrail.simulator.report_lists.bad_rows import bad_links_in
from sendtrail.simulator.world.campaigns import Report

LINKS_PER_PAGE = 20


def is_readable(report: Report, quirks: Quirks) -> bool:
    """Say whether any request shows a list."""
    return not is_refused(f"/admin/api.php?api_action={ACTIONS[report.event]}", quirks) and _is_on_a_page(
        report, quirks
    )


def is_refused(target: str, quirks: Quirks) -> bool:
    """Say whether the key may not ask for a path with its query."""
    return any(name in target for name in quirks.no_permission)


def ignores_page(event: EventType, quirks: Quirks) -> bool:
    """Say whether a report shows its first page whatever `page` says."""
    links_do = quirks.repeated_page == "links" or quirks.twenty_links
    return quirks.repeated_page == "all" or (event == "click" and links_do)


def names_message(report: Report, quirks: Quirks) -> bool:
    """Say whether a reader knows which message the rows of a list are about."""
    from_row = report.event == "bounce" or (report.event == "forward" and quirks.ancestor_forwards)
    return report.campaign.kind == "split" or from_row or report.event in quirks.messageid_needed


def _is_on_a_page(report: Report, quirks: Quirks) -> bool:
    if report.link is None or not ignores_page("click", quirks):
        return True
    bad = len(bad_links_in(report.message, quirks)) if report.link.number else 0
    return report.link.number + bad < LINKS_PER_PAGE
