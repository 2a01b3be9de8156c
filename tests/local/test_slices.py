"""How a batch is cut."""

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.local.duckdb_warehouse import slices


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
