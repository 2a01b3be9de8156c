"""Each pair of any two quirks, among many others: what is not stored is said, and comes once the account is sound."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sendtrail.simulator import Account, Quirks, serve
from sendtrail.simulator.quirks.access import AccessQuirks
from sendtrail.simulator.quirks.counters import CounterQuirks
from sendtrail.simulator.quirks.paging import PagingQuirks
from tests.e2e.worlds import DAYS_OF_CHANGE, an_account, world
from tests.fakes import FakeClock
from tests.simulator.quirks.levels import LEVELS
from tests.simulator.quirks.pairs import covering_array

pytestmark = pytest.mark.world

# What decides which rows there are, so that it stays as it is when an account is mended.
KEPT = ("twenty_links", "counters_fall_on_deletion")
MENDED = {
    field.name: field.default
    for group in (PagingQuirks, CounterQuirks, AccessQuirks)
    for field in fields(group)
    if field.name not in KEPT
} | {"bad_rows": (), "deletions_while_reading": 0}
# Counters that stand still say nothing, so that nothing could be said of the others: test_worlds.py has them apart.
# Subject lines touch no other list: tests/sync has them.
APART = ("frozen_counters", "counters_freeze_h", "unnamed_messages", "subjects")
ROWS = covering_array({name: values for name, values in LEVELS.items() if name not in APART})


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_what_is_not_stored_is_said_and_comes_in_the_end(
    number: int, tmp_path: Path, make_database: Callable[[Path], Path]
) -> None:
    """After three days of change and a week of rest; then the account's lists are shown as documented."""
    quirks = Quirks(**ROWS[number])  # type: ignore[arg-type]
    database, clock = make_database(tmp_path / "test.duckdb"), FakeClock()
    account = an_account(quirks)
    with serve(account) as server, world(account, server.url, database, clock) as odd:
        odd.live()
        held = odd.holdings()
        is_whole = not held.missing and odd.has_contacts()
        assert held.twice == 0
        assert is_whole or odd.failures or held.missing <= held.said
    if is_whole:
        return
    mended = _mended(quirks, clock)
    with (
        serve(mended, port=urlsplit(server.url).port or 0) as again,
        world(mended, again.url, database, clock) as whole,
    ):
        whole.rest()
        held = whole.holdings()
        assert (whole.failures, held.missing, held.twice) == ([], frozenset(), 0)
        assert whole.has_contacts()


def _mended(quirks: Quirks, clock: FakeClock) -> Account:
    """Return an account that has lived through the same days, and hides nothing."""
    changes: dict[str, Any] = MENDED
    account = an_account(replace(quirks, **changes))
    for _ in range(DAYS_OF_CHANGE):
        account.pass_day()
    for _ in range((clock.now() - account.now).days):
        account.pass_quiet_day()
    return account
