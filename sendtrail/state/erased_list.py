"""The erased list in the state store: keyed hashes, in documents small enough for any number of them.

`erased_people/list` says which list it is and its revision, `erased_tokens/{digit}` holds the hashes that begin with a
digit. The key that they were made with is elsewhere: who reads the state cannot ask who is on the list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sendtrail.errors import Busy
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import from_document, to_document

LIST_PATH = "erased_people/list"
TOKENS = "erased_tokens"
DIGITS = "0123456789abcdef"
TOKEN_CHARACTERS = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedList:
    """Which list it is: its key's fingerprint, its revision, and when it was last changed."""

    fingerprint: str
    revision: int
    changed_at: datetime
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedTokens:
    """Hashes that begin with one digit, in one text: Firestore indexes each entry of an array."""

    tokens: str = ""


def read_erased_list(state: State) -> ErasedList | None:
    """Return which list it is, None where nobody was ever erased; raise BadDocument where it cannot be read.

    It never starts anew by itself, as other documents do: people who were erased would be stored again.
    """
    document = state.transact(lambda transaction: transaction.get(LIST_PATH))
    return None if document is None else from_document(ErasedList, document)


def read_erased_tokens(state: State) -> frozenset[str]:
    """Return all hashes."""
    found = (from_document(ErasedTokens, document).tokens for _, document in state.children(TOKENS))
    return frozenset(
        text[start : start + TOKEN_CHARACTERS] for text in found for start in range(0, len(text), TOKEN_CHARACTERS)
    )


def write_erased_list(state: State, which: ErasedList, tokens: Iterable[str], *, before: int) -> None:
    """Replace the list, in one transaction; raise Busy where it is not of the revision `before` any more."""
    texts: Mapping[str, list[str]] = {digit: [] for digit in DIGITS}
    for token in sorted(tokens):
        texts[token[0]].append(token)

    def work(transaction: Transaction) -> None:
        stored = transaction.get(LIST_PATH)
        if (from_document(ErasedList, stored).revision if stored else 0) != before:
            raise Busy("somebody else has changed the erased list meanwhile: type the same command again")
        for digit, found in texts.items():
            transaction.set(f"{TOKENS}/{digit}", to_document(ErasedTokens(tokens="".join(found))))
        transaction.set(LIST_PATH, to_document(which))

    state.transact(work)
