"""The SELECTs of the report: what they read is what they say they read."""

import re
from typing import Any

import pytest

from sendtrail.report.queries import COUNTED, PLAIN, Select
from sendtrail.warehouse.views import columns


@pytest.mark.parametrize("select", [*PLAIN, *COUNTED], ids=lambda select: select.view)
def test_every_column_that_is_read_is_named(select: Select[Any]) -> None:
    """A snapshot keeps these and no others."""
    of_the_view = {column.name for column in columns(select.view)}
    words = set(re.findall(r"\w+", select.sql("source", organization="acme")))

    assert set(select.columns) == words & of_the_view
