"""`sendtrail.toml`: one account or many, what is wrong with it named, and no key in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sendtrail.cli.accounts.asked_accounts import asked_accounts
from sendtrail.cli.settings.data_driven_settings import DataDrivenSettings
from sendtrail.cli.settings.file_keys import ACCOUNT_KEYS, NAMED_OTHERWISE, SHARED_KEYS
from sendtrail.cli.settings.load_settings import LoadSettings, UserLoadSettings
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.cli.settings.settings_file import FILE, read_settings_file
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.cli.settings.warehouse_settings import AccountSettings, WarehouseSettings
from sendtrail.errors import SettingsError

EVERY_KIND = (
    SyncSettings, OperatorSettings, ReportSettings, LoadSettings, UserLoadSettings, DataDrivenSettings, AccountSettings,
)  # fmt: skip
EMULATORS = {"bigquery_emulator_host", "firestore_emulator_host"}
TWO = """
database = "both.duckdb"
requests_per_second = 4
[accounts.acme]
api_url = "https://acme.api-us1.com"
time_zone = "Europe/Berlin"
[accounts.globex-eu]
api_url = "https://globex.api-us1.com"
api_key_file = "globex.key"
requests_per_second = 2
"""


@pytest.fixture(autouse=True)
def _an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [*SyncSettings.model_fields, *WarehouseSettings.model_fields, "api_key_acme", "api_key_globex_eu"]:
        monkeypatch.delenv(f"SENDTRAIL_{name.upper()}", raising=False)


@pytest.fixture
def _two_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    FILE.write_text(TWO, encoding="utf-8")
    Path("globex.key").write_text("globexkey", encoding="utf-8")
    monkeypatch.setenv("SENDTRAIL_API_KEY_ACME", "acmekey")


def each(**options: Any) -> Mapping[str, SyncSettings | SettingsError]:
    """Return the accounts that a sync is asked for."""
    return asked_accounts(options).each


def keys(accounts: Mapping[str, SyncSettings | SettingsError]) -> dict[str, str]:
    """Return the key of each account."""
    return {
        name: settings.connection.api_key.get_secret_value() if isinstance(settings, SyncSettings) else str(settings)
        for name, settings in accounts.items()
    }


def problems_of(text: str) -> list[str]:
    """Return what is wrong with a file."""
    FILE.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings_file()
    return [problem.removeprefix("sendtrail.toml: ") for problem in caught.value.problems]


def test_the_file_may_hold_every_setting_but_a_key() -> None:
    """A setting that is added to a command has to be added to those of the file."""
    fields = {name for kind in EVERY_KIND for name in kind.model_fields}

    assert set(SHARED_KEYS) - NAMED_OTHERWISE.keys() == fields - EMULATORS - {"api_key"}
    assert set(ACCOUNT_KEYS) < SyncSettings.model_fields.keys()


@pytest.mark.usefixtures("_two_accounts")
def test_each_account_has_its_own_settings_and_those_of_all() -> None:
    """Its key is in a file, or in a variable that has its name."""
    accounts = each()
    acme, globex = accounts.values()

    assert keys(accounts) == {"acme": "acmekey", "globex-eu": "globexkey"}
    assert isinstance(acme, SyncSettings)
    assert isinstance(globex, SyncSettings)
    assert (acme.organization, acme.requests_per_second, str(acme.time_zone)) == ("acme", 4.0, "Europe/Berlin")
    assert (globex.organization, globex.requests_per_second, str(globex.time_zone)) == (
        "globex-eu",
        2.0,
        "America/Chicago",
    )
    assert str(acme.database) == str(globex.database) == "both.duckdb"
    assert str(OperatorSettings.read({}).database) == "both.duckdb"


@pytest.mark.usefixtures("_two_accounts")
def test_one_of_several_accounts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By an option or a variable; one that the file has not is refused with those that it has."""
    assert list(each(organization="globex-eu")) == ["globex-eu"]
    monkeypatch.setenv("SENDTRAIL_ORGANIZATION", "acme")
    assert list(each()) == ["acme"]
    with pytest.raises(
        SettingsError, match=r"there is no account other in sendtrail\.toml: name one of acme, globex-eu"
    ):
        each(organization="other")


