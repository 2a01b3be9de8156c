"""Each setting of a sync from each source: options, the environment, `.env`, `sendtrail.toml`, in this order."""

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.settings.option_names import option_name
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.errors import SettingsError

KEY = "abcdef0123456789"
GOOD = {"API_URL": "https://acme.api-us1.com", "API_KEY": KEY}
# For each setting: two good values as text, and a bad one (None: there is none).
TABLE: dict[str, tuple[str, str, str | None]] = {
    "api_url": ("https://a.api-us1.com", "https://b.api-us1.com", "http://a.com"),
    "database": ("a.duckdb", "b.duckdb", None),
    "organization": ("acme", "globex", "a b"),
    "account_moved": ("true", "false", "perhaps"),
    "dataset": ("one", "two", "a b"),
    "pseudonym_key_file": ("a.key", "b.key", None),
    "since": ("2025-01-31", "2025-02-01", "yesterday"),
    "lookback_days": ("30", "60", "0"),
    "all": ("true", "false", "perhaps"),
    "force": ("true", "false", "perhaps"),
    "drop_wants": ("true", "false", "perhaps"),
    "campaign": ("3,4", "5", "x"),
    "contacts": ("false", "true", "perhaps"),
    "max_deleted_share": ("0.5", "0.6", "2"),
    "accept_deletions": ("true", "false", "perhaps"),
    "erase_gone_after_days": ("0", "30", "-1"),
    "requests_per_second": ("3", "4", "0"),
    "share_kept_free": ("0.1", "0.2", "1"),
    "time_zone": ("Europe/Berlin", "UTC", "Mars/Base"),
    "time_budget_s": ("30", "60", "0"),
    "wait": ("5", "6", "-1"),
    "concurrency": ("2", "3", "0"),
    "overlap_hours": ("6", "7", "-1"),
    "recent_overlap_hours": ("1", "2", "-1"),
    "log_format": ("json", "text", "xml"),
    "json_summary": ("true", "false", "perhaps"),
}
# A key, and the file that holds it, have a test of their own.
ELSEWHERE = {"api_key", "api_key_file"}


