"""A batch in slices, so that merging takes the same memory however wide its rows are."""

from collections.abc import Iterator

SLICE_BYTES = 4_000_000


def slices(lines: bytes, *, slice_bytes: int = SLICE_BYTES) -> Iterator[str]:
    """Yield newline-delimited JSON in pieces of whole lines of at most `slice_bytes`, or of one line that is longer."""
    start = 0
    while start < len(lines):
        end = lines.rfind(b"\n", start, start + slice_bytes) + 1 or lines.find(b"\n", start) + 1 or len(lines)
        yield lines[start:end].decode()
        start = end
