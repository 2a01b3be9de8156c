"""A batch in slices, so that merging takes the same memory however wide its rows are."""

from collections.abc import Iterable, Iterator

SLICE_SIZE = 4_000_000


def slices(lines: Iterable[str], *, slice_size: int = SLICE_SIZE) -> Iterator[list[str]]:
    """Yield lines in lists of at most `slice_size` characters together, or of one line that is longer."""
    part: list[str] = []
    size = 0
    for line in lines:
        if part and size + len(line) > slice_size:
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part
