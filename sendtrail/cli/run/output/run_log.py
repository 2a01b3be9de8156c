"""What a run logs: beside its progress bars, with dates where nobody watches, or as JSON; an outage once."""

import logging

from rich.console import Console
from rich.logging import RichHandler

from sendtrail.activecampaign.http import retries
from sendtrail.cli.run.output.progress_lines import DATE_FORMAT
from sendtrail.cli.settings.sync_settings import LogFormat
from sendtrail.logs import JsonFormatter

QUIET_S = 600.0


def log_to(console: Console, log_format: LogFormat = LogFormat.TEXT) -> None:
    """Log warnings and errors of this process where the console prints."""
    handler = _handler(console, log_format)
    handler.addFilter(OutageFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _handler(console: Console, log_format: LogFormat) -> logging.Handler:
    if log_format is LogFormat.TEXT and console.is_terminal:
        handler: logging.Handler = RichHandler(console=console, show_path=False, show_time=False)
        handler.setFormatter(logging.Formatter("%(message)s"))
        return handler
    handler = logging.StreamHandler(console.file)
    is_json = log_format is LogFormat.JSON
    handler.setFormatter(
        JsonFormatter() if is_json else logging.Formatter("%(asctime)s %(levelname)s %(message)s", DATE_FORMAT)
    )
    return handler


class OutageFilter(logging.Filter):
    """Lets the same reason for another attempt pass once in ten minutes, with how often it came meanwhile.

    While an account does not answer, each request of each worker is tried again for minutes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed_at: dict[str, float] = {}
        self._dropped: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is to be written."""
        if record.name != retries.__name__ or not isinstance(record.args, tuple) or not record.args:
            return True
        reason = str(record.args[0])
        if record.created - self._passed_at.get(reason, record.created - QUIET_S) < QUIET_S:
            self._dropped[reason] = self._dropped.get(reason, 0) + 1
            return False
        self._passed_at[reason] = record.created
        if dropped := self._dropped.pop(reason, 0):
            record.msg = f"{record.msg} ({dropped:,} more like it in the last minutes)"
        return True
