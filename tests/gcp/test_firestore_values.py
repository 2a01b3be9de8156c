"""Values as Firestore's API writes them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.delivery.checkpoint import Status
from sendtrail.gcp.firestore_values import decoded, encoded

TIMES = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | TIMES
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    """Whatever JSON can say, and aware times."""
    back = decoded(encoded(value))

    assert back == value
    assert type(back) is type(value)


def test_an_enumeration_is_its_text_and_a_tuple_a_list() -> None:
    """Dataclasses hold both."""
    assert decoded(encoded({"status": Status.DONE, "tags": ("a", "b")})) == {"status": "done", "tags": ["a", "b"]}


@pytest.mark.parametrize("value", [datetime(2025, 6, 1), date(2025, 6, 1), b"bytes", {1, 2}])  # noqa: DTZ001
def test_what_no_document_holds_is_refused(value: object) -> None:
    """A naive time would be read back as another."""
    with pytest.raises(TypeError, match="document"):
        encoded({"value": value})
