"""`sendtrail.toml`: the settings of one account or of many, in the folder in which a command is run.

What it says comes last: options, the environment and `.env` count before it. It holds no key.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sendtrail.cli.settings.file_keys import ACCOUNT_KEYS, NAMED_OTHERWISE, OF_THE_TABLE, SECTIONS, SHARED_KEYS
from sendtrail.domain.messages import OrganizationId
from sendtrail.errors import SettingsError

FILE = Path("sendtrail.toml")
ACCOUNTS = "accounts"
Values = Mapping[str, Any]

# So alike are names of which one is a misspelling of the other.
_ALIKE = 0.7
_NAME: TypeAdapter[str] = TypeAdapter(OrganizationId)
_ADVICE = "mend it, or run sendtrail init in another folder to see one"


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsFile:
    """What the file says: to all accounts, to each by its name, and to what is no account by its section."""

    shared: Values = field(default_factory=dict)
    accounts: Mapping[str, Values] = field(default_factory=dict)
    sections: Mapping[str, Values] = field(default_factory=dict)

    def layers(self, account: str | None) -> Sequence[Values]:
        """Return what it says to an account, the nearest first; None: to whatever account there is."""
        if account is None:
            return [self.shared]
        return [{**self.accounts[account], "organization": account}, self.shared]

    def place_of(self, name: str, account: str | None) -> str:
        """Return where a person finds a setting in the file."""
        is_own = account is not None and name in self.accounts[account]
        return f"{FILE}: {ACCOUNTS}.{account}.{name}" if is_own else f"{FILE}: {name}"


def read_settings_file(path: Path = FILE) -> SettingsFile:
    """Return what the file says, nothing where there is none; raise SettingsError with every problem of it."""
    content = _content(path)
    if problems := list(_problems(content)):
        raise SettingsError([f"{path}: {problem}" for problem in problems])
    named = {*SECTIONS, ACCOUNTS}
    return SettingsFile(
        shared=_given({name: value for name, value in content.items() if name not in named}),
        accounts={name: _given(values) for name, values in content.get(ACCOUNTS, {}).items()},
        sections={name: _given(content[name]) for name in SECTIONS if name in content},
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        # Editors on Windows begin a file with a mark that is no TOML.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path} is not text in UTF-8: save it as such"]) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{path} is not TOML: {error}: {_ADVICE}"]) from None


def _given(values: Values) -> Values:
    """Return the values but for empty ones: a line that is there and says nothing is none."""
    return {NAMED_OTHERWISE.get(name, name): value for name, value in values.items() if value not in ("", [])}


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    accounts = content.get(ACCOUNTS, {})
    for name, value in content.items():
        if name == ACCOUNTS:
            yield from _of_accounts(value)
        elif name in SECTIONS:
            yield from _of_table(name, value, SECTIONS[name])
        elif isinstance(value, dict):
            yield f"there is no table [{name}]{_meant(name, [*SECTIONS, ACCOUNTS])}"
        elif accounts and name == "organization":
            yield f"organization: the accounts are named by their tables, [{ACCOUNTS}.NAME]: leave this line out"
        else:
            yield from _of_key(name, name, SHARED_KEYS)


def _of_accounts(accounts: object) -> Iterator[str]:
    if not isinstance(accounts, dict):
        yield f"{ACCOUNTS}: give each account a table of its own, [{ACCOUNTS}.NAME]"
        return
    for name, values in accounts.items():
        if not isinstance(values, dict):
            yield f"{ACCOUNTS}.{name}: an account is a table, [{ACCOUNTS}.NAME]: is one named {name!r} meant?"
        elif not _is_name(name):
            yield f"{ACCOUNTS}.{name}: a name is letters, digits, - and _, at most 63, a letter or digit first"
        else:
            yield from _of_table(f"{ACCOUNTS}.{name}", values, ACCOUNT_KEYS)
    variables = [key_variable(name) for name in accounts]
    for twice in sorted({each for each in variables if variables.count(each) > 1}):
        yield f"{ACCOUNTS}: the keys of two accounts would both be in {twice}: rename one of them"


def _of_table(name: str, values: object, keys: Sequence[str]) -> Iterator[str]:
    if not isinstance(values, dict):
        yield f"{name}: this is a table, [{name}]"
        return
    for key in values:
        yield from _of_key(f"{name}.{key}", key, keys)


def _of_key(place: str, key: str, keys: Sequence[str]) -> Iterator[str]:
    if key == "api_key":
        yield f"{place}: a key does not belong into this file: put it into .env, or name a file with api_key_file"
    elif key == "urls":
        yield f"{place}: it holds a token: put it into .env as SENDTRAIL_NOTIFY_URLS, or name a file with urls_file"
    elif key in keys:
        return
    elif key in SHARED_KEYS and place.startswith(ACCOUNTS):
        yield f"{place}: this is for all accounts: move it above the first table"
    else:
        yield f"{place}: there is no such setting{_table_of(key) or _meant(key, keys)}"


def _meant(name: str, known: Sequence[str]) -> str:
    alike = get_close_matches(name.replace("-", "_").lower(), known, n=1, cutoff=_ALIKE)
    return f": is {alike[0]} meant?" if alike else ": leave it out"


def _table_of(key: str) -> str:
    section = OF_THE_TABLE.get(key)
    return f": it belongs into the table [{section}]" if section else ""


def _is_name(name: str) -> bool:
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return False
    return True


def key_variable(account: str) -> str:
    """Return the variable, of the environment or of `.env`, that holds the key of an account of the file."""
    return f"SENDTRAIL_API_KEY_{account.upper().replace('-', '_')}"
