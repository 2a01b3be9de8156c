"""Ctrl-C and SIGTERM outside the run itself: they end the process at once, with one sentence and exit code 130."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sendtrail.cli.process.exit_codes import INTERRUPTED

SENTENCE = "Interrupted. Nothing is lost: run the same command again to continue."
SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"
_STDERR = 2


class CommandProcess:
    """The process of a command, to which its signals belong up to its end; an embedding program keeps its own."""

    def __init__(self) -> None:
        _open_closed_streams()
        # The interpreter restores the default handlers while it ends, but leaves a signal that is ignored as it is.
        atexit.register(_ignore_signals)


class Interrupts:
    """Remembers whether Ctrl-C has interrupted the command, which then ends with exit code 130, not 1."""

    def __init__(self) -> None:
        self.seen = False
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002
        self.seen = True
        raise KeyboardInterrupt


@contextmanager
def ending_at_once(process: CommandProcess | None) -> Iterator[None]:
    """End the process on a signal from here on, up to its end if it is the command's own, else in this block."""
    with handling_signals(_on_signal, are_restored=process is None):
        yield


@contextmanager
def handling_signals(handler: Callable[[int, object], None], *, are_restored: bool = True) -> Iterator[None]:
    """Have Ctrl-C and SIGTERM call a handler in this block; only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in SIGNALS}
    try:
        yield
    finally:
        if are_restored:
            for number, was in before.items():
                signal.signal(number, signal.SIG_DFL if was is None else was)


def end_at_once() -> None:
    """End the process, whatever its threads wait for: what was merged is kept, as after a kill."""
    show_cursor = _SHOW_CURSOR if os.isatty(_STDERR) else ""
    with suppress(OSError):  # nobody reads it any more
        # Past sys.stderr, which may be in the middle of a write that this signal has interrupted.
        os.write(_STDERR, f"{show_cursor}\n{SENTENCE}\n".encode())
    os._exit(INTERRUPTED)


def _open_closed_streams() -> None:
    """Give a standard stream that was closed to nobody: else the next file would get its number, and its output."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def _on_signal(number: int, frame: object) -> None:  # noqa: ARG001
    end_at_once()


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
