"""What `sendtrail init` finds in a folder, and what it writes there: nothing is replaced without a yes."""

from dataclasses import dataclass
from pathlib import Path

from sendtrail.cli.init import env_file
from sendtrail.cli.init.questions import Questions
from sendtrail.cli.init.settings_template import NewAccount, account_table, new_file
from sendtrail.cli.settings.settings_file import FILE, key_variable, read_settings_file
from sendtrail.errors import SettingsError


def ensure_new(name: str) -> None:
    """Raise SettingsError where the folder's file holds the account already, or one without a name."""
    file = read_settings_file()
    if name in file.accounts:
        raise SettingsError(
            [f"--account: {FILE} has an account {name} already: change it there, or name another one with --account"]
        )
    if not file.accounts and "api_url" in file.shared:
        raise SettingsError(
            [f"{FILE} holds one account above all tables: move its lines under a table [accounts.NAME] first"]
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderFiles:
    """The two files as they are to be; `.env` is None where a file of its own holds the key."""

    settings: str
    env: str | None

    def write(self) -> list[Path]:
        """Write them, the key first, and return those that were written."""
        written = []
        if self.env is not None:
            env_file.write_private(env_file.FILE, self.env)
            written.append(env_file.FILE.absolute())
        env_file.write_private(FILE, self.settings)
        return [*written, FILE.absolute()]


def folder_files(
    account: NewAccount, *, key: str, database: str, questions: Questions, is_agreed: bool
) -> FolderFiles | None:
    """Return the files with an account added, None where a key is there that is not to be replaced."""
    before = env_file.read_text(FILE)
    settings = (
        f"{before.rstrip()}\n{account_table(account)}" if before.strip() else new_file(account, database=database)
    )
    if account.api_key_file:
        return FolderFiles(settings=settings, env=None)
    variable, env = key_variable(account.name), env_file.read_text(env_file.FILE)
    if env_file.value_in(env, variable) not in (None, "", key) and not is_agreed:
        if not questions.is_terminal:
            raise SettingsError([f"{env_file.FILE} has another {variable} already: add --yes to replace it"])
        if not questions.confirm(f"{env_file.FILE} has another {variable} already. Is it to be replaced?"):
            return None
    return FolderFiles(settings=settings, env=env_file.with_value(env, variable, env_file.ensure_plain(key)))
