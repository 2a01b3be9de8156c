"""The data of an organization is one account's: another one is refused, and a moved one is followed when told."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.errors import AnotherAccount
from sendtrail.state.account_identity import MAX_WITNESSES, AccountIdentity
from sendtrail.state.documents import campaign_path, from_document, identity_path, to_document
from sendtrail.sync.pairing.account_guard import ANYWHERE, ClaimedAccount, GuardedLists
from tests.fake_account import FakeAccount, a_campaign
from tests.fakes import NOON, MemoryState

ACME = ClaimedAccount(organization_id="acme", host="acme.api-us1.com")
RENAMED = replace(ACME, host="acme-corp.api-us1.com")
SECOND = timedelta(seconds=1)


@dataclass
class ListedAccount(FakeAccount):
    """An account of these campaigns; `lists_read` counts how often it was asked for them."""

    listed: tuple[Campaign, ...] = ()
    lists_read: int = 0

    def campaigns(self) -> Iterator[Campaign]:
        """Yield the campaigns."""
        self.lists_read += 1
        yield from self.listed


def an_account(*numbers: int, made_s: int = 0, count_s: int = 60) -> ListedAccount:
    """Return an account whose campaigns were created one `count_s` after the other, from `made_s` after noon on."""
    campaigns = [
        replace(a_campaign(n), created_at=NOON + (made_s + count_s * n) * SECOND) for n in numbers or (1, 2, 3, 4)
    ]
    return ListedAccount(listed=tuple(campaigns))


def listed(claimed: ClaimedAccount, account: ListedAccount, state: MemoryState) -> list[int]:
    """Return the ids of the campaigns that a run gets to see."""
    lists = GuardedLists(claimed, account, state, lists_campaigns=True)
    return [campaign.campaign_id for campaign in lists.campaigns()]


def identity(state: MemoryState) -> AccountIdentity:
    """Return whose data the organization holds."""
    return from_document(AccountIdentity, state.documents[identity_path("acme")])


def test_the_first_sync_binds_the_account() -> None:
    """Its host, and when some of its campaigns were created."""
    state = MemoryState()

    assert listed(ACME, an_account(), state) == [1, 2, 3, 4]

    assert (identity(state).host, sorted(identity(state).witnesses)) == (ACME.host, [1, 2, 3, 4])


def test_an_ordinary_run_asks_for_nothing_more_and_writes_nothing() -> None:
    """The list that it reads anyway is all that is compared."""
    state, account = MemoryState(), an_account()
    listed(ACME, account, state)
    before = dict(state.documents)

    listed(ACME, account, state)

    assert (account.lists_read, state.documents) == (2, before)


@pytest.mark.parametrize("host", ["globex.api-us1.com", "mail.acme.example"])
def test_another_host_is_refused_before_anything_is_read(host: str) -> None:
    """Another account, or an alias that nobody has vouched for; both ways out are named."""
    state, other = MemoryState(), an_account()
    listed(ACME, an_account(), state)
    before = dict(state.documents)

    with pytest.raises(AnotherAccount, match=r"another organization id; or, .* movedFrom"):
        listed(replace(ACME, host=host), other, state)

    assert (other.lists_read, state.documents) == (0, before)


@pytest.mark.parametrize("moved_from", [ACME.host, ANYWHERE])
def test_an_account_that_moved_is_followed_when_told(moved_from: str) -> None:
    """Afterwards the new address is the known one, whether or not anybody goes on saying so."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    assert listed(replace(RENAMED, moved_from=moved_from), an_account(), state) == [1, 2, 3, 4]

    assert listed(RENAMED, an_account(), state) == [1, 2, 3, 4]
    with pytest.raises(AnotherAccount):
        listed(ACME, an_account(), state)


def test_it_is_not_followed_from_somewhere_else() -> None:
    """An old `movedFrom` that was left in place vouches for nothing but that move."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    with pytest.raises(AnotherAccount):
        listed(replace(RENAMED, moved_from="elsewhere.api-us1.com"), an_account(), state)


def test_a_host_that_leads_to_another_account_is_refused() -> None:
    """The ids are the same, as every account counts from 1; the moments of creation are not."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    with pytest.raises(AnotherAccount, match="not those that it knows"):
        listed(ACME, an_account(made_s=7), state)


@pytest.mark.parametrize("moved_from", [ACME.host, ANYWHERE])
def test_a_moved_account_with_other_campaigns_is_refused(moved_from: str) -> None:
    """Who says that it moved, perhaps for good in `.env`, may still have taken another account's key."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    with pytest.raises(AnotherAccount, match="has not moved there"):
        listed(replace(RENAMED, moved_from=moved_from), an_account(made_s=7), state)


def test_the_word_of_a_person_is_the_last(caplog: pytest.LogCaptureFixture) -> None:
    """An account whose campaigns all look new is taken for the same one as told, once, with a warning."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    listed(replace(ACME, moved_from=ANYWHERE), an_account(made_s=7), state)

    assert listed(ACME, an_account(made_s=7), state) == [1, 2, 3, 4]
    assert "only by your word" in caplog.text


