"""The contacts that the views know, to say how many rows of a file belong to one."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import TypeAdapter

from sendtrail.cli.warehouses import Destination
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.messages import OrganizationId
from sendtrail.domain.user import User
from sendtrail.errors import SendtrailError
from sendtrail.warehouse.tables import checked_name

_MAPPING = "SELECT contact_id, email, user_id FROM {dataset}.user_mapping WHERE organization_id = '{organization}'"


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownContacts:
    """What contacts are known by: their ids, the addresses that they have or had, and the ids of their users.

    `as_stored` returns the address or user id under which somebody of a file is stored.
    """

    contact_ids: frozenset[str]
    emails: frozenset[str]
    user_ids: frozenset[str]
    as_stored: Callable[[str], str] = str

    def have_converted(self, conversion: Conversion) -> bool:
        """Return whether a conversion is one of theirs, as the view attribution_touches sees it."""
        return self.as_stored(conversion.user_id) in self.user_ids or self.as_stored(conversion.email) in self.emails

    def include(self, user: User) -> bool:
        """Return whether a user is one of them."""
        return user.contact_id in self.contact_ids or self.as_stored(user.email) in self.emails


def known_contacts(to: Destination, *, dataset: str) -> KnownContacts | str:
    """Return the contacts of an account, or why they cannot be asked for: loading does not depend on it."""
    organization = TypeAdapter(OrganizationId).validate_python(to.organization)
    contacts, emails, users = set[str](), set[str](), set[str]()
    try:
        for contact_id, email, user_id in to.query(
            _MAPPING.format(dataset=checked_name(dataset), organization=organization)
        ).rows:
            contacts.add(contact_id or "")
            emails.add(email or "")
            users.add(user_id or "")
    except SendtrailError as error:
        return str(error)
    nobody = {""}
    return KnownContacts(
        contact_ids=frozenset(contacts - nobody),
        emails=frozenset(emails - nobody),
        user_ids=frozenset(users - nobody),
        as_stored=to.as_stored,
    )
