"""The signals that end a run: the first has it record its progress, a second ends it at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sendtrail.cli.process.interruption import SIGNALS


@contextmanager
def stopping_on_signals(
    stop: Callable[[], None], *, is_stopped: Callable[[], bool], again: Callable[[], None]
) -> Iterator[None]:
    """Call `stop` at the first signal in this block, and `again` at each that comes when it `is_stopped`."""

    def on_signal(number: int, frame: object) -> None:  # noqa: ARG001
        if is_stopped():
            again()  # ends at once, and nothing is lost either
        stop()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, on_signal) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
