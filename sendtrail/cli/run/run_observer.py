"""Callbacks of a run, for who shows its progress."""

from collections.abc import Callable
from dataclasses import dataclass

from sendtrail.ports import Topic
from sendtrail.sync.runs.stored_run import Summary


def _raise_interrupt() -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True, kw_only=True, slots=True)
class RunObserver:
    """Callbacks of a run: when the work to do is known, and after each piece that is complete, from any thread."""

    on_dispatched: Callable[[Summary], None] = lambda _: None
    on_finished: Callable[[Topic], None] = lambda _: None
    on_second_signal: Callable[[], None] = _raise_interrupt
