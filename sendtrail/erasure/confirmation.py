"""Before somebody is erased for being gone, the account is asked for each of them by id.

The list of contacts shows what the user of the API key may see. Where a permission is taken from it, those whom it
hides look like deletions in any number of passes.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from sendtrail.domain.contact import Contact
from sendtrail.errors import Rejected, Unavailable
from sendtrail.plurals import counted

# Requests of one pass: at the default rate not quite four minutes. Whoever is left is asked for after the next pass.
MAX_LOOKUPS = 1_000
# Of so many contacts that the list shows, one has to be there by its id, too; any may have been deleted since.
MAX_CONTROLS = 3


class ContactLookup(Protocol):
    """The contacts of an account by their ids."""

    def contact(self, contact_id: int) -> Contact | None:
        """Return a contact, None where the account says that there is none of this id.

        Raise Unavailable or Rejected where it does not say.
        """
        ...


def never() -> bool:
    """Return that there is time left."""
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """Who is `gone` by id, too, and how many are `there`, or `left` for another pass.

    `refused`: of so many the account does not say, for a `reason`; it `may_pass` where the account was in trouble.
    """

    gone: frozenset[str]
    there: int = 0
    refused: int = 0
    reason: str = ""
    may_pass: bool = False
    left: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookups:
    """Asks an account for contacts by id; `is_over` says that there is no time left."""

    account: ContactLookup
    is_over: Callable[[], bool] = never

    def confirm(self, gone: Collection[str], *, shown: Collection[str], at: datetime) -> Confirmation:
        """Return which of the contacts that seem to be gone are; `shown` are those that the list has, `at` its pass.

        Each pass begins with others, so that those who cannot be confirmed keep nobody waiting. Of those shown, one has
        to be there before and after: an account may begin to answer 404 to everything in between.
        """
        known = _shuffled(shown, at)[:MAX_CONTROLS]
        before = self._asked_for(known, is_over=self.is_over)
        if shown and not before.there:
            return Confirmation(gone=frozenset(), left=len(gone)) if self.is_over() else _nobody(gone, before)
        found = self._asked_for(_shuffled(gone, at), is_over=self.is_over)
        if not shown or not found.gone:
            return found
        after = self._asked_for(known, is_over=never)
        return found if after.there else _nobody(gone, after)

    def _asked_for(self, ids: Sequence[str], *, is_over: Callable[[], bool]) -> Confirmation:
        found: dict[bool, list[str]] = {True: [], False: []}
        errors: list[Exception] = []
        for contact_id in _while_there_is_time(ids, is_over):
            try:
                found[self._is_there(contact_id)].append(contact_id)
            except Rejected as error:
                errors.append(error)
            except Unavailable as error:  # after many attempts
                errors.append(error)
                break
        answered = len(found[True]) + len(found[False])
        return Confirmation(
            gone=frozenset(found[False]),
            there=len(found[True]),
            refused=len(errors),
            reason=str(errors[0]) if errors else "",
            may_pass=bool(errors) and all(isinstance(each, Unavailable) for each in errors),
            left=len(ids) - answered - len(errors),
        )

    def _is_there(self, contact_id: str) -> bool:
        """Return whether a contact is there, and neither deleted nor anonymised."""
        found = self.account.contact(int(contact_id))
        return found is not None and not (found.is_anonymized or found.is_deleted)


def reason_for_keeping(found: Confirmation) -> str | None:
    """Return why contacts who seem to be gone are kept, and what to do about it; None where all were confirmed."""
    reasons = list(_reasons(found))
    if not reasons:
        return None
    said = f"{'; '.join(reasons)}: they are kept"
    if found.may_pass and not found.there:
        return f"{said}, and asked for again after the next pass over the contacts"
    return (
        f"{said}. The user of the API key may no longer see every contact: give its group"
        " all lists and the permission for contacts in ActiveCampaign under Settings > Users and groups, or switch"
        " erase_gone_after_days off"
    )


def _reasons(found: Confirmation) -> Iterator[str]:
    if found.there:
        are = counted(found.there, "contact that the list does not show is", "contacts that the list does not show are")
        yield f"{are} there when asked for by id"
    if found.refused:
        yield f"the account does not say of {counted(found.refused, 'contact')} whether it is there ({found.reason})"


def _while_there_is_time(ids: Sequence[str], is_over: Callable[[], bool]) -> Iterator[str]:
    for contact_id in ids[:MAX_LOOKUPS]:
        if is_over():
            return
        yield contact_id


def _nobody(gone: Collection[str], controls: Confirmation) -> Confirmation:
    reason = controls.reason or "it does not know those by id either whom it lists"
    return Confirmation(gone=frozenset(), refused=len(gone), reason=reason, may_pass=controls.may_pass)


def _shuffled(ids: Collection[str], at: datetime) -> Sequence[str]:
    """Return ids of contacts in an order of this pass; those that are no number are left out."""
    numbers = (each for each in ids if each.isascii() and each.isdecimal())
    return sorted(numbers, key=lambda each: sha256(f"{at.isoformat()} {each}".encode()).digest())
