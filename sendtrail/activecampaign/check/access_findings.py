"""What the key may read: each list and each report."""

from collections.abc import Iterator

from sendtrail.activecampaign.check.answers import Answer, Content
from sendtrail.activecampaign.check.counted_budget import MAX_REQUESTS
from sendtrail.activecampaign.check.finding import Facts, Finding
from sendtrail.activecampaign.check.observations import AccountObservation, ListObservation, Page, ReportObservation
from sendtrail.activecampaign.http.account_words import Mask
from sendtrail.activecampaign.v1.envelope import NoRows
from sendtrail.activecampaign.v1.report_request import ACTIONS
from sendtrail.errors import KeyRefused, PermissionRefused, SendtrailError
from sendtrail.plurals import counted

NOT_ASKED = f"nothing: the check makes {MAX_REQUESTS} requests at most. The sync finds out by itself."
_PERMIT = "give it to the user's group in ActiveCampaign under Settings > Users and groups, or the sync fails here"


def access_findings(seen: AccountObservation, *, mask: Mask) -> Iterator[Finding]:
    """Yield what the key may read, one thing after the other."""
    for each in (seen.campaigns, *seen.people):
        yield _list_finding(each)
    if seen.messages is not None:
        yield _messages_finding(seen.messages)
    ends = known_ends(seen)
    for report in seen.reports.values():
        yield _report_finding(report, ends=ends, mask=mask)


def known_ends(seen: AccountObservation) -> set[NoRows]:
    """Return the account's answers at the end, as far as they are proven."""
    far = seen.paging.far.value if seen.paging else None
    by_message = [each.first.value for each in seen.reports.values() if each.needs_message]
    return {found for found in (far, *by_message) if isinstance(found, NoRows)}


def _list_finding(seen: ListObservation) -> Finding:
    if seen.error is not None and not seen.is_answered:
        return _refused(seen.name, f"/{seen.name}", seen.error)
    if not seen.is_answered:
        return _not_asked(seen.name)
    facts: Facts = {
        "rows": seen.counted,
        "fields": field_names(seen.rows),
        "has_integer_ids": has_integer_ids(seen.rows),
    }
    if seen.error is not None:
        return Finding(
            name=seen.name,
            seen=f"{_rows(seen.counted)}, then no answer",
            meaning=str(seen.error),
            is_ok=False,
            facts={**facts, "error": error_kinds([seen.error])},
        )
    return Finding(name=seen.name, seen=_rows(seen.counted), meaning="may be read", is_ok=True, facts=facts)


def _messages_finding(answer: Answer[Content]) -> Finding:
    name = "campaignMessages"
    if answer.error is not None:
        return _refused(name, answer.action, answer.error)
    if not answer.was_asked:
        return _not_asked(name)
    return Finding(name=name, seen="answered", meaning="may be read", is_ok=True, facts={"answers": True})


def _report_finding(seen: ReportObservation, *, ends: set[NoRows], mask: Mask) -> Finding:
    name, answer = ACTIONS[seen.report], seen.first
    if answer.error is not None:
        return _refused(name, answer.action, answer.error)
    if answer.value is None:
        return _not_asked(name)
    facts: Facts = {
        "rows": len(seen.rows),
        "has_counter_above_zero": bool(seen.counted),
        "fields": field_names(seen.rows),
    }
    if seen.rows:
        return Finding(name=name, seen=_rows(len(seen.rows)), meaning="may be read", is_ok=True, facts=facts)
    return _empty_report(name, answer.value, seen, ends=ends, mask=mask, facts=facts)


def _empty_report(
    name: str,
    page: Page,
    seen: ReportObservation,
    *,
    ends: set[NoRows],
    mask: Mask,
    facts: Facts,
) -> Finding:
    is_end = isinstance(page, NoRows) and (
        page.is_documented_end or page in ends or (page.is_success and seen.counted == 0)
    )
    words = mask(page.message) if isinstance(page, NoRows) else ""
    facts = {**facts, "is_known_end": is_end}
    if is_end and not seen.counted:
        meaning = "may be read; no campaign has any yet" if seen.counted == 0 else "may be read"
        return Finding(name=name, seen="no rows", meaning=meaning, is_ok=True, facts=facts)
    if is_end:
        meaning = f"the counter promises {seen.counted}: the sync asks again later, and says what stays missing"
        return Finding(name=name, seen="no rows", meaning=meaning, is_ok=True, facts=facts)
    if not seen.counted and not ends:
        meaning = (
            "nothing proves whether this is the account's word for the end: the sync finds out with the first rows"
        )
        return Finding(name=name, seen=f"no rows: {words}", meaning=meaning, is_ok=None, facts=facts)
    meaning = "these are not the account's words for the end, so the report is refused: ask ActiveCampaign's support"
    return Finding(name=name, seen=f"refused: {words}", meaning=meaning, is_ok=False, facts=facts)


def _is_end(answer: NoRows, seen: ReportObservation, *, ends: set[NoRows]) -> bool:
    is_empty_by_its_counter = answer.is_success and seen.counted == 0
    return answer.is_documented_end or answer in ends or is_empty_by_its_counter


def _refused(name: str, action: str, error: SendtrailError) -> Finding:
    is_permission = isinstance(error, KeyRefused | PermissionRefused)
    return Finding(
        name=name,
        seen="refused" if is_permission else "no usable answer",
        meaning=f"the API user has no permission for {action}; {_PERMIT}" if is_permission else str(error),
        is_ok=False,
        facts={"is_permission_missing": is_permission, "error": error_kinds([error])},
    )


def _not_asked(name: str) -> Finding:
    return Finding(name=name, seen="not asked", meaning=NOT_ASKED, is_ok=None)


def _rows(number: int) -> str:
    return counted(number, "row")


def error_kinds(errors: list[SendtrailError]) -> list[str]:
    """Return the names of the classes of errors, which say nothing of the account."""
    return sorted({type(error).__name__ for error in errors})


def has_integer_ids(rows: list[object]) -> bool:
    """Return whether any id is a number rather than a text."""
    return any(isinstance(row, dict) and isinstance(row.get("id"), int) for row in rows)


def field_names(rows: list[object]) -> list[str]:
    """Return the names of the fields of rows, as far as they are names: words of letters, without any number."""
    names = {name for row in rows if isinstance(row, dict) for name in row}
    return sorted(name for name in names if name.isascii() and name.replace("_", "").isalpha() and len(name) <= 40)
