"""How an installation stores what names people: under pseudonyms, or as it is where there is no such document."""

from dataclasses import dataclass
from datetime import datetime

from sendtrail.ports import State, Transaction
from sendtrail.state.documents import from_document, to_document

PERSONAL_DATA_PATH = "personal_data/pseudonyms"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredUnderPseudonyms:
    """The fingerprint of the key, and since when."""

    fingerprint: str
    chosen_at: datetime
    version: int = 1


def read_pseudonym_choice(state: State) -> StoredUnderPseudonyms | None:
    """Return the choice, None where addresses are stored as they are; raise BadDocument where it cannot be read."""
    document = state.transact(lambda transaction: transaction.get(PERSONAL_DATA_PATH))
    return None if document is None else from_document(StoredUnderPseudonyms, document)


def write_pseudonym_choice(state: State, fingerprint: str) -> StoredUnderPseudonyms:
    """Store the choice, unless there is one by now, and return what is stored."""

    def work(transaction: Transaction) -> StoredUnderPseudonyms:
        found = transaction.get(PERSONAL_DATA_PATH)
        if found is not None:
            return from_document(StoredUnderPseudonyms, found)
        chosen = StoredUnderPseudonyms(fingerprint=fingerprint, chosen_at=transaction.now)
        transaction.set(PERSONAL_DATA_PATH, to_document(chosen))
        return chosen

    return state.transact(work)
