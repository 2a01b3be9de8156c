"""The death of a process, or Ctrl-C, at any of its calls to the outside."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Crash(BaseException):
    """The process died here: whatever it still tries to do outside fails as well."""


class Fuse:
    """Counts calls to the outside; at the number `at`, the process dies, or somebody presses Ctrl-C."""

    def __init__(self, at: int | None = None, *, is_kill: bool = True) -> None:
        self._at, self._is_kill = at, is_kill
        self._calls, self._lock = 0, threading.Lock()
        self.on_interrupt: Callable[[], None] = lambda: None

    def trip(self) -> None:
        """Count a call."""
        with self._lock:
            self._calls += 1
            is_due = self._at is not None and self._calls >= self._at
        if is_due and self._is_kill:
            raise Crash
        if is_due:
            self.on_interrupt()


class _Tapped:
    """A port each call of which goes through a fuse, before it and after it."""

    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._port, name)
        if not callable(inner):
            return inner

        def call(*given: Any, **named: Any) -> Any:
            self._fuse.trip()
            result = inner(*given, **named)
            self._fuse.trip()
            return result

        return call


def tapped(port: T, fuse: Fuse) -> T:
    """Return a port whose calls may be the last."""
    return cast("T", _Tapped(port, fuse))
