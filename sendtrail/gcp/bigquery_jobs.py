"""BigQuery jobs: each submitted under an id of ours, found again after a lost answer, retried, and bounded in time.

The client is told to retry nothing (its own deadlines are 600 s and 2,400 s), so that this is the only place that does.
"""

from collections.abc import Callable, Iterable
from typing import cast

from google.api_core import exceptions as api
from google.api_core.retry import Retry
from google.auth.exceptions import GoogleAuthError
from google.cloud.bigquery import Client, LoadJob, QueryJob, Row
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from sendtrail.clock import Clock
from sendtrail.delivery.usage_meter import add_usage
from sendtrail.gcp.bigquery_errors import (
    JobFailed,
    NotYetVisible,
    OutOfTime,
    StillQueued,
    as_sendtrail_error,
    is_contention,
    is_transient,
)
from sendtrail.state.run_usage import RunUsage

Job = LoadJob | QueryJob
# Takes the job's id and how many seconds the request may take.
Submit = Callable[[str, float], Job]

NO_RETRY = cast("Retry", None)  # the client's documented way to say so, which its types do not know

MAX_ATTEMPTS = 12
REQUEST_S = 60.0
FIRST_PAUSE_S, MAX_PAUSE_S = 0.1, 2.0
# The state of a job that waits for its turn: https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobStatus
QUEUED = "PENDING"


class Jobs:
    """Runs jobs to their end within `seconds_left`, which is asked before every request."""

    def __init__(self, client: Client, *, clock: Clock, seconds_left: Callable[[], float]) -> None:
        self._client, self._clock, self._seconds_left = client, clock, seconds_left

    def run(self, name: str, submit: Submit) -> Job:
        """Return a job that has succeeded; `name` is used by no other.

        Raise Rejected, with BigQuery's reason, where it refuses the work, Unavailable where it does not answer in time,
        Busy where it serves others for as long as there is time.
        """
        retrying = Retrying(
            retry=retry_if_exception(is_transient),
            wait=wait_random_exponential(multiplier=0.5, max=16),
            stop=self._is_over,
            sleep=self._clock.sleep,
            reraise=True,
        )
        attempts = _Attempts(name, submit, jobs=self)
        try:
            job = retrying(attempts.run)
        except (JobFailed, NotYetVisible, api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error
        if isinstance(job, QueryJob):  # loading is free
            add_usage(RunUsage(bytes_billed=job.total_bytes_billed or 0))
        return job

    def rows(self, job: QueryJob) -> Iterable[Row]:
        """Return the few rows that a query which has succeeded returned."""
        try:
            return list(job.result(timeout=self.request_s(), retry=NO_RETRY, job_retry=None))
        except (api.GoogleAPIError, GoogleAuthError, OSError) as error:
            raise as_sendtrail_error(error) from error

    def find(self, job_id: str) -> Job:
        """Return the job that an earlier request started."""
        try:
            job = self._client.get_job(job_id, retry=NO_RETRY, timeout=self.request_s())
        except api.NotFound as error:
            # Just after a 409 it may not be found: https://github.com/googleapis/python-bigquery/issues/2134
            raise NotYetVisible(job_id) from error
        return cast("Job", job)  # no other kind is ever submitted

    def wait(self, job: Job) -> None:
        """Return when a job has ended, well or not."""
        pause_s = FIRST_PAUSE_S
        try:
            while not job.done(retry=NO_RETRY, timeout=self.request_s()):
                self._clock.sleep(min(pause_s, self.request_s()))
                pause_s = min(2 * pause_s, MAX_PAUSE_S)
        except OutOfTime as error:
            # A job that loads waits for no statement of its table: where it does not begin, BigQuery is in trouble.
            is_behind_others = isinstance(job, QueryJob) and job.state == QUEUED
            raise (StillQueued() if is_behind_others else error) from None

    def request_s(self) -> float:
        """Return how long the next request may take; raise OutOfTime where there is no time for one."""
        left_s = self._seconds_left()
        if left_s <= 0:
            raise OutOfTime
        return min(left_s, REQUEST_S)

    def _is_over(self, state: RetryCallState) -> bool:
        """Bound the attempts in time; and in number, unless they only wait for their turn.

        BigQuery runs two statements that change a table, keeps twenty waiting and refuses the next one. Who gave up
        then read the same pages of the account once more.
        """
        error = state.outcome.exception() if state.outcome else None
        is_last = state.attempt_number >= MAX_ATTEMPTS and not (error and is_contention(error))
        return is_last or self._seconds_left() <= state.upcoming_sleep


class _Attempts:
    """The attempts at one job; an attempt goes on with the job of the one before unless that has failed."""

    def __init__(self, name: str, submit: Submit, *, jobs: Jobs) -> None:
        self._name, self._submit, self._jobs = name, submit, jobs
        self._number = 0
        self._job: Job | None = None
        self._is_contended = False

    def run(self) -> Job:
        """Return the job when it has succeeded; raise what stands in its way: others, where they did until the end."""
        try:
            return self._attempt()
        except OutOfTime as error:
            raise (StillQueued() if self._is_contended else error) from None
        except Exception as error:
            self._is_contended = is_contention(error)
            raise

    def _attempt(self) -> Job:
        job = self._job = self._job or self._start()
        self._jobs.wait(job)
        if job.error_result:
            self._use_next_id()
            raise JobFailed(job.error_result, job.errors or [])
        return job

    def _start(self) -> Job:
        job_id = f"{self._name}_{self._number}"
        try:
            return self._submit(job_id, self._jobs.request_s())
        except api.Conflict:  # an earlier request did arrive, though its answer did not
            return self._jobs.find(job_id)
        except (api.BadRequest, api.Forbidden):  # refused, so it did not run
            self._use_next_id()
            raise

    def _use_next_id(self) -> None:
        """Leave an id that a failed job has used up."""
        self._number += 1
        self._job = None
