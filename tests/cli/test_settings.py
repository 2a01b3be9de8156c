"""Options, environment and `.env`: read once, every problem at once, the key never shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.settings.sync_settings import BEGINNING, SyncSettings
from sendtrail.errors import SettingsError

KEY = "abcdef0123456789"
GOOD: dict[str, Any] = {"api_url": "https://acme.api-us1.com/", "api_key": KEY}


@pytest.fixture(autouse=True)
def _an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("API_URL", "API_KEY", "API_KEY_FILE", "DATABASE", "ORGANIZATION"):
        monkeypatch.delenv(f"SENDTRAIL_{name}", raising=False)


def problems(**options: Any) -> tuple[str, ...]:
    """Return the problems of some options."""
    with pytest.raises(SettingsError) as caught:
        SyncSettings.read(options)
    return caught.value.problems


def test_an_account_and_a_key_are_all_that_must_be_given() -> None:
    """Everything else has a default that suits most."""
    settings = SyncSettings.read(GOOD)

    assert settings.connection.api_url == "https://acme.api-us1.com"
    assert (settings.dataset, settings.requests_per_second, settings.contacts) == ("marketing_ai", 5.0, None)
    assert settings.read_since(datetime.now(UTC)) is None


def test_every_problem_is_named_at_once() -> None:
    """With the option that has it."""
    found = problems(
        api_url="http://acme.com", time_zone="Mars/Base", lookback_days="-3", campaign=["x"], dataset="a b"
    )

    named = [problem.split(":")[0] for problem in found]
    assert named == ["--api-url", "SENDTRAIL_API_KEY", "--dataset", "--lookback-days", "--campaign", "--time-zone"]


def test_the_key_is_in_no_repr_and_in_no_problem() -> None:
    """Not even when it is what is wrong."""
    settings = SyncSettings.read(GOOD)
    found = problems(api_url="https://acme.com", api_key=f"{KEY} {KEY}")

    assert KEY not in repr(settings) + repr(settings.connection) + str(found)


def test_options_come_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The nearest to the hand wins."""
    (tmp_path / ".env").write_text(
        f"SENDTRAIL_API_URL=https://file.com\nSENDTRAIL_API_KEY={KEY}\nSENDTRAIL_ORGANIZATION=file\nOTHER=1\n"
    )
    monkeypatch.setenv("SENDTRAIL_API_URL", "https://environment.com")
    monkeypatch.setenv("SENDTRAIL_ORGANIZATION", "environment")

    settings = SyncSettings.read({"organization": "option"})

    assert (settings.organization, settings.api_url) == ("option", "https://environment.com")
    assert settings.connection.api_key.get_secret_value() == KEY


def test_the_key_may_lie_in_a_file(tmp_path: Path) -> None:
    """A line feed at its end does not matter."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n")

    settings = SyncSettings.read({"api_url": "https://acme.com", "api_key_file": str(file)})

    assert settings.connection.api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"", "name a file"), (b"\xff\xfe", "not text"), (b"a\nb", "one line")],
)
def test_a_key_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    """The sentence says why."""
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)

    (problem,) = problems(api_url="https://acme.com", api_key_file=str(file))

    assert said in problem


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://acme.api-us1.com", "https"),
        ("acme.api-us1.com", "Settings > Developer"),
        ("ftp://acme.com", "Settings > Developer"),
        ("https://acme.com/api/3", "leave out"),
        ("https://acme.com/?api_key=1", "no user name, key"),
        ("https://user:word@acme.com", "no user name, key"),
        ("http://192.168.0.9", "https"),
    ],
)
def test_an_url_that_would_not_work_or_would_leak_the_key_is_refused(url: str, said: str) -> None:
    """With a sentence that says what to do."""
    (problem,) = problems(api_url=url, api_key=KEY)

    assert said in problem


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1", "https://acme.com/x"])
def test_plain_http_is_for_loopback_alone(url: str) -> None:
    """There is no network to listen on."""
    assert SyncSettings.read({**GOOD, "api_url": url}).api_url == url


def test_only_one_way_to_say_how_far_back() -> None:
    """Two of them contradict each other."""
    (problem,) = problems(**GOOD, since="2025-01-01", lookback_days="3")

    assert "choose one" in problem


def test_how_far_back_is_counted_in_the_accounts_own_days() -> None:
    """A day begins at the account's midnight."""
    now = datetime(2025, 6, 1, 12, tzinfo=UTC)
    berlin = {**GOOD, "time_zone": "Europe/Berlin"}

    assert SyncSettings.read({**berlin, "since": "2025-06-01"}).read_since(now) == datetime(2025, 5, 31, 22, tzinfo=UTC)
    assert SyncSettings.read({**GOOD, "lookback_days": "2"}).read_since(now) == now - timedelta(days=2)
    assert SyncSettings.read({**GOOD, "all": True}).read_since(now) == BEGINNING


@pytest.mark.parametrize(("key_from", "is_said"), [("environment", True), (".env", False)])
def test_a_key_that_goes_to_an_address_of_this_folder_is_mentioned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, key_from: str, is_said: bool
) -> None:
    """A folder that somebody else has made may name the address; the key itself is never printed."""
    monkeypatch.chdir(tmp_path)
    key = "SENDTRAIL_API_KEY=secret0123456789\n"
    (tmp_path / ".env").write_text("SENDTRAIL_API_URL=https://somewhere.example\n" + key * (key_from == ".env"))
    if key_from == "environment":
        monkeypatch.setenv("SENDTRAIL_API_KEY", "secret0123456789")

    SyncSettings.read({})

    assert ("https://somewhere.example" in caplog.text) is is_said
    assert "secret0123456789" not in caplog.text
