"""Whether an installation stores pseudonyms is chosen before there is data, with one key, and stays so."""

from collections.abc import Callable

from sendtrail.erasure.sweep import PeopleTables
from sendtrail.errors import SettingsError
from sendtrail.ports import State
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.state.personal_data import read_pseudonym_choice, write_pseudonym_choice

HOLDS_ADDRESSES = "erasure/holds_addresses"
_PLAIN = (
    "pseudonyms were asked for, and the data holds addresses as they are already: sync into another database (on Google"
    " Cloud, another installation), or leave the setting out"
)
_ANOTHER_KEY = "the key of the pseudonyms is another one than the data was stored with: restore the first one"
NO_KEY = (
    "the data is stored under pseudonyms, and their key was not given: name its file with --pseudonym-key-file (on"
    " Google Cloud: settings.pseudonyms = true)"
)


def agreed_pseudonyms(state: State, given: Pseudonyms | None, *, holds_addresses: Callable[[], bool]) -> bool:
    """Return whether rows are stored under the pseudonyms that are given; raise SettingsError where the data differs.

    The first time, the choice is stored, if the data holds nobody yet.
    """
    stored = read_pseudonym_choice(state)
    if given is None:
        if stored is not None:
            raise SettingsError([NO_KEY])
        return False
    if stored is None:
        ensure_no_addresses(holds=holds_addresses())
        stored = write_pseudonym_choice(state, given.fingerprint)
    if stored.fingerprint != given.fingerprint:
        raise SettingsError([_ANOTHER_KEY])
    return True


def ensure_no_addresses(*, holds: bool) -> None:
    """Raise SettingsError where the data holds addresses as they are, so that pseudonyms come too late."""
    if holds:
        raise SettingsError([_PLAIN])


def holds_addresses(tables: PeopleTables) -> bool:
    """Return whether any table names somebody by an address as it is, or has a row as it came."""
    return any(bool(found) for (found,) in tables.select(HOLDS_ADDRESSES, ""))
