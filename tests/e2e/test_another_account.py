"""A database that meets another account than its own, and one whose account has moved."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from sendtrail.errors import AnotherAccount
from sendtrail.simulator import serve
from tests.e2e.commands import sync
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]


def test_a_command_with_another_accounts_key_changes_no_row(pipeline: Make) -> None:
    """It ends as any wrong setting does, asks the account for nothing, and says what to type."""
    line, other = pipeline(), pipeline(seed=6)
    line.sync()
    before = line.activities(), line.contacts()
    mistaken = Pipeline(account=other.account, url=other.url, database=line.database, make_database=line.make_database)

    code, output = sync(mistaken)

    assert code == 2
    assert "--account-moved" in output
    assert "--organization" in output
    assert other.account.stats().requests == 0
    assert (line.activities(), line.contacts()) == before


def test_a_command_with_another_name_for_the_account_stores_nothing_twice(pipeline: Make) -> None:
    """It says which name the account has, and the sync under that name goes on."""
    line = pipeline()
    line.sync()
    before = line.activities(), line.contacts()

    code, output = sync(line, "--organization", "another")

    assert code == 2
    assert "stored as main: nothing was changed; sync it with --organization main" in " ".join(output.split())
    with line.open() as run:
        names = run.warehouse.query("SELECT DISTINCT organization_id FROM marketing_ai.campaigns").rows
        assert list(names) == [("main",)]
    assert (line.activities(), line.contacts()) == before


def test_an_address_that_leads_to_another_account_by_now_changes_no_row(pipeline: Make) -> None:
    """Its list of campaigns gives it away, before anything is merged."""
    line, other = pipeline(), pipeline(seed=6)
    with serve(line.account) as server:
        line.url = server.url
        line.sync()
    before = line.activities(), line.contacts()

    with serve(other.account, port=urlsplit(line.url).port or 0), pytest.raises(AnotherAccount):
        line.sync()

    assert (line.activities(), line.contacts()) == before


def test_an_account_at_a_new_address_goes_on_when_told_so_once(pipeline: Make) -> None:
    """What is stored of it stays, and only its list is read."""
    line = pipeline()
    line.sync()
    with serve(line.account) as moved:
        line.url = moved.url
        line.sync(account_moved=True, all=None, contacts=False)
        assert line.stats.requests == 1

        line.sync(all=None, contacts=False)

        assert line.stats.requests == 1
    line.assert_equal()
