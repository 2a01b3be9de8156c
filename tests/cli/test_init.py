"""`sendtrail init`: what it asks, what it writes, and what it leaves alone."""

import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.init.env_file import value_in, with_value, write_private
from sendtrail.cli.init.init_command import asked_settings, given_values
from sendtrail.cli.init.new_folder import ensure_new, folder_files
from sendtrail.cli.init.questions import Questions
from sendtrail.cli.init.settings_template import NewAccount, account_table, new_file
from sendtrail.cli.settings.settings_file import FILE, read_settings_file
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import SettingsError

URL, KEY = "https://acme.api-us1.com", "abcdef0123456789"
ACME = NewAccount(name="acme", api_url=URL)


@pytest.fixture(autouse=True)
def _an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SyncSettings.model_fields:
        monkeypatch.delenv(f"SENDTRAIL_{name.upper()}", raising=False)


def questions(*answers: str, secret: str = "", yes: bool = False, is_terminal: bool = True) -> Questions:
    """Return a person who answers."""
    left: Iterator[str] = iter(answers)
    return Questions(
        is_terminal=is_terminal, ask=lambda _: next(left), ask_secret=lambda _: secret, confirm=lambda _: yes
    )


def files(of: NewAccount = ACME, *, key: str = KEY, asked: Questions | None = None, **more: Any) -> Any:
    """Return the files of a folder to which an account is added."""
    given = {"database": "sendtrail.duckdb", "is_agreed": False, **more}
    return folder_files(of, key=key, questions=asked or questions(is_terminal=False), **given)


def test_a_person_is_asked_until_the_address_is_one() -> None:
    """And for the key, which is asked for as a secret."""
    settings = asked_settings({}, questions("acme", "http://acme.com", URL, secret=KEY), name="acme")

    assert (settings.api_url, settings.organization) == (URL, "acme")
    assert settings.connection.api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "--api-url: name the URL"), ({"api_url": URL}, "SENDTRAIL_API_KEY: set it, or name a file")],
)
def test_without_a_terminal_what_is_missing_is_named(given: dict[str, str], said: str) -> None:
    """Nobody can be asked."""
    with pytest.raises(SettingsError, match=said):
        asked_settings(given, questions(is_terminal=False), name="acme")


def test_without_a_terminal_all_that_is_missing_is_named_at_once() -> None:
    """Nobody has to run it twice to know."""
    with pytest.raises(SettingsError) as raised:
        asked_settings({}, questions(is_terminal=False), name="acme")

    assert [problem.partition(":")[0] for problem in raised.value.problems] == ["--api-url", "SENDTRAIL_API_KEY"]


def test_without_an_account_a_sync_names_init() -> None:
    """It is the first command of a new folder."""
    with pytest.raises(SettingsError, match=r"--api-url: .* or run sendtrail init"):
        SyncSettings.read({})


def test_a_new_folder_is_written_and_can_be_read() -> None:
    """The key is in `.env` alone, which its owner alone can read."""
    written = files().write()

    assert [path.name for path in written] == [".env", "sendtrail.toml"]
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    assert KEY not in FILE.read_text(encoding="utf-8")
    assert SyncSettings.read({}).connection.api_key.get_secret_value() == KEY
    assert SyncSettings.read({}).organization == "acme"


def test_an_account_is_added_to_a_folder_that_has_one() -> None:
    """Each line of both files stays, and each account finds its key."""
    files().write()
    Path(".env").write_text(f"{Path('.env').read_text()}OTHER=1\n")
    FILE.write_text(f"# mine\n{FILE.read_text()}")
    globex = NewAccount(name="globex", api_url="https://globex.api-us1.com", time_zone="Europe/Berlin")
    files(globex, key="another").write()

    both = [SyncSettings.read({"organization": name}) for name in ("acme", "globex")]
    assert [each.connection.api_key.get_secret_value() for each in both] == [KEY, "another"]
    assert Path(".env").read_text().splitlines()[:2] == [f"SENDTRAIL_API_KEY_ACME={KEY}", "OTHER=1"]
    assert FILE.read_text().startswith("# mine\n")
    with pytest.raises(SettingsError, match="has an account acme already"):
        ensure_new("acme")


def test_a_key_that_is_there_is_replaced_only_with_a_yes() -> None:
    """Without a terminal, `--yes` is one."""
    Path(".env").write_text("SENDTRAIL_API_KEY_ACME=before\nOTHER=1\n")

    assert files(asked=questions(yes=False)) is None
    with pytest.raises(SettingsError, match="add --yes to replace it"):
        files()
    assert files(asked=questions(yes=True)).env == f"OTHER=1\nSENDTRAIL_API_KEY_ACME={KEY}\n"
    assert files(is_agreed=True).env == f"OTHER=1\nSENDTRAIL_API_KEY_ACME={KEY}\n"
    assert files(key="before").env.count("before") == 1


def test_the_key_of_one_account_is_not_taken_for_that_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `.env` holds belongs to the first; what is exported for this command does not."""
    Path(".env").write_text(f"SENDTRAIL_API_KEY={KEY}\nSENDTRAIL_API_URL={URL}\n")
    first = given_values({}, "acme")
    FILE.write_text(account_table(ACME))
    second = given_values({}, "globex")
    monkeypatch.setenv("SENDTRAIL_API_KEY", "exported")

    assert (first["api_key"], first["api_url"]) == (KEY, URL)
    assert "api_key" not in second
    assert given_values({}, "globex")["api_key"] == "exported"


def test_a_file_with_an_account_above_all_tables_is_left_alone() -> None:
    """Adding a table would turn its settings into those of all accounts."""
    FILE.write_text(f'api_url = "{URL}"\n')

    with pytest.raises(SettingsError, match=r"move its lines under a table \[accounts.NAME\] first"):
        ensure_new("globex")


def test_all_that_the_template_mentions_is_a_setting() -> None:
    """Take out the comment signs, and it is still a file that can be read."""
    text = new_file(NewAccount(name="a", api_url=URL, api_key_file="k"), database='odd "name".duckdb')
    lines = [re.sub(r"^# (?=\w+ = )", "", line) for line in text.splitlines()]
    FILE.write_text("\n".join(lines), encoding="utf-8")

    found = read_settings_file()
    assert found.shared["database"] == tomllib.loads(text)["database"] == 'odd "name".duckdb'
    assert {"time_zone", "share_kept_free", "lookback_days"} < found.accounts["a"].keys()


@pytest.mark.parametrize(
    ("text", "value"),
    [("K=1\n", "1"), ("export K = '2'", "2"), ("k=3\nK=4\n", "4"), ("#K=1\n", None), ("XK=1\n", None), ("K=\n", "")],
)
def test_a_variable_of_an_env_file(text: str, value: str | None) -> None:
    """As those who read it understand it; set anew, it is there once."""
    assert value_in(text, "K") == value
    assert value_in(with_value(text, "K", "new"), "K") == "new"
    assert with_value(text, "K", "new").count("K=new") == 1


def test_a_key_that_no_line_can_hold_is_refused_and_not_shown() -> None:
    """Readers of such files disagree on quotes."""
    with pytest.raises(SettingsError, match="name a file with --api-key-file") as caught:
        files(key="a$b#c")

    assert "a$b#c" not in str(caught.value)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """One that everybody could read is private afterwards, and a link stays one."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before")
    target.chmod(0o644)
    link.symlink_to(target)

    write_private(link, "after")

    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("after", 0o600)
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]
