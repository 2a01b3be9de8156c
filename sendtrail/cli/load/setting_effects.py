"""What a setting finds in the data, since a name that nothing has is set without an error."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from sendtrail.attribution.setting_values import NONE
from sendtrail.attribution.settings import HONEYPOTS
from sendtrail.cli.warehouses import Destination
from sendtrail.domain.messages import OrganizationId
from sendtrail.errors import SendtrailError
from sendtrail.plurals import counted
from sendtrail.warehouse.tables import checked_name

HOLDOUT = "holdout_"
_CLICKS = """
SELECT COUNT(DISTINCT clicks.link_id) AS links, COUNT(DISTINCT clicks.contact_key) AS contacts
FROM {dataset}.observations AS clicks
INNER JOIN {dataset}.honeypot_settings AS honeypots ON honeypots.organization_id = clicks.organization_id
WHERE clicks.organization_id = '{organization}' AND clicks.event_type = 'click'
  AND STRPOS(LOWER(clicks.link_url), honeypots.address_part) > 0
"""
_HOLDOUT = """
SELECT held_out_contacts, mailed_contacts, caution
FROM {dataset}.holdout_lift
WHERE organization_id = '{organization}' AND measure = 'conversion_rate'
"""


def effect_lines(to: Destination, chosen: Mapping[str, str], *, dataset: str) -> list[str]:
    """Return what the chosen settings of links and of contacts find; or why that cannot be asked."""
    try:
        return [*_honeypot_lines(to, chosen, dataset=dataset), *_holdout_lines(to, chosen, dataset=dataset)]
    except SendtrailError as error:
        return [f"What that finds could not be asked: {error}"]


def _honeypot_lines(to: Destination, chosen: Mapping[str, str], *, dataset: str) -> Iterator[str]:
    if chosen.get(HONEYPOTS, NONE) == NONE:
        return
    for links, contacts in _rows(to, _CLICKS, dataset=dataset):
        if links:
            clicked = counted(
                links,
                "link that was clicked so far has that in its address",
                "links that were clicked so far have that in their address",
            )
            yield f"{clicked}; {counted(contacts, 'contact')} did so."
        else:
            yield "No link that was clicked so far has that in its address: is it written as in the e-mail?"


def _holdout_lines(to: Destination, chosen: Mapping[str, str], *, dataset: str) -> Iterator[str]:
    if not any(name.startswith(HOLDOUT) for name in chosen):
        return
    rows = _rows(to, _HOLDOUT, dataset=dataset)
    if not rows:
        yield "Nobody is held out until holdout_list or holdout_tag says who."
    for held_out, mailed, caution in rows:
        contacts = counted(held_out, "contact is", "contacts are")
        yield f"{contacts} held out, and compared with {counted(mailed, 'other')}."
        if caution:
            yield str(caution)


def _rows(to: Destination, query: str, *, dataset: str) -> Collection[tuple[Any, ...]]:
    organization = TypeAdapter(OrganizationId).validate_python(to.organization)
    return list(to.query(query.format(dataset=checked_name(dataset), organization=organization)).rows)
