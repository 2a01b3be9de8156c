"""Notifications: when somebody is told, what of, and that neither a token nor a person's data leaves."""

import errno
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.cli.notify.apprise_sender import send
from sendtrail.cli.notify.notified_file import FILE, read_told
from sendtrail.cli.notify.notifier import Notifier
from sendtrail.cli.notify.occasion import Occasion, Policy, Seen, Told, occasion, told_after
from sendtrail.cli.notify.texts import Message, Severity, of_error, of_recovery, of_staleness
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult
from sendtrail.cli.settings.file_keys import SECTIONS
from sendtrail.cli.settings.notification_settings import NotificationSettings
from sendtrail.cli.settings.schedule_settings import ScheduleSettings
from sendtrail.errors import AccountPaused, Busy, KeyRefused, SettingsError, Unavailable
from sendtrail.sync.runs.stored_run import Summary
from tests.fakes import NOON, FakeClock

FAILURE, STALENESS, RECOVERY = Occasion.FAILURE, Occasion.STALENESS, Occasion.RECOVERY
DAILY = Policy(wanted=frozenset(Occasion), repeat_after=timedelta(days=1))
TOKEN = "0123secrettoken"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NotificationSettings.model_fields:
        monkeypatch.delenv(f"SENDTRAIL_NOTIFY_{name.upper()}", raising=False)


class Receiver(BaseHTTPRequestHandler):
    """Takes what is posted to it, and refuses what is posted to /refuses."""

    taken: list[dict[str, str]]

    def do_POST(self) -> None:
        """Keep the message."""
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_refused = self.path.startswith("/refuses")
        if not is_refused:
            self.taken.append(content)
        self.send_response(500 if is_refused else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    """Serve a receiver on this machine."""
    Receiver.taken = []
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server: HTTPServer, path: str = "takes") -> str:
    """Return an address as apprise has it, with a token in it."""
    return f"json://user:{TOKEN}@127.0.0.1:{server.server_address[1]}/{path}"


def result(*failures: Failure, interrupted: bool = False) -> RunResult:
    """Return what came of a run."""
    summary = Summary(run_id="run-1", organization_id="acme", campaigns=0, due=0, published=0)
    return RunResult(summary=summary, failures=failures, interrupted=interrupted, seconds=1.0)


def notifier(clock: FakeClock, sent: list[Message], *, takes: bool = True, policy: Policy = DAILY) -> Notifier:
    """Return a notifier whose messages are kept."""

    def keep(message: Message, addresses: Sequence[SecretStr]) -> int:
        sent.append(message)
        return len(addresses) if takes else 0

    return Notifier(policy=policy, addresses=[SecretStr("json://x")], clock=clock, send=keep)


@pytest.mark.parametrize(
    ("seen", "told", "due"),
    [
        (Seen(trouble=FAILURE), {}, FAILURE),
        (Seen(trouble=FAILURE), {FAILURE: NOON - 23 * HOUR}, None),
        (Seen(trouble=FAILURE), {FAILURE: NOON - 24 * HOUR}, FAILURE),
        (Seen(trouble=FAILURE), {FAILURE: NOON + HOUR}, FAILURE),
        (Seen(trouble=STALENESS), {FAILURE: NOON}, STALENESS),
        (Seen(over={FAILURE, STALENESS}), {FAILURE: NOON}, RECOVERY),
        (Seen(over={STALENESS}), {FAILURE: NOON}, None),
        (Seen(over={STALENESS}), {FAILURE: NOON, STALENESS: NOON}, None),
        (Seen(over={FAILURE, STALENESS}), {}, None),
    ],
)
def test_when_somebody_is_told(seen: Seen, told: dict[Occasion, object], due: Occasion | None) -> None:
    """Once a day while it lasts, and when all trouble is over; a time to come was a wrong clock's."""
    assert occasion(seen, Told(at=told), policy=DAILY, now=NOON) == due  # type: ignore[arg-type]


