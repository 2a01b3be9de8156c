"""What a sync does after its pass over the contacts: it erases those who are gone from the account."""

from sendtrail.cli.operate.erase_place import LocalPlace
from sendtrail.erasure.confirmation import Lookups
from sendtrail.erasure.gone_contacts import GonePolicy, erase_gone_contacts
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.errors import SendtrailError
from sendtrail.local.erasure.local_erasure import erased_people
from sendtrail.sync.contacts import agreeing_pass


def erase_after_sync(
    place: LocalPlace, guard: GuardedWarehouse, organization: str, policy: GonePolicy, *, lookups: Lookups
) -> str | None:
    """Erase while nothing else is at work; return why not all were erased, None where nothing is amiss.

    `guard` withholds them from then on. What was read is in all the same, and the next run does what is left.
    """
    began_at = agreeing_pass(place.state, organization)
    if began_at is None:
        return None
    try:
        return erase_gone_contacts(place, organization, policy, pass_began_at=began_at, lookups=lookups)
    except SendtrailError as error:
        return str(error)
    finally:
        people = erased_people(place.warehouse)
        guard.people = lambda: people
