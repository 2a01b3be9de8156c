"""Before somebody is erased for being gone, the account is asked for each of them by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from sendtrail.domain.contact import Contact
from sendtrail.erasure.confirmation import (
    MAX_CONTROLS,
    MAX_LOOKUPS,
    Confirmation,
    Lookups,
    reason_for_keeping,
)
from sendtrail.errors import KeyRefused, PermissionRefused, SendtrailError, Unavailable, Unreadable
from tests.fake_account import a_contact
from tests.fakes import NOON

SHOWN = "9"


@dataclass
class Register:
    """Answers by id; whoever is not in it is not there. `asked` is who was asked for, in turn."""

    answers: Mapping[int, Contact | SendtrailError]
    asked: list[int] = field(default_factory=list)

    def contact(self, contact_id: int) -> Contact | None:
        """Return a contact, or raise the error that stands for it."""
        self.asked.append(contact_id)
        found = self.answers.get(contact_id)
        if isinstance(found, SendtrailError):
            raise found
        return found


def register(**answers: Contact | SendtrailError) -> Register:
    """Return a register with the contact that the list shows, and others by names such as `c5`."""
    return Register({int(SHOWN): a_contact(9)} | {int(name[1:]): found for name, found in answers.items()})


def confirmed(account: Register, *ids: int) -> Confirmation:
    """Return what an account says of contacts that seem to be gone."""
    return Lookups(account=account).confirm([str(each) for each in ids], shown={SHOWN}, at=NOON)


def test_whoever_is_not_there_by_id_is_gone() -> None:
    """So is whoever is there as deleted, or anonymised."""
    account = register(c6=a_contact(6, is_anonymized=True), c7=a_contact(7, is_deleted=True))

    found = confirmed(account, 5, 6, 7)

    assert found == Confirmation(gone=frozenset({"5", "6", "7"}))
    assert reason_for_keeping(found) is None


def test_whoever_is_there_by_id_is_kept_and_somebody_is_told_what_to_do() -> None:
    """The user of the key may not see them in the list any more; a date alone is no deletion."""
    account = register(c6=a_contact(6), c7=a_contact(7, deleted_at=NOON))

    found = confirmed(account, 5, 6, 7)

    assert found == Confirmation(gone=frozenset({"5"}), there=2)
    reason = reason_for_keeping(found) or ""
    assert reason.startswith("2 contacts that the list does not show are there when asked for by id: they are kept.")
    assert "give its group all lists" in reason


def test_a_run_that_is_stopped_asks_for_nobody_and_blames_nobody() -> None:
    """Everybody is left for the next pass."""
    found = Lookups(account=register(), is_over=lambda: True).confirm(["5", "6"], shown={SHOWN}, at=NOON)

    assert found == Confirmation(gone=frozenset(), left=2)


@pytest.mark.parametrize("error", [KeyRefused("HTTP 403"), PermissionRefused("HTTP 403"), Unreadable("HTTP 403")])
def test_a_refusal_confirms_nothing(error: SendtrailError) -> None:
    """Others are confirmed all the same, and it is said once."""
    found = confirmed(register(c6=error), 5, 6)

    assert found == Confirmation(gone=frozenset({"5"}), refused=1, reason="HTTP 403")
    reason = reason_for_keeping(found) or ""
    assert "does not say of 1 contact whether it is there (HTTP 403): they are kept" in reason


def test_an_account_that_does_not_answer_is_not_asked_any_more() -> None:
    """Those who were confirmed before are erased."""
    found = confirmed(register(**{f"c{number}": Unavailable("HTTP 503") for number in range(10, 20)}), *range(10, 20))

    assert (found.gone, found.refused, found.left) == (frozenset(), 1, 9)


def test_trouble_that_may_pass_asks_nobody_for_permissions() -> None:
    """What the user of the key may see has nothing to do with it."""
    trouble = reason_for_keeping(confirmed(register(c5=Unavailable("HTTP 503")), 5)) or ""
    refusal = reason_for_keeping(confirmed(register(c5=PermissionRefused("HTTP 403")), 5)) or ""

    assert trouble.endswith("(HTTP 503): they are kept, and asked for again after the next pass over the contacts")
    assert "Users and groups" in refusal


def test_an_account_that_knows_nobody_by_id_confirms_nobody() -> None:
    """As where something on the way answers 404 to every path that it does not know."""
    account = Register({})
    lookups = Lookups(account=account)

    found = lookups.confirm(["5"], shown={str(number) for number in range(20, 40)}, at=NOON)

    assert (found.gone, found.refused) == (frozenset(), 1)
    assert len(account.asked) == MAX_CONTROLS
    assert "it does not know those by id either whom it lists" in (reason_for_keeping(found) or "")


def test_an_account_that_begins_to_know_nobody_confirms_nobody() -> None:
    """As where it is suspended while contacts are asked for: any of its answers may be of after that."""

    class Moving(Register):
        def contact(self, contact_id: int) -> Contact | None:
            """Return a contact, None for everybody after the first question."""
            return None if self.asked else super().contact(contact_id)

    found = confirmed(Moving({int(SHOWN): a_contact(9), 5: a_contact(5)}), 5)

    assert (found.gone, found.refused) == (frozenset(), 1)
    assert "it does not know those by id either whom it lists" in (reason_for_keeping(found) or "")


def test_an_account_that_refuses_to_show_those_whom_it_lists_confirms_nobody() -> None:
    """The key has no permission for single contacts."""
    found = confirmed(Register({9: PermissionRefused("no permission")}), 5)

    assert (found.gone, found.refused, found.reason) == (frozenset(), 1, "no permission")


def test_the_requests_of_a_pass_are_bounded_and_the_next_pass_begins_with_others() -> None:
    """Whoever cannot be confirmed keeps nobody waiting for ever."""
    ids = [str(number) for number in range(100, 101 + MAX_LOOKUPS)]
    orders = []
    for days in range(2):
        account = register()
        found = Lookups(account=account).confirm(ids, shown={SHOWN}, at=NOON + timedelta(days=days))
        assert (len(found.gone), found.left, len(account.asked)) == (MAX_LOOKUPS, 1, 2 + MAX_LOOKUPS)
        orders.append(account.asked[1:-1])

    assert orders[0] != orders[1]


def test_nobody_is_asked_for_once_the_time_is_over() -> None:
    """A worker hands over in time, and a person may stop a run."""
    account = register()
    found = Lookups(account=account, is_over=lambda: len(account.asked) > 2).confirm(
        [str(number) for number in range(10, 20)], shown={SHOWN}, at=NOON
    )

    assert (len(found.gone), found.left) == (2, 8)
    assert reason_for_keeping(found) is None
