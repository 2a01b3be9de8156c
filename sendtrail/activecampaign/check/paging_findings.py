"""What is known of pages, ends and totals."""

from collections.abc import Iterator

from sendtrail.activecampaign.check.finding import Facts, Finding
from sendtrail.activecampaign.check.observations import (
    AccountObservation,
    ListObservation,
    PagingObservation,
    rows_of,
)
from sendtrail.activecampaign.http.account_words import Mask
from sendtrail.activecampaign.v1.envelope import NoRows
from sendtrail.activecampaign.v3.items import item_id
from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.domain.campaign_report import PAGE_SIZE
from sendtrail.plurals import counted

V1_PAGES, END = "page size of reports (v1)", "words for the end (v1)"


def paging_findings(seen: AccountObservation, *, mask: Mask) -> Iterator[Finding]:
    """Yield what was seen of pages, ends and totals."""
    yield _report_pages(seen.paging)
    yield _end(seen.paging, mask=mask)
    lists = [each for each in (seen.campaigns, seen.contacts) if each is not None and each.is_answered]
    yield _list_pages(lists)
    if seen.contacts is not None and len(seen.contacts.pages) > 1:
        yield _keyset(seen.contacts)
    yield _totals(lists)
    yield _empty_pages(lists)


def _report_pages(seen: PagingObservation | None) -> Finding:
    if seen is None or not isinstance(seen.first, list):
        meaning = f"the sync takes {PAGE_SIZE} rows for a page until it sees another size"
        return Finding(name=V1_PAGES, seen="no rows", meaning=meaning, is_ok=None)
    rows = len(seen.first)
    facts = {"rows": rows, "is_page_ignored": seen.is_page_ignored, "is_last_page_repeated": seen.is_last_page_repeated}
    if seen.is_page_ignored:
        most = counted(rows, "row")
        meaning = f"`page` is ignored: of a report with more than {most} the rest cannot be read, and the sync says so"
        return Finding(name=V1_PAGES, seen="the first page again", meaning=meaning, is_ok=False, facts=facts)
    return Finding(name=V1_PAGES, seen=_count(rows), meaning=_size_meaning(seen, rows), is_ok=True, facts=facts)


def _size_meaning(seen: PagingObservation, rows: int) -> str:
    if rows == PAGE_SIZE:
        return "as expected"
    if rows_of(seen.second):
        return f"not the usual {PAGE_SIZE}: the sync goes by the pages that it sees, and reads to the end"
    return f"too few rows to see a full page; the sync takes {PAGE_SIZE} for one until it sees another size"


def _count(rows: int) -> str:
    return counted(rows, "row")


def _end(seen: PagingObservation | None, *, mask: Mask) -> Finding:
    found = seen.far.value if seen else None
    if seen is not None and seen.is_last_page_repeated:
        meaning = "none: the last page comes again, which the sync takes for the end where the counters agree"
        return Finding(name=END, seen="the last page again", meaning=meaning, is_ok=True, facts={"is_page": True})
    if not isinstance(found, NoRows):
        meaning = "not known yet: it takes a report with rows. The sync learns them by itself"
        return Finding(name=END, seen="nothing to ask about", meaning=meaning, is_ok=None)
    facts = {
        "is_documented": found.is_documented_end,
        "is_ascii": found.message.isascii(),
        "is_success": found.is_success,
    }
    shown = f"“{mask(found.message)}”"
    if found.is_documented_end:
        return Finding(name=END, seen=shown, meaning="English, as documented", is_ok=True, facts=facts)
    if found.is_success:
        meaning = "a success without rows: the sync learns it, and takes it for the end where the counters agree"
        return Finding(name=END, seen=shown, meaning=meaning, is_ok=True, facts=facts)
    meaning = "another language than the documentation's: the sync learns these words, and takes no others for the end"
    return Finding(name=END, seen=shown, meaning=meaning, is_ok=True, facts=facts)


def _list_pages(lists: list[ListObservation]) -> Finding:
    name = "page size of lists (v3)"
    followed = [each.sizes[0] for each in lists if any(each.sizes[1:])]
    largest = max((size for each in lists for size in each.sizes), default=0)
    is_clamped = bool(followed) and max(followed) < LIST_LIMIT
    facts = {"asked": LIST_LIMIT, "largest": largest, "is_clamped": is_clamped if followed else None}
    if not followed:
        meaning = f"too few rows to see a full page; the sync asks for {LIST_LIMIT} and takes what comes"
        return Finding(name=name, seen=counted(largest, "row"), meaning=meaning, is_ok=None, facts=facts)
    seen = f"{counted(largest, 'row')}, {LIST_LIMIT} asked for"
    meaning = (
        f"clamped: lists take {LIST_LIMIT / max(followed):.1f} times the requests" if is_clamped else "as expected"
    )
    return Finding(name=name, seen=seen, meaning=meaning, is_ok=True, facts=facts)


def _keyset(contacts: ListObservation) -> Finding:
    name = "paging of contacts by id"
    first, second = _ids(contacts, 0), _ids(contacts, len(contacts.pages) - 1)
    is_kept = not second or min(second) > max(first)
    facts = {"is_id_greater_kept": is_kept}
    if is_kept:
        return Finding(name=name, seen="id_greater is heeded", meaning="as expected", is_ok=True, facts=facts)
    meaning = "contacts cannot be read to their end; --no-contacts syncs everything else. Please report it"
    return Finding(name=name, seen="id_greater is ignored", meaning=meaning, is_ok=False, facts=facts)


def _ids(seen: ListObservation, page: int) -> set[int]:
    content = seen.pages[page].value or {}
    return {row_id for row in content.get(seen.name, []) if (row_id := item_id(row)) is not None}


def _totals(lists: list[ListObservation]) -> Finding:
    name = "meta.total"
    verdicts = {each.name: _is_true(each) for each in lists}
    shown = [
        f"{each.name}: {'nothing' if each.total is None else each.total}, "
        f"{each.counted}{'' if each.is_whole else ' or more'} counted"
        for each in lists
    ]
    facts = {f"is_true_of_{each}": verdict for each, verdict in verdicts.items()}
    if False in verdicts.values():
        meaning = "not to be believed: the sync reads on until pages are empty, and does not use it"
        return Finding(name=name, seen="; ".join(shown), meaning=meaning, is_ok=True, facts=facts)
    if True in verdicts.values():
        return Finding(name=name, seen="; ".join(shown), meaning="true", is_ok=True, facts=facts)
    return Finding(name=name, seen="; ".join(shown) or "nothing", meaning="cannot be told", is_ok=None, facts=facts)


def _empty_pages(lists: list[ListObservation]) -> Finding:
    name = "empty pages of lists (v3)"
    found = [each.name for each in lists if each.has_false_end]
    facts: Facts = {"came_before_the_end_of": found}
    if not found:
        return Finding(name=name, seen="none before the end", meaning="as expected", is_ok=True, facts=facts)
    meaning = "an empty page does not prove the end: the sync asks for it again"
    return Finding(name=name, seen=f"in the middle of {', '.join(found)}", meaning=meaning, is_ok=True, facts=facts)


def _is_true(seen: ListObservation) -> bool | None:
    """Return whether a total is right; None where the list goes on, and the total might be."""
    if seen.total is None or seen.total < seen.counted:
        return False
    return seen.total == seen.counted if seen.is_whole else None
