"""The time zones that Terraform takes are those that the functions can read."""

from zoneinfo import ZoneInfo

from deploy.time_zones import FILE, time_zones
from sendtrail.domain.connection import DEFAULT_TIME_ZONE


def test_the_names_are_those_of_the_database() -> None:
    """`python -m deploy.time_zones` would change nothing."""
    assert FILE.read_text(encoding="utf-8").splitlines() == time_zones()


def test_every_name_can_be_read() -> None:
    """And what accounts have by default is among them."""
    names = FILE.read_text(encoding="utf-8").splitlines()

    assert {ZoneInfo(name).key for name in names} == set(names) >= {DEFAULT_TIME_ZONE, "UTC", "Europe/Berlin"}
