"""A walk through the questions of docs/runbook.md: a situation is there, what the page says is typed, it is over.

On the embedded backend; test_google_walk.py does the same on Google's emulators.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.cli.demo.proof import compare
from sendtrail.cli.run.run_result import RunResult
from sendtrail.domain.wants import StillWanted, listed
from sendtrail.errors import AccountPaused, SendtrailError
from sendtrail.simulator import Failure, FailureKind, Plan
from sendtrail.state.stored_wants import read_wants
from tests.e2e.conftest import Pipeline, _no_settings_from_elsewhere, pipeline  # noqa: F401 - fixtures
from tests.fakes import FakeClock
from tests.runbook.runbook_page import commands, commands_of

SMALL = Plan(campaigns=3, openers=30, contacts=None)
# Commands that are typed to see how things are: before the cause of a trouble is removed.
LOOKS = ("failures", "status", "plan", "tables", "check", "schedule")
DAY = timedelta(days=1)


@dataclass
class Walk:
    """An account, its file, and what was typed so far: the exit code and the output by the command's words."""

    line: Pipeline
    codes: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    results: list[RunResult] = field(default_factory=list)

    @property
    def campaign(self) -> int:
        """Return the campaign that the page calls 42."""
        return min(each.id for each in self.line.account.campaigns_truth())

    @property
    def person(self) -> str:
        """Return the address of whom the page calls Jane."""
        return next(each.email for each in self.line.account.contacts_truth() if each.email)

    def fail(self, kind: FailureKind, **given: object) -> None:
        """Have requests of the account go wrong from now on."""
        self.line.account.fail(Failure(kind=kind, **{"times": None, **given}))  # type: ignore[arg-type]

    def sync(self, **options: object) -> None:
        """Sync as the page says it, by the clock of the test; a refusal is what is printed."""
        daily: dict[str, object] = {"all": None, "contacts": None}
        self.results.append(self.line.sync(**{**daily, **options}))

    def type(self, command: Sequence[str]) -> None:
        """Type a command of the page, on this machine."""
        names = {"acme": "main", "42": str(self.campaign), "jane@example.com": self.person}
        words = list(_on_this_machine(command, names))
        if words[0] == "sync":
            return self.sync(**_options(words[1:]))
        result = CliRunner().invoke(app, words, input="y\n", env=self.environment)
        name = " ".join(word for word in words[:2] if word.isalpha())
        self.codes[name], self.outputs[name] = result.exit_code, result.output
        if isinstance(result.exception, SendtrailError):
            raise result.exception
        return None

    @property
    def environment(self) -> dict[str, str]:
        """Return what `.env` would say."""
        return {
            "SENDTRAIL_DATABASE": str(self.line.database),
            "SENDTRAIL_API_URL": self.line.url,
            "SENDTRAIL_API_KEY": self.line.account.api_key,
            "SENDTRAIL_REQUESTS_PER_SECOND": "1000",
            "COLUMNS": "200",
        }

    def wants(self) -> Sequence[StillWanted]:
        """Return what is still wanted of the account."""
        with self.line.open() as run:
            return listed(run.adapters.services.state.transact(lambda transaction: read_wants(transaction, "main")))

    def is_complete(self) -> bool:
        """Return whether all activities of the account are in the file, once each, and a sync says so."""
        self.sync()
        return self.results[-1].exit_code == 0 and compare(self.line.known, self.line.activities()).holds


def _nothing(_: Walk) -> None:
    """Leave everything as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """How a situation comes about, how its cause is removed before it is dealt with, and when it is over.

    `codes` are the exit codes, other than 0, of commands that show that it is there.
    """

    produce: Callable[[Walk], None] = _nothing
    remove_cause: Callable[[Walk], None] = _nothing
    is_over: Callable[[Walk], bool] = Walk.is_complete
    codes: Mapping[str, int] = field(default_factory=dict)


def _on_this_machine(command: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the words without what leads to Google Cloud, with the names of the test."""
    words = iter(command)
    for word in words:
        if word == "--project":
            next(words)
        else:
            yield names.get(word, word)


