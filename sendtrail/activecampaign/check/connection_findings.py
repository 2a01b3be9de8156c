"""How the account is reached: its address, its key, and how fast it may be asked."""

from sendtrail.activecampaign.check.access_findings import NOT_ASKED, error_kinds
from sendtrail.activecampaign.check.finding import Facts, Finding
from sendtrail.activecampaign.check.observations import AccountObservation
from sendtrail.domain.request_rate import RateLimit
from sendtrail.plurals import counted


def connection_finding(seen: AccountObservation) -> Finding:
    """Return whether the account can be reached, and knows the key."""
    facts: Facts = {"answers": seen.is_answered}
    name = "base URL and key"
    if seen.is_answered:
        return Finding(name=name, seen="the account answers", meaning="both are right", is_ok=True, facts=facts)
    errors = [each.error for each in (seen.campaigns, *seen.people) if each.error]
    errors += [each.first.error for each in seen.reports.values() if each.first.error]
    meaning = str(errors[0]) if errors else NOT_ASKED
    return Finding(
        name=name,
        seen="every request is refused" if len(errors) > 1 else "no answer",
        meaning=meaning,
        is_ok=False,
        facts={**facts, "error": error_kinds(errors)},
    )


def rate_finding(
    *, limit: float | None, least_remaining: int | None, pauses_s: list[float], configured: RateLimit
) -> Finding:
    """Return what the account says about how fast it may be asked."""
    said = f"RateLimit-Limit {limit:g}" if limit is not None else "no RateLimit-Limit"
    left = "no RateLimit-Remaining" if least_remaining is None else f"RateLimit-Remaining down to {least_remaining}"
    waits = f"Retry-After: asked to wait {counted(len(pauses_s), 'time')}" if pauses_s else "never asked to wait"
    is_lower = limit is not None and limit < configured.requests_per_second
    if pauses_s:
        meaning = "something else uses this account's API, too: leave it a share with --share-kept-free 0.2"
    elif is_lower:
        meaning = f"the sync slows down to it by itself; --requests-per-second {limit:g} says so beforehand"
    else:
        meaning = f"the sync sends {configured.per_second:g} requests a second, and is told when that is too fast"
    facts: Facts = {
        "has_limit": limit is not None,
        "limit": None if limit is None else int(limit),
        "has_remaining": least_remaining is not None,
        "times_told_to_wait": len(pauses_s),
    }
    return Finding(name="rate headers", seen=f"{said}, {left}, {waits}", meaning=meaning, is_ok=True, facts=facts)
