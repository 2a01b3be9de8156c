"""The signals that end a run: the first has it record its progress, a second ends it at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sendtrail.cli.process.interruption import handling_signals


def stopping_on_signals(
    stop: Callable[[], None], *, is_stopped: Callable[[], bool], again: Callable[[], None]
) -> AbstractContextManager[None]:
    """Call `stop` at the first signal in this block, and `again` at each that comes when it `is_stopped`."""

    def on_signal(number: int, frame: object) -> None:  # noqa: ARG001
        if is_stopped():
            again()  # ends at once, and nothing is lost either
        stop()

    return handling_signals(on_signal)
