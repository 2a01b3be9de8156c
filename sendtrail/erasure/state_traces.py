"""State documents in which an erased address is quoted, such as the reason of a failure: it is replaced by a mark."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sendtrail.erasure.addresses import without_addresses
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import (
    account_failure_path,
    account_path,
    account_pause_path,
    campaigns_path,
    contacts_path,
    report_habits_path,
    wants_path,
)

_OF_AN_ACCOUNT = (
    account_failure_path,
    account_path,
    account_pause_path,
    contacts_path,
    report_habits_path,
    wants_path,
)


def clear_state(state: State, organization_id: str, people: ErasedPeople) -> int:
    """Replace erased addresses in an account's documents, and return how many documents have changed."""

    def is_erased(address: str) -> bool:
        return people.has(Kind.ADDRESS, organization_id, address)

    return sum(_clear(state, path, is_erased) for path in [*_paths(state, organization_id)])


def _paths(state: State, organization_id: str) -> Iterator[str]:
    for path in _OF_AN_ACCOUNT:
        yield path(organization_id)
    for collection in (campaigns_path(organization_id), "runs"):
        for name, document in state.children(collection):
            if "@" in str(document):
                yield f"{collection}/{name}"


def _clear(state: State, path: str, is_erased: Callable[[str], bool]) -> bool:
    def work(transaction: Transaction) -> bool:
        document = transaction.get(path)
        cleared = _without(document, is_erased)
        if document is None or cleared == document:
            return False
        transaction.set(path, cleared)
        return True

    return state.transact(work)


def _without(value: Any, is_erased: Callable[[str], bool]) -> Any:
    if isinstance(value, str):
        return without_addresses(value, is_erased) if "@" in value else value
    if isinstance(value, Mapping):
        return {name: _without(each, is_erased) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without(each, is_erased) for each in value]
    return value
