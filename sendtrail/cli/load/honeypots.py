"""What the links that no person sees come to: whether the setting finds any."""

from pydantic import TypeAdapter

from sendtrail.cli.warehouses import Destination
from sendtrail.domain.messages import OrganizationId
from sendtrail.errors import SendtrailError
from sendtrail.warehouse.tables import checked_name

_CLICKS = """
SELECT COUNT(DISTINCT clicks.link_id) AS links, COUNT(DISTINCT clicks.contact_key) AS contacts
FROM {dataset}.observations AS clicks
INNER JOIN {dataset}.honeypot_settings AS honeypots ON honeypots.organization_id = clicks.organization_id
WHERE clicks.organization_id = '{organization}' AND clicks.event_type = 'click'
  AND STRPOS(LOWER(clicks.link_url), honeypots.address_part) > 0
"""


def honeypots_line(to: Destination, *, dataset: str) -> str:
    """Return how many links an account has set as honeypots, and who clicked them; or why that cannot be asked."""
    organization = TypeAdapter(OrganizationId).validate_python(to.organization)
    try:
        [(links, contacts)] = to.query(_CLICKS.format(dataset=checked_name(dataset), organization=organization)).rows
    except SendtrailError as error:
        return f"Which links those are could not be asked: {error}"
    if not links:
        return "No link that was clicked so far has that in its address: is it written as in the e-mail?"
    return f"{links:,} links that were clicked so far have that in their address; {contacts:,} contacts clicked them."
