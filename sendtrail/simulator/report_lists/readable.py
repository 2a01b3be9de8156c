"""Which report lists a reader can see at all, and which names it has to give for that."""

from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.quirks.events import ACTIONS
from sendtrail.simulator.report_lists.bad_rows import bad_links_in
from sendtrail.simulator.world.campaigns import Campaign, Message, Report


def is_readable(report: Report, quirks: Quirks) -> bool:
    """Say whether any request shows a list."""
    if is_refused(f"/admin/api.php?api_action={ACTIONS[report.event]}", quirks):
        return False
    needs_its_name = report.event in quirks.messageid_needed and report.event not in quirks.messageid_ignored
    is_nowhere = needs_its_name and is_unlisted(report.campaign, report.message, quirks)
    return not is_nowhere and _is_on_a_page(report, quirks)


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
    if from_row or report.event in quirks.messageid_ignored:
        return from_row
    if is_unlisted(report.campaign, report.message, quirks):
        return False
    return report.campaign.kind == "split" or report.event in quirks.messageid_needed


def is_unlisted(campaign: Campaign, message: Message, quirks: Quirks) -> bool:
    """Say whether a message is not among those that its campaign lists."""
    return quirks.unlisted_messages and campaign.kind == "split" and message is campaign.messages[-1]


def shows_all_messages(event: EventType, message_id: str, quirks: Quirks) -> bool:
    """Say whether a request shows the rows of all messages of a split campaign."""
    return event in quirks.messageid_ignored or (quirks.unlisted_messages and not message_id)


def _is_on_a_page(report: Report, quirks: Quirks) -> bool:
    if report.link is None or not ignores_page("click", quirks):
        return True
    above = _links_above(report, quirks)
    bad = len(bad_links_in(report.message, quirks)) if report.link.number or above else 0
    return above + report.link.number + bad < quirks.report_page_size


def _links_above(report: Report, quirks: Quirks) -> int:
    """Return how many links of other messages are shown above those of the link's own."""
    campaign, message = report.campaign, report.message
    if "click" not in quirks.messageid_ignored and not is_unlisted(campaign, message, quirks):
        return 0
    return sum(len(other.links) for other in campaign.messages[: message.number])
