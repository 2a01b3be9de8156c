"""The pseudonyms of an installation on Google Cloud: the choice in the state store, the key in Secret Manager."""

from collections.abc import Callable

from sendtrail.erasure.stored_people import parsed_key
from sendtrail.errors import Rejected, SettingsError
from sendtrail.ports import State
from sendtrail.pseudonyms.pseudonym_choice import agreed_pseudonyms
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.state.personal_data import read_pseudonym_choice

ReadKey = Callable[[], str]


def stored_pseudonyms(state: State, read_key: ReadKey) -> Pseudonyms | None:
    """Return the pseudonyms that were chosen, None where none were; raise SettingsError where their key is lost."""
    if read_pseudonym_choice(state) is None:
        return None
    given = _pseudonyms_of(read_key)
    agreed_pseudonyms(state, given, holds_addresses=lambda: False)
    return given


class AgreedPseudonyms:
    """The pseudonyms as a function is set to use them (`read_key` is None where it is not), asked before each batch.

    Raises Rejected where they are not those of the data: a failure of the account's, until somebody mends it.
    """

    def __init__(self, state: State, read_key: ReadKey | None, *, holds_addresses: Callable[[], bool]) -> None:
        self._state, self._read_key, self._holds_addresses = state, read_key, holds_addresses
        self._given: Pseudonyms | None = None

    def __call__(self) -> Pseudonyms | None:
        """Return the pseudonyms, None where addresses are stored as they are."""
        try:
            if self._given is None and self._read_key is not None:
                self._given = _pseudonyms_of(self._read_key)
            agreed_pseudonyms(self._state, self._given, holds_addresses=self._holds_addresses)
        except SettingsError as error:
            raise Rejected(str(error)) from error
        return self._given


def _pseudonyms_of(read_key: ReadKey) -> Pseudonyms:
    return Pseudonyms(key=parsed_key(read_key(), what="the secret, the key of the pseudonyms,"))
