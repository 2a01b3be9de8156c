"""The runbook on Google's emulators: the functions, an account that they sync, and the commands as they are typed."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.cli.demo.gcp_progress import run_status
from sendtrail.domain.wants import StillWanted, listed
from sendtrail.emulators.functions import CAMPAIGN_WORKER, CONTACTS_WORKER, Function, serving
from sendtrail.emulators.project import FUNCTIONS, Answer, Size
from sendtrail.ports import Topic
from sendtrail.simulator import Account, Failure, FailureKind, Plan
from sendtrail.state.documents import connection_path
from sendtrail.state.stored_wants import read_wants
from tests.e2e_gcp.production import EVERYTHING, Production, wait_until
from tests.operate.conftest import put
from tests.runbook.cloud_logging import Entry, entry_of, matching, printed
from tests.runbook.runbook_page import Command, alerts, commands_of, questions

SMALL = Plan(campaigns=1, openers=50, daily_share=0.2)
SIZE = Size(campaign_workers=1, threads=2)
HELD = (Topic.CAMPAIGNS, Topic.CONTACTS)
HOUR = timedelta(hours=1)
GCLOUD_S = 300.0  # ends what hangs


@dataclass
class GoogleWalk:
    """An account that the functions sync, and what was typed; the account is added by `add`.

    `section` is the one that is read at the moment, `begun` is how many lines each function had logged before.
    """

    line: Production
    section: str = ""
    name: str = field(default_factory=lambda: f"org-{uuid4().hex[:8]}")
    begun: Counter[str] = field(default_factory=Counter)
    typed: set[Command] = field(default_factory=set)
    runs: int = 0

    def __post_init__(self) -> None:
        self.begun = Counter({each.package: sum(1 for _ in self.line.lines(each)) for each in FUNCTIONS})
        self.started_at = datetime.now(UTC)

    @property
    def account(self) -> Account:
        """Return the account."""
        return self.line.accounts[self.name]

    @cached_property
    def campaign(self) -> int:
        """Return the campaign that the page calls 42."""
        return min(each.id for each in self.account.campaigns_truth() if each.sent_at)

    @cached_property
    def person(self) -> str:
        """Return the address of whom the page calls Jane."""
        return next(each.contact_email for each in self.account.truth())

    def add(self, *, plan: Plan = SMALL, requests_per_second: float = 500) -> Account:
        """Connect the account."""
        return self.line.add(self.name, plan=plan, requests_per_second=requests_per_second)

    def connect(self, **changed: object) -> None:
        """Change how the account is reached, as Terraform does it."""
        path, state = connection_path(self.name), self.line.project.state
        stored = state.transact(lambda transaction: transaction.get(path)) or {}
        put(state, path, {**stored, **changed})

    def fail(self, kind: FailureKind, **given: object) -> None:
        """Have requests of the account go wrong from now on."""
        self.account.fail(Failure(kind=kind, **{"times": None, **given}))  # type: ignore[arg-type]

    def dispatch(self, **asked: object) -> Answer:
        """Call the dispatcher as the job of campaigns does, an hour after the last time."""
        self.runs += 1
        schedule_time = self.started_at + self.runs * HOUR
        return self.line.project.dispatch(schedule_time=schedule_time, **{"contacts": False, **asked})

    def run(self, **asked: object) -> None:
        """Call the dispatcher, and wait until all is done."""
        answer = self.dispatch(**asked)
        assert answer.status == 202, answer
        self.finish(answer.body["run_id"])

    def finish(self, run_id: str) -> None:
        """Wait until every campaign of a run has ended."""

        def is_over() -> bool:
            status = run_status(self.line.project.state, self.name, run_id=run_id).status
            return status is not None and status.is_finished

        wait_until(is_over, what=f"{run_id} is over")

    def assert_whole(self) -> None:
        """Assert that nothing is missing, nothing twice, and nothing in the failures topic."""
        assert self.line.failures() == []
        self.line.assert_activities(self.name)

    def read_everything(self) -> None:
        """Have everything of the account read."""
        self.run(since=EVERYTHING)

    def read(self, section: str) -> None:
        """Go to a section of the page."""
        self.section = section

    def type(self, *beginning: str, more: Sequence[str] = (), exit_code: int = 0) -> str:
        """Type the section's command that begins so, and `more` as its text says; return what it prints."""
        found = [each for each in commands_of(self.section) if each[: len(beginning)] == beginning]
        assert found, f"the runbook does not show {' '.join(beginning)} under {self.section}"
        self.typed.add(found[0])
        program, *words = [*(self._named(word) for word in found[0]), *more]
        if program == "sendtrail":
            return self._sendtrail(words, exit_code)
        return printed(words, self.entries()) if words[0] == "logging" else self._gcloud(words)

    def logged(self, query: str) -> int:
        """Return how many lines the log has for a query that the section's text names."""
        assert f"`{query}`" in {**alerts(), **questions()}[self.section], query
        return len(matching(query, self.entries()))

    def entries(self) -> list[Entry]:
        """Return what the functions have logged since this walk began."""
        return [
            entry_of(f"{self.installation}-{each.package.replace('_', '-')}", line)
            for each in FUNCTIONS
            for line in list(self.line.lines(each))[self.begun[each.package] :]
        ]

    def outcomes(self) -> Counter[str]:
        """Return how the deliveries of campaigns ended since this walk began."""
        ended = matching('jsonPayload.event="delivery_ended"', self.entries())
        worker = f"{self.installation}-campaign-worker"
        return Counter(
            each["jsonPayload"]["outcome"] for each in ended if each["resource"]["labels"]["service_name"] == worker
        )

    def pages(self) -> int:
        """Return how many pages of reports the account was asked for."""
        asked = self.account.stats().by_endpoint
        return sum(number for endpoint, number in asked.items() if endpoint.startswith("campaign_report"))

    def wants(self) -> Sequence[StillWanted]:
        """Return what is still wanted of the account."""
        return listed(self.line.project.state.transact(lambda transaction: read_wants(transaction, self.name)))

    @property
    def installation(self) -> str:
        """Return what the page calls sendtrail, the `name` of the installation."""
        return self.line.project.settings.firestore_database

    @contextmanager
    def held(self) -> Iterator[None]:
        """Deliver no message in this block, as if the workers were not there to be called."""
        queues, project = self.line.project.queues, self.line.project
        for topic in HELD:
            queues.redirect(project.topic(topic), url="")
        try:
            yield
        finally:
            for topic, function in zip(HELD, (CAMPAIGN_WORKER, CONTACTS_WORKER), strict=True):
                queues.redirect(project.topic(topic), url=project.running[function].url)

    def give_up(self, number: int) -> None:
        """Make so many messages of campaigns dead letters, which the emulator does not do after 100 attempts."""
        topic, queues, found = self.line.project.topic(Topic.CAMPAIGNS), self.line.project.queues, list[bytes]()

        def is_all() -> bool:
            found.extend(queues.waiting(topic))
            return len(found) >= number

        wait_until(is_all, what=f"{number} messages wait")
        queues.publish(f"{topic}-dead-letter", *found)

    def restart(self, *functions: Function) -> None:
        """Kill the instances of functions, and start others in their place."""
        project = self.line.project
        ports = [urlsplit(project.running[each].url).port or 0 for each in functions]
        for each in functions:
            project.running[each].kill()
        fresh = (project.instances(each, size=SIZE, port=port) for each, port in zip(functions, ports, strict=True))
        project.running.update(zip(functions, self.line.stack.enter_context(serving(*fresh)), strict=True))

    def end(self) -> None:
        """Leave nothing of this walk to the next one."""
        settings, project = self.line.project.settings, self.line.project
        database = f"projects/{settings.project_id}/databases/{settings.firestore_database}"
        url = f"http://{project.emulators.firestore}/emulator/v1/{database}/documents"
        requests.delete(url, timeout=GCLOUD_S).raise_for_status()
        for subscription in (Topic.FAILURES, *(f"{topic}-dead-letter" for topic in HELD)):
            project.queues.waiting(f"{self.installation}-{subscription}")
        self.line.accounts.clear()

    def _named(self, word: str) -> str:
        project = self.line.project.settings.project_id
        names: Mapping[str, Callable[[], object]] = {
            "acme": lambda: self.name,
            "my-project": lambda: project,
            "EU": lambda: self.line.project.settings.location,
            "42": lambda: self.campaign,
            "jane@example.com": lambda: self.person,
        }
        if word in names:
            return str(names[word]())
        return word.replace('"acme"', f'"{self.name}"').replace("sendtrail-", f"{self.installation}-")

    def _sendtrail(self, words: Sequence[str], exit_code: int) -> str:
        settings = self.line.project.settings
        environment = {
            **self.line.project.emulators.environment,
            "SENDTRAIL_INSTALLATION": self.installation,
            "SENDTRAIL_DATASET": settings.dataset,
            "COLUMNS": "200",
        }
        result = CliRunner(env=environment).invoke(app, list(words), input="y\n")
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert result.exit_code == exit_code, result.output
        return result.output

    def _gcloud(self, words: Sequence[str]) -> str:
        """Run Google's own program, which asks Pub/Sub's emulator in place of Google Cloud."""
        program = shutil.which("gcloud")
        if program is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("gcloud is not on PATH")
        settings = {
            "CONFIG": str(self.line.folder / "gcloud"),
            "CORE_PROJECT": self.line.project.settings.project_id,
            "CORE_DISABLE_PROMPTS": "1",
            "AUTH_DISABLE_CREDENTIALS": "true",
            "API_ENDPOINT_OVERRIDES_PUBSUB": f"http://{self.line.project.emulators.pubsub}/",
        }
        environment = {**os.environ, **{f"CLOUDSDK_{name}": value for name, value in settings.items()}}
        done = subprocess.run(
            [program, *words], env=environment, capture_output=True, text=True, check=False, timeout=GCLOUD_S
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
