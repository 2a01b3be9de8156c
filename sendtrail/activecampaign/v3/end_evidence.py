"""Whether the list of contacts seems to have ended. Pure decisions."""

# How many empty pages in a row speak for the end: where totals can be believed, and where not.
ENOUGH, ENOUGH_WITHOUT_TOTALS = 1, 2


class EndEvidence:
    """What speaks for the end of a pass: empty pages in a row, and totals that were right so far."""

    def __init__(self) -> None:
        self._empty = 0
        self._left: int | None = None
        self._is_credible = True

    def record(self, *, received: int, total: int | None) -> None:
        """Record a page."""
        if not received:
            self._empty += 1
            self._is_credible = self._is_credible and total is not None and self._left is not None
            return
        self._empty = 0
        was_the_last = self._left == 0
        self._is_credible = self._is_credible and total is not None and total >= received and not was_the_last
        self._left = None if total is None else total - received

    @property
    def is_enough(self) -> bool:
        """Return whether the list seems to have ended."""
        return self._empty >= (ENOUGH if self._is_credible else ENOUGH_WITHOUT_TOTALS)
