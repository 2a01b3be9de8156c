"""The request for a page of a v1 report."""

from sendtrail.activecampaign.http.client import Get
from sendtrail.domain.campaign_report import Report, ReportQuery

ACTIONS = {
    Report.OPENS: "campaign_report_open_list",
    Report.CLICKS: "campaign_report_link_list",
    Report.BOUNCES: "campaign_report_bounce_list",
    Report.UNSUBSCRIBES: "campaign_report_unsubscription_list",
    Report.FORWARDS: "campaign_report_forward_list",
}
# A page has 20 rows of a few hundred bytes; of links it has everybody who ever clicked them, and is read from a file.
MAX_PAGE_BYTES = 4_000_000
MAX_LINK_PAGE_BYTES = 2_000_000_000


def report_request(query: ReportQuery, page: int) -> Get:
    """Return the request for a page of a report."""
    params: dict[str, str | int] = {
        "api_action": ACTIONS[query.report],
        "api_output": "json",
        "campaignid": query.campaign_id,
    }
    if query.message_id:
        params["messageid"] = query.message_id
    if query.report is Report.OPENS:
        params["sort_direction"] = "DESC"  # the default order is not the documented one
    if page > 1 or query.report is not Report.FORWARDS:  # of those a single page is documented
        params["page"] = page
    return Get(
        path="/admin/api.php",
        params=params,
        subject=page_subject(query, page),
        max_bytes=MAX_LINK_PAGE_BYTES if query.report is Report.CLICKS else MAX_PAGE_BYTES,
    )


def page_subject(query: ReportQuery, page: int) -> str:
    """Return a page's name, as an error message has it."""
    message = f" (message {query.message_id})" if query.message_id else ""
    return f"{query.report} of campaign {query.campaign_id}{message}, page {page}"