@pytest.fixture(autouse=True)
def _an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give every test an account, in the environment of a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in SyncSettings.model_fields:
        monkeypatch.delenv(f"SENDTRAIL_{name.upper()}", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(f"SENDTRAIL_{name}", value)


def write_file(**values: str) -> None:
    """Write `.env`."""
    lines = [f"SENDTRAIL_{name.upper()}={value}" for name, value in values.items()]
    Path(".env").write_text("\n".join(lines), encoding="utf-8")


def write_toml(*lines: str, **values: str) -> None:
    """Write `sendtrail.toml`; every value is text there, as it is in the other sources."""
    given = [f"{name} = {value!r}" for name, value in values.items()]
    Path("sendtrail.toml").write_text("\n".join([*given, *lines]), encoding="utf-8")


def read(**options: Any) -> SyncSettings:
    """Return the settings."""
    return SyncSettings.read(options)


def value_of(name: str, text: str) -> object:
    """Return what a setting is where an option says so."""
    return getattr(read(**{name: text}), name)


def test_every_setting_is_in_the_table() -> None:
    """A new one needs its line."""
    assert set(SyncSettings.model_fields) - ELSEWHERE == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_setting_comes_from_the_nearest_source(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the settings file alone, then from `.env`, then from the environment, then from an option."""
    first, second, _ = TABLE[name]
    wanted, other = value_of(name, first), value_of(name, second)
    monkeypatch.delenv("SENDTRAIL_API_URL")
    address = {"api_url": GOOD["API_URL"]}
    write_toml(**{**address, name: first})
    of_toml = getattr(read(), name)
    write_toml(**{**address, name: second})
    write_file(**{**address, name: first})
    of_file = getattr(read(), name)
    write_file(**{**address, name: second})
    monkeypatch.setenv(f"SENDTRAIL_{name.upper()}", first)
    of_environment = getattr(read(), name)
    of_option = getattr(read(**{name: second}), name)

    assert wanted != other
    assert (of_toml, of_file, of_environment, of_option) == (wanted, wanted, wanted, other)


@pytest.mark.parametrize("source", ["option", "environment", "file", "toml"])
@pytest.mark.parametrize("name", [name for name, (*_, bad) in TABLE.items() if bad is not None])
def test_a_bad_value_is_a_sentence_wherever_it_comes_from(
    name: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the setting."""
    bad = str(TABLE[name][2])
    if source == "file":
        monkeypatch.delenv(f"SENDTRAIL_{name.upper()}", raising=False)
        write_file(**{name: bad})
    if source == "environment":
        monkeypatch.setenv(f"SENDTRAIL_{name.upper()}", bad)
    if source == "toml":
        monkeypatch.delenv(f"SENDTRAIL_{name.upper()}", raising=False)
        write_toml(**{name: bad})
    place = rf"sendtrail\.toml: {name}" if source == "toml" else option_name(name)

    with pytest.raises(SettingsError, match=f"{place}: "):
        read(**({name: bad} if source == "option" else {}))


def test_a_file_with_a_key_that_is_named_counts_before_a_key_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option before the environment, the environment before `.env`."""
    Path("key").write_text("fromthefile", encoding="utf-8")
    of_option = read(api_key_file="key").api_key
    monkeypatch.delenv("SENDTRAIL_API_KEY")
    write_file(api_key=KEY)
    monkeypatch.setenv("SENDTRAIL_API_KEY_FILE", "key")
    of_environment = read().api_key

    assert of_option is not None
    assert of_environment is not None
    assert (of_option.get_secret_value(), of_environment.get_secret_value()) == ("fromthefile", "fromthefile")


def test_a_key_file_of_an_account_counts_before_a_reach_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the file, what is said of an account is nearer than what is said of all."""
    monkeypatch.delenv("SENDTRAIL_API_URL")
    write_toml("[accounts.acme]", f"api_url = '{GOOD['API_URL']}'", "all = true", lookback_days="30")

    assert (read().all, read().lookback_days, read().organization) == (True, None, "acme")


def test_a_reach_that_is_typed_counts_before_another_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of one source still contradict each other."""
    monkeypatch.setenv("SENDTRAIL_LOOKBACK_DAYS", "30")

    assert (read(all=True).all, read(all=True).lookback_days) == (True, None)
    with pytest.raises(SettingsError, match="choose one of"):
        read(all=True, since="2025-01-31")


def test_a_reach_that_is_switched_off_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing about how far back to read."""
    monkeypatch.setenv("SENDTRAIL_ALL", "false")
    write_file(lookback_days="30")

    assert (read().all, read().lookback_days) == (False, 30)


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """In the environment and in `.env`; what has another purpose is not."""
    monkeypatch.setenv("SENDTRAIL_ORGANISATION", "acme")
    monkeypatch.setenv("SENDTRAIL_STAGING_DATASET", "of_the_functions")
    write_file(databse="a.duckdb")

    with caplog.at_level(logging.WARNING):
        read()
        AccountSettings.read({})

    assert sorted(set(caplog.messages)) == [
        "SENDTRAIL_DATABSE is no setting, and changes nothing: is SENDTRAIL_DATABASE meant?",
        "SENDTRAIL_ORGANISATION is no setting, and changes nothing: is SENDTRAIL_ORGANIZATION meant?",
    ]


def test_a_key_knows_the_setting_that_it_is_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two are set, the one of the account counts."""
    monkeypatch.delenv("SENDTRAIL_API_KEY")
    write_toml("[accounts.main]", f"api_url = {GOOD['API_URL']!r}")
    write_file(api_key="old", api_key_main=KEY)
    of_file = read().connection
    monkeypatch.setenv("SENDTRAIL_API_KEY", KEY)
    of_environment = read().connection.key_from
    Path("key").write_text(KEY, encoding="utf-8")
    of_key_file = read(api_key_file="key").connection.key_from

    assert of_file.api_key.get_secret_value() == KEY
    assert of_file.key_from == "SENDTRAIL_API_KEY_MAIN in .env"
    assert (of_environment, of_key_file) == ("SENDTRAIL_API_KEY", "--api-key-file")


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are those of POSIX")
def test_a_file_with_a_key_that_everybody_could_read_is_made_private(caplog: pytest.LogCaptureFixture) -> None:
    """As the database is, and said once; without a key in it, it is left alone."""
    write_file(time_zone="UTC")
    Path(".env").chmod(0o644)
    read()
    without_key = Path(".env").stat().st_mode & 0o777
    write_file(api_key=KEY)
    read()
    read()

    assert (without_key, Path(".env").stat().st_mode & 0o777) == (0o644, 0o600)
    assert [message.partition(" could ")[0] for message in caplog.messages] == ["every user of this machine"]
