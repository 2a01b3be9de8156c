"""How a batch is cut."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.local.duckdb_warehouse import ROWS_PER_ARRAY, json_arrays, slices
from tests.contracts.samples import contact


def test_a_slice_holds_as_many_lines_as_fit() -> None:
    """The next line begins the next slice."""
    assert list(slices(["aa", "bb", "cc"], slice_size=5)) == [["aa", "bb"], ["cc"]]


def test_a_line_that_is_longer_is_a_slice_of_its_own() -> None:
    """No line is ever broken."""
    assert list(slices(["a", "bbbbbbbb", "c"], slice_size=3)) == [["a"], ["bbbbbbbb"], ["c"]]


@given(lines=st.lists(st.text(alphabet="aü", min_size=1)), slice_size=st.integers(1, 20))
def test_nothing_is_lost(lines: list[str], slice_size: int) -> None:
    """The slices together are the batch, in its order."""
    assert [line for part in slices(lines, slice_size=slice_size) for line in part] == lines


@given(count=st.integers(0, 2 * ROWS_PER_ARRAY + 1), array_size=st.integers(1, 50_000))
def test_arrays_hold_every_row_once(count: int, array_size: int) -> None:
    """Wide rows are spread over more arrays, and none is broken, however little an array may hold."""
    rows = [contact(contact_id=number) for number in range(count)]

    arrays = [orjson.loads(text) for text in json_arrays(rows, array_size=array_size)]

    assert [row["contact_id"] for array in arrays for row in array] == [str(number) for number in range(count)]


@given(array_size=st.integers(1, 50_000))
def test_an_array_is_no_longer_than_asked(array_size: int) -> None:
    """Only a row that is longer itself makes a longer array."""
    rows = [contact(contact_id=number) for number in range(ROWS_PER_ARRAY)]

    texts = list(json_arrays(rows, array_size=array_size))

    assert all(len(text) <= array_size or len(orjson.loads(text)) == 1 for text in texts)
