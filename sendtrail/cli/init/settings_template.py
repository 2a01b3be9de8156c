"""The text of a new `sendtrail.toml`, and of an account that is added to one. Pure."""

import json
from dataclasses import dataclass

from sendtrail.cli.settings.settings_file import key_variable

_HEAD = """\
# The settings of Sendtrail for the commands that are run in this folder: docs/one-machine.md explains them.
# An option counts before the environment, that before .env, and this file comes last. Keys are in .env, never here.

database = {database}
# dataset = "marketing_ai"        # the schema in it that holds the tables
# concurrency = 4                 # campaigns read at a time
"""
_ACCOUNT = """
[accounts.{name}]                 # this name marks the account's rows, and tells it from others: do not change it
api_url = {api_url}
{key}
{time_zone}
# requests_per_second = 5         # the account's limit, which all of your integrations share
# share_kept_free = 0.2           # how much of that is left to the others
# lookback_days = 30              # how far back each sync reads; without it, 7 days the first time, then what is new
"""
_TAIL = """
[schedule]
every_hours = 6                   # what `sendtrail schedule` prints for cron, systemd or launchd
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """An account as the file is to hold it; its key is in .env where no file holds it."""

    name: str
    api_url: str
    api_key_file: str | None = None
    time_zone: str | None = None


def new_file(account: NewAccount, *, database: str) -> str:
    """Return a whole file."""
    return _HEAD.format(database=_quoted(database)) + account_table(account) + _TAIL


def account_table(account: NewAccount) -> str:
    """Return the table of an account, to be put at the end of a file."""
    key = f"# its key is in .env, as {key_variable(account.name)}"
    zone = '# time_zone = "America/Chicago"   # of timestamps that come without one'
    return _ACCOUNT.format(
        name=account.name,
        api_url=_quoted(account.api_url),
        key=f"api_key_file = {_quoted(account.api_key_file)}" if account.api_key_file else key,
        time_zone=f"time_zone = {_quoted(account.time_zone)}" if account.time_zone else zone,
    )


def _quoted(text: str) -> str:
    """Return a text as TOML has it, which is as JSON has it."""
    return json.dumps(text, ensure_ascii=False)