def test_nobody_is_told_of_what_they_do_not_want_to_know() -> None:
    """Then there is no recovery from it either."""
    policy = Policy(wanted={STALENESS}, repeat_after=HOUR)

    assert occasion(Seen(trouble=FAILURE), Told(), policy=policy, now=NOON) is None
    assert occasion(Seen(over={STALENESS}), Told(at={STALENESS: NOON}), policy=policy, now=NOON) is None
    assert told_after(Seen(over={STALENESS}), Told(at={STALENESS: NOON}), sent=None, now=NOON) == Told()


def test_a_week_of_failures_is_a_message_a_day_and_one_at_its_end() -> None:
    """Whatever process sees it: what was told is in a file."""
    clock, sent = FakeClock(), list[Message]()
    for _ in range(7 * 24):
        notifier(clock, sent).after_run("acme", result(Failure(subject="7", reason="ann@example.com is odd")))
        clock.advance(3_600)
    notifier(clock, sent).after_run("acme", result())
    notifier(clock, sent).after_run("acme", result())

    assert [each.title for each in sent] == ["Sendtrail: acme: not complete"] * 7 + ["Sendtrail: acme: all right again"]
    assert "ann@example.com" not in str(sent)
    assert read_told() == {}


def test_another_trouble_is_told_at_once() -> None:
    """A refused key does not hide behind a disk that was full this morning; the same trouble is told once."""
    clock, sent = FakeClock(), list[Message]()
    of = notifier(clock, sent)
    troubles = [Unavailable("the disk is full"), KeyRefused("acme"), KeyRefused("acme again")]

    for error in troubles:
        of.after_error("acme", error)
        clock.advance(3_600)
    of.after_run("acme", result(Failure(subject="7", reason="no")))
    of.after_run("acme", result(Failure(subject="7", reason="no"), Failure(subject="8", reason="no")))

    assert [each.title.rpartition(": ")[2] for each in sent] == ["not synced", "not synced", "not complete"]
    assert ["did not answer" in each.body for each in sent] == [True, False, False]


def test_what_an_earlier_version_has_told_is_not_told_again() -> None:
    """Its file has no kinds of trouble."""
    FILE.write_text(json.dumps({"acme": {"at": {"failure": NOON.isoformat()}}}))
    sent = list[Message]()

    notifier(FakeClock(NOON + HOUR), sent).after_error("acme", KeyRefused("no"))

    assert sent == []


def test_what_is_no_trouble_is_not_told() -> None:
    """Somebody else had the file, has paused the account, or has ended the run."""
    sent = list[Message]()
    of = notifier(FakeClock(), sent)
    of.after_error("acme", Busy("another program has it"))
    of.after_error("acme", AccountPaused("paused"))
    of.after_run("acme", result(Failure(subject="7", reason="held", kind=FailureKind.HELD)))
    of.after_run("acme", result(Failure(subject="7", reason="no"), interrupted=True))

    assert sent == []


def test_what_nobody_took_is_sent_again() -> None:
    """And a recovery from it is not."""
    clock, sent = FakeClock(), list[Message]()
    notifier(clock, sent, takes=False).after_error("acme", KeyRefused("no"))
    notifier(clock, sent, takes=False).after_run("acme", result())
    notifier(clock, sent).after_error("acme", KeyRefused("no"))

    assert [each.title for each in sent] == ["Sendtrail: acme: not synced"] * 2
    assert "put a new one where the old one is" in sent[0].body


def test_an_account_that_is_stale_and_then_is_not() -> None:
    """It says for how long."""
    clock, sent = FakeClock(), list[Message]()
    of = notifier(clock, sent)
    of.after_look("acme", is_fresh=False, age_s=36_000)
    of.after_look("acme", is_fresh=False, age_s=36_000)
    of.after_look("acme", is_fresh=True, age_s=60)

    assert [each.title for each in sent] == ["Sendtrail: acme: stale", "Sendtrail: acme: all right again"]
    assert "began 10 h 00 min ago" in sent[0].body


def test_services_can_tell_trouble_from_its_end() -> None:
    """By the severity, which decides colours and who is woken."""
    severities = [each.severity for each in (of_error("acme", KeyRefused("no")), of_staleness("acme", age_s=None))]

    assert [*severities, of_recovery("acme").severity] == [Severity.FAILURE, Severity.WARNING, Severity.SUCCESS]


