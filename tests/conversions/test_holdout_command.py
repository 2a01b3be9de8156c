"""`sendtrail attribution set holdout_...`, run as a person runs it."""

from pathlib import Path

import pytest

from sendtrail.cli import attribution
from sendtrail.domain.contact import ListMembership
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import contact, contacts
from tests.conversions.commands import run, stored

NEWS, HELD_OUT = ListMembership(list_name="News", status=1), ListMembership(list_name="Held out [A]", status=1)


def test_who_is_held_out_is_set_and_counted(database: Path) -> None:
    """A name that no list has is noticed at once."""
    with DuckDbWarehouse(database) as warehouse:
        for number, lists in enumerate([(NEWS,), (NEWS,), (NEWS, HELD_OUT), ()], start=1):
            warehouse.merge(contacts(contact(contact_id=number, lists=lists, organization_id="main")))
    days = ["holdout_from=2025-05-01", "holdout_until=2025-05-14"]

    wrong = run(attribution.app, "set", "holdout_list=held out", *days, "--database", database)
    right = run(attribution.app, "set", "holdout_list=Held out [A]", "holdout_drawn_from=News", "--database", database)

    assert "0 contacts are held out, and compared with 4 others.\nNobody is held out: is the list" in wrong
    assert "holdout_list is Held out [A] now." in right
    assert "1 contact is held out, and compared with 2 others.\nFewer than 10 contacts of a group bought" in right
    chosen = stored(database, "SELECT held_out_list, first_day::VARCHAR FROM marketing_ai.holdout_settings")
    assert chosen == [("Held out [A]", "2025-05-01")]


def test_a_holdout_is_removed(database: Path) -> None:
    """Its settings may stay; nobody is held out any more."""
    run(attribution.app, "set", "holdout_tag=control", "holdout_from=2025-05-01", "--database", database)

    seen = run(attribution.app, "set", "holdout_tag=None", "--database", database)

    assert "Nobody is held out until holdout_list or holdout_tag says who." in seen
    assert stored(database, "SELECT * FROM marketing_ai.holdout_lift") == []


@pytest.mark.parametrize("day", ["2025-02-30", "1.3.2025", "2025-3-1", "20250301", "2025-03-01T00:00", ""])
def test_what_is_no_day_is_refused(database: Path, day: str) -> None:
    """Rather than stored and ignored."""
    with pytest.raises(SettingsError, match=r"holdout_from \(their first day\) takes a day, such as 2025-03-01"):
        run(attribution.app, "set", f"holdout_from={day}", "--database", database)
