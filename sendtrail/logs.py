"""Log lines carry whose work they are about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_labels: ContextVar[Mapping[str, str]] = ContextVar("labels", default={})  # noqa: B039


@contextmanager
def labels(**more: str) -> Iterator[None]:
    """Add labels to every line that is logged within the block."""
    token = _labels.set({**_labels.get(), **more})
    try:
        yield
    finally:
        _labels.reset(token)
