"""`sendtrail retry`: what failed is tried again."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Annotated

import typer

from sendtrail.cli.operate.backend import open_reader_backend
from sendtrail.cli.operate.history_request import printer
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.clock import SystemClock
from sendtrail.errors import SettingsError
from sendtrail.ports import Topic
from sendtrail.sync.overview.account_overview import overview_of
from sendtrail.sync.overview.failures import Failed


@expanded
def retry(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(help="Campaigns by their ids, or contacts. Default: all that failed.", metavar="[FAILED]..."),
    ] = None,
    *,
    options: OperatorOptions,
) -> None:
    """Have what failed tried again: say what the next run does about it, and publish dead letters once more.

    Whatever failed stays recorded as unfinished, so each run tries it again without being told to. What Pub/Sub has
    given up delivering (on Google Cloud, after 100 attempts) goes back to its topic here, of every account.

    Exit code: 0 when that is done, or nothing has failed, 1 when Pub/Sub does not answer, 2 when an option, a name or
    the file is wrong, 75 when the file changes too fast.
    """
    settings, say = OperatorSettings.read(asdict(options)), printer()
    with open_reader_backend(settings, clock=SystemClock()) as backend:
        names = backend.chosen(settings, every=settings.organization is None)
        found = [(name, failed) for name in names for failed in overview_of(name, backend.state).failures]
    for line in retried_lines(chosen_failures(found, subjects or []), settings=settings):
        say(line)
    if settings.project:
        for topic, number in _redriven(settings, settings.project).items():
            say(f"{number:,} dead letters of {topic} are published again")


def chosen_failures(found: Sequence[tuple[str, Failed]], subjects: Sequence[str]) -> list[tuple[str, Failed]]:
    """Return the failures that were named, all where none was; raise SettingsError for one that there is not."""
    known = {failed.subject for _, failed in found}
    unknown = sorted(set(subjects) - known)
    if unknown:
        raise SettingsError([f"FAILED: {', '.join(unknown)} has not failed: sendtrail failures lists what has"])
    return [(name, failed) for name, failed in found if not subjects or failed.subject in subjects]


def retried_lines(found: Sequence[tuple[str, Failed]], *, settings: OperatorSettings) -> Iterator[str]:
    """Yield what becomes of each failure, and how to start the run that tries it."""
    if not found:
        yield "Nothing has failed."
        return
    for name, failed in found:
        subject = f"campaign {failed.subject}" if failed.subject.isdecimal() else failed.subject
        yield f"{name}: {subject}: {failed.advice}"
    if settings.project:
        yield "To start that run now: terraform output start_now shows how"
        return
    campaigns = [failed.subject for _, failed in found if failed.subject.isdecimal()]
    others = len(found) - len(campaigns)
    named = "".join(f" --campaign {number}" for number in campaigns) if campaigns and not others else ""
    yield f"To start that run now: sendtrail sync{named}"


def _redriven(settings: OperatorSettings, project_id: str) -> dict[Topic, int]:
    from sendtrail.gcp.clients import publisher_client, subscriber_client  # noqa: PLC0415  (an extra)
    from sendtrail.gcp.pubsub import DeadLetters, PubSubPublisher  # noqa: PLC0415

    topics = (Topic.CAMPAIGNS, Topic.CONTACTS)
    place = {topic: f"{settings.installation}-{topic}" for topic in topics}
    with ExitStack() as stack:
        subscriber, publisher = stack.enter_context(subscriber_client()), publisher_client()
        stack.callback(publisher.stop)
        letters = DeadLetters(
            subscriber,
            PubSubPublisher(
                publisher, topics={topic: f"projects/{project_id}/topics/{name}" for topic, name in place.items()}
            ),
            subscriptions={
                topic: f"projects/{project_id}/subscriptions/{name}-dead-letter" for topic, name in place.items()
            },
        )
        return {topic: letters.redrive(topic) for topic in topics}
