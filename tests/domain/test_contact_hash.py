"""The hash of a contact's row, by which an unchanged contact is known."""

from dataclasses import replace

from sendtrail.warehouse.domain_rows import contact_row
from tests.contracts.samples import ANN
from tests.fakes import NOON

# As it was stored before there was `mpp_tracking`.
STORED = "1c9834c37ed8376bfafa0ee4ba197244fdb6516c5fde2a46cefa4e90c0b58e6d"


def test_a_newer_version_rewrites_no_contact_that_says_nothing_new() -> None:
    """Or every contact of every account would be merged once more."""
    assert contact_row(ANN, organization_id="acme", now=NOON).row_hash == STORED


def test_what_the_account_says_of_apple_is_a_change() -> None:
    """Both that it opens the mail and that it does not."""
    told = [replace(ANN, mpp_tracking=value) for value in (None, False, True)]

    assert len({contact_row(each, organization_id="acme", now=NOON).row_hash for each in told}) == 3