@pytest.mark.usefixtures("_two_accounts")
def test_a_command_about_one_account_asks_for_its_name() -> None:
    """A plan and a check are about one."""
    with pytest.raises(SettingsError, match=r"there are several accounts in sendtrail\.toml: name one of"):
        SyncSettings.read({})
    assert SyncSettings.read({"organization": "acme"}).organization == "acme"


@pytest.mark.usefixtures("_two_accounts")
@pytest.mark.parametrize(
    ("name", "value"), [("api_url", "https://a.com"), ("campaign", ["3"]), ("api_key_file", "globex.key")]
)
def test_what_is_true_of_one_account_is_not_said_of_several(name: str, value: object) -> None:
    """Both would be read from one address, or with one key."""
    with pytest.raises(SettingsError, match=r"sendtrail\.toml has several accounts: leave it out, or add --account"):
        each(**{name: value})
    each(**{name: value}, organization="globex-eu")


@pytest.mark.usefixtures("_two_accounts")
def test_a_key_for_all_is_sent_to_none_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account without a key says so, and does not keep the other from being synced."""
    monkeypatch.setenv("SENDTRAIL_API_KEY", "ofsomebody")
    monkeypatch.delenv("SENDTRAIL_API_KEY_ACME")

    found = keys(each())

    assert found["acme"].startswith("SENDTRAIL_API_KEY_ACME: set it to the key of your account")
    assert found["globex-eu"] == "globexkey"


def test_an_only_account_may_have_its_key_in_either_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of its name counts before the other."""
    FILE.write_text('[accounts.acme]\napi_url = "https://acme.api-us1.com"\n', encoding="utf-8")
    monkeypatch.setenv("SENDTRAIL_API_KEY", "general")
    general = keys(each())
    Path(".env").write_text("SENDTRAIL_API_KEY_ACME=ofdotenv\n", encoding="utf-8")
    monkeypatch.delenv("SENDTRAIL_API_KEY")

    assert (general, keys(each())) == ({"acme": "general"}, {"acme": "ofdotenv"})


def test_all_problems_of_a_file_are_named_with_what_may_be_meant() -> None:
    """Each with its place."""
    found = problems_of(
        'databse = "x"\norganization = "acme"\nevery_hours = 6\n[acounts.acme]\napi_url = "x"\n'
        '[accounts.acme]\ntime-zone = "UTC"\ndatabase = "y"\napi_key = "secret"\n[accounts."a b"]\n'
        "[schedule]\nhour = 1\nevery_hour = 1\n"
    )

    assert found == [
        "databse: there is no such setting: is database meant?",
        "organization: the accounts are named by their tables, [accounts.NAME]: leave this line out",
        "every_hours: there is no such setting: it belongs into the table [schedule]",
        "there is no table [acounts]: is accounts meant?",
        "accounts.acme.time-zone: there is no such setting: is time_zone meant?",
        "accounts.acme.database: this is for all accounts: move it above the first table",
        (
            "accounts.acme.api_key: a key does not belong into this file: put it into .env, or name a file with "
            "api_key_file"
        ),
        "accounts.a b: a name is letters, digits, - and _, at most 63, a letter or digit first",
        "schedule.hour: there is no such setting: leave it out",
        "schedule.every_hour: there is no such setting: is every_hours meant?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "is not TOML"),
        ("schedule = 6", "schedule: this is a table, [schedule]"),
        ("accounts = 3", "give each account a table of its own"),
        ("[accounts]\nacme = 3", "an account is a table"),
        ("[accounts.a-b]\n[accounts.a_b]", "would both be in SENDTRAIL_API_KEY_A_B: rename one of them"),
    ],
)
def test_what_is_no_settings_file(text: str, said: str) -> None:
    """It is a sentence, not a traceback."""
    assert said in problems_of(text)[0]


def test_a_file_that_is_no_text_is_refused() -> None:
    """As is one that cannot be read."""
    FILE.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is not text in UTF-8"):
        read_settings_file()
    FILE.unlink()
    FILE.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings_file()


def test_a_file_of_notepad_is_read() -> None:
    """It begins with a byte order mark, and its lines end with two characters; empty values are none."""
    FILE.write_bytes(b'\xef\xbb\xbfdatabase = "x.duckdb"\r\ntime_zone = ""\r\ncampaign = []\r\nfrom = "stripe"\r\n')

    found = read_settings_file()

    assert (found.shared, found.accounts) == ({"database": "x.duckdb", "shop": "stripe"}, {})
