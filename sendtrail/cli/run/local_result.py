"""What became of a run on this machine, when its queue is empty or it was stopped."""

from collections.abc import Iterable, Iterator, Mapping

from sendtrail.cli.run.local_adapters import LocalAdapters
from sendtrail.cli.run.open_work import open_work
from sendtrail.cli.run.run_result import (
    Failure,
    FailureKind,
    RunResult,
    dropped,
    left_behind,
    missing_contacts,
    unknown_campaigns,
)
from sendtrail.cli.run.work_record import Fate, subject_of
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.domain.messages import WorkFailed, decode
from sendtrail.domain.work_item import CONTACTS
from sendtrail.sync.runs.stored_run import Summary


def result_of(summary: Summary, settings: SyncSettings, adapters: LocalAdapters, *, seconds: float) -> RunResult:
    """Return the outcome of a run that took so long; each piece of work that is missing is named once."""
    given_up = [(subject_of(each.topic, each.message) or "", each.error) for each in adapters.queue.failures]
    for subject, _ in given_up:
        adapters.record.on_given_up(subject)
    fates, is_interrupted = adapters.record.fates(), adapters.stop.is_set()
    failures = [
        *unknown_campaigns(summary),
        *_published_failures(adapters.queue.published_failures, fates),
        *(dropped(subject, error) for subject, error in given_up),
    ]
    if settings.contacts and CONTACTS not in fates:
        failures.append(missing_contacts())
    failures.extend(open_work(settings, adapters.services.state, fates=fates))
    if not is_interrupted:
        failures.extend(left_behind(fates, named=failures))
    return RunResult(
        summary=summary, failures=tuple(failures), interrupted=is_interrupted, seconds=seconds, fates=fates
    )


def _published_failures(messages: Iterable[bytes], fates: Mapping[str, Fate]) -> Iterator[Failure]:
    for data in messages:
        failed = decode(WorkFailed, data)
        is_part = fates.get(failed.subject) is Fate.INCOMPLETE
        kind = FailureKind.PART if is_part else FailureKind.REJECTED
        yield Failure(subject=failed.subject, reason=failed.reason, kind=kind)
