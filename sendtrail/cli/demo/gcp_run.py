"""The demo on Google's emulators: everything started, a run, a day, another run, the proof, everything stopped."""

import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from sendtrail.cli.demo.gcp_account import CloudDemoAccount
from sendtrail.cli.demo.gcp_progress import watch
from sendtrail.cli.demo.local import DEMO_RATE, REAL_RATE
from sendtrail.cli.demo.proof import Diff
from sendtrail.domain.messages import WorkFailed, decode
from sendtrail.emulators.bigquery import FOLDER as BIGQUERY_FOLDER
from sendtrail.emulators.functions import CAMPAIGN_WORKER
from sendtrail.emulators.project import Answer, Project, Size, deployed
from sendtrail.emulators.together import Emulators, emulators
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.errors import SendtrailError
from sendtrail.plurals import counted
from sendtrail.ports import Topic

NAMES = ("acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "wonka")
EVERYTHING = "2000-01-01T00:00:00Z"
SIZE = Size(campaign_workers=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPlan:
    """What the demo syncs, and what Pub/Sub calls this machine."""

    accounts: int
    campaigns: int
    openers: int
    seed: int
    push_host: str


def run(console: Console, plan: DemoPlan, *, folder: Path) -> bool:
    """Run the demo in a folder of its own; return whether all was proven. Everything is stopped when it returns."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    project_id = f"demo-{uuid4().hex[:8]}"  # an emulator that runs already may hold an earlier demo's
    with _stopping_on_signals(), ExitStack() as stack:
        console.print("Starting the emulators of Pub/Sub, Firestore and BigQuery ...")
        if not Path(BIGQUERY_FOLDER, ".ready").exists():
            console.print("(BigQuery's is installed on its first start, which takes a minute or two.)")
        found = stack.enter_context(emulators(project_id, folder=folder.resolve(), repository=Path.cwd()))
        project = Project(_settings(project_id, found), found, folder=folder.resolve())
        console.print("Starting simulated accounts and the three functions ...\n")
        accounts = [stack.enter_context(account) for account in _accounts(plan)]
        stack.enter_context(deployed(project, size=SIZE, push_host=plan.push_host))
        return _Demo(console, project, accounts).run()


class _Demo:
    """The acts of the demo, once everything runs."""

    def __init__(self, console: Console, project: Project, accounts: Sequence[CloudDemoAccount]) -> None:
        self._console, self._project, self._accounts = console, project, accounts

    def run(self) -> bool:
        """Play all acts, and return whether everything was proven."""
        for account in self._accounts:
            self._project.connect(
                account.organization_id, url=account.url, key=account.api_key, requests_per_second=DEMO_RATE
            )
        self._introduce()
        first = datetime.now(UTC)
        holds = self._act("1. The dispatcher is called, and everything is read.", at=first)
        for account in self._accounts:
            account.pass_day()
        second = datetime.now(UTC)
        holds &= self._act("2. A day has passed: only what is new is read.", at=second)
        return self._repeat("3. Cloud Scheduler calls once more for the same time.", at=second) and holds

    def _introduce(self) -> None:
        emulators, running = self._project.emulators, self._project.running
        print_line = self._console.print
        print_line("[bold]Google Cloud on this machine[/]", highlight=False)
        print_line(f"  Pub/Sub    {emulators.pubsub}, which pushes each message to its function", highlight=False)
        print_line(f"  Firestore  {emulators.firestore}, which holds the state", highlight=False)
        print_line(f"  BigQuery   {emulators.bigquery}, which holds the data", highlight=False)
        workers = f"{SIZE.processes(CAMPAIGN_WORKER)} processes for campaigns"
        ports = ", ".join(f"{function.package} {each.url}" for function, each in running.items())
        print_line(f"  functions  {ports} ({workers})", highlight=False)
        for account in self._accounts:
            print_line(f"  account    {account.organization_id}: {account.describe()}", highlight=False)
        print_line(f"Each account allows {DEMO_RATE:.0f} requests a second; a real one allows {REAL_RATE:.0f}.\n")

    def _act(self, title: str, *, at: datetime) -> bool:
        self._console.rule(f"[bold]{title}", align="left")
        answer = self._dispatch(at)
        watch(self._console, self._project.state, self._accounts, run_id=answer.body["run_id"])
        failures = self._failures()
        for failure in failures:
            self._console.print(f"[red]failed[/] {failure.organization_id} {failure.subject}: {failure.reason}")
        return self._prove() and not failures

    def _repeat(self, title: str, *, at: datetime) -> bool:
        self._console.rule(f"[bold]{title}", align="left")
        before = [account.requests for account in self._accounts]
        answer = self._dispatch(at)
        is_idle = before == [account.requests for account in self._accounts]
        text = "the same run: nothing is published again, and no account is asked for anything"
        mark = "[green]✓[/]" if is_idle else "[bold red]✗ not[/]"
        self._console.print(f"{mark} {answer.body['run_id']} is {text}\n", highlight=False)
        return self._prove() and is_idle

    def _dispatch(self, at: datetime) -> Answer:
        answer = self._project.dispatch(schedule_time=at, since=EVERYTHING)
        if answer.status != 202 or answer.body["failed"]:
            raise SendtrailError(f"the dispatcher answered {answer.status}: {dict(answer.body)}")
        published = sum(summary["published"] for summary in answer.body["accounts"])
        self._console.print(
            f"POST / -> {answer.status}: run {answer.body['run_id']}, {counted(published, 'message')}", markup=False
        )
        return answer

    def _failures(self) -> list[WorkFailed]:
        waiting = self._project.queues.waiting(self._project.topic(Topic.FAILURES))
        return [decode(WorkFailed, data) for data in waiting]

    def _prove(self) -> bool:
        holds = True
        for account in self._accounts:
            for what, proof in account.prove_in(self._project.rows).items():
                self._console.print(_result_line(f"{what} of {account.organization_id}", proof))
                holds &= proof.holds
        self._console.print()
        return holds


def _result_line(what: str, proof: Diff) -> str:
    if proof.holds:
        return f"[green]✓ proven:[/] all {proof.expected:,} {what} are in BigQuery, once each"
    return (
        f"[bold red]✗ not equal:[/] of {proof.expected:,} {what} {proof.missing:,} are missing, "
        f"{proof.extra:,} should not be there, {proof.twice:,} are there more than once"
    )


def _accounts(plan: DemoPlan) -> Iterator[CloudDemoAccount]:
    for number, name in enumerate(NAMES[: plan.accounts]):
        yield CloudDemoAccount(
            name, campaigns=plan.campaigns, openers=plan.openers, seed=plan.seed + number, rate=DEMO_RATE
        )


def _settings(project_id: str, found: Emulators) -> FunctionSettings:
    # The day of the demo passes in seconds: new rows are dated before the sync that just ran.
    return FunctionSettings.read(project_id=project_id, recent_overlap_hours=48, **found.environment)


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Stop in an orderly way on the first signal, and do not let a second one leave processes behind."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(number: int, frame: object) -> None:  # noqa: ARG001
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