def _options(words: Sequence[str]) -> dict[str, object]:
    """Return the options of a sync, which its own parser has read for tests/documentation."""
    options: dict[str, object] = {}
    rest = iter(words)
    for word in rest:
        name = word.removeprefix("--").replace("-", "_")
        options[name] = True if name in ("all", "force", "drop_wants") else next(rest)
    return options


def has_forgotten_the_person(walk: Walk) -> bool:
    """Return whether nothing is stored of the person, also after the account was read again, and after a restore."""
    walk.type(["restore", "sendtrail-backup.duckdb"])
    walk.sync(all=True, force=True, contacts=True)
    with walk.line.open() as run:
        [(rows,)] = run.warehouse.query(
            "SELECT count(*) FROM marketing_ai.email_activities AS a FULL JOIN marketing_ai.contacts AS c"
            " ON a.contact_email = c.email WHERE $address IN (a.contact_email, c.email)",
            {"address": walk.person},
        ).rows
    return bool(rows == 0)


def has_failing_campaign(walk: Walk) -> None:
    """Have one campaign contradict itself."""
    walk.fail(FailureKind.RESULT_CODE_0, match=f"campaignid={walk.campaign}")
    walk.line.account.pass_day()
    walk.line.clock.advance(DAY.total_seconds())
    walk.sync(all=True, force=True)
    assert walk.results[-1].exit_code == 1


def is_mended(walk: Walk) -> None:
    """Have the account answer as it should."""
    walk.line.account.failures.clear()


def has_no_failures(walk: Walk) -> bool:
    """Return whether a run brings in all, and nothing is listed as failed any more."""
    complete = walk.is_complete()
    walk.type(["failures"])
    return complete and walk.codes["failures"] == 0


def has_refused_key(walk: Walk) -> None:
    """Have the account refuse the key, and a sync notice it."""
    walk.fail(FailureKind.XML, match="api.php")
    walk.line.account.pass_day()
    walk.line.clock.advance(DAY.total_seconds())
    walk.sync()
    assert walk.results[-1].exit_code == 1


def is_throttled(walk: Walk) -> None:
    """Have the next requests refused as too many."""
    walk.line.account.pass_day()
    walk.line.clock.advance(DAY.total_seconds())
    walk.fail(FailureKind.RATE_LIMITED, times=5)


def is_late(walk: Walk) -> None:
    """Let two days go by without a sync."""
    walk.line.account.pass_day()
    walk.line.account.pass_day()
    walk.line.clock.advance(2 * DAY.total_seconds())


def has_backfill(walk: Walk) -> None:
    """Have somebody ask for everything by mistake."""
    walk.type(["backfill", "start", "--all", "--yes"])
    assert walk.wants()


def wants_nothing(walk: Walk) -> bool:
    """Return whether nothing is wanted, and the next run only looks for changes."""
    walk.sync()
    return walk.line.stats.requests <= 2 and not walk.wants()


def is_paused_and_resumed(walk: Walk) -> bool:
    """Return whether a pause keeps the account from being asked, and nothing is lost by it."""
    walk.type(["pause"])
    before = walk.line.account.stats().requests
    with pytest.raises(AccountPaused):
        walk.sync()
    unasked = walk.line.account.stats().requests == before
    walk.type(["resume"])
    return unasked and walk.is_complete()


def has_backup(walk: Walk) -> None:
    """Back the file up, with everybody in it."""
    walk.type(["backup", "sendtrail-backup.duckdb"])


def has_lost_its_file(walk: Walk) -> None:
    """Lose the file a day after its backup."""
    has_backup(walk)
    walk.line.account.pass_day()
    walk.line.clock.advance(DAY.total_seconds())
    walk.sync()
    walk.line.database.unlink()


