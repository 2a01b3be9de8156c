"""Sends notifications through apprise; the addresses hold tokens, and are in no log and no error."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydantic import SecretStr

from sendtrail.cli.extras import require
from sendtrail.cli.notify.texts import Message

logger = logging.getLogger(__name__)


def send(message: Message, urls: Sequence[SecretStr]) -> int:
    """Send a message to each address and return how many took it; say which did not, without its address."""
    require("notify")
    return sum(_sent(message, url.get_secret_value(), number) for number, url in enumerate(urls, start=1))


def _sent(message: Message, url: str, number: int) -> bool:
    with _in_silence():
        import apprise  # noqa: PLC0415  (an extra, which logs while it is imported)

        try:
            service = apprise.Apprise()
            is_known = service.add(url)
            is_sent = is_known and bool(
                service.notify(title=message.title, body=message.body, notify_type=message.severity.value)
            )
        except Exception as error:  # noqa: BLE001  (a failing notification fails no run; its text may hold the address)
            logger.warning("notification address %d: it could not be sent (%s)", number, type(error).__name__)
            return False
    if not is_known:
        logger.warning("notification address %d is none that apprise understands: see its list of services", number)
    elif not is_sent:
        logger.warning("notification address %d did not take the message: is its token still right?", number)
    return is_sent


@contextmanager
def _in_silence() -> Iterator[None]:
    """Have what apprise and the HTTP client log, which may be an address, go nowhere."""
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3", "requests")]
    before = [each.disabled for each in loggers]
    children = [logging.getLogger(name) for name in ("urllib3.connectionpool", "urllib3.util.retry")]
    levels = [each.level for each in children]
    for each in loggers:
        each.disabled = True
    for child in children:
        child.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for each, was in zip(loggers, before, strict=True):
            each.disabled = was
        for child, level in zip(children, levels, strict=True):
            child.setLevel(level)
