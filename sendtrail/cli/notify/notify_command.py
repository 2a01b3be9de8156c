"""`sendtrail notify`: a notification to try the addresses."""

import typer
from rich.console import Console

from sendtrail.cli.notify.apprise_sender import send
from sendtrail.cli.notify.texts import Message, Severity
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.cli.settings.notification_settings import NotificationSettings
from sendtrail.errors import SettingsError
from sendtrail.plurals import counted

TEST = Message(title="Sendtrail: a test", body="Notifications of this folder arrive here.", severity=Severity.INFO)


def notify() -> None:
    """Send a test notification to each address: those of SENDTRAIL_NOTIFY_URLS, and of urls_file in sendtrail.toml.

    Exit code: 0 when each took it, 1 when one did not (named by its number), 2 when there is none or a setting is
    wrong.
    """
    addresses = NotificationSettings.read().addresses()
    if not addresses:
        where = "https://github.com/caronc/apprise/wiki"
        raise SettingsError([f"there is no address yet: put one of {where} into .env, as SENDTRAIL_NOTIFY_URLS"])
    sent = send(TEST, addresses)
    Console().print(f"{sent} of {counted(len(addresses), 'address', 'addresses')} took it.", highlight=False)
    if sent < len(addresses):
        raise typer.Exit(MISSING)
