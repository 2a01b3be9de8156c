"""What a sync takes, by the campaigns that a check has seen."""

from collections.abc import Iterator

from sendtrail.activecampaign.check.finding import Finding
from sendtrail.activecampaign.check.observations import AccountObservation, ListObservation
from sendtrail.cli.plan import planned_work, shown_duration
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.plurals import counted
from sendtrail.ports import State
from sendtrail.sync.forecast import total


def cost_findings(
    settings: SyncSettings, state: State, seen: AccountObservation, *, interval_s: float
) -> Iterator[Finding]:
    """Yield what a sync with the same options takes, and one of everything; nothing where no campaign was seen."""
    if not seen.campaigns.is_answered:
        return
    yield _cost("a sync as asked for", settings, state, seen, interval_s=interval_s)
    everything = settings.model_copy(update={"all": True, "since": None, "lookback_days": None})
    yield _cost("a sync of everything", everything, state, seen, interval_s=interval_s)


def _cost(name: str, settings: SyncSettings, state: State, seen: AccountObservation, *, interval_s: float) -> Finding:
    contacts = contact_number(seen.contacts)
    lines = planned_work(settings, state, seen.read_campaigns, contacts=contacts)
    forecast, is_whole = total(line.forecast for line in lines), is_counted(seen)
    least = "" if is_whole else "at least "
    people = "" if contacts is None else f", {counted(contacts, 'contact')}"
    requests = f"{least or 'about '}{counted(forecast.requests, 'request')}"
    meaning = f"{requests}, {shown_duration(forecast.requests * interval_s)}"
    return Finding(
        name=name,
        seen=f"{least}{counted(len(seen.read_campaigns), 'campaign')}{people}",
        meaning=meaning
        if is_whole
        else f"{meaning}; there are more than the check has read, and sendtrail plan counts all campaigns",
        is_ok=True,
        facts={
            "campaigns": len(seen.read_campaigns),
            "contacts": contacts,
            "requests": forecast.requests,
            "seconds": round(forecast.requests * interval_s),
            "is_complete": is_whole,
        },
    )


def contact_number(contacts: ListObservation | None) -> int | None:
    """Return how many contacts there are, at least those seen: the account may say less. None where not asked for."""
    if contacts is None or not contacts.is_answered:
        return None
    return max(contacts.total or 0, contacts.counted)


def is_counted(seen: AccountObservation) -> bool:
    """Return whether it is known how many campaigns and contacts there are: a total that is too low says nothing."""
    people = seen.contacts
    knows_contacts = people is None or people.is_whole or (people.total or 0) > people.counted
    return seen.campaigns.is_whole and knows_contacts
