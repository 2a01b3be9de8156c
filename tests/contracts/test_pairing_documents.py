"""What tells an account and a table from another is read back from every state store as it was written."""

from sendtrail.ports import State
from sendtrail.state.account_identity import AccountIdentity, identities, read_identity, write_identity
from sendtrail.state.documents import identity_path, read_known, to_document
from sendtrail.state.stored_rows import (
    MERGED,
    TABLE_PATH,
    CountedTable,
    MergedRows,
    merged_path,
    merged_rows,
    read_baseline,
    read_lost,
    write_baseline,
    write_lost,
)
from tests.fakes import NOON

MANY = range(1, 10_001)


def test_the_identity_of_an_account(state: State) -> None:
    """The moments at which campaigns were created are compared to the second, and must be the same ones."""
    identity = AccountIdentity(host="acme.api-us1.com", bound_at=NOON, witnesses={1: NOON, 22: NOON.replace(second=7)})

    state.transact(lambda transaction: write_identity(transaction, "acme", identity))

    assert state.transact(lambda transaction: read_identity(transaction, "acme")) == identity
    assert state.transact(lambda transaction: read_identity(transaction, "globex")) is None


def test_the_identities_of_all_organizations(state: State) -> None:
    """One that cannot be read stands in nobody's way."""
    known = {name: AccountIdentity(host=f"{name}.api-us1.com", bound_at=NOON, witnesses={1: NOON}) for name in "ab"}
    for name, identity in known.items():
        state.transact(lambda transaction, name=name, of=identity: write_identity(transaction, name, of))  # type: ignore[misc]
    state.transact(lambda transaction: transaction.set(identity_path("c"), {"host": None}))

    assert dict(identities(state)) == known


def test_the_counts_of_ten_thousand_campaigns(state: State) -> None:
    """They fit into one document, whatever a store makes of a mapping's fields."""
    counted, lost = {number: (number, 2 * number) for number in MANY}, dict.fromkeys(MANY, 1_748_779_200)

    state.transact(lambda transaction: write_baseline(transaction, "acme", counted))
    state.transact(lambda transaction: write_lost(transaction, "acme", lost))

    assert state.transact(lambda transaction: read_baseline(transaction, "acme")) == counted
    assert state.transact(lambda transaction: read_lost(transaction, "acme")) == lost


def test_what_was_merged_of_an_organization_and_of_its_campaigns(state: State) -> None:
    """The documents of the campaigns are none of the collection of the organizations."""
    table = CountedTable(identity="p.d.t@1", counted_at=NOON, floor=NOON, rows=3, merged={"acme": 3, "a-b_C": 4})
    for path, rows in ((merged_path("acme"), 7), (merged_path("acme", "5"), 4), (merged_path("acme", "6"), 3)):
        document = to_document(MergedRows(rows=rows, revision=1))
        state.transact(lambda transaction, path=path, document=document: transaction.set(path, document))  # type: ignore[misc]
    state.transact(lambda transaction: transaction.set(TABLE_PATH, to_document(table)))

    assert merged_rows(state, MERGED) == {"acme": 7}
    assert merged_rows(state, f"{merged_path('acme')}/campaigns") == {"5": 4, "6": 3}
    assert state.transact(lambda transaction: read_known(transaction, TABLE_PATH, CountedTable)) == table