def was_upgraded(walk: Walk) -> bool:
    """Return whether the backup from before the upgrade can be put back."""
    walk.type(["restore", "before-upgrade.duckdb"])
    return walk.is_complete()


def is_exported(walk: Walk) -> bool:
    """Return whether the manifest is there."""
    return walk.codes["export"] == 0 and Path("all-tables/manifest.json").is_file()


SITUATIONS: Mapping[str, Situation] = {
    "Pause an account, and go on": Situation(is_over=is_paused_and_resumed),
    "How are the accounts": Situation(
        produce=has_failing_campaign, remove_cause=is_mended, is_over=has_no_failures, codes={"failures": 1}
    ),
    "Read further back, or take that back": Situation(is_over=wants_nothing),
    "Read a campaign again, or everything": Situation(),
    "Erase a person": Situation(produce=has_backup, is_over=has_forgotten_the_person),
    "Try again what failed": Situation(
        produce=has_failing_campaign, remove_cause=is_mended, is_over=has_no_failures, codes={"failures": 1}
    ),
    "A campaign keeps failing": Situation(
        produce=has_failing_campaign, remove_cause=is_mended, is_over=has_no_failures, codes={"failures": 1}
    ),
    "The key was revoked": Situation(
        produce=has_refused_key, remove_cause=is_mended, is_over=has_no_failures, codes={"check": 1}
    ),
    "ActiveCampaign answers 429 for an hour": Situation(produce=is_throttled),
    "Nothing was synced for a day": Situation(produce=is_late, codes={"status": 1}),
    "Stop a backfill that reads too much": Situation(produce=has_backfill, is_over=wants_nothing),
    "Sync into another dataset": Situation(),
    "Take the data along": Situation(is_over=is_exported),
    "Back up": Situation(is_over=lambda walk: walk.codes["backup"] == 0),
    "The database is lost or damaged": Situation(produce=has_lost_its_file),
    "Upgrade": Situation(is_over=was_upgraded),
    "Roll back": Situation(),
    "Ask while a sync runs": Situation(is_over=lambda walk: walk.codes["query"] == 0),
}
# By its program: why a command is not typed here. So the alerts, which are Google Cloud's, have no situation here.
NOT_HERE = {
    "gcloud": "it asks Google Cloud: test_google_walk.py types it",
    "bq": "it asks BigQuery",
    "git": "another version of the program comes from a clone",
    "pip": "another version of the program comes from a clone, or a package index",
}


def test_every_section_is_walked_or_has_its_reason() -> None:
    """A new section with a command needs its situation, and a reason goes when nothing needs it any more."""
    programs = {section: {program for program, *_ in found} for section, found in commands().items()}

    assert {section for section, found in programs.items() if "sendtrail" in found} == set(SITUATIONS)
    assert {program for found in programs.values() for program in found} == {"sendtrail", *NOT_HERE}


@pytest.mark.parametrize("section", SITUATIONS)
def test_what_the_runbook_says_ends_the_situation(
    section: str,
    pipeline: Callable[..., Pipeline],  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The commands are those of the page, in its order."""
    now = datetime.now(UTC).replace(microsecond=0)
    line = pipeline(plan=SMALL, now=now - 3 * DAY)
    line.clock = FakeClock(now - 3 * DAY)
    monkeypatch.chdir(line.database.parent)
    walk, situation = Walk(line=line), SITUATIONS[section]
    line.sync()

    situation.produce(walk)
    is_removed = False
    typed = [command for program, *command in commands_of(section) if program == "sendtrail"]
    for command in typed:
        if command[0] not in LOOKS and not is_removed:
            situation.remove_cause(walk)
            is_removed = True
        walk.type(command)
    if not is_removed:
        situation.remove_cause(walk)

    assert typed
    assert {name: code for name, code in walk.codes.items() if code} == situation.codes
    assert situation.is_over(walk)