def test_a_full_disk_is_no_fault_of_sendtrail() -> None:
    """That of the log, as cron writes it, is told as what it is."""
    full = of_error("acme", OSError(errno.ENOSPC, "No space left on device")).body
    other = of_error("acme", OSError(errno.EIO, "Input/output error")).body

    assert (full.startswith("The disk is full"), "fault of Sendtrail" in full) == (True, False)
    assert "fault of Sendtrail" in other


def test_a_file_that_is_spoilt_costs_a_message_more(caplog: pytest.LogCaptureFixture) -> None:
    """It is written anew."""
    FILE.write_text("{")
    sent = list[Message]()
    notifier(FakeClock(), sent).after_error("acme", KeyRefused("no"))

    assert len(sent) == 1
    assert "is told again" in caplog.text
    assert list(read_told()) == ["acme"]


def test_a_message_arrives_and_no_token_is_logged(receiver: HTTPServer, caplog: pytest.LogCaptureFixture) -> None:
    """Not of an address that takes it, not of one that refuses it, nor of one that means nothing or is not there."""
    urls = [address(receiver), address(receiver, "refuses"), f"nothing://{TOKEN}", f"json://u:{TOKEN}@127.0.0.1:1/x"]

    with caplog.at_level(logging.DEBUG):
        sent = send(Message(title="A title", body="A body", severity=Severity.WARNING), list(map(SecretStr, urls)))

    assert sent == 1
    assert [(each["title"], each["message"], each["type"]) for each in Receiver.taken] == [
        ("A title", "A body", "warning")
    ]
    assert [line.split(":")[0].split(" is ")[0].split(" did ")[0] for line in caplog.messages] == [
        "notification address 2",
        "notification address 3",
        "notification address 4",
    ]
    assert TOKEN not in caplog.text


def test_the_command_tries_the_addresses(receiver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the variable and those of the file that is named."""
    Path("urls").write_text(f"# ours\n  # and not this\n{address(receiver)}\n\n", encoding="utf-8")
    Path("sendtrail.toml").write_text('[notifications]\nurls_file = "urls"\n', encoding="utf-8")
    monkeypatch.setenv("SENDTRAIL_NOTIFY_URLS", address(receiver))
    both = CliRunner().invoke(app, ["notify"])
    monkeypatch.setenv("SENDTRAIL_NOTIFY_URLS", address(receiver, "refuses"))
    one = CliRunner().invoke(app, ["notify"])

    assert (both.exit_code, both.output) == (0, "2 of 2 addresses took it.\n")
    assert (one.exit_code, "1 of 2 addresses took it." in one.output) == (1, True)
    assert TOKEN not in both.output + one.output


def test_without_an_address_nothing_is_sent_or_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says what to do; a sync says nothing."""
    Notifier.configured(FakeClock()).after_error("acme", KeyRefused("no"))

    assert not FILE.exists()
    with pytest.raises(SettingsError, match="SENDTRAIL_NOTIFY_URLS"):
        CliRunner().invoke(app, ["notify"], catch_exceptions=False)
    monkeypatch.setenv("SENDTRAIL_NOTIFY_ON", "failure, recovery")
    assert NotificationSettings.read().on == {FAILURE, RECOVERY}


def test_settings_of_notifications_that_are_wrong_stop_no_sync(caplog: pytest.LogCaptureFixture) -> None:
    """They are said; so is a token in the file that may be under version control."""
    Path("sendtrail.toml").write_text("[notifications]\nurls_file = 'none'\n", encoding="utf-8")
    Notifier.configured(FakeClock()).after_error("acme", KeyRefused("no"))
    assert "no notifications are sent: urls_file in [notifications] of sendtrail.toml" in caplog.text

    Path("sendtrail.toml").write_text(f"[notifications]\nurls = 'json://{TOKEN}'\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="it holds a token: put it into") as caught:
        NotificationSettings.read()
    assert TOKEN not in str(caught.value)


def test_the_tables_of_the_file_hold_every_setting_but_the_addresses() -> None:
    """A setting that is added has to be added there."""
    assert set(SECTIONS["notifications"]) == NotificationSettings.model_fields.keys() - {"urls"}
    assert set(SECTIONS["schedule"]) == ScheduleSettings.model_fields.keys()
