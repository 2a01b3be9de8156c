"""The erased list of an installation, read again whenever it has changed."""

from collections.abc import Callable

from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import KEY_BYTES, ErasedPeople
from sendtrail.errors import SettingsError
from sendtrail.ports import State
from sendtrail.state.erased_list import ErasedList, read_erased_list, read_erased_tokens, write_erased_list

# Returns the key as it is kept, in hexadecimal digits.
ReadKey = Callable[[], str]
_RESTORE = "restore the first version of its secret, or people who were erased would be stored again"
_ANOTHER_KEY = f"the key of the erased list is another one than people were erased by: {_RESTORE}"
_NOBODY = ErasedPeople(key=b"")


class StoredPeople:
    """The list in a state store; the key is asked for only where somebody is on it."""

    def __init__(self, state: State, read_key: ReadKey) -> None:
        self._state, self._read_key = state, read_key
        self._people = _NOBODY

    def __call__(self) -> ErasedPeople:
        """Return the list as it is now; raise SettingsError where its key is lost, or another one."""
        which, people = read_erased_list(self._state), self._people
        if which is None:
            return _NOBODY
        if people.revision != which.revision or not people.key:
            people = self._people = self._read(which)
        return people

    def store(self, people: ErasedPeople, *, before: ErasedPeople, clock: Clock) -> None:
        """Replace the list; raise Busy where somebody else has done so since it was `before`."""
        which = ErasedList(fingerprint=people.fingerprint, revision=people.revision, changed_at=clock.now())
        write_erased_list(self._state, which, people.tokens, before=before.revision)

    def with_key(self) -> ErasedPeople:
        """Return the list as it is now; an empty one with its key where nobody was erased yet."""
        people = self()
        return people if people.key else ErasedPeople(key=self._key())

    def _key(self) -> bytes:
        return parsed_key(self._read_key(), what="the key of the erased list", advice=f": {_RESTORE}")

    def _read(self, which: ErasedList) -> ErasedPeople:
        found = ErasedPeople(key=self._key(), revision=which.revision)
        if found.fingerprint != which.fingerprint:
            raise SettingsError([_ANOTHER_KEY])
        return ErasedPeople(key=found.key, tokens=read_erased_tokens(self._state), revision=which.revision)


def parsed_key(text: str, *, what: str, advice: str = "") -> bytes:
    """Return a key that is kept in hexadecimal digits; raise SettingsError, with `what` it is, where it is none."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError([f"{what} is not {2 * KEY_BYTES} hexadecimal digits{advice}"])
    return key