def test_an_answer_that_differs_once_in_a_while_refuses_nobody() -> None:
    """More campaigns agree than contradict."""
    state, account = MemoryState(), an_account()
    listed(ACME, account, state)
    odd = replace(account.listed[0], created_at=NOON)
    silent = replace(account.listed[1], created_at=None)

    assert listed(ACME, ListedAccount(listed=(odd, silent, *account.listed[2:])), state) == [1, 2, 3, 4]


def test_deleted_campaigns_are_replaced_as_witnesses() -> None:
    """So that an account which deletes its old campaigns stays known."""
    state = MemoryState()
    listed(ACME, an_account(*range(1, 41)), state)
    assert len(identity(state).witnesses) == MAX_WITNESSES

    for first in (15, 30, 45, 60):
        listed(ACME, an_account(*range(first, first + 40)), state)

    assert min(identity(state).witnesses) >= 60


def test_an_account_without_its_campaigns_is_refused() -> None:
    """A key that may see none of them leaves the counters of none."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    with pytest.raises(AnotherAccount):
        listed(ACME, an_account(100, 101), state)


def test_a_state_of_before_is_bound_if_the_account_has_any_of_its_campaigns() -> None:
    """Otherwise it is refused, unless somebody vouches for it."""
    state = MemoryState()
    state.documents = {campaign_path("acme", number): {"status": "done"} for number in (7, 8)}

    with pytest.raises(AnotherAccount):
        listed(ACME, an_account(1, 2, 3), state)
    assert identity_path("acme") not in state.documents
    listed(ACME, an_account(8, 9), state)
    assert identity(state).host == ACME.host


def test_a_run_of_contacts_alone_reads_the_list_where_the_account_is_not_known_yet() -> None:
    """The pass would mark the contacts of another account as deleted."""
    state, account = MemoryState(), an_account()
    state.documents = {campaign_path("acme", 100): {"status": "done"}}

    with pytest.raises(AnotherAccount):
        GuardedLists(ACME, account, state, lists_campaigns=False)
    state.documents = {}
    for _ in range(2):
        GuardedLists(ACME, account, state, lists_campaigns=False)

    assert account.lists_read == 2  # the refused one, and the first that was bound


def test_organizations_do_not_share_an_identity() -> None:
    """Each is bound to its own account."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    assert listed(replace(RENAMED, organization_id="globex"), an_account(made_s=7), state) == [1, 2, 3, 4]


OTHER = replace(ACME, organization_id="other")
STRANGERS = replace(OTHER, host="globex.api-us1.com")


@pytest.mark.parametrize("claimed", [OTHER, replace(OTHER, host="www.acme.example")])
def test_an_account_is_not_taken_under_a_second_name(claimed: ClaimedAccount) -> None:
    """All of it would be there twice, at the same address or at an alias; the name that it has is said."""
    state = MemoryState()
    listed(ACME, an_account(), state)
    before = dict(state.documents)

    with pytest.raises(AnotherAccount, match="stored as acme: nothing was changed; leave it connected as acme alone"):
        listed(claimed, an_account(), state)

    assert state.documents == before
    assert listed(ACME, an_account(), state) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("claimed", "account"),
    [
        (STRANGERS, an_account(made_s=7)),  # ids that every account has
        (STRANGERS, an_account(11, 12, 13)),
        (STRANGERS, ListedAccount()),  # shows nothing yet
        (OTHER, an_account(made_s=7)),  # the address of an account that has moved was given to another one
    ],
)
def test_an_account_of_its_own_is_taken(claimed: ClaimedAccount, account: ListedAccount) -> None:
    """However many others there are."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    assert listed(claimed, account, state) == [campaign.campaign_id for campaign in account.listed]


def test_an_account_that_shows_no_campaign_is_known_by_its_host() -> None:
    """There is nothing else."""
    state = MemoryState()
    listed(ACME, an_account(), state)

    with pytest.raises(AnotherAccount, match="stored as acme"):
        listed(OTHER, ListedAccount(), state)


def test_an_account_does_not_move_to_where_another_name_has_it_already() -> None:
    """An earlier version took the new address for another account's."""
    state = MemoryState()
    listed(ACME, an_account(), state)
    state.documents[identity_path("other")] = to_document(replace(identity(state), host=RENAMED.host))

    with pytest.raises(AnotherAccount, match="stored as other"):
        listed(replace(RENAMED, moved_from=ANYWHERE), an_account(), state)
