"""How a batch is cut."""

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.local.slices import slices


def test_a_batch_is_cut_between_lines() -> None:
    """A slice holds whole lines, as many as fit."""
    assert list(slices(b"aa\nbb\ncc\n", slice_bytes=6)) == ["aa\nbb\n", "cc\n"]


def test_a_line_that_is_longer_is_a_slice_of_its_own() -> None:
    """No line is ever broken."""
    assert list(slices(b"a\nbbbbbbbb\nc\n", slice_bytes=3)) == ["a\n", "bbbbbbbb\n", "c\n"]


@given(lines=st.lists(st.text(alphabet="aü", min_size=1)), slice_bytes=st.integers(1, 20))
def test_nothing_is_lost(lines: list[str], slice_bytes: int) -> None:
    """The slices together are the batch."""
    batch = "".join(f"{line}\n" for line in lines)
    assert "".join(slices(batch.encode(), slice_bytes=slice_bytes)) == batch
