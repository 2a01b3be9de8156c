"""Numbered pages in their order, some of them fetched ahead of the one that is being read."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from sendtrail import threads
from sendtrail.threads import Future, Pool

T = TypeVar("T")
# Takes a page's number, and what tells whether the page is still wanted.
Fetch = Callable[[int, Callable[[], bool]], T]

MAX_AHEAD = 16


class PagePrefetch(Generic[T]):
    """The pages from `first` on, in their order, until it is closed; to be iterated once.

    The first page is fetched alone: every other one is therefore read later than it. From then on as many are under way
    as `window` says for the number of the next page, one at least and `MAX_AHEAD` at most.
    """

    def __init__(self, fetch: Fetch[T], *, first: int, window: Callable[[int], int]) -> None:
        self._fetch, self._next, self._window = fetch, first, window
        self._under_way: deque[tuple[int, Future[T]]] = deque()
        self._given_up = threads.event()
        self._threads: Pool | None = None

    def __iter__(self) -> Iterator[tuple[int, T]]:
        """Yield each page's number and content; an error is raised in the place of its page."""
        yield self._fetch_next()
        while True:
            self._fetch_ahead()
            if self._under_way:
                page, future = self._under_way.popleft()
                yield page, future.result()
            else:
                yield self._fetch_next()

    def read_again(self) -> None:
        """Give up what was fetched ahead of the page that was yielded last: go on with the one after it."""
        if self._under_way:
            self._next = self._under_way[0][0]
        self._give_up()
        self._given_up = threads.event()

    def close(self) -> None:
        """Give up what is under way, without waiting for it: a request that has not left yet is not made."""
        self._give_up()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _fetch_next(self) -> tuple[int, T]:
        """Fetch a page in this thread, as nothing else is under way."""
        page, self._next = self._next, self._next + 1
        return page, self._fetch(page, self._wanted())

    def _fetch_ahead(self) -> None:
        most = min(self._window(self._next), MAX_AHEAD)
        while most > 1 and len(self._under_way) < most:
            page, self._next = self._next, self._next + 1
            self._under_way.append((page, self._submit(page)))
            most = min(self._window(self._next), MAX_AHEAD)

    def _submit(self, page: int) -> "Future[T]":
        if self._threads is None:
            self._threads = threads.pool(MAX_AHEAD, name="page")
        return self._threads.submit(self._fetch, page, self._wanted())

    def _wanted(self) -> Callable[[], bool]:
        given_up = self._given_up
        return lambda: not given_up.is_set()

    def _give_up(self) -> None:
        self._given_up.set()
        self._under_way.clear()
