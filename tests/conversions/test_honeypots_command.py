"""`sendtrail attribution set honeypot_links=...`, run as a person runs it."""

from pathlib import Path

import pytest

from sendtrail.cli import attribution
from sendtrail.domain.activity import EventType
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import activities, opened
from tests.conversions.commands import run, stored


def test_honeypots_are_stored_and_removed(database: Path) -> None:
    """Who made a mistake in the address learns that no link has it."""
    seen = run(attribution.app, "set", "honeypot_links=https://Shop.example/Unseen, ?trap=1", "--database", database)
    parts = stored(database, "SELECT address_part FROM marketing_ai.honeypot_settings ORDER BY ALL")
    run(attribution.app, "set", "honeypot_links=none", "--database", database)

    assert "honeypot_links is shop.example/unseen,?trap=1 now." in seen
    assert "No link that was clicked so far has that in its address" in seen
    assert parts == [("?trap=1",), ("shop.example/unseen",)]
    assert stored(database, "SELECT address_part FROM marketing_ai.honeypot_settings") == []


def test_the_links_that_are_found_are_counted(database: Path) -> None:
    """A text that most links have is seen to be one."""
    clicks = [
        opened(
            organization_id="main",
            event_type=EventType.CLICK,
            link_id=link,
            link_url=f"https://www.SHOP.example/{page}/{link}",
            contact_id=contact,
        )
        for page, link, contact in (("unseen", "1", "1"), ("unseen", "2", "1"), ("unseen", "2", "2"), ("new", "3", "3"))
    ]
    with DuckDbWarehouse(database) as warehouse:
        warehouse.merge(activities(*clicks))

    seen = run(attribution.app, "set", "honeypot_links=shop.example/unseen", "--database", database)

    assert "2 links that were clicked so far have that in their address; 2 contacts did so." in seen


@pytest.mark.parametrize(
    "value", ["", "/", "shop", "https://www.shop.example/", "shop.example/a b", "none,/unseen", "/unseen,"]
)
def test_what_would_mark_too_many_links_is_refused(database: Path, value: str) -> None:
    """A host alone marks every link of the shop."""
    with pytest.raises(SettingsError, match=r"honeypot_links \(the links that no person sees\) takes what"):
        run(attribution.app, "set", f"honeypot_links={value}", "--database", database)
