"""What the account's content is like: messages, link data, statuses, counters."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sendtrail.activecampaign.check.access_findings import has_integer_ids
from sendtrail.activecampaign.check.answers import Answer, Content
from sendtrail.activecampaign.check.finding import Finding
from sendtrail.activecampaign.check.observations import AccountObservation
from sendtrail.activecampaign.fields import number
from sendtrail.domain.campaign import COUNTERS, Campaign
from sendtrail.errors import KeyRefused, PermissionRefused, Rejected

STATUSES = {
    0: "draft",
    1: "scheduled",
    2: "sending",
    3: "paused",
    4: "stopped",
    5: "completed",
    6: "disabled",
    7: "pending review",
}


def content_findings(seen: AccountObservation) -> Iterator[Finding]:
    """Yield what the content is like."""
    yield _message_id(seen)
    if seen.link_data:
        yield _link_data(seen.link_data)
    if seen.campaigns.rows:
        yield _statuses(seen.read_campaigns)
        yield _counters(seen)
        yield _ids(seen)


def _message_id(seen: AccountObservation) -> Finding:
    name = "messageid"
    needed = [each.report.value for each in seen.reports.values() if each.needs_message]
    with_rows = [each.report.value for each in seen.reports.values() if each.rows]
    facts = {"needed_by": needed, "seen_in": with_rows}
    if needed:
        meaning = "the sync asks for their messages one by one: a few requests more per campaign"
        return Finding(name=name, seen=f"needed by {', '.join(needed)}", meaning=meaning, is_ok=True, facts=facts)
    if not with_rows:
        return Finding(name=name, seen="no rows", meaning="cannot be told yet", is_ok=None, facts=facts)
    seen_in = f"not needed by {', '.join(with_rows)}"
    return Finding(name=name, seen=seen_in, meaning="as expected", is_ok=True, facts=facts)


def _link_data(answers: Sequence[Answer[Content]]) -> Finding:
    name, last = "link data (v3)", answers[-1]
    is_there = len(answers) == 2 and last.value is not None
    facts = {"has_links": answers[0].value is not None, "has_link_data": is_there}
    if is_there:
        meaning = "there for this account; the sync reads the v1 reports all the same"
        return Finding(name=name, seen="answered", meaning=meaning, is_ok=True, facts=facts)
    if last.error is None:
        return Finding(name=name, seen="no link to ask about", meaning="cannot be told", is_ok=None, facts=facts)
    if not isinstance(last.error, Rejected):
        meaning = "cannot be told; the sync does not need it"
        return Finding(name=name, seen="no usable answer", meaning=meaning, is_ok=None, facts=facts)
    is_refused = isinstance(last.error, KeyRefused | PermissionRefused)
    seen = "refused" if is_refused else "not found"
    meaning = "not for this account; nothing is missing, as the sync reads the v1 reports"
    return Finding(name=name, seen=seen, meaning=meaning, is_ok=True, facts=facts)


def _statuses(campaigns: Sequence[Campaign]) -> Finding:
    found = Counter(each.status for each in campaigns)
    known = sorted(status for status in found if status is not None)
    shown = [f"{status} {STATUSES.get(status, 'unknown')}: {found[status]}" for status in known]
    shown += [f"unreadable: {found[None]}"] if None in found else []
    facts = {str(status): times for status, times in found.items()}
    meaning = "the sync reads every campaign that was sent, whatever its status"
    return Finding(
        name="statuses", seen=", ".join(shown) or "none", meaning=meaning, is_ok=True, facts={"campaigns": facts}
    )


def _counters(seen: AccountObservation) -> Finding:
    rows = [row for row in seen.campaigns.rows if isinstance(row, dict)]
    missing = [name for name in COUNTERS if any(name not in row for row in rows)]
    odd = [name for name in COUNTERS if any(name in row and number(row[name]) is None for row in rows)]
    facts = {"missing": missing, "unreadable": odd}
    if not missing and not odd:
        return Finding(name="counters", seen="all readable", meaning="as expected", is_ok=True, facts=facts)
    parts = [f"{word}: {', '.join(names)}" for word, names in (("missing", missing), ("unreadable", odd)) if names]
    meaning = "taken for unknown: the sync reads the reports that they are about each time, which costs requests"
    return Finding(name="counters", seen="; ".join(parts), meaning=meaning, is_ok=True, facts=facts)


def _ids(seen: AccountObservation) -> Finding:
    is_integer = has_integer_ids(seen.campaigns.rows)
    shown = "numbers" if is_integer else "texts"
    facts = {"is_integer": is_integer}
    return Finding(name="ids", seen=shown, meaning="read either way", is_ok=True, facts=facts)
