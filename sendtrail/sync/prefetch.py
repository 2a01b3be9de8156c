"""Several reports one after the other, the first pages of those to come fetched meanwhile.

A report begins with a page that has to be waited for. Most campaigns have a page of each report at most: asked for one
after the other they would take as long as the account's answers do, and the budget would idle.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sendtrail import threads
from sendtrail.threads import Future, Pool

T = TypeVar("T")

MAX_PREFETCHED = 5


def prefetched(readers: Sequence[Callable[[], Iterator[T]]]) -> Iterator[Iterator[T]]:
    """Yield what each reader gives, in their order; an error is raised in the place of its report.

    Stopping early waits for nothing: what has not begun does not begin, and of what is under way the answer is dropped.
    """
    if len(readers) < 2:
        yield from (reader() for reader in readers)
        return
    pool = threads.pool(MAX_PREFETCHED, name="report")
    try:
        under_way: deque[_Prefetched[T]] = deque()
        for reader in readers:
            under_way.append(_Prefetched(reader(), pool))
            if len(under_way) > MAX_PREFETCHED:
                yield iter(under_way.popleft())
        yield from (iter(each) for each in under_way)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Prefetched(Iterator[T]):
    """An iterator whose first item is being fetched in another thread."""

    def __init__(self, items: Iterator[T], pool: Pool) -> None:
        self._items = items
        self._first: Future[T | None] | None = pool.submit(self._fetch_first)

    def _fetch_first(self) -> T | None:
        return next(self._items, None)

    def __next__(self) -> T:
        first, self._first = self._first, None
        if first is None:
            return next(self._items)
        item = first.result()
        if item is None:
            raise StopIteration
        return item
